-- Somebody whom a guardian lets top up one child. How it stands follows from the times; nothing is ever deleted.
create table invitations (
  tenant_id uuid not null,
  id uuid not null,
  child_id uuid not null,
  -- What the guardian calls the invited person: "Nonna Berta".
  label text not null check (length(label) between 1 and 60),
  invited_by uuid not null,
  created_at timestamptz not null,
  -- A keyed hash of the code. The code itself follows from the row's id and the tenant's key, and stands nowhere.
  code_hash bytea not null,
  -- Until then the code can be used, and from then on what it gave is over.
  code_expires_at timestamptz not null,
  expires_at timestamptz not null,
  account_id uuid,
  accepted_at timestamptz,
  revoked_at timestamptz,
  revoked_by uuid,
  returned_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, code_hash),
  foreign key (tenant_id, child_id) references children,
  foreign key (tenant_id, invited_by) references accounts,
  foreign key (tenant_id, account_id) references accounts,
  foreign key (tenant_id, revoked_by) references accounts,
  check ((account_id is null) = (accepted_at is null)),
  check ((revoked_by is null) = (revoked_at is null))
);
create index invitations_by_child on invitations (tenant_id, child_id);
create index invitations_by_account on invitations (tenant_id, account_id) where account_id is not null;
grant select, insert on invitations to {{app}};
grant update (invited_by, account_id, accepted_at, revoked_at, revoked_by, returned_at) on invitations to {{app}};

-- A parent without a code asks the office for a child. What was written about the child lies sealed in one piece.
create table child_requests (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  details_sealed bytea not null,
  -- Of the child's fiscal code, where the parent told it.
  fiscal_code_hash bytea,
  created_at timestamptz not null,
  outcome text check (outcome in ('approved', 'refused')),
  decided_at timestamptz,
  decided_by uuid,
  child_id uuid,
  -- Why it was refused, in the office's words to the parent.
  reason text check (length(reason) between 1 and 300),
  primary key (tenant_id, id),
  foreign key (tenant_id, account_id) references accounts,
  foreign key (tenant_id, decided_by) references accounts,
  foreign key (tenant_id, child_id) references children,
  check ((outcome is null) = (decided_at is null) and (outcome is null) = (decided_by is null)),
  check ((outcome is not distinct from 'approved') = (child_id is not null)),
  check ((outcome is not distinct from 'refused') = (reason is not null))
);
create index child_requests_by_account on child_requests (tenant_id, account_id, created_at);
create index child_requests_pending on child_requests (tenant_id, created_at, id) where outcome is null;
grant select, insert on child_requests to {{app}};
grant update (account_id, outcome, decided_at, decided_by, child_id, reason) on child_requests to {{app}};

{{isolate invitations child_requests}}

-- A name as people may also have written it: without accents, apostrophes, hyphens, blanks and capitals.
create function folded_name(p_name text) returns text
language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
  select regexp_replace(lower(normalize(p_name, NFD)), '[\u0300-\u036f''’‘`´. -]', '', 'g')
$$;
{{app-functions folded_name}}
create index children_by_name on children (tenant_id, folded_name(last_name), folded_name(first_name));

-- Under which invitation somebody paid, who is no guardian: this payment stays theirs to see.
alter table top_ups add column invitation_id uuid;
alter table top_ups add foreign key (tenant_id, invitation_id) references invitations;
alter table top_ups add check (invitation_id is null or account_id is not null);
create index top_ups_by_invited on top_ups (tenant_id, account_id, wallet_id) where invitation_id is not null;
grant insert (invitation_id) on top_ups to {{app}};

drop function wallets_of_guardian(uuid, uuid);
-- The wallets that somebody has to do with, and as what: 'guardian' sees all of it; 'invited' may top up, until then;
-- 'former' was invited and paid, and sees those payments. Whoever is no guardian learns a first name and a service,
-- and nothing else leaves the database. Without a moment it tells of guardians alone.
create function wallets_of_guardian(p_tenant_id uuid, p_account_id uuid, p_now timestamptz default 'infinity')
returns table (
  wallet_id uuid, relation text, until timestamptz, category text, category_label text, balance_cents bigint, state text,
  child_id uuid, first_name text, last_name text, school text, class_name text, tariff_cents bigint
)
language plpgsql set search_path = public, pg_temp as $$
begin
  perform enter_tenant(p_tenant_id);
  return query
  select w.id, 'guardian', null::timestamptz, w.category, c.label, w.balance_cents, w.state,
    k.id, k.first_name, k.last_name, k.school, k.class_name,
    (select e.tariff_cents from enrolments e
     where e.tenant_id = p_tenant_id and e.child_id = k.id and e.category = w.category
     order by e.school_year desc limit 1)
  from guardianships g
  join children k on k.tenant_id = g.tenant_id and k.id = g.child_id
  join wallets w on w.tenant_id = k.tenant_id and w.child_id = k.id
  join service_categories c on c.tenant_id = w.tenant_id and c.code = w.category
  where g.tenant_id = p_tenant_id and g.account_id = p_account_id
  order by k.first_name, k.id, w.category;

  -- One look into an index is all that guardians pay for the others.
  if p_now = 'infinity' or not exists (
    select from invitations i where i.tenant_id = p_tenant_id and i.account_id = p_account_id
  ) then
    return;
  end if;
  return query
  select w.id, case when i.ends is null then 'former' else 'invited' end, i.ends, w.category, c.label, null::bigint, w.state,
    k.id, k.first_name, null::text, null::text, null::text, null::bigint
  from (
    select x.child_id, max(x.expires_at) filter (
      where x.revoked_at is null and x.returned_at is null and x.expires_at > p_now) as ends
    from invitations x where x.tenant_id = p_tenant_id and x.account_id = p_account_id
    group by x.child_id
  ) i
  join children k on k.tenant_id = p_tenant_id and k.id = i.child_id
  join wallets w on w.tenant_id = p_tenant_id and w.child_id = k.id
  join service_categories c on c.tenant_id = w.tenant_id and c.code = w.category
  where not exists (
      select from guardianships g where g.tenant_id = p_tenant_id and g.account_id = p_account_id and g.child_id = k.id)
    and (i.ends is not null or exists (
      select from top_ups t
      where t.tenant_id = p_tenant_id and t.account_id = p_account_id and t.wallet_id = w.id and t.invitation_id is not null))
  order by k.first_name, k.id, w.category;
end $$;
{{app-functions wallets_of_guardian}}
