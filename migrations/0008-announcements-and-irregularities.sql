-- What differs between a receipt and what was asked, by name; `irregular` alone did not say what to look at.
alter table receipts
  add column irregularities text[] not null default '{}' check (irregularities <@ array[
    'amount-differs', 'transfers-sum', 'transfers-count', 'transfer-differs']);
update receipts set irregularities = '{amount-differs}' where irregular;
alter table receipts drop column irregular;
-- A receipt that never came by itself is fetched, and says so.
alter table receipts drop constraint receipts_version_check;
alter table receipts add constraint receipts_version_check check (version in ('V1', 'V2', 'BIZ'));
-- Reporting flows name payments by IUV where they do not name the receipt.
create index receipts_by_reference on receipts (tenant_id, creditor_reference);

-- Printed on the copy: opens the public page that confirms it. Copies from before have none.
alter table receipt_copies
  add column verification_code text check (verification_code ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
  add unique (tenant_id, verification_code);

-- What pagoPA's archive (ACA) was last told of a top-up; 0 means closed.
create table announcements (
  tenant_id uuid not null,
  top_up_id uuid not null,
  announced_cents bigint not null check (announced_cents >= 0),
  first_announced_at timestamptz not null,
  announced_at timestamptz not null,
  primary key (tenant_id, top_up_id),
  foreign key (tenant_id, top_up_id) references top_ups
);
grant select, insert on announcements to {{app}};
grant update (announced_cents, announced_at) on announcements to {{app}};
{{isolate announcements}}

-- An attempt at Checkout is a step of the payment like its return.
alter table top_up_events drop constraint top_up_events_step_check;
alter table top_up_events add constraint top_up_events_step_check check (step in
  ('notice-emailed', 'checkout-opened', 'verified', 'activated', 'returned', 'cancelled', 'expired'));

-- Gives out the next numbers of an entity, and answers the last of them. A statement of its own, so that the counter is
-- locked for one commit and not for a whole transaction; what is not used then is a gap, and nobody minds.
create function take_notice_sequences(p_tenant_id uuid, p_count int) returns bigint
language plpgsql as $$
declare
  v_last bigint;
begin
  perform enter_tenant(p_tenant_id);
  insert into notice_counters (tenant_id, last_sequence) values (p_tenant_id, p_count)
  on conflict (tenant_id) do update set last_sequence = notice_counters.last_sequence + p_count
  returning last_sequence into v_last;
  return v_last;
end $$;
{{app-functions take_notice_sequences}}

-- Work that outlives a failing third party is put off by whoever saw it fail.
grant update (trusted_until) on outbox to {{app}};
create index outbox_failing on outbox (tenant_id) where done_at is null and last_error is not null;

-- Asks for what the archive should know of a top-up, in the transaction that changes it.
create function ask_for_announcement(p_tenant_id uuid, p_outbox_ids uuid[], p_top_up_ids uuid[], p_now timestamptz) returns void
language sql as $$
  insert into outbox (tenant_id, id, job, data, due_at, trusted_until, created_at)
  select p_tenant_id, asked.outbox_id, 'top-up.announce',
    jsonb_build_object('tenantId', p_tenant_id, 'topUpId', asked.top_up_id), p_now, p_now, p_now
  from unnest(p_outbox_ids, p_top_up_ids) as asked (outbox_id, top_up_id)
$$;

-- A receipt in one call, as in 0006, and now: its irregularities by name, and the announcement that the top-up is
-- paid. p_irregularities are those of the message itself; a sum other than the asked one is added here.
drop function settle_receipt;
create function settle_receipt(
  p_tenant_id uuid, p_id uuid, p_receipt_id text, p_version text, p_outcome text, p_stand_in boolean,
  p_id_pa text, p_fiscal_code text, p_role text, p_notice_number text, p_creditor_reference text,
  p_amount_cents bigint, p_our_amount_cents bigint, p_fee_cents bigint,
  p_psp_id text, p_psp_name text, p_psp_fiscal_code text, p_payment_channel text, p_payment_method text,
  p_payment_note text, p_description text, p_paid_at timestamptz, p_application_date date, p_transfer_date date,
  p_copy_available_on date, p_irregularities text[], p_transaction_id uuid, p_outbox_ids uuid[], p_raw bytea, p_now timestamptz
) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_top_up_id uuid;
  v_wallet_id uuid;
  v_state text;
  v_asked bigint;
  v_disposition text;
  v_posted boolean;
begin
  perform enter_tenant(p_tenant_id);
  if p_outcome <> 'OK' then
    v_disposition := 'outcome-ko';
  elsif p_role = 'broadcast' then
    v_disposition := 'other-intermediary';
  elsif p_our_amount_cents = 0 then
    v_disposition := 'no-share';
  elsif p_role = 'secondary' then
    v_disposition := 'suspense-unknown';
  else
    -- The row's lock makes two receipts of one notice wait for each other.
    select id, wallet_id, state, amount_cents into v_top_up_id, v_wallet_id, v_state, v_asked
    from top_ups where tenant_id = p_tenant_id and notice_number = p_notice_number for update;
    v_disposition := case
      when v_top_up_id is null then 'suspense-unknown'
      when v_state = 'paid' then 'suspense-paid-twice'
      else 'credited' end;
  end if;
  v_posted := v_disposition in ('credited', 'suspense-unknown', 'suspense-paid-twice');
  insert into receipts (tenant_id, id, receipt_id, version, outcome, disposition, irregularities, stand_in, id_pa,
    fiscal_code, notice_number, creditor_reference, amount_cents, our_amount_cents, fee_cents, psp_id, psp_name,
    psp_fiscal_code, payment_channel, payment_method, payment_note, description, paid_at, application_date,
    transfer_date, arrived_at, copy_available_on, top_up_id, wallet_id, ledger_transaction_id, raw)
  values (p_tenant_id, p_id, p_receipt_id, p_version, p_outcome, v_disposition,
    case when v_top_up_id is not null and v_asked <> p_our_amount_cents
      then array_prepend('amount-differs', p_irregularities) else p_irregularities end, p_stand_in, p_id_pa,
    p_fiscal_code, p_notice_number, p_creditor_reference, p_amount_cents, p_our_amount_cents, p_fee_cents, p_psp_id, p_psp_name,
    p_psp_fiscal_code, p_payment_channel, p_payment_method, p_payment_note, p_description, p_paid_at, p_application_date,
    p_transfer_date, p_now, p_copy_available_on, v_top_up_id, case v_disposition when 'credited' then v_wallet_id end,
    case when v_posted then p_transaction_id end, p_raw)
  on conflict (tenant_id, receipt_id) do nothing;
  if not found then
    return 'duplicate';
  end if;
  if not v_posted then
    return v_disposition;
  end if;
  if v_disposition = 'credited' then
    perform ledger_book(p_tenant_id, p_transaction_id, 'receipt', p_receipt_id, null, coalesce(p_paid_at, p_now), p_now,
      array['wallet', 'pagopa-clearing'], array[v_wallet_id, null]::uuid[], array[p_our_amount_cents, -p_our_amount_cents]);
    update top_ups set state = 'paid' where tenant_id = p_tenant_id and id = v_top_up_id;
    insert into outbox (tenant_id, id, job, data, due_at, trusted_until, created_at)
    values
      (p_tenant_id, p_outbox_ids[1], 'receipt.generate',
        jsonb_build_object('tenantId', p_tenant_id, 'receiptId', p_id), p_now, p_now, p_now),
      (p_tenant_id, p_outbox_ids[2], 'top-up.announce',
        jsonb_build_object('tenantId', p_tenant_id, 'topUpId', v_top_up_id), p_now, p_now, p_now);
  else
    perform ledger_book(p_tenant_id, p_transaction_id, 'suspense', p_receipt_id, null, coalesce(p_paid_at, p_now), p_now,
      array['suspense', 'pagopa-clearing'], array[null, null]::uuid[], array[p_our_amount_cents, -p_our_amount_cents]);
    insert into outbox (tenant_id, id, job, data, due_at, trusted_until, created_at)
    values (p_tenant_id, p_outbox_ids[1], 'receipt.generate',
      jsonb_build_object('tenantId', p_tenant_id, 'receiptId', p_id), p_now, p_now, p_now);
  end if;
  return v_disposition;
end $$;

-- Withdraws an open top-up at the parent's wish. Answers false when it was not open any more.
drop function cancel_top_up;
create function cancel_top_up(
  p_tenant_id uuid, p_top_up_id uuid, p_event_id uuid, p_outbox_id uuid, p_now timestamptz
) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform enter_tenant(p_tenant_id);
  update top_ups set state = 'cancelled' where tenant_id = p_tenant_id and id = p_top_up_id and state = 'open';
  if not found then
    return false;
  end if;
  insert into top_up_events (tenant_id, top_up_id, id, step, source, at)
  values (p_tenant_id, p_top_up_id, p_event_id, 'cancelled', 'parent', p_now);
  perform ask_for_announcement(p_tenant_id, array[p_outbox_id], array[p_top_up_id], p_now);
  return true;
end $$;

-- Closes the open top-ups whose time is over, one for each id given for its announcement at most. Answers how many.
drop function expire_top_ups;
create function expire_top_ups(p_tenant_id uuid, p_outbox_ids uuid[], p_now timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_due uuid[];
begin
  perform enter_tenant(p_tenant_id);
  select array_agg(id) into v_due from (
    select id from top_ups where tenant_id = p_tenant_id and state = 'open' and expires_at <= p_now
    order by expires_at limit cardinality(p_outbox_ids) for update skip locked
  ) due;
  if v_due is null then
    return 0;
  end if;
  update top_ups set state = 'expired' where tenant_id = p_tenant_id and id = any (v_due);
  insert into top_up_events (tenant_id, top_up_id, id, step, source, at)
  select p_tenant_id, id, id, 'expired', 'borsellino', p_now from unnest(v_due) as id;
  perform ask_for_announcement(p_tenant_id, p_outbox_ids[1:cardinality(v_due)], v_due, p_now);
  return cardinality(v_due);
end $$;

{{ledger-functions ask_for_announcement() settle_receipt(app) cancel_top_up(app) expire_top_ups(app)}}
