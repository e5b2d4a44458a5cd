-- Reads on the hot paths are functions: one round trip that sets the tenant itself. They run as their caller, under
-- the caller's policies, and read nothing that the caller could not.

-- The position behind a notice number, with what verify and get answer.
create function find_notice(p_tenant_id uuid, p_notice_number text)
returns table (
  top_up_id uuid, state text, amount_cents bigint, description text, taxonomy_code text, expires_at timestamptz,
  wallet_state text, debtor_first_name text, debtor_last_name text, debtor_fiscal_code_sealed bytea, debtor_email text
)
language plpgsql set search_path = public, pg_temp as $$
begin
  perform enter_tenant(p_tenant_id);
  return query
  select t.id, t.state, t.amount_cents, t.description, t.taxonomy_code, t.expires_at,
    w.state, a.first_name, a.last_name, a.fiscal_code_sealed, a.email
  from top_ups t
  join wallets w on w.tenant_id = t.tenant_id and w.id = t.wallet_id
  left join accounts a on a.tenant_id = t.tenant_id and a.id = t.account_id
  where t.tenant_id = p_tenant_id and t.notice_number = p_notice_number;
end $$;

-- Who a session's token belongs to; nothing when it is unknown or over.
create function find_session(p_tenant_id uuid, p_token_hash text)
returns table (
  account_id uuid, face text, method text, created_at timestamptz, expires_at timestamptz,
  kind text, staff_role text, first_name text, last_name text, email text, language text
)
language plpgsql set search_path = public, pg_temp as $$
begin
  perform enter_tenant(p_tenant_id);
  return query
  select s.account_id, s.face, s.method, s.created_at, s.expires_at, a.kind, a.staff_role, a.first_name, a.last_name, a.email, a.language
  from sessions s
  join accounts a on a.tenant_id = s.tenant_id and a.id = s.account_id
  where s.tenant_id = p_tenant_id and s.token_hash = p_token_hash and a.disabled_at is null;
end $$;

-- The wallets of a guardian's children, with what a card shows.
create function wallets_of_guardian(p_tenant_id uuid, p_account_id uuid)
returns table (
  wallet_id uuid, category text, category_label text, balance_cents bigint, state text,
  child_id uuid, first_name text, last_name text, school text, class_name text, tariff_cents bigint
)
language plpgsql set search_path = public, pg_temp as $$
begin
  perform enter_tenant(p_tenant_id);
  return query
  select w.id, w.category, c.label, w.balance_cents, w.state, k.id, k.first_name, k.last_name, k.school, k.class_name,
    (select e.tariff_cents from enrolments e
     where e.tenant_id = p_tenant_id and e.child_id = k.id and e.category = w.category
     order by e.school_year desc limit 1)
  from guardianships g
  join children k on k.tenant_id = g.tenant_id and k.id = g.child_id
  join wallets w on w.tenant_id = k.tenant_id and w.child_id = k.id
  join service_categories c on c.tenant_id = w.tenant_id and c.code = w.category
  where g.tenant_id = p_tenant_id and g.account_id = p_account_id
  order by k.first_name, k.id, w.category;
end $$;

-- A page of a wallet's movements, newest first, below movement p_before.
create function movements_page(p_tenant_id uuid, p_wallet_id uuid, p_before bigint, p_limit int)
returns table (
  movement bigint, transaction_id uuid, kind text, reference text, occurred_at timestamptz, booked_at timestamptz,
  amount_cents bigint, balance_after_cents bigint
)
language plpgsql set search_path = public, pg_temp as $$
begin
  perform enter_tenant(p_tenant_id);
  return query
  select p.movement, t.id, t.kind, t.reference, t.occurred_at, t.booked_at, p.amount_cents, p.balance_after_cents
  from ledger_postings p
  join ledger_transactions t on t.tenant_id = p.tenant_id and t.id = p.transaction_id
  where p.tenant_id = p_tenant_id and p.wallet_id = p_wallet_id and p.movement < p_before
  order by p.movement desc limit p_limit;
end $$;

{{app-functions find_notice find_session wallets_of_guardian movements_page}}
