-- The purse: credit of one child for one category of service. Its balance is written by the ledger alone.
create table wallets (
  tenant_id uuid not null,
  id uuid not null,
  child_id uuid not null,
  category text not null,
  balance_cents bigint not null default 0,
  movements bigint not null default 0,
  state text not null default 'active' check (state in ('active', 'suspended', 'closed')),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, child_id, category),
  foreign key (tenant_id, child_id) references children,
  foreign key (tenant_id, category) references service_categories
);
grant select, insert (tenant_id, id, child_id, category, created_at) on wallets to {{app}};
grant update (state) on wallets to {{app}};
grant select, update (balance_cents, movements) on wallets to {{ledger}};

create table ledger_transactions (
  tenant_id uuid not null references tenants,
  id uuid not null,
  kind text not null check (kind in
    ('receipt', 'suspense', 'opening', 'till', 'meal', 'refund', 'adjustment', 'settlement', 'reversal')),
  -- What happened outside, in its own words: unique, so one fact is booked once.
  reference text not null check (length(reference) between 1 and 200),
  reverses uuid,
  occurred_at timestamptz not null,
  booked_at timestamptz not null,
  -- The canonical text of the transaction, as the seal will hash it.
  content bytea not null,
  primary key (tenant_id, id),
  unique (tenant_id, kind, reference),
  unique (tenant_id, reverses),
  foreign key (tenant_id, reverses) references ledger_transactions,
  check ((kind = 'reversal') = (reverses is not null))
);
grant select on ledger_transactions to {{app}};
grant select, insert on ledger_transactions to {{ledger}};

-- Signs are credit-positive: what a family is owed is positive on its wallet.
create table ledger_postings (
  tenant_id uuid not null,
  transaction_id uuid not null,
  line smallint not null,
  account text not null check (account in ('wallet', 'pagopa-clearing', 'bank', 'suspense', 'meals-income',
    'refunds-payable', 'opening-balance', 'office-till', 'adjustments')),
  wallet_id uuid,
  amount_cents bigint not null check (amount_cents <> 0),
  -- Position among the wallet's movements and the balance after it: a statement page reads no other row.
  movement bigint,
  balance_after_cents bigint,
  primary key (tenant_id, transaction_id, line),
  unique (tenant_id, wallet_id, movement),
  foreign key (tenant_id, transaction_id) references ledger_transactions,
  foreign key (tenant_id, wallet_id) references wallets,
  check ((account = 'wallet') = (wallet_id is not null)),
  check ((wallet_id is null) = (movement is null) and (wallet_id is null) = (balance_after_cents is null))
);
create index ledger_postings_by_account on ledger_postings (tenant_id, account) where account <> 'wallet';
grant select on ledger_postings to {{app}};
grant select, insert on ledger_postings to {{ledger}};

{{isolate wallets ledger_transactions ledger_postings}}

