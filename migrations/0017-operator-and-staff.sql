-- Why an entity is in its state, in words that families may read, and since when.
alter table tenants add column state_reason text check (length(state_reason) between 1 and 300);
alter table tenants add column state_since timestamptz not null default now();
update tenants set state_since = created_at;
grant update (state_reason, state_since) on tenants to {{app}};
-- Only an entity that takes no money yet, or no more, may lack the account on which it is paid.
alter table tenants add constraint tenants_account check (
  state in ('draft', 'closed') or coalesce(creditor ->> 'iban', '') ~ '^IT[0-9]{2}[A-Z][0-9]{10}[0-9A-Z]{12}$');

-- Somebody who is asked to work for the entity. How it stands follows from the times; nothing is ever deleted.
create table staff_invitations (
  tenant_id uuid not null references tenants,
  id uuid not null,
  staff_role text not null check (staff_role in ('administrator', 'clerk', 'accountant', 'school')),
  address_sealed bytea not null,
  language text not null,
  -- The token in the letter follows from this id and the tenant's key; sending the letter again makes another one.
  token_id uuid not null,
  -- Null once it is accepted or revoked.
  token_hash text,
  -- A colleague, or an operator, whose id is of no entity; neither on the command line.
  invited_by uuid,
  operator_id uuid,
  created_at timestamptz not null,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  -- From the beginning for a colleague who comes back, else from the acceptance on.
  account_id uuid,
  accepted_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, token_hash),
  foreign key (tenant_id, invited_by) references accounts,
  foreign key (tenant_id, account_id) references accounts,
  check (invited_by is null or operator_id is null),
  check (accepted_at is null or account_id is not null),
  check ((token_hash is null) = (accepted_at is not null or revoked_at is not null))
);
create index staff_invitations_open on staff_invitations (tenant_id, created_at) where token_hash is not null;
grant select, insert on staff_invitations to {{app}};
grant update (staff_role, token_id, token_hash, sent_at, expires_at, account_id, accepted_at, revoked_at) on staff_invitations to {{app}};

-- The entity lets the operators into its office for some hours, in a role that decides nothing about people and rights.
create table support_leaves (
  tenant_id uuid not null references tenants,
  id uuid not null,
  -- As whom they work there: one account for all leaves, without a password.
  account_id uuid not null,
  staff_role text not null check (staff_role in ('clerk', 'accountant', 'school')),
  granted_by uuid not null,
  granted_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, account_id) references accounts,
  foreign key (tenant_id, granted_by) references accounts,
  check (ends_at > granted_at and ends_at <= granted_at + interval '24 hours')
);
create index support_leaves_by_account on support_leaves (tenant_id, account_id, ends_at);
grant select, insert on support_leaves to {{app}};
grant update (ended_at) on support_leaves to {{app}};

-- Which operator a session of that account is.
create table support_entries (
  tenant_id uuid not null,
  session_id uuid not null,
  leave_id uuid not null,
  operator_id uuid not null,
  entered_at timestamptz not null,
  primary key (tenant_id, session_id),
  foreign key (tenant_id, leave_id) references support_leaves
);
grant select, insert on support_entries to {{app}};

{{isolate staff_invitations support_leaves support_entries}}

alter table sessions drop constraint sessions_method_check;
alter table sessions add constraint sessions_method_check check (method in ('password', 'spid', 'cie', 'support'));

-- The installation's list of entities tells the day of the last receipt, and nothing else of any.
grant select (tenant_id, id, arrived_at) on receipts to {{relay}};
{{sweep receipts}}

-- The relay replays what was set aside; who asked for it stands in the same transaction.
grant insert on operator_audit_log to {{relay}};

-- How recurring work went when it last ran.
create table recurring_runs (
  job text primary key check (length(job) between 1 and 60),
  ran_at timestamptz not null,
  failed_at timestamptz,
  -- Of the last failure; no person's data.
  error text check (length(error) <= 500)
);
grant select, insert, update on recurring_runs to {{app}};
