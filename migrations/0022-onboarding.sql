-- Since when the entity's money is real: set once, by the function that ends the rehearsal. Whoever was there before this
-- column may have had real money, so nothing of theirs can ever be wiped.
alter table tenants add column live_since timestamptz;
update tenants set live_since = created_at where state <> 'draft';
alter table tenants add constraint tenants_live check (state not in ('live', 'suspended') or live_since is not null);
grant update (creditor_fiscal_code, segregation_code, service_id, service_subject_id, state, live_since) on tenants to {{ledger}};

-- An entity's coat of arms, cleaned when it was handed in. Its address carries the hash, so a picture never changes.
create table tenant_logos (
  tenant_id uuid not null references tenants,
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  kind text not null check (kind in ('svg', 'png', 'jpg')),
  content bytea not null check (length(content) between 1 and 524288),
  uploaded_at timestamptz not null,
  uploaded_by uuid not null,
  primary key (tenant_id, hash),
  foreign key (tenant_id, uploaded_by) references accounts
);
grant select, insert, delete on tenant_logos to {{app}};
{{isolate tenant_logos}}

-- Whom payments are routed to, said by the entity itself. Creditor and segregation code only before its money is real,
-- and a creditor that another entity has only by the operators' hand: with two of one creditor some messages of the Node
-- are ambiguous. The service at the counter is assigned by pagoPA later: it is said once, also by a live entity.
-- Answers what stands in the way, or null when it is done.
create function set_routing(
  p_tenant_id uuid, p_creditor_fiscal_code text, p_segregation_code text, p_service_id text, p_service_subject_id text
) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_tenant tenants;
begin
  perform enter_tenant(p_tenant_id);
  select * into v_tenant from tenants where id = p_tenant_id for update;
  if not found then
    return 'unknown';
  end if;
  if v_tenant.live_since is not null and (
    (p_creditor_fiscal_code, p_segregation_code) is distinct from (v_tenant.creditor_fiscal_code, v_tenant.segregation_code)
    or (v_tenant.service_id is not null and p_service_id is distinct from v_tenant.service_id)
    or (v_tenant.service_subject_id is not null and p_service_subject_id is distinct from v_tenant.service_subject_id)
  ) then
    return 'live';
  end if;
  if p_creditor_fiscal_code <> v_tenant.creditor_fiscal_code
     and exists (select from tenants where creditor_fiscal_code = p_creditor_fiscal_code and id <> p_tenant_id) then
    return 'taken';
  end if;
  update tenants set creditor_fiscal_code = p_creditor_fiscal_code, segregation_code = p_segregation_code,
    service_id = p_service_id, service_subject_id = p_service_subject_id
  where id = p_tenant_id;
  return null;
exception when unique_violation then
  return 'taken';
end $$;
{{ledger-functions set_routing(app)}}

-- The pretended family with which an entity rehearses; it goes with the rehearsal.
create table rehearsal_families (
  tenant_id uuid not null references tenants,
  account_id uuid not null,
  child_id uuid not null,
  made_at timestamptz not null,
  primary key (tenant_id),
  foreign key (tenant_id, account_id) references accounts,
  foreign key (tenant_id, child_id) references children
);
grant select, insert on rehearsal_families to {{app}};
{{isolate rehearsal_families}}

grant select, delete on receipt_settlements, receipt_recoveries, reconciliation_differences, bank_movements, bank_statements,
  fdr_lines, fdr_flows, fdr_watermarks, receipt_copies, top_up_events, announcements, receipts, top_ups, carts, emails, idempotency_keys,
  outbox, ledger_postings, ledger_transactions, meal_charges, meal_problems, attendance, attendance_lists, ledger_corrections,
  till_entries, till_counters, wallet_state_changes, rehearsal_families to {{ledger}};
grant insert on audit_log to {{ledger}};
grant select, delete on payment_codes, wallets, enrolments, placements, guardianships, invitations, sessions, refresh_tokens,
  refresh_families, app_sign_in_codes, password_resets, email_confirmations, passwords, children, accounts to {{ledger}};
grant update (disabled_at) on accounts to {{ledger}};
grant update (state) on wallets to {{ledger}};

-- Takes away everything that was paid and booked in an entity's rehearsal, and leaves its wallets at nothing: the one
-- exception to a ledger that only grows (docs/decisions/0023). It looks at the entity under a lock that every receipt's
-- foreign key waits for, refuses whoever has ever been live, and writes what it took into the log itself.
-- Numbers of notices go on where they were: none is ever given twice.
create function wipe_rehearsal(
  p_tenant_id uuid, p_audit_id uuid, p_actor_kind text, p_actor_id uuid, p_now timestamptz
) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_tenant tenants;
  v_facts jsonb;
