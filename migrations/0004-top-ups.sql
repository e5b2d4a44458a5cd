-- Numbers of notices are never given twice: a counter per tenant, moved by its own statement.
create table notice_counters (
  tenant_id uuid primary key references tenants,
  last_sequence bigint not null default 0 check (last_sequence between 0 and 9999999999999)
);
grant select, insert, update on notice_counters to {{app}};

-- One attempt at Checkout over one to five top-ups. Its token stands in the return addresses, hashed here.
create table carts (
  tenant_id uuid not null references tenants,
  id uuid not null,
  token_hash text not null,
  account_id uuid,
  created_at timestamptz not null,
  checkout_url text,
  returned_as text check (returned_as in ('ok', 'annullato', 'errore', 'attesa')),
  returned_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, token_hash),
  foreign key (tenant_id, account_id) references accounts
);
grant select, insert on carts to {{app}};
grant update (checkout_url, returned_as, returned_at) on carts to {{app}};

-- An intention to pay into a wallet; for pagoPA it is the debt position behind a notice number.
create table top_ups (
  tenant_id uuid not null,
  id uuid not null,
  wallet_id uuid not null,
  channel_id text not null,
  cart_id uuid,
  state text not null default 'open' check (state in ('open', 'paid', 'expired', 'cancelled')),
  amount_cents bigint not null check (amount_cents > 0),
  description text not null check (length(description) between 1 and 140),
  taxonomy_code text not null,
  notice_number text not null check (notice_number ~ '^3[0-9]{17}$'),
  account_id uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, notice_number),
  foreign key (tenant_id, wallet_id) references wallets,
  foreign key (tenant_id, cart_id) references carts,
  foreign key (tenant_id, account_id) references accounts
);
create index top_ups_by_wallet on top_ups (tenant_id, wallet_id, created_at desc, id desc);
create index top_ups_by_cart on top_ups (tenant_id, cart_id) where cart_id is not null;
create index top_ups_due on top_ups (tenant_id, expires_at) where state = 'open';
-- The state is changed by functions alone.
grant select, insert (tenant_id, id, wallet_id, channel_id, cart_id, amount_cents, description, taxonomy_code,
  notice_number, account_id, created_at, expires_at) on top_ups to {{app}};
grant update (cart_id) on top_ups to {{app}};
grant select, update (state) on top_ups to {{ledger}};
grant select on top_ups to {{relay}};

-- What happened to a top-up, step by step, where the step leaves no other row. Payment and credit are told by receipts.
create table top_up_events (
  tenant_id uuid not null,
  top_up_id uuid not null,
  id uuid not null,
  step text not null check (step in ('notice-emailed', 'verified', 'activated', 'returned', 'cancelled', 'expired')),
  source text not null,
  at timestamptz not null,
  primary key (tenant_id, top_up_id, id),
  foreign key (tenant_id, top_up_id) references top_ups
);
grant select, insert on top_up_events to {{app}}, {{ledger}};

-- The Node's receipts, raw, once each: the only thing that credits.
create table receipts (
  tenant_id uuid not null references tenants,
  id uuid not null,
  receipt_id text not null check (length(receipt_id) between 1 and 255),
  version text not null check (version in ('V1', 'V2')),
  outcome text not null check (outcome in ('OK', 'KO')),
  disposition text not null check (disposition in
    ('credited', 'suspense-paid-twice', 'suspense-unknown', 'outcome-ko', 'other-intermediary', 'no-share')),
  irregular boolean not null default false,
  stand_in boolean not null,
  id_pa text not null,
  fiscal_code text not null,
  notice_number text not null,
  creditor_reference text not null,
  amount_cents bigint not null check (amount_cents >= 0),
  -- The sum of the transfers that go to the tenant's creditor: what is booked.
  our_amount_cents bigint not null check (our_amount_cents >= 0),
  fee_cents bigint,
  psp_id text not null,
  psp_name text not null,
  psp_fiscal_code text,
  payment_channel text not null,
  payment_method text,
  payment_note text,
  description text not null,
  paid_at timestamptz,
  application_date date,
  transfer_date date,
  arrived_at timestamptz not null,
  copy_available_on date not null,
  top_up_id uuid,
  wallet_id uuid,
  -- No foreign key: the receipt is stored first, so that a duplicate stops before anything is booked.
  ledger_transaction_id uuid,
  raw bytea not null,
  primary key (tenant_id, id),
  unique (tenant_id, receipt_id),
  foreign key (tenant_id, top_up_id) references top_ups
);
create index receipts_by_top_up on receipts (tenant_id, top_up_id) where top_up_id is not null;
create index receipts_by_copy_day on receipts (tenant_id, copy_available_on);
create index receipts_in_suspense on receipts (tenant_id, arrived_at) where disposition in ('suspense-paid-twice', 'suspense-unknown');
grant select on receipts to {{app}};
grant select, insert on receipts to {{ledger}};

-- Our PDF of a receipt. Written once; made again it would be the same.
create table receipt_copies (
  tenant_id uuid not null,
  receipt_id uuid not null,
  pdf bytea not null,
  made_at timestamptz not null,
  announced_at timestamptz,
  primary key (tenant_id, receipt_id),
  foreign key (tenant_id, receipt_id) references receipts
);
grant select, insert on receipt_copies to {{app}};
grant update (announced_at) on receipt_copies to {{app}};

-- E-mails that somebody asked for or that an event causes; sent_at is set once the mail server has taken it.
create table emails (
  tenant_id uuid not null references tenants,
  id uuid not null,
  kind text not null check (kind in ('notice', 'receipt-available')),
  subject_id uuid not null,
  address_sealed bytea not null,
  language text not null,
  requested_at timestamptz not null,
  sent_at timestamptz,
  primary key (tenant_id, id)
);
grant select, insert on emails to {{app}};
grant update (sent_at) on emails to {{app}};

-- A receipt for a creditor or a notice that belongs to no tenant here. Read by operators only.
create table unrouted_receipts (
  id_pa text not null,
  fiscal_code text not null,
  receipt_id text not null,
  reason text not null,
  arrived_at timestamptz not null,
  raw bytea not null,
  primary key (id_pa, fiscal_code, receipt_id)
);
grant select on unrouted_receipts to {{relay}};
grant select, insert on unrouted_receipts to {{ledger}};

{{isolate notice_counters carts top_ups top_up_events receipts receipt_copies emails}}
{{sweep top_ups}}
