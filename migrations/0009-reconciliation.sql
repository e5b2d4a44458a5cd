-- Reconciliation: what pagoPA says it has paid (flows), what the bank has (movements), what is booked here.

-- How far the list of flows has been read.
create table fdr_watermarks (
  tenant_id uuid primary key references tenants,
  -- Payments from before were never asked for: that they are in no flow proves nothing.
  covered_from timestamptz not null,
  published_until timestamptz not null,
  pulled_at timestamptz not null
);
grant select, insert, update (published_until, pulled_at) on fdr_watermarks to {{app}};

-- A flow as its PSP published it. Names are used again, so the date belongs to the key; a higher revision of the
-- same name and day supersedes the lower ones, which stay.
create table fdr_flows (
  tenant_id uuid not null references tenants,
  id uuid not null,
  psp_id text not null check (length(psp_id) between 1 and 70),
  psp_name text not null check (length(psp_name) <= 140),
  flow_id text not null check (length(flow_id) between 1 and 70),
  -- What a bank leaves of the name: letters and digits.
  flow_key text not null generated always as (upper(regexp_replace(flow_id, '[^0-9A-Za-z]', '', 'g'))) stored,
  flow_date timestamptz not null,
  -- The Rome day of flow_date.
  flow_day date not null,
  revision bigint not null check (revision >= 0),
  regulation text not null check (length(regulation) <= 140),
  regulation_date date not null,
  declared_count bigint,
  declared_cents bigint,
  lines_count bigint not null default 0,
  lines_cents bigint not null default 0,
  published_at timestamptz not null,
  state text not null default 'incomplete' check (state in ('incomplete', 'current', 'superseded')),
  pulled_at timestamptz not null,
  complete_at timestamptz,
  reconciled_at timestamptz,
  -- How many settlements were booked for it: the number of the next one.
  settlements int not null default 0,
  primary key (tenant_id, id),
  unique (tenant_id, psp_id, flow_id, flow_date, revision),
  check ((state = 'incomplete') = (complete_at is null))
);
create index fdr_flows_by_date on fdr_flows (tenant_id, flow_date, id);
create index fdr_flows_by_key on fdr_flows (tenant_id, flow_key) where state = 'current';
create index fdr_flows_to_look_at on fdr_flows (tenant_id, id) where state = 'current' and reconciled_at is null;
grant select, insert (tenant_id, id, psp_id, psp_name, flow_id, flow_date, flow_day, revision, regulation, regulation_date,
  declared_count, declared_cents, published_at, pulled_at) on fdr_flows to {{app}};
grant update (lines_count, lines_cents, state, complete_at, reconciled_at) on fdr_flows to {{app}};
grant select, update (settlements) on fdr_flows to {{ledger}};

create table fdr_lines (
  tenant_id uuid not null,
  flow_id uuid not null,
  line_index bigint not null,
  iuv text check (length(iuv) <= 35),
  iur text check (length(iur) <= 35),
  id_transfer smallint,
  amount_cents bigint not null,
  code smallint check (code in (0, 3, 4, 8, 9)),
  -- The Rome day of the payment.
  pay_date date,
  -- What of the line could not be read; a flow never fails for one line.
  unreadable text,
  -- Whether it concerns this entity: other entities of the same creditor have lines in the same flow.
  ours boolean not null,
  -- No foreign key: it comes out of a join with receipts, which nobody deletes, and a check a line costs more than the join.
  receipt_row_id uuid,
  matched_by text check (matched_by in ('receipt-id', 'iuv-amount')),
  primary key (tenant_id, flow_id, line_index),
  foreign key (tenant_id, flow_id) references fdr_flows,
  check ((receipt_row_id is null) = (matched_by is null))
);
create index fdr_lines_by_receipt on fdr_lines (tenant_id, receipt_row_id) where receipt_row_id is not null;
create index fdr_lines_guessed on fdr_lines (tenant_id, receipt_row_id) where matched_by = 'iuv-amount';
create index fdr_lines_by_iur on fdr_lines (tenant_id, iur);
create index fdr_lines_open on fdr_lines (tenant_id, flow_id) where ours and receipt_row_id is null;
grant select, insert (tenant_id, flow_id, line_index, iuv, iur, id_transfer, amount_cents, code, pay_date, unreadable, ours)
  on fdr_lines to {{app}};
grant update (ours, receipt_row_id, matched_by) on fdr_lines to {{app}};
grant select on fdr_lines to {{ledger}};

-- A file of the bank, once.
create table bank_statements (
  tenant_id uuid not null references tenants,
  id uuid not null,
  file_name text not null check (length(file_name) between 1 and 200),
  sha256 text not null,
  account_id uuid,
  movements int not null,
  new_movements int not null,
  uploaded_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, sha256),
  foreign key (tenant_id, account_id) references accounts
);
grant select, insert on bank_statements to {{app}};