begin
  perform enter_tenant(p_tenant_id);
  select * into v_tenant from tenants where id = p_tenant_id for update;
  if not found then
    raise exception 'no tenant %', p_tenant_id using errcode = 'P0002';
  elsif v_tenant.live_since is not null or v_tenant.state <> 'rehearsal' then
    raise exception 'the money of tenant % is no rehearsal', p_tenant_id using errcode = '42501';
  end if;
  -- Nobody opens or pays a top-up until this is done.
  perform 1 from wallets where tenant_id = p_tenant_id order by id for update;
  select jsonb_build_object(
    'topUps', (select count(*) from top_ups where tenant_id = p_tenant_id),
    'receipts', (select count(*) from receipts where tenant_id = p_tenant_id),
    'receiptsCents', (select coalesce(sum(our_amount_cents), 0) from receipts where tenant_id = p_tenant_id),
    'transactions', (select count(*) from ledger_transactions where tenant_id = p_tenant_id),
    'openingCents', (select coalesce(sum(-p.amount_cents), 0) from ledger_postings p
      where p.tenant_id = p_tenant_id and p.account = 'opening-balance'),
    'walletsCents', (select coalesce(sum(balance_cents), 0) from wallets where tenant_id = p_tenant_id)
  ) into v_facts;
  delete from receipt_settlements where tenant_id = p_tenant_id;
  delete from reconciliation_differences where tenant_id = p_tenant_id;
  delete from receipt_recoveries where tenant_id = p_tenant_id;
  delete from bank_movements where tenant_id = p_tenant_id;
  delete from bank_statements where tenant_id = p_tenant_id;
  delete from fdr_lines where tenant_id = p_tenant_id;
  delete from fdr_flows where tenant_id = p_tenant_id;
  delete from fdr_watermarks where tenant_id = p_tenant_id;
  delete from receipt_copies where tenant_id = p_tenant_id;
  delete from top_up_events where tenant_id = p_tenant_id;
  delete from announcements where tenant_id = p_tenant_id;
  delete from receipts where tenant_id = p_tenant_id;
  delete from top_ups where tenant_id = p_tenant_id;
  delete from carts where tenant_id = p_tenant_id;
  -- Answers that name payments, letters about them, and work that was to be done on them.
  delete from idempotency_keys where tenant_id = p_tenant_id;
  delete from outbox where tenant_id = p_tenant_id and (job = 'meals.charge' or data ? 'topUpId' or data ? 'receiptId' or data ->> 'emailId' in (
    select id::text from emails where tenant_id = p_tenant_id and kind in ('notice', 'receipt-available')));
  delete from emails where tenant_id = p_tenant_id and kind in ('notice', 'receipt-available');
  -- Who was said to have eaten while everything was pretended, what that cost, and what the office corrected of it.
  delete from meal_charges where tenant_id = p_tenant_id;
  delete from meal_problems where tenant_id = p_tenant_id;
  delete from attendance where tenant_id = p_tenant_id;
  delete from attendance_lists where tenant_id = p_tenant_id;
  delete from ledger_corrections where tenant_id = p_tenant_id;
  delete from till_entries where tenant_id = p_tenant_id;
  delete from till_counters where tenant_id = p_tenant_id;
  delete from wallet_state_changes where tenant_id = p_tenant_id;
  delete from ledger_postings where tenant_id = p_tenant_id;
  delete from ledger_transactions where tenant_id = p_tenant_id;
  update wallets set balance_cents = 0, movements = 0 where tenant_id = p_tenant_id and (balance_cents <> 0 or movements <> 0);
  insert into audit_log (tenant_id, id, at, actor_kind, actor_id, action, subject_kind, subject_id, details)
  values (p_tenant_id, p_audit_id, p_now, p_actor_kind, p_actor_id, 'rehearsal.wiped', 'tenant', p_tenant_id, v_facts);
  return v_facts;
end $$;

-- Ends the rehearsal: from this transaction on the entity's money is real, and nothing of it can ever be wiped.
create function go_live(
  p_tenant_id uuid, p_audit_id uuid, p_actor_kind text, p_actor_id uuid, p_now timestamptz
) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_facts jsonb := wipe_rehearsal(p_tenant_id, p_audit_id, p_actor_kind, p_actor_id, p_now);
  v_family rehearsal_families;
begin
  delete from rehearsal_families where tenant_id = p_tenant_id returning * into v_family;
  if v_family.account_id is not null then
    begin
      delete from payment_codes where tenant_id = p_tenant_id and wallet_id in (
        select id from wallets where tenant_id = p_tenant_id and child_id = v_family.child_id);
      delete from wallets where tenant_id = p_tenant_id and child_id = v_family.child_id;
      delete from enrolments where tenant_id = p_tenant_id and child_id = v_family.child_id;
      delete from placements where tenant_id = p_tenant_id and child_id = v_family.child_id;
      delete from guardianships where tenant_id = p_tenant_id and child_id = v_family.child_id;
      delete from invitations where tenant_id = p_tenant_id and child_id = v_family.child_id;
      delete from sessions where tenant_id = p_tenant_id and account_id = v_family.account_id;
      delete from refresh_tokens where tenant_id = p_tenant_id and family_id in (
        select id from refresh_families where tenant_id = p_tenant_id and account_id = v_family.account_id);
      delete from refresh_families where tenant_id = p_tenant_id and account_id = v_family.account_id;
      delete from app_sign_in_codes where tenant_id = p_tenant_id and account_id = v_family.account_id;
      delete from password_resets where tenant_id = p_tenant_id and account_id = v_family.account_id;
      delete from email_confirmations where tenant_id = p_tenant_id and account_id = v_family.account_id;
      delete from passwords where tenant_id = p_tenant_id and account_id = v_family.account_id;
      delete from children where tenant_id = p_tenant_id and id = v_family.child_id;
      delete from accounts where tenant_id = p_tenant_id and id = v_family.account_id;
    exception when foreign_key_violation then
      -- Something else names them, attendance for one: they stay, and nobody can use them.
      update accounts set disabled_at = p_now where tenant_id = p_tenant_id and id = v_family.account_id;
      update wallets set state = 'closed' where tenant_id = p_tenant_id and child_id = v_family.child_id;
    end;
  end if;
  update tenants set state = 'live', live_since = p_now where id = p_tenant_id;
  return v_facts;
end $$;
{{ledger-functions wipe_rehearsal(app) go_live(app)}}

-- That the administrators were told of the year's renewal of the accessibility declaration.
create table renewal_reminders (
  tenant_id uuid not null references tenants,
  year smallint not null,
  reminded_at timestamptz not null,
  letters int not null check (letters >= 0),
  primary key (tenant_id, year)
);
grant select, insert, update (letters) on renewal_reminders to {{app}};
{{isolate renewal_reminders}}
