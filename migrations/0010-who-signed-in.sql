-- One person may be a parent here and work for the same entity: one account of each kind, each with its own sign-in.
alter table accounts drop constraint accounts_tenant_id_fiscal_code_hash_key;
alter table accounts add constraint accounts_person unique (tenant_id, kind, fiscal_code_hash);

-- Who says that the fiscal code is this person's: they themselves, the entity's registry, or an identity provider.
-- Nobody is let into an account because of a code that was only declared.
alter table accounts add column fiscal_code_proof text
  check (fiscal_code_proof in ('declared', 'registry', 'identity'));
update accounts set fiscal_code_proof = 'declared' where fiscal_code_hash is not null;
alter table accounts add constraint accounts_fiscal_code_proof
  check ((fiscal_code_proof is null) = (fiscal_code_hash is null));

-- How a session began. Its id names it to its owner, since the token's hash stays here.
alter table sessions drop constraint sessions_method_check;
alter table sessions add constraint sessions_method_check check (method in ('password', 'spid', 'cie'));
alter table sessions add column id uuid;
update sessions set id = gen_random_uuid();
alter table sessions alter column id set not null;
alter table sessions add constraint sessions_id unique (tenant_id, id);
alter table sessions add column level smallint check (level between 1 and 3);
alter table sessions add column provider text check (length(provider) <= 1024);
alter table sessions add column assertion_id text check (length(assertion_id) <= 256);
-- The transient name that the provider gave this sign-in, hashed: by it the provider can end the session.
alter table sessions add column name_id_hash text;
create index sessions_by_name_id on sessions (tenant_id, name_id_hash) where name_id_hash is not null;

drop function find_session(uuid, text);
-- Who a session's token belongs to; nothing when it is unknown or over.
create function find_session(p_tenant_id uuid, p_token_hash text)
returns table (
  account_id uuid, session_id uuid, face text, method text, level smallint, created_at timestamptz, expires_at timestamptz,
  kind text, staff_role text, first_name text, last_name text, email text, language text
)
language plpgsql set search_path = public, pg_temp as $$
begin
  perform enter_tenant(p_tenant_id);
  return query
  select s.account_id, s.id, s.face, s.method, s.level, s.created_at, s.expires_at, a.kind, a.staff_role, a.first_name, a.last_name, a.email, a.language
  from sessions s
  join accounts a on a.tenant_id = s.tenant_id and a.id = s.account_id
  where s.tenant_id = p_tenant_id and s.token_hash = p_token_hash and a.disabled_at is null;
end $$;
{{app-functions find_session}}

-- Who did what: every sign-in and every privileged act. Nobody can change or delete a row.
create table audit_log (
  tenant_id uuid not null references tenants,
  id uuid not null,
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('guardian', 'staff', 'operator', 'system', 'nobody')),
  actor_id uuid,
  action text not null check (action ~ '^[a-z_]+\.[a-z_]+$'),
  subject_kind text check (length(subject_kind) <= 40),
  subject_id uuid,
  -- Plain facts: never a name, a code or an address of a person.
  details jsonb not null,
  primary key (tenant_id, id),
  check ((actor_kind in ('system', 'nobody')) = (actor_id is null)),
  check ((subject_kind is null) = (subject_id is null))
);
create index audit_log_by_actor on audit_log (tenant_id, actor_id, id) where actor_id is not null;
create index audit_log_by_subject on audit_log (tenant_id, subject_id, id) where subject_id is not null;
grant select, insert on audit_log to {{app}};
{{isolate audit_log}}

-- Which letters there are is the code's to say.
alter table emails drop constraint emails_kind_check;
alter table emails add constraint emails_kind_check check (kind ~ '^[a-z]+(-[a-z]+)*$');