create table bank_movements (
  tenant_id uuid not null,
  id uuid not null,
  statement_id uuid not null,
  row_number int not null,
  -- Of its day, amount and text, and of its place among the file's equal ones.
  fingerprint text not null,
  booked_on date not null,
  value_on date,
  amount_cents bigint not null check (amount_cents <> 0),
  remittance text not null check (length(remittance) <= 1000),
  kind text check (kind in ('cumulative', 'single')),
  -- The flow's name as far as the text surely carries it, and all that follows, in case the bank broke the name up.
  flow_token text,
  flow_rest text,
  iuv text,
  flow_id uuid,
  receipt_row_id uuid,
  primary key (tenant_id, id),
  unique (tenant_id, fingerprint),
  foreign key (tenant_id, statement_id) references bank_statements,
  foreign key (tenant_id, flow_id) references fdr_flows,
  foreign key (tenant_id, receipt_row_id) references receipts,
  check (flow_id is null or kind = 'cumulative'),
  check (receipt_row_id is null or kind = 'single')
);
create index bank_movements_by_day on bank_movements (tenant_id, booked_on, id);
create index bank_movements_by_flow on bank_movements (tenant_id, flow_id) where flow_id is not null;
create index bank_movements_unmatched on bank_movements (tenant_id, id) where kind is not null and flow_id is null and receipt_row_id is null;
grant select, insert (tenant_id, id, statement_id, row_number, fingerprint, booked_on, value_on, amount_cents, remittance,
  kind, flow_token, flow_rest, iuv) on bank_movements to {{app}};
grant update (flow_id, receipt_row_id) on bank_movements to {{app}};
grant select on bank_movements to {{ledger}};

-- Whatever does not agree, one row a subject, for ever: nobody may delete one.
create table reconciliation_differences (
  tenant_id uuid not null references tenants,
  id uuid not null default gen_random_uuid(),
  kind text not null check (kind in ('receipt-missing', 'no-receipt', 'amount-differs', 'revoked', 'line-twice',
    'line-unreadable', 'flow-total-differs', 'receipt-unreported', 'flow-unpaid', 'bank-amount-differs', 'bank-unmatched',
    'settled-line-withdrawn')),
  subject text not null,
  state text not null default 'open' check (state in ('open', 'resolved', 'accepted')),
  expected_cents bigint,
  found_cents bigint,
  flow_id uuid,
  line_index bigint,
  receipt_row_id uuid,
  movement_id uuid,
  opened_at timestamptz not null,
  reopened_at timestamptz,
  resolved_at timestamptz,
  accepted_at timestamptz,
  accepted_by uuid,
  note text,
  -- The run that saw it last.
  seen_in uuid not null,
  primary key (tenant_id, id),
  unique (tenant_id, kind, subject),
  foreign key (tenant_id, flow_id) references fdr_flows,
  foreign key (tenant_id, receipt_row_id) references receipts,
  foreign key (tenant_id, movement_id) references bank_movements,
  foreign key (tenant_id, accepted_by) references accounts,
  check ((state = 'resolved') = (resolved_at is not null)),
  check (state <> 'accepted' or (accepted_at is not null and note is not null))
);
create index reconciliation_differences_by_time on reconciliation_differences (tenant_id, opened_at, id);
create index reconciliation_differences_by_flow on reconciliation_differences (tenant_id, flow_id) where state = 'open';
grant select, insert on reconciliation_differences to {{app}};
grant update (state, expected_cents, found_cents, flow_id, line_index, receipt_row_id, movement_id, reopened_at, resolved_at,
  accepted_at, accepted_by, note, seen_in) on reconciliation_differences to {{app}};

-- Which transaction moved a receipt's money from clearing to the bank: one at most.
create table receipt_settlements (
  tenant_id uuid not null,
  receipt_row_id uuid not null,
  -- No foreign key, as in receipts: the row is written first, so that one that is there stops the booking.
  transaction_id uuid not null,
  flow_id uuid,
  movement_id uuid,
  amount_cents bigint not null check (amount_cents > 0),
  settled_at timestamptz not null,
  primary key (tenant_id, receipt_row_id),
  foreign key (tenant_id, receipt_row_id) references receipts,
  foreign key (tenant_id, flow_id) references fdr_flows,
  foreign key (tenant_id, movement_id) references bank_movements,
  check ((flow_id is null) <> (movement_id is null))
);
create index receipt_settlements_by_transaction on receipt_settlements (tenant_id, transaction_id);
create index receipt_settlements_by_flow on receipt_settlements (tenant_id, flow_id) where flow_id is not null;
create unique index receipt_settlements_by_movement on receipt_settlements (tenant_id, movement_id) where movement_id is not null;
grant select on receipt_settlements to {{app}};
grant select, insert on receipt_settlements to {{ledger}};

-- Receipts that a flow names and that never came: asked for again and again, rarely, for weeks.
create table receipt_recoveries (
  tenant_id uuid not null,
  iuv text not null,
  iur text not null,
  flow_id uuid not null,
  line_index bigint not null,
  state text not null default 'wanted' check (state in ('wanted', 'found', 'given-up')),
  tries int not null default 0,
  wanted_since timestamptz not null,
  next_try_at timestamptz not null,
  last_tried_at timestamptz,
  ended_at timestamptz,
  last_error text check (length(last_error) <= 500),
  primary key (tenant_id, iuv, iur),
  foreign key (tenant_id, flow_id, line_index) references fdr_lines,
  check ((state = 'wanted') = (ended_at is null))
);
create index receipt_recoveries_due on receipt_recoveries (tenant_id, next_try_at) where state = 'wanted';
create index receipt_recoveries_by_flow on receipt_recoveries (tenant_id, flow_id) where state = 'wanted';
grant select, insert (tenant_id, iuv, iur, flow_id, line_index, wanted_since, next_try_at) on receipt_recoveries to {{app}};
grant update (flow_id, line_index, state, tries, next_try_at, last_tried_at, ended_at, last_error) on receipt_recoveries to {{app}};
grant select on receipt_recoveries to {{relay}};

