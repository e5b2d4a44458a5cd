-- Files that an office hands in: children and their guardians, opening balances, tariffs, the calendar.

-- What the entity's own programs call a child. By it a child without a fiscal code is found again.
alter table children add column external_id text check (length(external_id) between 1 and 40);
alter table children add constraint children_external_id unique (tenant_id, external_id);

-- One file on its way from the upload to the register. What may name a family lies sealed, and is gone after thirty days.
create table imports (
  tenant_id uuid not null references tenants,
  id uuid not null,
  -- Which kinds there are is the code's to say.
  kind text not null check (kind ~ '^[a-z]+(-[a-z]+)*$'),
  file_name text not null check (length(file_name) between 1 and 200),
  sha256 text not null check (length(sha256) = 64),
  file_rows int not null check (file_rows >= 0),
  file_sealed bytea,
  -- Headers, first rows, and which column is what.
  columns_sealed bytea,
  -- What the dry run found: mistakes, the first differences, and what the whole of it hashes to.
  result_sealed bytea,
  -- What becomes of each row.
  report_sealed bytea,
  -- What was typed beside the file: a school year, a day.
  options jsonb not null,
  -- Typed before the file is read, and compared with it.
  control_rows int check (control_rows >= 0),
  control_cents bigint,
  state text not null check (state in
    ('uploaded', 'checking', 'wrong', 'checked', 'approval', 'running', 'done', 'failed', 'withdrawn', 'expired')),
  -- Why it stands again where it stood: a fault's code, or that the register has changed meanwhile.
  reason text check (length(reason) between 1 and 60),
  added int not null default 0,
  changed int not null default 0,
  unchanged int not null default 0,
  problems int not null default 0,
  uploaded_at timestamptz not null,
  uploaded_by uuid not null,
  confirmed_at timestamptz,
  confirmed_by uuid,
  approved_at timestamptz,
  approved_by uuid,
  finished_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, uploaded_by) references accounts,
  foreign key (tenant_id, confirmed_by) references accounts,
  foreign key (tenant_id, approved_by) references accounts,
  check ((control_rows is null) = (control_cents is null)),
  check ((confirmed_at is null) = (confirmed_by is null)),
  check ((approved_at is null) = (approved_by is null)),
  -- Money that one person alone moved by a file would be a row that breaks this.
  check (approved_by is null or approved_by <> uploaded_by and approved_by is distinct from confirmed_by)
);
create index imports_by_time on imports (tenant_id, uploaded_at, id);
create index imports_to_purge on imports (uploaded_at) where file_sealed is not null;
-- Two files of one kind never write at the same time.
create unique index imports_running on imports (tenant_id, kind) where state = 'running';
grant select, insert on imports to {{app}};
grant update (file_sealed, columns_sealed, result_sealed, report_sealed, options, state, reason, added, changed, unchanged, problems,
  confirmed_at, confirmed_by, approved_at, approved_by, finished_at) on imports to {{app}};
grant select, update (file_sealed, columns_sealed, result_sealed, report_sealed, state) on imports to {{relay}};

-- How far a job has come. A table of its own: the transaction that writes holds the import's row until it ends.
create table import_progress (
  tenant_id uuid not null,
  import_id uuid not null,
  -- In hundredths of the work.
  percent smallint not null check (percent between 0 and 100),
  told_at timestamptz not null,
  primary key (tenant_id, import_id),
  foreign key (tenant_id, import_id) references imports
);
grant select, insert, update (percent, told_at) on import_progress to {{app}};

-- Which column was what in the last file with these headers.
create table import_mappings (
  tenant_id uuid not null references tenants,
  kind text not null,
  -- A keyed hash of the headers: a file without any begins with somebody's data.
  headers_hash bytea not null,
  mapping_sealed bytea not null,
  used_at timestamptz not null,
  primary key (tenant_id, kind, headers_hash)
);
grant select, insert, update (mapping_sealed, used_at) on import_mappings to {{app}};

{{isolate imports import_progress import_mappings}}
{{sweep imports}}
