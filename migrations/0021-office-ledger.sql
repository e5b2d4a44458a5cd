-- What the office itself writes into the books, always beside what stands there: corrections with a reason, and money
-- that a family paid at the desk. The app reads these tables; the functions below are their only writers.

-- Asked by one person; booked at once, or by a second one. Who asked can never be the one who approves.
create table ledger_corrections (
  tenant_id uuid not null references tenants,
  id uuid not null,
  kind text not null check (kind in ('reversal', 'adjustment')),
  wallet_id uuid not null,
  -- What it does to the wallet's credit.
  amount_cents bigint not null check (amount_cents <> 0),
  -- The transaction that a reversal takes back, and what it was.
  reverses uuid,
  reversed_kind text,
  -- In the office's words; the family reads it in its movements.
  reason text not null check (length(reason) between 3 and 200),
  -- Names the submission: the same one twice is one.
  request_key text not null check (length(request_key) between 1 and 100),
  asked_by uuid not null,
  asked_at timestamptz not null,
  -- Until when a second person may approve it; null where one was enough.
  expires_at timestamptz,
  outcome text check (outcome in ('booked', 'refused', 'expired')),
  decided_by uuid,
  decided_at timestamptz,
  refusal text check (length(refusal) between 3 and 200),
  transaction_id uuid,
  primary key (tenant_id, id),
  unique (tenant_id, asked_by, request_key),
  unique (tenant_id, transaction_id),
  foreign key (tenant_id, wallet_id) references wallets,
  foreign key (tenant_id, reverses) references ledger_transactions,
  foreign key (tenant_id, transaction_id) references ledger_transactions,
  foreign key (tenant_id, asked_by) references accounts,
  foreign key (tenant_id, decided_by) references accounts,
  check ((kind = 'reversal') = (reverses is not null) and (reverses is null) = (reversed_kind is null)),
  check ((outcome is null) = (decided_at is null)),
  check ((outcome is not distinct from 'booked') = (transaction_id is not null)),
  check ((outcome is not distinct from 'refused') = (refusal is not null)),
  check (expires_at is not null or outcome = 'booked'),
  check (outcome <> 'booked' or (expires_at is null) = (decided_by is null)),
  check (outcome <> 'booked' or decided_by is null or decided_by <> asked_by)
);
create index ledger_corrections_waiting on ledger_corrections (tenant_id, asked_at, id) where outcome is null;
create unique index ledger_corrections_reversing on ledger_corrections (tenant_id, reverses) where outcome is null;
create index ledger_corrections_by_wallet on ledger_corrections (tenant_id, wallet_id, asked_at);
grant select on ledger_corrections to {{app}};
grant select, insert, update (outcome, decided_by, decided_at, refusal, transaction_id) on ledger_corrections to {{ledger}};

-- Receipts of the desk are numbered from 1 in each year, without a gap.
create table till_counters (
  tenant_id uuid not null references tenants,
  year smallint not null,
  last_number int not null default 0,
  primary key (tenant_id, year)
);
grant select, insert, update (last_number) on till_counters to {{ledger}};

-- Money that a family paid at the entity's own desk, or with its old slip, and a person of the office wrote down.
create table till_entries (
  tenant_id uuid not null references tenants,
  id uuid not null,
  wallet_id uuid not null,
  amount_cents bigint not null check (amount_cents > 0),
  way text not null check (way in ('cash-desk', 'postal-slip', 'bank-transfer', 'other')),
  -- The day on which the family paid, in Rome, and the one on which it was recorded: the latter decides.
  paid_on date not null,
  recorded_on date not null check (paid_on <= recorded_on),
  -- The number of the paper receipt as it is written, and without blanks and capitals, every sign alike.
  slip text not null check (length(slip) between 1 and 40),
  slip_key text not null check (length(slip_key) between 1 and 40),
  note text not null default '' check (length(note) <= 200),
  year smallint not null,
  number int not null check (number > 0),
  request_key text not null check (length(request_key) between 1 and 100),
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  transaction_id uuid not null,
  -- Since then a correction has taken it back, and the paper may be recorded anew.
  reversed_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, year, number),
  unique (tenant_id, transaction_id),
  unique (tenant_id, recorded_by, request_key),
  foreign key (tenant_id, wallet_id) references wallets,
  foreign key (tenant_id, recorded_by) references accounts,
  foreign key (tenant_id, transaction_id) references ledger_transactions
);
create unique index till_entries_by_slip on till_entries (tenant_id, slip_key) where reversed_at is null;
create index till_entries_by_wallet on till_entries (tenant_id, wallet_id);
create index till_entries_by_time on till_entries (tenant_id, recorded_at);
grant select on till_entries to {{app}};
grant select, insert, update (reversed_at) on till_entries to {{ledger}};