-- Calls that a third party counts for the whole installation: the times of the last ones. No tenant: see take_call.
create table call_budgets (
  name text primary key,
  calls timestamptz[] not null,
  paused_until timestamptz
);
grant select, insert, update on call_budgets to {{ledger}};

{{isolate fdr_watermarks fdr_flows fdr_lines bank_statements bank_movements reconciliation_differences receipt_settlements receipt_recoveries}}
{{sweep receipt_recoveries}}

-- Takes one call out of a budget of p_limit within p_window, or says no. The row's lock makes every process of the
-- installation ask in turn. A call from more than five minutes ahead was noted under a clock since put back.
create function take_call(p_name text, p_limit int, p_window interval, p_now timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_calls timestamptz[];
  v_paused_until timestamptz;
begin
  insert into call_budgets (name, calls) values (p_name, '{}') on conflict do nothing;
  select calls, paused_until into v_calls, v_paused_until from call_budgets where name = p_name for update;
  if v_paused_until > p_now and v_paused_until <= p_now + p_window then
    return false;
  end if;
  select coalesce(array_agg(call order by call), '{}') into v_calls
  from unnest(v_calls) as call where call > p_now - p_window and call <= p_now + interval '5 minutes';
  if cardinality(v_calls) >= p_limit then
    return false;
  end if;
  update call_budgets set calls = v_calls || p_now, paused_until = null where name = p_name;
  return true;
end $$;

-- Takes no call out of a budget until then: the third party says that it is used up.
create function pause_calls(p_name text, p_until timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into call_budgets (name, calls, paused_until) values (p_name, '{}', p_until)
  on conflict (name) do update set paused_until = excluded.paused_until;
end $$;

-- One run at a time reconciles an entity: its flows, movements and settlements hang together.
create function lock_reconciliation(p_tenant_id uuid) returns void
language sql as $$
  select pg_advisory_xact_lock(hashtextextended(p_tenant_id::text, 9))
$$;
revoke execute on function lock_reconciliation from public;
grant execute on function lock_reconciliation to {{app}}, {{ledger}};

-- Closes the reading of a flow: counts its lines, makes it the one that counts, sets lower revisions aside. Answers
-- false for a flow that is no news: complete already, or lower than one that is.
create function complete_flow(p_tenant_id uuid, p_flow_id uuid, p_now timestamptz) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare
  v_flow fdr_flows;
  v_superseded uuid[];
  v_is_latest boolean;
begin
  perform enter_tenant(p_tenant_id);
  perform lock_reconciliation(p_tenant_id);
  select * into v_flow from fdr_flows where tenant_id = p_tenant_id and id = p_flow_id for update;
  if v_flow.state is distinct from 'incomplete' then
    return false;
  end if;
  v_is_latest := not exists (
    select from fdr_flows f where f.tenant_id = p_tenant_id and f.psp_id = v_flow.psp_id and f.flow_id = v_flow.flow_id
      and f.flow_day = v_flow.flow_day and f.revision > v_flow.revision and f.complete_at is not null);
  update fdr_flows set complete_at = p_now, state = case when v_is_latest then 'current' else 'superseded' end,
    lines_count = lines.count, lines_cents = lines.cents
  from (select count(*) as count, coalesce(sum(amount_cents), 0)::bigint as cents
    from fdr_lines where tenant_id = p_tenant_id and flow_id = p_flow_id) lines
  where fdr_flows.tenant_id = p_tenant_id and fdr_flows.id = p_flow_id;
  if not v_is_latest then
    return false;
  end if;
  select array_agg(id) into v_superseded from fdr_flows f
  where f.tenant_id = p_tenant_id and f.psp_id = v_flow.psp_id and f.flow_id = v_flow.flow_id
    and f.flow_day = v_flow.flow_day and f.revision < v_flow.revision and f.state <> 'superseded';
  update fdr_flows set state = 'superseded', complete_at = coalesce(complete_at, p_now)
  where tenant_id = p_tenant_id and id = any (v_superseded);
  update reconciliation_differences set state = 'resolved', resolved_at = p_now
  where tenant_id = p_tenant_id and flow_id = any (v_superseded) and state = 'open' and kind <> 'settled-line-withdrawn';
  update bank_movements set flow_id = null where tenant_id = p_tenant_id and flow_id = any (v_superseded);
  return true;
end $$;

-- What does not agree within one flow.
create function flow_differences(p_tenant_id uuid, p_flow_id uuid)
returns table (kind text, subject text, expected_cents bigint, found_cents bigint, flow_id uuid, line_index bigint,
  receipt_row_id uuid, movement_id uuid)
language sql set search_path = public, pg_temp as $$
  select case when l.code in (8, 9) then 'no-receipt' else 'receipt-missing' end, p_flow_id || '#' || l.line_index,
    null::bigint, l.amount_cents, p_flow_id, l.line_index, null::uuid, null::uuid
  from fdr_lines l
  where l.tenant_id = p_tenant_id and l.flow_id = p_flow_id and l.ours and l.receipt_row_id is null and l.code in (0, 4, 8, 9)
  union all
  select 'revoked', p_flow_id || '#' || l.line_index, null, l.amount_cents, p_flow_id, l.line_index, l.receipt_row_id, null
  from fdr_lines l
  where l.tenant_id = p_tenant_id and l.flow_id = p_flow_id and l.ours and l.code = 3
  union all
  select 'line-unreadable', p_flow_id || '#' || l.line_index, null, l.amount_cents, p_flow_id, l.line_index, l.receipt_row_id, null
  from fdr_lines l
  where l.tenant_id = p_tenant_id and l.flow_id = p_flow_id and l.unreadable is not null
  union all
  -- A receipt with several transfers of ours has a line for each; the same transfer twice is another difference.
  select 'amount-differs', p_flow_id || '#' || shares.line_index, r.our_amount_cents, shares.cents, p_flow_id, shares.line_index, r.id, null
  from (
    select share.receipt_row_id, min(share.line_index) as line_index, sum(share.amount_cents)::bigint as cents
    from (
      select distinct on (l.receipt_row_id, l.id_transfer) l.receipt_row_id, l.line_index, l.amount_cents
      from fdr_lines l
      where l.tenant_id = p_tenant_id and l.flow_id = p_flow_id and l.receipt_row_id is not null and l.code in (0, 4, 8, 9)
      order by l.receipt_row_id, l.id_transfer, l.line_index
    ) share group by share.receipt_row_id
  ) shares
  join receipts r on r.tenant_id = p_tenant_id and r.id = shares.receipt_row_id
  where r.our_amount_cents <> shares.cents
  union all
  select 'line-twice', p_flow_id || '#' || l.line_index, null, l.amount_cents, p_flow_id, l.line_index, l.receipt_row_id, null
  from fdr_lines l
  where l.tenant_id = p_tenant_id and l.flow_id = p_flow_id and l.receipt_row_id is not null and l.code in (0, 4, 8, 9)
    and exists (
      select from fdr_lines o join fdr_flows f on f.tenant_id = o.tenant_id and f.id = o.flow_id and f.state = 'current'
      where o.tenant_id = p_tenant_id and o.receipt_row_id = l.receipt_row_id and o.code in (0, 4, 8, 9)
        and o.id_transfer is not distinct from l.id_transfer and (o.flow_id, o.line_index) < (l.flow_id, l.line_index)
        -- A guess that was not settled gives way to what is sure.
        and (o.matched_by = 'receipt-id' or exists (
          select from receipt_settlements s where s.tenant_id = p_tenant_id and s.receipt_row_id = o.receipt_row_id)))
  union all
  select 'line-twice', p_flow_id || '#' || l.line_index, null, l.amount_cents, p_flow_id, l.line_index, null, null
  from fdr_lines l
  where l.tenant_id = p_tenant_id and l.flow_id = p_flow_id and l.ours and l.receipt_row_id is null and l.code in (0, 4, 8, 9)
    and exists (
      select from fdr_lines o join fdr_flows f on f.tenant_id = o.tenant_id and f.id = o.flow_id and f.state = 'current'
      where o.tenant_id = p_tenant_id and o.iur = l.iur and o.iuv = l.iuv and o.code in (0, 4, 8, 9)
        and o.id_transfer is not distinct from l.id_transfer and (o.flow_id, o.line_index) < (l.flow_id, l.line_index))
  union all
  select 'flow-total-differs', p_flow_id::text, f.declared_cents, f.lines_cents, p_flow_id, null, null, null
  from fdr_flows f
  where f.tenant_id = p_tenant_id and f.id = p_flow_id
    and (f.declared_cents <> f.lines_cents or f.declared_count <> f.lines_count)
$$;

-- What does not agree between the flows, the bank and the receipts of an entity.
create function tenant_differences(p_tenant_id uuid, p_now timestamptz)
returns table (kind text, subject text, expected_cents bigint, found_cents bigint, flow_id uuid, line_index bigint,
  receipt_row_id uuid, movement_id uuid)
language sql set search_path = public, pg_temp as $$
  -- A payment is reported within two working days; only what the last reading would have shown counts as missing.
  select 'receipt-unreported', r.id::text, r.our_amount_cents, null::bigint, null::uuid, null::bigint, r.id, null::uuid
  from receipts r
  join fdr_watermarks w on w.tenant_id = r.tenant_id
  where r.tenant_id = p_tenant_id and r.ledger_transaction_id is not null
    and coalesce(r.paid_at, r.arrived_at) >= w.covered_from
    and coalesce(r.paid_at, r.arrived_at) < w.pulled_at - interval '5 days'
    and not exists (select from receipt_settlements s where s.tenant_id = p_tenant_id and s.receipt_row_id = r.id)
    and not exists (
      select from fdr_lines l join fdr_flows f on f.tenant_id = l.tenant_id and f.id = l.flow_id and f.state = 'current'
      where l.tenant_id = p_tenant_id and l.receipt_row_id = r.id)
  union all
  select 'settled-line-withdrawn', s.receipt_row_id::text, s.amount_cents, null, s.flow_id, null, s.receipt_row_id, null
  from receipt_settlements s
  join fdr_flows was on was.tenant_id = s.tenant_id and was.id = s.flow_id and was.state = 'superseded'
  where s.tenant_id = p_tenant_id and not exists (
    select from fdr_lines l join fdr_flows f on f.tenant_id = l.tenant_id and f.id = l.flow_id and f.state = 'current'
    where l.tenant_id = p_tenant_id and l.receipt_row_id = s.receipt_row_id and l.code in (0, 4, 8, 9))
  union all
  select 'flow-unpaid', f.id::text, f.lines_cents, null, f.id, null, null, null
  from fdr_flows f
  where f.tenant_id = p_tenant_id and f.state = 'current'
    and f.regulation_date + 10 <= (p_now at time zone 'Europe/Rome')::date
    and not exists (select from bank_movements m where m.tenant_id = p_tenant_id and m.flow_id = f.id)
    and exists (
      select from fdr_lines l where l.tenant_id = p_tenant_id and l.flow_id = f.id and l.ours
        and not exists (select from receipt_settlements s where s.tenant_id = p_tenant_id and s.receipt_row_id = l.receipt_row_id))
  union all
  select 'bank-amount-differs', f.id::text, f.lines_cents, bank.cents, f.id, null, null, bank.last_id
  from (
    select m.flow_id, sum(m.amount_cents)::bigint as cents, (array_agg(m.id order by m.booked_on desc, m.id desc))[1] as last_id
    from bank_movements m where m.tenant_id = p_tenant_id and m.flow_id is not null group by m.flow_id
  ) bank
  join fdr_flows f on f.tenant_id = p_tenant_id and f.id = bank.flow_id and f.state = 'current'
  where bank.cents <> f.lines_cents
    and exists (select from fdr_lines l where l.tenant_id = p_tenant_id and l.flow_id = f.id and l.ours)
  union all
  select case when owed.cents is null then 'bank-unmatched' else 'bank-amount-differs' end, m.id::text, owed.cents,
    m.amount_cents, null, null, owed.id, m.id
  from bank_movements m
  join tenants t on t.id = m.tenant_id
  left join lateral (
    select r.id, r.our_amount_cents as cents from receipts r
    where r.tenant_id = p_tenant_id and r.creditor_reference = m.iuv and r.ledger_transaction_id is not null
      and not exists (select from receipt_settlements s where s.tenant_id = p_tenant_id and s.receipt_row_id = r.id)
    order by r.arrived_at, r.id limit 1
  ) owed on m.kind = 'single'
  where m.tenant_id = p_tenant_id and m.kind is not null and m.flow_id is null and m.receipt_row_id is null
    -- A payment of another entity of the same creditor is none of ours.
    and not coalesce(m.kind = 'single' and m.iuv ~ '^[0-9]{17}$' and left(m.iuv, 2) <> t.segregation_code, false)
$$;

-- Writes down what does not agree, of a flow or (without one) of the entity as a whole. What is in order again
-- resolves, what comes back opens again; what a person accepted stays so as long as its amounts do. The rows' ids are
-- made here, since nobody knows beforehand how many there are.
create function note_differences(p_tenant_id uuid, p_flow_id uuid, p_run uuid, p_now timestamptz) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  v_of_flows text[] := array['receipt-missing', 'no-receipt', 'amount-differs', 'revoked', 'line-twice', 'line-unreadable',
    'flow-total-differs'];
begin
  perform enter_tenant(p_tenant_id);
  perform lock_reconciliation(p_tenant_id);
  insert into reconciliation_differences as d (tenant_id, kind, subject, expected_cents, found_cents, flow_id, line_index,
    receipt_row_id, movement_id, opened_at, seen_in)
  select p_tenant_id, seen.*, p_now, p_run from (
    select * from flow_differences(p_tenant_id, p_flow_id) where p_flow_id is not null
    union all
    select * from tenant_differences(p_tenant_id, p_now) where p_flow_id is null
  ) seen
  on conflict (tenant_id, kind, subject) do update set
    expected_cents = excluded.expected_cents, found_cents = excluded.found_cents, flow_id = excluded.flow_id,
    line_index = excluded.line_index, receipt_row_id = excluded.receipt_row_id, movement_id = excluded.movement_id,
    seen_in = p_run, resolved_at = null,
    state = case when d.state = 'accepted' and d.expected_cents is not distinct from excluded.expected_cents
      and d.found_cents is not distinct from excluded.found_cents then 'accepted' else 'open' end,
    reopened_at = case when d.state = 'open' or (d.state = 'accepted' and d.expected_cents is not distinct from excluded.expected_cents
      and d.found_cents is not distinct from excluded.found_cents) then d.reopened_at else p_now end;
  update reconciliation_differences set state = 'resolved', resolved_at = p_now
  where tenant_id = p_tenant_id and state = 'open' and seen_in <> p_run
    and case when p_flow_id is null then kind <> all (v_of_flows) else flow_id = p_flow_id and kind = any (v_of_flows) end;
  if p_flow_id is null then
    -- What a higher revision does not name any more is not asked for either, unless a still higher one names it again.
    update receipt_recoveries w set state = 'given-up', ended_at = p_now, last_error = 'withdrawn'
    from fdr_flows f
    where w.tenant_id = p_tenant_id and w.state = 'wanted' and f.tenant_id = p_tenant_id and f.id = w.flow_id and f.state = 'superseded';
  end if;
end $$;

-- Finds the receipts of a flow's lines, all at once: by the receipt's id, else by IUV and amount, since the PSP's
-- reference may be another than the receipt's. What is sure takes the receipt from what is guessed, also in other
-- flows, unless the money has been settled that way. Then the flow's differences, and the receipts to ask for.
create function reconcile_flow(p_tenant_id uuid, p_flow_id uuid, p_run uuid, p_now timestamptz) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  v_segregation text;
  v_guessed uuid[];
  v_sure uuid[];
begin
  perform enter_tenant(p_tenant_id);
  perform lock_reconciliation(p_tenant_id);
  update fdr_flows set reconciled_at = p_now where tenant_id = p_tenant_id and id = p_flow_id and state = 'current';
  if not found then
    return;
  end if;
  select segregation_code into v_segregation from tenants where id = p_tenant_id;
  update fdr_lines l set receipt_row_id = r.id, matched_by = 'receipt-id', ours = true
  from receipts r
  where l.tenant_id = p_tenant_id and l.flow_id = p_flow_id and l.matched_by is distinct from 'receipt-id'
    and r.tenant_id = p_tenant_id and r.receipt_id = l.iur and r.ledger_transaction_id is not null
    and not exists (select from receipt_settlements s where s.tenant_id = p_tenant_id and s.receipt_row_id = l.receipt_row_id);
  -- Arrays, not joins: whatever the planner believes of a flow just stored, each is one look at an index.
  v_guessed := array(
    select guess.receipt_row_id from fdr_lines guess
    where guess.tenant_id = p_tenant_id and guess.matched_by = 'iuv-amount'
      and not exists (select from receipt_settlements s where s.tenant_id = p_tenant_id and s.receipt_row_id = guess.receipt_row_id));
  v_sure := array(
    select sure.receipt_row_id from fdr_lines sure
    join fdr_flows f on f.tenant_id = sure.tenant_id and f.id = sure.flow_id and f.state = 'current'
    where sure.tenant_id = p_tenant_id and sure.receipt_row_id = any (v_guessed) and sure.matched_by = 'receipt-id'
      and sure.code is distinct from 3);
  update fdr_flows f set reconciled_at = null
  where f.tenant_id = p_tenant_id and f.state = 'current' and f.id <> p_flow_id and f.id = any (array(
    select guess.flow_id from fdr_lines guess
    where guess.tenant_id = p_tenant_id and guess.matched_by = 'iuv-amount' and guess.receipt_row_id = any (v_sure)));
  update fdr_lines l set receipt_row_id = null, matched_by = null,
    ours = coalesce(l.iuv ~ '^[0-9]{17}$' and left(l.iuv, 2) = v_segregation, false)
  where l.tenant_id = p_tenant_id and l.flow_id = p_flow_id and l.matched_by = 'iuv-amount' and l.receipt_row_id = any (v_sure);
  update fdr_lines l set receipt_row_id = pair.receipt_row_id, matched_by = 'iuv-amount', ours = true
  from (
    select line.line_index, receipt.id as receipt_row_id
    from (
      select line_index, iuv, amount_cents, row_number() over (partition by iuv, amount_cents order by line_index) as place
      from fdr_lines
      where tenant_id = p_tenant_id and flow_id = p_flow_id and receipt_row_id is null and code in (0, 4, 8, 9)
    ) line
    join (
      select r.id, r.creditor_reference, r.our_amount_cents,
        row_number() over (partition by r.creditor_reference, r.our_amount_cents order by r.arrived_at, r.id) as place
      from receipts r
      where r.tenant_id = p_tenant_id and r.ledger_transaction_id is not null
        and r.creditor_reference in (
          select iuv from fdr_lines
          where tenant_id = p_tenant_id and flow_id = p_flow_id and receipt_row_id is null and code in (0, 4, 8, 9))
        and not exists (
          select from fdr_lines taken join fdr_flows f on f.tenant_id = taken.tenant_id and f.id = taken.flow_id and f.state = 'current'
          where taken.tenant_id = p_tenant_id and taken.receipt_row_id = r.id and taken.code is distinct from 3)
    ) receipt on receipt.creditor_reference = line.iuv and receipt.our_amount_cents = line.amount_cents
      and receipt.place = line.place
  ) pair
  where l.tenant_id = p_tenant_id and l.flow_id = p_flow_id and l.line_index = pair.line_index;
  update receipt_recoveries w set state = 'found', ended_at = p_now
  from fdr_lines l
  where w.tenant_id = p_tenant_id and w.flow_id = p_flow_id and w.state <> 'found'
    and l.tenant_id = p_tenant_id and l.flow_id = p_flow_id and l.line_index = w.line_index and l.receipt_row_id is not null;
  insert into receipt_recoveries as w (tenant_id, iuv, iur, flow_id, line_index, wanted_since, next_try_at)
  select p_tenant_id, l.iuv, l.iur, p_flow_id, min(l.line_index), p_now, p_now
  from fdr_lines l
  where l.tenant_id = p_tenant_id and l.flow_id = p_flow_id and l.ours and l.receipt_row_id is null
    and l.code in (0, 4, 8, 9) and l.iuv is not null and l.iur is not null
  group by l.iuv, l.iur
  on conflict (tenant_id, iuv, iur) do update set flow_id = excluded.flow_id, line_index = excluded.line_index,
    state = case when w.last_error = 'withdrawn' then 'wanted' else w.state end,
    ended_at = case when w.last_error = 'withdrawn' then null else w.ended_at end,
    last_error = nullif(w.last_error, 'withdrawn')
    where exists (select from fdr_flows f where f.tenant_id = p_tenant_id and f.id = w.flow_id and f.state = 'superseded');
  perform note_differences(p_tenant_id, p_flow_id, p_run, p_now);
end $$;

-- Finds what the bank's movements pay. A name that the bank kept whole counts before one that it broke up, and that
-- before one that it cut off; of several flows that could be meant only the one with this amount and no movement yet.
create function match_bank(p_tenant_id uuid) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  perform enter_tenant(p_tenant_id);
  perform lock_reconciliation(p_tenant_id);
  update bank_movements m set flow_id = chosen.flow_id
  from (
    select best.movement_id, (array_agg(best.flow_id))[1] as flow_id
    from (
      select named.*, count(*) over (partition by named.movement_id) as candidates
      from (
        select m.id as movement_id, f.id as flow_id, f.lines_cents = m.amount_cents and not exists (
            select from bank_movements o where o.tenant_id = p_tenant_id and o.flow_id = f.id) as fits,
          rank() over (partition by m.id order by (f.flow_key = m.flow_token) desc,
            starts_with(m.flow_rest, f.flow_key) desc,
            case when starts_with(m.flow_rest, f.flow_key) then length(f.flow_key) end desc nulls last) as rank
        from bank_movements m
        join fdr_flows f on f.tenant_id = p_tenant_id and f.state = 'current'
          and (f.flow_key = m.flow_token
            or (length(f.flow_key) >= 8 and starts_with(m.flow_rest, f.flow_key))
            or (length(m.flow_token) >= 12 and starts_with(f.flow_key, m.flow_token)))
        where m.tenant_id = p_tenant_id and m.kind = 'cumulative' and m.flow_id is null
      ) named where named.rank = 1
    ) best
    where best.candidates = 1 or best.fits
    group by best.movement_id having count(*) = 1
  ) chosen
  where m.tenant_id = p_tenant_id and m.id = chosen.movement_id;
  update bank_movements m set receipt_row_id = pair.receipt_row_id
  from (
    select movement.id, receipt.id as receipt_row_id
    from (
      select id, iuv, amount_cents, row_number() over (partition by iuv, amount_cents order by booked_on, id) as place
      from bank_movements
      where tenant_id = p_tenant_id and kind = 'single' and receipt_row_id is null and iuv is not null
    ) movement
    join (
      select r.id, r.creditor_reference, r.our_amount_cents,
        row_number() over (partition by r.creditor_reference, r.our_amount_cents order by r.arrived_at, r.id) as place
      from receipts r
      where r.tenant_id = p_tenant_id and r.ledger_transaction_id is not null
        and r.creditor_reference in (
          select iuv from bank_movements where tenant_id = p_tenant_id and kind = 'single' and receipt_row_id is null)
        and not exists (select from receipt_settlements s where s.tenant_id = p_tenant_id and s.receipt_row_id = r.id)
        and not exists (select from bank_movements o where o.tenant_id = p_tenant_id and o.receipt_row_id = r.id)
    ) receipt on receipt.creditor_reference = movement.iuv and receipt.our_amount_cents = movement.amount_cents
      and receipt.place = movement.place
  ) pair
  where m.tenant_id = p_tenant_id and m.id = pair.id;
end $$;

-- The flows whose money is in the bank to the cent and some of whose receipts are not settled yet.
create function flows_to_settle(p_tenant_id uuid) returns setof uuid
language plpgsql set search_path = public, pg_temp as $$
begin
  perform enter_tenant(p_tenant_id);
  return query
  select f.id from fdr_flows f
  where f.tenant_id = p_tenant_id and f.state = 'current'
    and f.lines_cents = (select sum(m.amount_cents) from bank_movements m where m.tenant_id = p_tenant_id and m.flow_id = f.id)
    and exists (
      select from fdr_lines l
      where l.tenant_id = p_tenant_id and l.flow_id = f.id and l.receipt_row_id is not null and l.code in (0, 4, 8, 9)
        and not exists (select from receipt_settlements s where s.tenant_id = p_tenant_id and s.receipt_row_id = l.receipt_row_id))
  order by f.flow_date, f.id;
end $$;

-- Books the receipts of a flow from clearing to bank, when the bank's movements are worth its lines to the cent: all
-- that are matched, whole and not settled yet, in one transaction. What is recovered later comes in a further one.
-- A revoked line settles nothing. Answers the cents booked, 0 for nothing to book.
create function settle_flow(p_tenant_id uuid, p_flow_id uuid, p_transaction_id uuid, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_flow fdr_flows;
  v_bank bigint;
  v_booked_on date;
  v_cents bigint;
begin
  perform enter_tenant(p_tenant_id);
  perform lock_reconciliation(p_tenant_id);
  select * into v_flow from fdr_flows where tenant_id = p_tenant_id and id = p_flow_id for update;
  select sum(amount_cents), max(booked_on) into v_bank, v_booked_on
  from bank_movements where tenant_id = p_tenant_id and flow_id = p_flow_id;
  if v_flow.state is distinct from 'current' or v_bank is distinct from v_flow.lines_cents then
    return 0;
  end if;
  insert into receipt_settlements (tenant_id, receipt_row_id, transaction_id, flow_id, amount_cents, settled_at)
  select p_tenant_id, r.id, p_transaction_id, p_flow_id, r.our_amount_cents, p_now
  from (
    select share.receipt_row_id, sum(share.amount_cents) as cents
    from (
      select distinct on (receipt_row_id, id_transfer) receipt_row_id, amount_cents
      from fdr_lines
      where tenant_id = p_tenant_id and flow_id = p_flow_id and receipt_row_id is not null and code in (0, 4, 8, 9)
      order by receipt_row_id, id_transfer, line_index
    ) share group by share.receipt_row_id
  ) shares
  join receipts r on r.tenant_id = p_tenant_id and r.id = shares.receipt_row_id
  where r.our_amount_cents = shares.cents and r.our_amount_cents > 0 and r.ledger_transaction_id is not null
    and not exists (select from ledger_transactions t where t.tenant_id = p_tenant_id and t.reverses = r.ledger_transaction_id)
  order by r.id
  on conflict (tenant_id, receipt_row_id) do nothing;
  select sum(amount_cents) into v_cents from receipt_settlements
  where tenant_id = p_tenant_id and transaction_id = p_transaction_id;
  if v_cents is null then
    return 0;
  end if;
  update fdr_flows set settlements = settlements + 1 where tenant_id = p_tenant_id and id = p_flow_id;
  perform ledger_book(p_tenant_id, p_transaction_id, 'settlement',
    v_flow.psp_id || ' ' || v_flow.flow_id || ' ' || to_char(v_flow.flow_date at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      || ' revision ' || v_flow.revision || ' #' || v_flow.settlements + 1,
    null, v_booked_on::timestamp at time zone 'Europe/Rome', p_now,
    array['pagopa-clearing', 'bank'], array[null, null]::uuid[], array[v_cents, -v_cents]);
  return v_cents;
end $$;

-- Books a receipt that the bank credited alone, under its IUV. Answers the cents booked, 0 for nothing to book.
create function settle_movement(p_tenant_id uuid, p_movement_id uuid, p_transaction_id uuid, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_receipt_row_id uuid;
  v_booked_on date;
  v_iuv text;
  v_cents bigint;
begin
  perform enter_tenant(p_tenant_id);
  perform lock_reconciliation(p_tenant_id);
  select r.id, m.booked_on, m.iuv, m.amount_cents into v_receipt_row_id, v_booked_on, v_iuv, v_cents
  from bank_movements m
  join receipts r on r.tenant_id = p_tenant_id and r.id = m.receipt_row_id and r.our_amount_cents = m.amount_cents
    and r.creditor_reference = m.iuv and r.ledger_transaction_id is not null
    and not exists (select from ledger_transactions t where t.tenant_id = p_tenant_id and t.reverses = r.ledger_transaction_id)
  where m.tenant_id = p_tenant_id and m.id = p_movement_id and m.kind = 'single' and m.amount_cents > 0;
  if not found then
    return 0;
  end if;
  insert into receipt_settlements (tenant_id, receipt_row_id, transaction_id, movement_id, amount_cents, settled_at)
  values (p_tenant_id, v_receipt_row_id, p_transaction_id, p_movement_id, v_cents, p_now)
  on conflict (tenant_id, receipt_row_id) do nothing;
  if not found then
    return 0;
  end if;
  perform ledger_book(p_tenant_id, p_transaction_id, 'settlement', 'RFB ' || v_iuv || ' ' || p_movement_id,
    null, v_booked_on::timestamp at time zone 'Europe/Rome', p_now,
    array['pagopa-clearing', 'bank'], array[null, null]::uuid[], array[v_cents, -v_cents]);
  return v_cents;
end $$;

{{app-functions complete_flow flow_differences tenant_differences note_differences reconcile_flow match_bank flows_to_settle}}
{{ledger-functions take_call(app) pause_calls(app) settle_flow(app) settle_movement(app)}}
