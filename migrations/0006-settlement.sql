-- A receipt in one call: stored, booked, credited, announced to the outbox; or none of it. p_role tells what the
-- notice is to the tenant: 'creditor' its own, 'secondary' another entity's of which it gets a share, 'broadcast'
-- one that another intermediary manages. Answers the disposition, or 'duplicate' for a receipt id stored already.
create function settle_receipt(
  p_tenant_id uuid, p_id uuid, p_receipt_id text, p_version text, p_outcome text, p_stand_in boolean,
  p_id_pa text, p_fiscal_code text, p_role text, p_notice_number text, p_creditor_reference text,
  p_amount_cents bigint, p_our_amount_cents bigint, p_fee_cents bigint,
  p_psp_id text, p_psp_name text, p_psp_fiscal_code text, p_payment_channel text, p_payment_method text,
  p_payment_note text, p_description text, p_paid_at timestamptz, p_application_date date, p_transfer_date date,
  p_copy_available_on date, p_transaction_id uuid, p_outbox_id uuid, p_raw bytea, p_now timestamptz
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
  insert into receipts (tenant_id, id, receipt_id, version, outcome, disposition, irregular, stand_in, id_pa,
    fiscal_code, notice_number, creditor_reference, amount_cents, our_amount_cents, fee_cents, psp_id, psp_name,
    psp_fiscal_code, payment_channel, payment_method, payment_note, description, paid_at, application_date,
    transfer_date, arrived_at, copy_available_on, top_up_id, wallet_id, ledger_transaction_id, raw)
  values (p_tenant_id, p_id, p_receipt_id, p_version, p_outcome, v_disposition,
    v_top_up_id is not null and v_asked <> p_our_amount_cents, p_stand_in, p_id_pa,
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
  else
    perform ledger_book(p_tenant_id, p_transaction_id, 'suspense', p_receipt_id, null, coalesce(p_paid_at, p_now), p_now,
      array['suspense', 'pagopa-clearing'], array[null, null]::uuid[], array[p_our_amount_cents, -p_our_amount_cents]);
  end if;
  insert into outbox (tenant_id, id, job, data, due_at, trusted_until, created_at)
  values (p_tenant_id, p_outbox_id, 'receipt.generate',
    jsonb_build_object('tenantId', p_tenant_id, 'receiptId', p_id), p_now, p_now, p_now);
  return v_disposition;
end $$;

-- Keeps a receipt that belongs to no tenant here. Answers whether it is new.
create function keep_unrouted_receipt(
  p_id_pa text, p_fiscal_code text, p_receipt_id text, p_reason text, p_raw bytea, p_now timestamptz
) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into unrouted_receipts (id_pa, fiscal_code, receipt_id, reason, arrived_at, raw)
  values (p_id_pa, p_fiscal_code, p_receipt_id, p_reason, p_now, p_raw)
  on conflict do nothing;
  return found;
end $$;

-- Withdraws an open top-up at the parent's wish. Answers false when it was not open any more.
create function cancel_top_up(p_tenant_id uuid, p_top_up_id uuid, p_event_id uuid, p_now timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform enter_tenant(p_tenant_id);
  update top_ups set state = 'cancelled' where tenant_id = p_tenant_id and id = p_top_up_id and state = 'open';
  if not found then
    return false;
  end if;
  insert into top_up_events (tenant_id, top_up_id, id, step, source, at)
  values (p_tenant_id, p_top_up_id, p_event_id, 'cancelled', 'parent', p_now);
  return true;
end $$;

-- Closes the open top-ups whose time is over, at most p_limit at once. Answers how many.
create function expire_top_ups(p_tenant_id uuid, p_limit int, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_due uuid[];
begin
  perform enter_tenant(p_tenant_id);
  select array_agg(id) into v_due from (
    select id from top_ups where tenant_id = p_tenant_id and state = 'open' and expires_at <= p_now
    order by expires_at limit p_limit for update skip locked
  ) due;
  if v_due is null then
    return 0;
  end if;
  update top_ups set state = 'expired' where tenant_id = p_tenant_id and id = any (v_due);
  insert into top_up_events (tenant_id, top_up_id, id, step, source, at)
  select p_tenant_id, id, id, 'expired', 'borsellino', p_now from unnest(v_due) as id;
  return cardinality(v_due);
end $$;

{{ledger-functions settle_receipt(app) keep_unrouted_receipt(app) cancel_top_up(app) expire_top_ups(app)}}
