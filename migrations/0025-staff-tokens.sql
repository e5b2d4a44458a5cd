-- Keys of machines: a tablet's program, a reader of attendance. Made by an administrator, shown once; only a hash is kept.
create table staff_tokens (
  tenant_id uuid not null references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 60),
  scopes text[] not null check (
    cardinality(scopes) between 1 and 3 and scopes <@ array['attendance:write', 'till:write', 'meals:read']),
  token_hash text not null,
  -- Whatever the machine does stands under this account, and ends with it.
  made_by uuid not null,
  -- Names the form that was sent: sent twice, it makes one.
  request_key text not null check (length(request_key) between 1 and 100),
  made_at timestamptz not null,
  expires_at timestamptz not null,
  -- Rounded: not every call writes a row.
  used_at timestamptz,
  revoked_at timestamptz,
  revoked_by uuid,
  primary key (tenant_id, id),
  unique (tenant_id, token_hash),
  unique (tenant_id, made_by, request_key),
  foreign key (tenant_id, made_by) references accounts,
  foreign key (tenant_id, revoked_by) references accounts,
  check (expires_at > made_at and expires_at <= made_at + interval '366 days'),
  check (revoked_by is null or revoked_at is not null)
);
grant select, insert, update (used_at, revoked_at, revoked_by) on staff_tokens to {{app}};
{{isolate staff_tokens}}
