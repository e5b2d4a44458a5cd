-- Which device a session is on, in plain words, and when it was last used: its owner sees both. Last use is noted every few
-- minutes, not with every request.
alter table sessions add column device text check (length(device) between 1 and 60);
alter table sessions add column last_seen_at timestamptz not null default now();
update sessions set last_seen_at = created_at;
grant update (last_seen_at) on sessions to {{app}};

-- An app on a phone that stays signed in: one sign-in, and the refresh tokens that follow one another from it (RFC 9700
-- §4.14). It remembers how the person proved who they are.
create table refresh_families (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  device text check (length(device) between 1 and 60),
  method text not null check (method in ('password', 'spid', 'cie')),
  level smallint check (level between 1 and 3),
  provider text check (length(provider) <= 1024),
  assertion_id text check (length(assertion_id) <= 256),
  name_id_hash text,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, account_id) references accounts
);
create index refresh_families_by_account on refresh_families (tenant_id, account_id);
create index refresh_families_by_expiry on refresh_families (tenant_id, expires_at);
create index refresh_families_by_name_id on refresh_families (tenant_id, name_id_hash) where name_id_hash is not null;
grant select, insert, delete on refresh_families to {{app}};
grant update (last_used_at, expires_at) on refresh_families to {{app}};
grant select, delete on refresh_families to {{relay}};

-- Only hashes. A used one stays, so that its second use is seen.
create table refresh_tokens (
  tenant_id uuid not null,
  token_hash text not null,
  family_id uuid not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  -- What was answered to its use, sealed with the token itself: nobody opens it who does not hold the token.
  answer_sealed bytea,
  primary key (tenant_id, token_hash),
  foreign key (tenant_id, family_id) references refresh_families on delete cascade,
  check (answer_sealed is null or used_at is not null)
);
create unique index refresh_tokens_one_unused on refresh_tokens (tenant_id, family_id) where used_at is null;
create index refresh_tokens_by_family on refresh_tokens (tenant_id, family_id);
create index refresh_tokens_by_expiry on refresh_tokens (tenant_id, expires_at);
grant select, insert on refresh_tokens to {{app}};
grant update (used_at, answer_sealed) on refresh_tokens to {{app}};
grant select, delete on refresh_tokens to {{relay}};

-- The sessions that a family began end with it.
alter table sessions add column family_id uuid;
alter table sessions add constraint sessions_family
  foreign key (tenant_id, family_id) references refresh_families on delete cascade;
create index sessions_by_family on sessions (tenant_id, family_id) where family_id is not null;

-- What the browser hands to the app that sent it to sign in (RFC 8252): used once, within a minute, by whoever knows the
-- verifier of the challenge (RFC 7636).
create table app_sign_in_codes (
  tenant_id uuid not null,
  code_hash text not null,
  account_id uuid not null,
  method text not null check (method in ('password', 'spid', 'cie')),
  level smallint check (level between 1 and 3),
  provider text check (length(provider) <= 1024),
  assertion_id text check (length(assertion_id) <= 256),
  name_id_hash text,
  challenge text not null check (challenge ~ '^[A-Za-z0-9_-]{43}$'),
  redirect_uri text not null check (length(redirect_uri) <= 500),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, code_hash),
  foreign key (tenant_id, account_id) references accounts
);
create index app_sign_in_codes_by_account on app_sign_in_codes (tenant_id, account_id);
create index app_sign_in_codes_by_expiry on app_sign_in_codes (tenant_id, expires_at);
grant select, insert, delete on app_sign_in_codes to {{app}};
grant select, delete on app_sign_in_codes to {{relay}};

{{isolate refresh_families refresh_tokens app_sign_in_codes}}
{{sweep refresh_families refresh_tokens app_sign_in_codes}}

drop function find_session(uuid, text);
-- Who a session's token belongs to; nothing when it is unknown or over.
create function find_session(p_tenant_id uuid, p_token_hash text)
returns table (
  account_id uuid, session_id uuid, face text, method text, level smallint, family_id uuid,
  created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz,
  kind text, staff_role text, first_name text, last_name text, email text, language text
)
language plpgsql set search_path = public, pg_temp as $$
begin
  perform enter_tenant(p_tenant_id);
  return query
  select s.account_id, s.id, s.face, s.method, s.level, s.family_id, s.created_at, s.last_seen_at, s.expires_at,
    a.kind, a.staff_role, a.first_name, a.last_name, a.email, a.language
  from sessions s
  join accounts a on a.tenant_id = s.tenant_id and a.id = s.account_id
  where s.tenant_id = p_tenant_id and s.token_hash = p_token_hash and a.disabled_at is null;
end $$;
{{app-functions find_session}}