-- Why a wallet is suspended, closed or open again. The latest row tells the reason of its present state.
create table wallet_state_changes (
  tenant_id uuid not null references tenants,
  id uuid not null,
  wallet_id uuid not null,
  state text not null check (state in ('active', 'suspended', 'closed')),
  reason text not null check (length(reason) between 3 and 200),
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, wallet_id) references wallets,
  foreign key (tenant_id, changed_by) references accounts
);
create index wallet_state_changes_by_wallet on wallet_state_changes (tenant_id, wallet_id, changed_at);
grant select, insert on wallet_state_changes to {{app}};

{{isolate ledger_corrections till_counters till_entries wallet_state_changes}}

-- Books a correction that is decided: the posting, and what follows for a till entry that it takes back.
create function ledger_book_correction(
  p_tenant_id uuid, p_id uuid, p_kind text, p_wallet_id uuid, p_amount_cents bigint, p_reverses uuid, p_reason text,
  p_asked_by uuid, p_transaction_id uuid, p_now timestamptz
) returns void
language plpgsql as $$
declare
  v_reference text;
  v_charge meal_charges;
begin
  if p_kind = 'reversal' then
    select t.reference into v_reference from ledger_transactions t
    where t.tenant_id = p_tenant_id and t.id = p_reverses and t.kind = 'meal'
      and t.reference ~ '^\d{4}-\d{2}-\d{2}/[A-Z0-9_]+/[0-9a-f-]{36}/\d+$';
    if found then
      select * into v_charge from meal_charges c
      where c.tenant_id = p_tenant_id and c.day = split_part(v_reference, '/', 1)::date
        and c.category = split_part(v_reference, '/', 2) and c.child_id = split_part(v_reference, '/', 3)::uuid
        and c.transaction_id = p_reverses;
    end if;
    if v_charge.transaction_id is not null then
      -- Its day must know of it, or the next run would charge the meal anew.
      perform take_back_meal(p_tenant_id, v_charge.category, v_charge.day, v_charge.child_id, p_transaction_id, p_reason,
        p_asked_by, p_now);
      return;
    end if;
    -- The reference is the correction's: two reversals for the same reason are two.
    perform ledger_reverse(p_tenant_id, p_transaction_id, p_reverses, p_id::text, p_now);
    update till_entries set reversed_at = p_now where tenant_id = p_tenant_id and transaction_id = p_reverses;
  else
    perform ledger_book(p_tenant_id, p_transaction_id, 'adjustment', p_id::text, null, p_now, p_now,
      array['wallet', 'adjustments'], array[p_wallet_id, null]::uuid[], array[p_amount_cents, -p_amount_cents]);
  end if;
end $$;

