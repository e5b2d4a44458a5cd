-- What a transaction wants done afterwards, written inside it. The relay hands due rows to the queue until done_at is set.
create table outbox (
  tenant_id uuid not null references tenants,
  id uuid not null,
  job text not null,
  data jsonb not null,
  -- Two facts that ask for the same thing share a key and get one row.
  dedupe_key text,
  due_at timestamptz not null,
  attempt int not null default 0,
  -- Until then the queue is trusted to hold the job; afterwards the relay looks again.
  trusted_until timestamptz not null,
  created_at timestamptz not null,
  done_at timestamptz,
  parked_at timestamptz,
  last_error text,
  primary key (tenant_id, id),
  unique (tenant_id, dedupe_key)
);
create index outbox_due on outbox (trusted_until, tenant_id) where done_at is null and parked_at is null;
create index outbox_parked on outbox (tenant_id, parked_at) where parked_at is not null;
grant select, insert on outbox to {{app}};
grant update (done_at, parked_at, last_error) on outbox to {{app}};
grant select, insert on outbox to {{ledger}};
grant select, delete, update (attempt, trusted_until, parked_at, last_error, due_at) on outbox to {{relay}};

-- Answers already given, so that a repeated request gets the same one.
create table idempotency_keys (
  tenant_id uuid not null,
  account_id uuid not null,
  key text not null check (length(key) between 1 and 255),
  request_hash text not null,
  status int,
  response jsonb,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, account_id, key),
  foreign key (tenant_id, account_id) references accounts
);
create index idempotency_keys_by_expiry on idempotency_keys (expires_at);
grant select, insert, delete, update (status, response) on idempotency_keys to {{app}};
grant select, delete on idempotency_keys to {{relay}};

-- Settings of the whole installation; the moved clock of a demonstration lives here.
create table installation (
  key text primary key,
  value jsonb not null
);
grant select, insert, update, delete on installation to {{app}};

-- One code a wallet and generation. Only its hash is here: the code itself is derived from the tenant's key.
create table payment_codes (
  tenant_id uuid not null,
  code_hash text not null,
  wallet_id uuid not null,
  generation int not null check (generation > 0),
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (tenant_id, code_hash),
  unique (tenant_id, wallet_id, generation),
  foreign key (tenant_id, wallet_id) references wallets
);
grant select, insert on payment_codes to {{app}};
grant update (revoked_at) on payment_codes to {{app}};

{{isolate outbox idempotency_keys payment_codes}}
{{sweep outbox idempotency_keys}}
