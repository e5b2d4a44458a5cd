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
