-- Reference data: the one table without a tenant column. Global uniques live here and nowhere else.
create table tenants (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{1,39}$'),
  activation_code text not null unique check (activation_code ~ '^[0-9]{10}$'),
  host text unique,
  name text not null check (length(name) between 1 and 100),
  ipa_code text unique,
  state text not null default 'draft' check (state in ('draft', 'rehearsal', 'live', 'suspended', 'closed')),
  creditor_fiscal_code text not null check (creditor_fiscal_code ~ '^[0-9]{11}$'),
  segregation_code text not null check (segregation_code ~ '^[0-9]{2}$'),
  service_id text check (length(service_id) = 5),
  service_subject_id text check (length(service_subject_id) = 5),
  creditor jsonb not null,
  branding jsonb not null,
  policies jsonb not null,
  created_at timestamptz not null default now(),
  unique (creditor_fiscal_code, segregation_code),
  unique (creditor_fiscal_code, service_subject_id)
);
grant select on tenants to {{app}}, {{relay}}, {{ledger}};
-- App may change what an entity decides for itself, never which entity a payment is routed to.
grant insert on tenants to {{app}};
grant update (host, name, state, creditor, branding, policies) on tenants to {{app}};

-- Keys of a tenant, each sealed with MASTER_KEY and bound to the tenant's id.
create table tenant_keys (
  tenant_id uuid not null references tenants,
  purpose text not null check (purpose in ('personal-data', 'look-up', 'payment-code')),
  sealed_key bytea not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, purpose)
);
grant select, insert on tenant_keys to {{app}};

create table tenant_channels (
  tenant_id uuid not null references tenants,
  channel_id text not null,
  settings jsonb not null,
  enabled boolean not null default true,
  primary key (tenant_id, channel_id)
);
grant select, insert, update on tenant_channels to {{app}};

-- Makes the caller's tenant the transaction's tenant, or refuses when another one is set already. It names no table and
-- keeps its caller's search path: setting it again would cost every hot call.
create function enter_tenant(p_tenant_id uuid) returns void
language plpgsql as $$
declare
  v_current text := nullif(current_setting('app.tenant_id', true), '');
begin
  if p_tenant_id is null then
    raise exception 'no tenant given' using errcode = '42501';
  elsif v_current is null then
    perform set_config('app.tenant_id', p_tenant_id::text, true);
  elsif v_current <> p_tenant_id::text then
    raise exception 'tenant % is set, % was asked for', v_current, p_tenant_id using errcode = '42501';
  end if;
end $$;
revoke execute on function enter_tenant from public;
grant execute on function enter_tenant to {{app}}, {{ledger}};