-- Asks for a correction: of a wallet's credit by an amount, or of one of its transactions. A meal is taken back at
-- once. Anything else is booked at once up to the entity's limit (adjustmentLimitCents), counted over what the same
-- person changed in this wallet within a day, so that many small ones are no way around it; above it a second person
-- has to approve. Answers 'booked', 'waiting', or why not: 'not-found', 'not-correctable', 'reversed', 'asked'.
create function ledger_adjust(
  p_tenant_id uuid, p_id uuid, p_kind text, p_wallet_id uuid, p_amount_cents bigint, p_reverses uuid, p_reason text,
  p_request_key text, p_asked_by uuid, p_transaction_id uuid, p_expires_at timestamptz, p_now timestamptz
) returns table (outcome text, correction_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  v_limit bigint;
  v_kind text;
  v_reference text;
  v_amount bigint := p_amount_cents;
  v_lately bigint;
  v_waits boolean := false;
begin
  perform enter_tenant(p_tenant_id);
  -- The wallet's lock puts corrections of one wallet in a row, and the second press of a button behind the first.
  perform 1 from wallets w where w.tenant_id = p_tenant_id and w.id = p_wallet_id for update;
  if not found then
    return query select 'not-found', null::uuid;
    return;
  end if;
  return query select coalesce(c.outcome, 'waiting'), c.id from ledger_corrections c
    where c.tenant_id = p_tenant_id and c.asked_by = p_asked_by and c.request_key = p_request_key;
  if found then
    return;
  end if;
  if p_kind = 'reversal' then
    select t.kind, t.reference, -p.amount_cents into v_kind, v_reference, v_amount
    from ledger_transactions t
    join ledger_postings p on p.tenant_id = t.tenant_id and p.transaction_id = t.id and p.wallet_id = p_wallet_id
    where t.tenant_id = p_tenant_id and t.id = p_reverses;
    if v_kind is null then
      return query select 'not-found', null::uuid;
      return;
    elsif v_kind not in ('meal', 'till', 'adjustment') or v_reference like 'merge %' then
      -- Receipts, suspense, settlements and openings rest on papers of others; credit that moved between the two rows
      -- of one child is nobody's mistake.
      return query select 'not-correctable', null::uuid;
      return;
    elsif exists (select from ledger_transactions t where t.tenant_id = p_tenant_id and t.reverses = p_reverses) then
      return query select 'reversed', null::uuid;
      return;
    end if;
    update ledger_corrections c set outcome = 'expired', decided_at = c.expires_at
    where c.tenant_id = p_tenant_id and c.reverses = p_reverses and c.outcome is null and c.expires_at <= p_now;
    return query select 'asked', c.id from ledger_corrections c
      where c.tenant_id = p_tenant_id and c.reverses = p_reverses and c.outcome is null;
    if found then
      return;
    end if;
  end if;
  if v_kind is distinct from 'meal' then
    select coalesce((t.policies ->> 'adjustmentLimitCents')::bigint, 5000) into v_limit from tenants t where t.id = p_tenant_id;
    select coalesce(sum(c.amount_cents), 0) into v_lately from ledger_corrections c
    where c.tenant_id = p_tenant_id and c.wallet_id = p_wallet_id and c.asked_by = p_asked_by
      and c.asked_at > p_now - interval '24 hours' and c.outcome = 'booked' and c.expires_at is null
      and c.reversed_kind is distinct from 'meal';
    v_waits := abs(v_amount) > v_limit or abs(v_amount + v_lately) > v_limit;
  end if;
  if not v_waits then
    perform ledger_book_correction(p_tenant_id, p_id, p_kind, p_wallet_id, v_amount, p_reverses, p_reason, p_asked_by,
      p_transaction_id, p_now);
  end if;
  insert into ledger_corrections (tenant_id, id, kind, wallet_id, amount_cents, reverses, reversed_kind, reason, request_key,
    asked_by, asked_at, expires_at, outcome, decided_at, transaction_id)
  values (p_tenant_id, p_id, p_kind, p_wallet_id, v_amount, p_reverses, v_kind, p_reason, p_request_key, p_asked_by, p_now,
    case when v_waits then p_expires_at end, case when not v_waits then 'booked' end,
    case when not v_waits then p_now end, case when not v_waits then p_transaction_id end);
  return query select case when v_waits then 'waiting' else 'booked' end, p_id;
end $$;

-- The second person's word on a correction that waits: booked, or refused with a reason. Whoever asked may take it
-- back, never approve it. Answers 'booked', 'refused', or why not: 'not-found', 'decided', 'expired', 'same-person',
-- 'reversed' for a transaction that was taken back in another way meanwhile.
create function ledger_decide_correction(
  p_tenant_id uuid, p_id uuid, p_by uuid, p_refusal text, p_transaction_id uuid, p_now timestamptz
) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_one ledger_corrections;
begin
  perform enter_tenant(p_tenant_id);
  -- The wallet first, as in ledger_adjust: nobody waits in a circle. Two approvers at once wait here.
  perform 1 from wallets w join ledger_corrections c on c.tenant_id = w.tenant_id and c.wallet_id = w.id
  where w.tenant_id = p_tenant_id and c.id = p_id for update of w;
  select * into v_one from ledger_corrections c where c.tenant_id = p_tenant_id and c.id = p_id for update;
  if v_one.id is null then
    return 'not-found';
  elsif v_one.outcome is not null then
    return case v_one.outcome when 'expired' then 'expired' else 'decided' end;
  elsif v_one.expires_at <= p_now then
    update ledger_corrections set outcome = 'expired', decided_at = v_one.expires_at where tenant_id = p_tenant_id and id = p_id;
    return 'expired';
  elsif p_refusal is not null then
    update ledger_corrections set outcome = 'refused', decided_by = p_by, decided_at = p_now, refusal = p_refusal
    where tenant_id = p_tenant_id and id = p_id;
    return 'refused';
  elsif p_by = v_one.asked_by then
    return 'same-person';
  elsif exists (select from ledger_transactions t where t.tenant_id = p_tenant_id and t.reverses = v_one.reverses) then
    return 'reversed';
  end if;
  perform ledger_book_correction(p_tenant_id, p_id, v_one.kind, v_one.wallet_id, v_one.amount_cents, v_one.reverses,
    v_one.reason, v_one.asked_by, p_transaction_id, p_now);
  update ledger_corrections set outcome = 'booked', decided_by = p_by, decided_at = p_now, transaction_id = p_transaction_id
  where tenant_id = p_tenant_id and id = p_id;
  return 'booked';
end $$;

-- Records money that a family paid at the desk, as long as the entity takes any there: until the day before its
-- pagopaOnlyFrom, by the Rome day of the recording. Answers 'recorded', or why not: 'closed', 'not-found',
-- 'wallet-closed', 'slip-known'.
create function ledger_record_till(
  p_tenant_id uuid, p_id uuid, p_transaction_id uuid, p_wallet_id uuid, p_amount_cents bigint, p_way text,
  p_paid_on date, p_recorded_on date, p_slip text, p_note text, p_request_key text, p_recorded_by uuid, p_now timestamptz
) returns table (outcome text, entry_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  v_from date;
  v_state text;
  v_year smallint := extract(year from p_recorded_on);
  v_number int;
  v_key text := trim(both '/' from regexp_replace(regexp_replace(lower(p_slip), '\s', '', 'g'), '[^a-z0-9]+', '/', 'g'));
begin
  perform enter_tenant(p_tenant_id);
  if p_recorded_on <> (p_now at time zone 'Europe/Rome')::date then
    raise exception 'recorded on %, but now is %', p_recorded_on, p_now using errcode = '22023';
  end if;
  select w.state into v_state from wallets w where w.tenant_id = p_tenant_id and w.id = p_wallet_id for update;
  if v_state is null then
    return query select 'not-found', null::uuid;
    return;
  end if;
  return query select 'recorded', e.id from till_entries e
    where e.tenant_id = p_tenant_id and e.recorded_by = p_recorded_by and e.request_key = p_request_key;
  if found then
    return;
  end if;
  select (t.policies ->> 'pagopaOnlyFrom')::date into v_from from tenants t where t.id = p_tenant_id;
  if p_recorded_on >= v_from then
    return query select 'closed', null::uuid;
    return;
  elsif v_state = 'closed' then
    return query select 'wallet-closed', null::uuid;
    return;
  end if;
  -- Whoever holds the counter is the only one who records: no number is left out, no paper taken twice.
  insert into till_counters (tenant_id, year) values (p_tenant_id, v_year) on conflict do nothing;
  select c.last_number + 1 into v_number from till_counters c where c.tenant_id = p_tenant_id and c.year = v_year for update;
  return query select 'slip-known', e.id from till_entries e
    where e.tenant_id = p_tenant_id and e.slip_key = v_key and e.reversed_at is null;
  if found then
    return;
  end if;
  update till_counters c set last_number = v_number where c.tenant_id = p_tenant_id and c.year = v_year;
  perform ledger_book(p_tenant_id, p_transaction_id, 'till', v_key || ' ' || v_year || '/' || v_number, null,
    case when p_paid_on = p_recorded_on then p_now else p_paid_on::timestamp at time zone 'Europe/Rome' end, p_now,
    array['wallet', 'office-till'], array[p_wallet_id, null]::uuid[], array[p_amount_cents, -p_amount_cents]);
  insert into till_entries (tenant_id, id, wallet_id, amount_cents, way, paid_on, recorded_on, slip, slip_key, note, year, number,
    request_key, recorded_by, recorded_at, transaction_id)
  values (p_tenant_id, p_id, p_wallet_id, p_amount_cents, p_way, p_paid_on, p_recorded_on, p_slip, v_key, p_note, v_year, v_number,
    p_request_key, p_recorded_by, p_now, p_transaction_id);
  return query select 'recorded', p_id;
end $$;

{{ledger-functions ledger_book_correction() ledger_adjust(app) ledger_decide_correction(app) ledger_record_till(app)}}

-- What was written about one thing: the child's page asks for the messages of its payments.
create index emails_by_subject on emails (tenant_id, subject_id);
-- The requests that led to one child.
create index child_requests_by_child on child_requests (tenant_id, child_id) where child_id is not null;

-- The overview: meals of a day, and what came in over the last weeks.
create index ledger_meals_by_time on ledger_transactions (tenant_id, kind, occurred_at) where kind in ('meal', 'reversal');
create index enrolments_by_price on enrolments (tenant_id, school_year, tariff_cents);
create index receipts_credited_by_time on receipts (tenant_id, arrived_at) include (top_up_id, our_amount_cents)
  where disposition = 'credited';