-- The only writer of the ledger. Locks the wallets in the order of their ids, checks that the postings sum to
-- zero, moves the stored balances. Postings of one wallet within one transaction must be one line. Only definer
-- functions call it, under the search path that they set.
create function ledger_book(
  p_tenant_id uuid, p_id uuid, p_kind text, p_reference text, p_reverses uuid,
  p_occurred_at timestamptz, p_booked_at timestamptz,
  p_accounts text[], p_wallet_ids uuid[], p_amounts bigint[]
) returns void
language plpgsql as $$
declare
  v_sum bigint := 0;
  v_content text := p_kind || '|' || p_reference || '|' || to_char(p_occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  v_balance bigint;
  v_movement bigint;
  i int;
begin
  if cardinality(p_accounts) < 2 or cardinality(p_accounts) <> cardinality(p_amounts)
     or cardinality(p_accounts) <> cardinality(p_wallet_ids) then
    raise exception 'a transaction needs two postings or more, each whole' using errcode = '22023';
  end if;
  for i in 1 .. cardinality(p_amounts) loop
    v_sum := v_sum + p_amounts[i];
    v_content := v_content || '|' || p_accounts[i] || ':' || coalesce(p_wallet_ids[i]::text, '') || ':' || p_amounts[i];
  end loop;
  if v_sum <> 0 then
    raise exception 'postings sum to %', v_sum using errcode = '23514';
  end if;
  insert into ledger_transactions (tenant_id, id, kind, reference, reverses, occurred_at, booked_at, content)
  values (p_tenant_id, p_id, p_kind, p_reference, p_reverses, p_occurred_at, p_booked_at, convert_to(v_content, 'UTF8'));
  if cardinality(p_amounts) > 2 then
    perform 1 from wallets where tenant_id = p_tenant_id and id = any (p_wallet_ids) order by id for update;
  end if;
  for i in 1 .. cardinality(p_amounts) loop
    v_balance := null;
    v_movement := null;
    if p_wallet_ids[i] is not null then
      update wallets set balance_cents = balance_cents + p_amounts[i], movements = movements + 1
      where tenant_id = p_tenant_id and id = p_wallet_ids[i]
      returning balance_cents, movements into v_balance, v_movement;
      if not found then
        raise exception 'wallet % is not there', p_wallet_ids[i] using errcode = '23503';
      end if;
    end if;
    insert into ledger_postings (tenant_id, transaction_id, line, account, wallet_id, amount_cents, movement, balance_after_cents)
    values (p_tenant_id, p_id, i, p_accounts[i], p_wallet_ids[i], p_amounts[i], v_movement, v_balance);
  end loop;
end $$;

-- Credit that a family had before Borsellino, from the entity's old books.
create function ledger_open_balance(
  p_tenant_id uuid, p_id uuid, p_wallet_id uuid, p_amount_cents bigint, p_reference text, p_occurred_at timestamptz, p_now timestamptz
) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform enter_tenant(p_tenant_id);
  perform ledger_book(p_tenant_id, p_id, 'opening', p_reference, null, p_occurred_at, p_now,
    array['wallet', 'opening-balance'], array[p_wallet_id, null]::uuid[], array[p_amount_cents, -p_amount_cents]);
end $$;

-- Takes back a transaction, once: every posting negated.
create function ledger_reverse(p_tenant_id uuid, p_id uuid, p_transaction_id uuid, p_reason text, p_now timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_accounts text[];
  v_wallets uuid[];
  v_amounts bigint[];
begin
  perform enter_tenant(p_tenant_id);
  select array_agg(account order by line), array_agg(wallet_id order by line), array_agg(-amount_cents order by line)
  into v_accounts, v_wallets, v_amounts
  from ledger_postings where tenant_id = p_tenant_id and transaction_id = p_transaction_id;
  if v_accounts is null then
    raise exception 'no transaction %', p_transaction_id using errcode = 'P0002';
  end if;
  perform ledger_book(p_tenant_id, p_id, 'reversal', p_reason, p_transaction_id, p_now, p_now, v_accounts, v_wallets, v_amounts);
end $$;

-- Charges a batch of meals: one transaction a meal, all or nothing. A reference booked before is passed over, so
-- the same batch twice charges once. Answers how many were booked.
create function ledger_charge_meals(
  p_tenant_id uuid, p_ids uuid[], p_wallet_ids uuid[], p_amounts bigint[], p_references text[], p_occurred_at timestamptz, p_now timestamptz
) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_booked uuid[];
begin
  perform enter_tenant(p_tenant_id);
  if exists (select 1 from unnest(p_amounts) as amount where amount <= 0 or amount is null) then
    raise exception 'a meal costs more than nothing' using errcode = '22023';
  end if;
  perform 1 from wallets where tenant_id = p_tenant_id and id = any (p_wallet_ids) order by id for update;
  insert into ledger_transactions (tenant_id, id, kind, reference, occurred_at, booked_at, content)
  select p_tenant_id, meal.id, 'meal', meal.reference, p_occurred_at, p_now,
    convert_to('meal|' || meal.reference || '|' || to_char(p_occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      || '|wallet:' || meal.wallet_id || ':' || -meal.amount || '|meals-income::' || meal.amount, 'UTF8')
  from unnest(p_ids, p_wallet_ids, p_amounts, p_references) as meal (id, wallet_id, amount, reference)
  on conflict (tenant_id, kind, reference) do nothing;
  select array_agg(id) into v_booked from ledger_transactions where tenant_id = p_tenant_id and id = any (p_ids);
  if v_booked is null then
    return 0;
  end if;
  insert into ledger_postings (tenant_id, transaction_id, line, account, wallet_id, amount_cents, movement, balance_after_cents)
  select p_tenant_id, meal.id, 1, 'wallet', meal.wallet_id, -meal.amount,
    wallet.movements + row_number() over (partition by meal.wallet_id order by meal.place),
    wallet.balance_cents - sum(meal.amount) over (partition by meal.wallet_id order by meal.place)
  from unnest(p_ids, p_wallet_ids, p_amounts) with ordinality as meal (id, wallet_id, amount, place)
  join wallets wallet on wallet.tenant_id = p_tenant_id and wallet.id = meal.wallet_id
  where meal.id = any (v_booked);
  if (select count(*) from ledger_postings where tenant_id = p_tenant_id and transaction_id = any (v_booked)) <> cardinality(v_booked) then
    raise exception 'a wallet of the batch is not there' using errcode = '23503';
  end if;
  insert into ledger_postings (tenant_id, transaction_id, line, account, amount_cents)
  select p_tenant_id, meal.id, 2, 'meals-income', meal.amount
  from unnest(p_ids, p_amounts) as meal (id, amount)
  where meal.id = any (v_booked);
  update wallets set balance_cents = wallets.balance_cents - charged.amount, movements = wallets.movements + charged.meals
  from (
    select meal.wallet_id, sum(meal.amount) as amount, count(*) as meals
    from unnest(p_ids, p_wallet_ids, p_amounts) as meal (id, wallet_id, amount)
    where meal.id = any (v_booked) group by meal.wallet_id
  ) charged
  where wallets.tenant_id = p_tenant_id and wallets.id = charged.wallet_id;
  return cardinality(v_booked);
end $$;

{{ledger-functions ledger_book() ledger_open_balance(app) ledger_reverse(app) ledger_charge_meals(app)}}
