-- What a member of staff has besides the password: a secret that the phone shares with us (RFC 6238). A row is there only
-- once a code has proved it.
create table second_factors (
  tenant_id uuid not null references tenants,
  account_id uuid not null,
  secret_sealed bytea not null,
  confirmed_at timestamptz not null,
  -- The last step of 30 seconds whose code was taken: neither it nor an earlier one is taken again.
  last_step bigint not null check (last_step >= 0),
  -- Wrong codes since the last right one.
  wrong_codes integer not null default 0 check (wrong_codes >= 0),
  primary key (tenant_id, account_id),
  foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);
grant select, insert, delete, update (last_step, wrong_codes) on second_factors to {{app}};
{{isolate second_factors}}

-- Codes for whoever has lost the phone: each works once. Keyed hashes, since the codes are short enough to be typed.
create table recovery_codes (
  tenant_id uuid not null references tenants,
  account_id uuid not null,
  code_hash bytea not null,
  used_at timestamptz,
  primary key (tenant_id, account_id, code_hash),
  foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);
grant select, insert, delete, update (used_at) on recovery_codes to {{app}};
{{isolate recovery_codes}}

-- The log is read from its newest row, whole or one action of it.
create index audit_log_by_time on audit_log (tenant_id, at, id);
create index audit_log_by_action on audit_log (tenant_id, action, at, id);

-- Who runs the installation. These belong to no entity.
create table operators (
  id uuid primary key,
  username text not null unique check (username ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
  name text not null check (length(name) between 1 and 100),
  password_hash text not null,
  -- Until when the password that a command printed lets its owner choose another one; null once that is done.
  temporary_until timestamptz,
  secret_sealed bytea,
  last_step bigint check (last_step >= 0),
  wrong_codes integer not null default 0 check (wrong_codes >= 0),
  created_at timestamptz not null,
  disabled_at timestamptz,
  -- A password of one's own and the second factor come together.
  check ((temporary_until is null) = (secret_sealed is not null)),
  check ((secret_sealed is null) = (last_step is null))
);
grant select, insert on operators to {{app}};
grant update (password_hash, temporary_until, secret_sealed, last_step, wrong_codes, disabled_at) on operators to {{app}};

create table operator_sessions (
  token_hash text primary key,
  id uuid not null unique,
  operator_id uuid not null references operators,
  created_at timestamptz not null,
  -- The last request.
  seen_at timestamptz not null
);
create index operator_sessions_by_operator on operator_sessions (operator_id);
grant select, insert, delete, update (seen_at) on operator_sessions to {{app}};

-- What operators did, and what was done to them. Nobody can change or delete a row.
create table operator_audit_log (
  id uuid primary key,
  at timestamptz not null,
  -- Null on the command line, and for who is not signed in.
  operator_id uuid references operators,
  action text not null check (action ~ '^[a-z_]+\.[a-z_]+$'),
  subject_kind text check (length(subject_kind) <= 40),
  subject_id uuid,
  -- Plain facts: never a name, a code or an address of a person.
  details jsonb not null,
  check ((subject_kind is null) = (subject_id is null))
);
create index operator_audit_log_by_time on operator_audit_log (at, id);
grant select, insert on operator_audit_log to {{app}};
