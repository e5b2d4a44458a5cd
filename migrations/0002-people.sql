-- An account is a person who signs in: a guardian or a member of the entity's staff.
create table accounts (
  tenant_id uuid not null references tenants,
  id uuid not null,
  kind text not null check (kind in ('guardian', 'staff')),
  staff_role text check (staff_role in ('administrator', 'clerk', 'accountant', 'school')),
  first_name text not null check (length(first_name) between 1 and 60),
  last_name text not null check (length(last_name) between 1 and 60),
  email text check (length(email) <= 256),
  fiscal_code_sealed bytea,
  fiscal_code_hash bytea,
  language text not null default 'it',
  created_at timestamptz not null,
  disabled_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, fiscal_code_hash),
  check ((kind = 'staff') = (staff_role is not null)),
  check ((fiscal_code_sealed is null) = (fiscal_code_hash is null))
);
grant select, insert, update on accounts to {{app}};

create table passwords (
  tenant_id uuid not null,
  account_id uuid not null,
  username text not null check (username = lower(username) and length(username) between 3 and 256),
  password_hash text not null,
  changed_at timestamptz not null,
  primary key (tenant_id, account_id),
  unique (tenant_id, username),
  foreign key (tenant_id, account_id) references accounts
);
grant select, insert, update, delete on passwords to {{app}};

-- Only a hash of the token is kept: who reads this table cannot sign in.
create table sessions (
  tenant_id uuid not null,
  token_hash text not null,
  account_id uuid not null,
  face text not null check (face in ('portal', 'app', 'office')),
  method text not null check (method in ('password')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, token_hash),
  foreign key (tenant_id, account_id) references accounts
);
create index sessions_by_account on sessions (tenant_id, account_id);
create index sessions_by_expiry on sessions (tenant_id, expires_at);
grant select, insert, delete on sessions to {{app}};
grant update (expires_at) on sessions to {{app}};
grant select, delete on sessions to {{relay}};

create table children (
  tenant_id uuid not null references tenants,
  id uuid not null,
  first_name text not null check (length(first_name) between 1 and 60),
  last_name text not null check (length(last_name) between 1 and 60),
  fiscal_code_sealed bytea,
  fiscal_code_hash bytea,
  school text not null default '' check (length(school) <= 100),
  class_name text not null default '' check (length(class_name) <= 40),
  claim_code_hash text,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, fiscal_code_hash),
  unique (tenant_id, claim_code_hash),
  check ((fiscal_code_sealed is null) = (fiscal_code_hash is null))
);
grant select, insert, update on children to {{app}};

create table guardianships (
  tenant_id uuid not null,
  account_id uuid not null,
  child_id uuid not null,
  since timestamptz not null,
  primary key (tenant_id, account_id, child_id),
  foreign key (tenant_id, account_id) references accounts,
  foreign key (tenant_id, child_id) references children
);
create index guardianships_by_child on guardianships (tenant_id, child_id);
grant select, insert, delete on guardianships to {{app}};

create table service_categories (
  tenant_id uuid not null references tenants,
  code text not null check (code ~ '^[A-Z0-9_]{2,20}$'),
  label text not null check (length(label) between 1 and 60),
  payment_description text not null check (length(payment_description) between 1 and 90),
  taxonomy_code text not null check (length(taxonomy_code) between 1 and 140),
  primary key (tenant_id, code)
);
grant select, insert, update on service_categories to {{app}};

create table enrolments (
  tenant_id uuid not null,
  id uuid not null,
  child_id uuid not null,
  category text not null,
  school_year text not null check (school_year ~ '^[0-9]{4}/[0-9]{4}$'),
  tariff_cents bigint not null check (tariff_cents >= 0),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, child_id, category, school_year),
  foreign key (tenant_id, child_id) references children,
  foreign key (tenant_id, category) references service_categories
);
grant select, insert, update on enrolments to {{app}};

{{isolate accounts passwords sessions children guardianships service_categories enrolments tenant_keys tenant_channels}}
{{sweep sessions}}
