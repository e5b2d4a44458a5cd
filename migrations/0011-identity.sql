-- SPID and CIE. Keys with which requests and metadata are signed, sealed with MASTER_KEY: the aggregator's own, and those
-- of a tenant that brings its own. Without a certificate a key waits for the one that was asked for.
create table aggregator_keys (
  id uuid primary key,
  private_key_sealed bytea not null,
  certificate_request text not null,
  certificate text,
  made_at timestamptz not null,
  certified_at timestamptz,
  check ((certificate is null) = (certified_at is null))
);
grant select, insert, update (certificate, certified_at) on aggregator_keys to {{app}};

create table signing_keys (
  tenant_id uuid not null references tenants,
  id uuid not null,
  private_key_sealed bytea not null,
  certificate_request text not null,
  certificate text,
  made_at timestamptz not null,
  certified_at timestamptz,
  primary key (tenant_id, id),
  check ((certificate is null) = (certified_at is null))
);
grant select, insert, update (certificate, certified_at) on signing_keys to {{app}};

-- A tenant as one scheme knows it, by signed metadata. What was submitted never changes: a change is the next version.
create table identity_registrations (
  tenant_id uuid not null references tenants,
  scheme text not null check (scheme ~ '^[a-z]{2,10}$'),
  version int not null check (version > 0),
  profile text not null check (profile in ('pub-ag-full', 'public')),
  entity_id text not null check (length(entity_id) <= 1024),
  assertion_consumer_url text not null,
  logout_url text not null,
  key_owner text not null check (key_owner in ('aggregator', 'tenant')),
  -- Signs the metadata and the requests; announced beside it, during a rotation, the next or the former one.
  key_id uuid not null,
  other_key_id uuid,
  metadata text not null,
  state text not null check (state in ('draft', 'submitted', 'active', 'retired')),
  made_at timestamptz not null,
  submitted_at timestamptz,
  active_at timestamptz,
  primary key (tenant_id, scheme, version),
  check (other_key_id <> key_id),
  check (state = 'draft' or submitted_at is not null)
);
create unique index identity_registrations_draft on identity_registrations (tenant_id, scheme) where state = 'draft';
create unique index identity_registrations_submitted on identity_registrations (tenant_id, scheme) where state = 'submitted';
create unique index identity_registrations_active on identity_registrations (tenant_id, scheme) where state = 'active';
grant select, insert, update (state, submitted_at, active_at) on identity_registrations to {{app}};
create policy only_drafts on identity_registrations as restrictive for delete to {{app}} using (state = 'draft');
grant delete on identity_registrations to {{app}};

-- The last good metadata of each source of identity providers. Whoever reads it verifies its signature again.
create table identity_metadata (
  source text primary key,
  document bytea not null,
  fetched_at timestamptz not null,
  checked_at timestamptz not null,
  -- Why the latest document was not taken; null while all is well.
  problem text
);
grant select, insert, update on identity_metadata to {{app}};

-- Requests under way. Taken out by whoever brings the answer: of many answers to one request, one gets it. The request's
-- name begins with its tenant, as the name of every session does.
create table identity_requests (
  tenant_id uuid not null references tenants,
  request_id text not null check (length(request_id) between 40 and 200),
  scheme text not null,
  entity_id text not null,
  assertion_consumer_url text not null,
  provider_id text not null,
  level smallint not null check (level between 1 and 3),
  relay_state text not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  -- What the browser came for.
  face text not null check (face in ('portal', 'office')),
  nonce_hash text not null,
  next_path text not null check (length(next_path) <= 2000),
  link_account_id uuid,
  primary key (tenant_id, request_id),
  foreign key (tenant_id, link_account_id) references accounts
);
create index identity_requests_by_expiry on identity_requests (expires_at);
grant select, insert, delete on identity_requests to {{app}};
grant select, delete on identity_requests to {{relay}};

-- A person whom a provider has named, on the way from the login host to the entity's own: for a minute, once, and only
-- for the browser that began.
create table sign_in_handovers (
  tenant_id uuid not null references tenants,
  code_hash text not null,
  nonce_hash text not null,
  face text not null check (face in ('portal', 'office')),
  next_path text not null check (length(next_path) <= 2000),
  link_account_id uuid,
  identity_sealed bytea not null,
  expires_at timestamptz not null,
  primary key (tenant_id, code_hash),
  foreign key (tenant_id, link_account_id) references accounts
);
create index sign_in_handovers_by_expiry on sign_in_handovers (expires_at);
grant select, insert, delete on sign_in_handovers to {{app}};
grant select, delete on sign_in_handovers to {{relay}};

-- Every request and every answer, for 24 months (DPCM 24/10/2014, art. 13 c. 2). The application writes and cannot read:
-- the columns are those by which a row is found, the messages are sealed.
create table identity_traces (
  tenant_id uuid not null references tenants,
  id uuid not null,
  at timestamptz not null,
  scheme text not null,
  direction text not null check (direction in ('request', 'response')),
  request_id text not null,
  message_id text,
  issue_instant text,
  issuer text,
  assertion_id text,
  subject text,
  name_qualifier text,
  -- `sent`, `accepted`, or why it was refused.
  outcome text not null,
  content_sealed bytea not null,
  primary key (tenant_id, id)
);
create index identity_traces_by_request on identity_traces (tenant_id, request_id);
create index identity_traces_by_age on identity_traces (at);
grant insert on identity_traces to {{app}};
grant select (tenant_id, id, at), delete on identity_traces to {{relay}};

-- With this code from the office a person who came in with SPID or CIE takes over the account that they had.
create table account_link_codes (
  tenant_id uuid not null,
  code_hash text not null,
  account_id uuid not null,
  issued_by uuid not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (tenant_id, code_hash),
  foreign key (tenant_id, account_id) references accounts,
  foreign key (tenant_id, issued_by) references accounts
);
create index account_link_codes_by_account on account_link_codes (tenant_id, account_id);
grant select, insert, delete, update (used_at) on account_link_codes to {{app}};

-- Since when a guardian signs in with SPID or CIE.
alter table accounts add column identity_linked_at timestamptz;

{{isolate signing_keys identity_registrations identity_requests sign_in_handovers identity_traces account_link_codes}}
{{sweep identity_requests sign_in_handovers identity_traces}}
