-- Families in the office: the list of children, prices that follow the tariffs, enrolments that a parent asks for.

-- How the office lists and finds children: names folded, in either order. They are columns, since row-level security lets
-- no function near an index; and in the "C" collation, in which an index answers "begins with".
alter table children
  add column last_first text collate "C" generated always as (folded_name(last_name) || folded_name(first_name)) stored,
  add column first_last text collate "C" generated always as (folded_name(first_name) || folded_name(last_name)) stored;
drop index children_by_name;
create index children_by_last_name on children (tenant_id, last_first, id);
create index children_by_first_name on children (tenant_id, first_last);

-- Brings the price that each enrolment keeps up to what an ordinary day costs at present: today, or the first day of an
-- enrolment to come. Where today's kind of day is a particular one, the next ordinary day of a week counts. Services
-- without a tariff plan, and children for whom the plan names no price, keep what they have. Null stands for all
-- children. Answers how many enrolments changed.
create function refresh_prices(p_tenant_id uuid, p_day date, p_child_ids uuid[]) returns bigint
language plpgsql set search_path = public, pg_temp as $$
declare
  v_year constant text := case when extract(month from p_day) >= 8
    then extract(year from p_day) || '/' || extract(year from p_day) + 1
    else extract(year from p_day) - 1 || '/' || extract(year from p_day) end;
  v_group record;
  v_children uuid[];
  v_special uuid[];
  v_ids uuid[];
  v_prices bigint[];
  v_changed bigint;
  v_total bigint := 0;
begin
  perform enter_tenant(p_tenant_id);
  for v_group in
    select e.category, e.school_year, array_agg(e.child_id) as children, greatest(p_day, e.starts_on,
      case when e.school_year > v_year then make_date(left(e.school_year, 4)::int, 9, 1) end) as day
    from enrolments e
    where e.tenant_id = p_tenant_id and e.school_year >= v_year and (e.ends_on is null or e.ends_on >= p_day)
      and (p_child_ids is null or e.child_id = any (p_child_ids))
      and exists (select from tariff_plans t where t.tenant_id = p_tenant_id and t.category = e.category)
    group by 1, 2, 4
  loop
    v_children := v_group.children;
    for i in 0 .. 6 loop
      select array_agg(m.enrolment_id) filter (where i = 0 or coalesce(m.day_type, '') = ''),
        array_agg(m.price_cents) filter (where i = 0 or coalesce(m.day_type, '') = ''),
        array_agg(m.child_id) filter (where m.day_type <> '')
      into v_ids, v_prices, v_special
      from meal_prices(p_tenant_id, v_group.category, v_group.day + i, v_group.school_year, v_children) m
      where m.plan_id is not null and m.price_cents is not null;
      update enrolments e set tariff_cents = priced.cents
      from unnest(v_ids, v_prices) as priced (id, cents)
      where e.tenant_id = p_tenant_id and e.id = priced.id and e.tariff_cents <> priced.cents;
      get diagnostics v_changed = row_count;
      v_total := v_total + v_changed;
      exit when v_special is null;
      v_children := v_special;
    end loop;
  end loop;
  return v_total;
end $$;
{{app-functions refresh_prices}}

-- A parent asks for a child's place in a service, where the entity decides about enrolments. What was written about the
-- child lies sealed in one piece, and so does what the parent answers when the office wants documents.
create table enrolment_requests (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  details_sealed bytea not null,
  -- Of the child's fiscal code, where the parent told it.
  fiscal_code_hash bytea,
  category text not null,
  school_year text not null check (school_year ~ '^[0-9]{4}/[0-9]{4}$'),
  -- The class that was chosen, where the entity has schools.
  class_id uuid,
  state text not null default 'pending' check (state in ('pending', 'documents', 'approved', 'refused')),
  created_at timestamptz not null,
  -- The office's words to the parent: what is wanted, or why not.
  answer text check (length(answer) between 1 and 500),
  answered_at timestamptz,
  answered_by uuid,
  reply_sealed bytea,
  replied_at timestamptz,
  child_id uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, account_id) references accounts,
  foreign key (tenant_id, category) references service_categories,
  foreign key (tenant_id, class_id, school_year) references classes (tenant_id, id, school_year),
  foreign key (tenant_id, answered_by) references accounts,
  foreign key (tenant_id, child_id) references children,
  check ((answered_at is null) = (answered_by is null)),
  check (state in ('pending', 'approved') or answer is not null),
  check (state = 'pending' or answered_at is not null),
  check ((state = 'approved') = (child_id is not null)),
  check ((reply_sealed is null) = (replied_at is null))
);
create index enrolment_requests_by_account on enrolment_requests (tenant_id, account_id, created_at);
create index enrolment_requests_waiting on enrolment_requests (tenant_id, created_at, id) where state in ('pending', 'documents');
grant select, insert on enrolment_requests to {{app}};
grant update (account_id, state, answer, answered_at, answered_by, reply_sealed, replied_at, child_id) on enrolment_requests to {{app}};
{{isolate enrolment_requests}}

-- Two rows that are one child: one stays, the other is kept as where the past lies, and is nobody's any more.
alter table children
  add column merged_into uuid,
  add foreign key (tenant_id, merged_into) references children,
  add check (merged_into <> id);
alter table wallets
  add column merged_into uuid,
  add foreign key (tenant_id, merged_into) references wallets,
  add check (merged_into is null or state = 'closed');
create index wallets_merged on wallets (tenant_id, merged_into) where merged_into is not null;
grant update (child_id) on invitations to {{app}};
grant update (child_id) on child_requests to {{app}};
grant update (wallet_id) on top_ups to {{ledger}};
grant update (state, merged_into) on wallets to {{ledger}};

-- Moves a wallet's credit, and its debt, into the same child's other one, and closes it. Its top-ups go along in every
-- state, so that a receipt, however late, credits the wallet that stays. Top-ups are locked before wallets, as a receipt
-- does it: whichever comes second sees what the first has done. Called again it moves what has arrived meanwhile: a
-- reversal of an old charge, or a payment that was being opened. Answers the cents that were moved.
create function ledger_merge_wallet(p_tenant_id uuid, p_id uuid, p_from uuid, p_to uuid, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_from wallets;
  v_to wallets;
begin
  perform enter_tenant(p_tenant_id);
  update top_ups set wallet_id = p_to where tenant_id = p_tenant_id and wallet_id = p_from;
  perform 1 from wallets where tenant_id = p_tenant_id and id in (p_from, p_to) order by id for update;
  select * into v_from from wallets where tenant_id = p_tenant_id and id = p_from;
  select * into v_to from wallets where tenant_id = p_tenant_id and id = p_to;
  if v_from.id is null or v_to.id is null then
    raise exception 'a wallet of the two is not there' using errcode = '23503';
  end if;
  if p_from = p_to or v_from.category <> v_to.category or v_to.merged_into is not null then
    raise exception 'wallet % cannot become %', p_from, p_to using errcode = '22023';
  end if;
  update wallets set state = 'closed', merged_into = p_to where tenant_id = p_tenant_id and id = p_from;
  if v_from.balance_cents <> 0 then
    -- Each movement of the wallet is moved once: their number names the transaction.
    perform ledger_book(p_tenant_id, p_id, 'adjustment', 'merge ' || p_from || ' ' || v_from.movements, null, p_now, p_now,
      array['wallet', 'wallet'], array[p_from, p_to], array[-v_from.balance_cents, v_from.balance_cents]);
  end if;
  return v_from.balance_cents;
end $$;
{{ledger-functions ledger_merge_wallet(app)}}
