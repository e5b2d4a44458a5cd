-- Where children go to school, and what a meal costs them: prices are data with validity, never code.

create table schools (
  tenant_id uuid not null references tenants,
  id uuid not null,
  -- The entity's own short name, or the ministry's code: what files call the school.
  code text not null check (code ~ '^[A-Z0-9_-]{1,20}$'),
  name text not null check (length(name) between 1 and 100),
  address text not null default '' check (length(address) <= 140),
  created_at timestamptz not null,
  -- From then on nobody is placed there; what was stays.
  closed_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, code)
);
grant select, insert, update (code, name, address, closed_at) on schools to {{app}};

-- A class exists for one school year: next year's is another one.
create table classes (
  tenant_id uuid not null,
  id uuid not null,
  school_id uuid not null,
  school_year text not null check (school_year ~ '^[0-9]{4}/[0-9]{4}$'),
  name text not null check (length(name) between 1 and 40),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, school_id, school_year, name),
  unique (tenant_id, id, school_year),
  foreign key (tenant_id, school_id) references schools
);
grant select, insert, update (name) on classes to {{app}};

-- The class of a child in a school year: one for all services.
create table placements (
  tenant_id uuid not null,
  child_id uuid not null,
  school_year text not null,
  class_id uuid not null,
  since timestamptz not null,
  primary key (tenant_id, child_id, school_year),
  foreign key (tenant_id, child_id) references children,
  foreign key (tenant_id, class_id, school_year) references classes (tenant_id, id, school_year)
);
create index placements_by_class on placements (tenant_id, class_id);
grant select, insert, update (class_id, since), delete on placements to {{app}};

-- An enrolment may begin and end within its year. Without a tariff plan for a day, tariff_cents is the price; with
-- one, it is what an ordinary day costs at present, kept for whoever asks how many meals a credit is worth.
alter table enrolments
  add column starts_on date,
  add column ends_on date,
  -- Which of the siblings in this service, the first being 1.
  add column sibling_rank smallint not null default 1 check (sibling_rank between 1 and 20),
  add check (starts_on is null or ends_on is null or starts_on <= ends_on);
create index enrolments_of_year on enrolments (tenant_id, category, school_year);

-- The prices of a service from a day on, until the next plan begins.
create table tariff_plans (
  tenant_id uuid not null,
  id uuid not null,
  category text not null,
  valid_from date not null,
  -- What it rests on, as the entity cites it: "Delibera di Giunta n. 12/2026".
  note text not null default '' check (length(note) <= 200),
  created_at timestamptz not null,
  created_by uuid,
  primary key (tenant_id, id),
  unique (tenant_id, category, valid_from),
  foreign key (tenant_id, category) references service_categories,
  foreign key (tenant_id, created_by) references accounts
);
grant select, insert, update (note), delete on tariff_plans to {{app}};

-- One cell of the matrix. Empty columns stand for everybody: every school, every kind of day, no limit of income.
-- Of the cells that fit a child the most particular one counts: school, kind of day, lowest band, highest rank.
create table tariff_prices (
  tenant_id uuid not null,
  plan_id uuid not null,
  id uuid not null,
  school_id uuid,
  day_type text check (length(day_type) between 1 and 30),
  -- The band ends with this income (ISEE), included; without one it is for all others, and for who declared none.
  isee_up_to_cents bigint check (isee_up_to_cents >= 0),
  -- From which sibling on.
  sibling_from smallint not null default 1 check (sibling_from between 1 and 20),
  price_cents bigint not null check (price_cents between 0 and 100000),
  primary key (tenant_id, plan_id, id),
  unique nulls not distinct (tenant_id, plan_id, school_id, day_type, isee_up_to_cents, sibling_from),
  foreign key (tenant_id, plan_id) references tariff_plans,
  foreign key (tenant_id, school_id) references schools
);
grant select, insert, delete on tariff_prices to {{app}};

-- The income that a family declared for a child (ISEE, DPCM 159/2013), for as long as the declaration holds.
create table isee_declarations (
  tenant_id uuid not null,
  child_id uuid not null,
  valid_from date not null,
  valid_until date not null,
  isee_cents bigint not null check (isee_cents >= 0),
  recorded_at timestamptz not null,
  recorded_by uuid,
  primary key (tenant_id, child_id, valid_from),
  foreign key (tenant_id, child_id) references children,
  foreign key (tenant_id, recorded_by) references accounts,
  check (valid_from <= valid_until)
);
grant select, insert, update (valid_until, isee_cents, recorded_at, recorded_by), delete on isee_declarations to {{app}};

-- A part of the price that a child does not pay, with the reason of the entity (social services, disability …).
create table exemptions (
  tenant_id uuid not null,
  id uuid not null,
  child_id uuid not null,
  category text not null,
  percent smallint not null check (percent between 1 and 100),
  valid_from date not null,
  valid_until date not null,
  reason text not null check (length(reason) between 1 and 200),
  created_at timestamptz not null,
  created_by uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, child_id) references children,
  foreign key (tenant_id, category) references service_categories,
  foreign key (tenant_id, created_by) references accounts,
  check (valid_from <= valid_until)
);
create index exemptions_by_child on exemptions (tenant_id, child_id, category);
grant select, insert, update (valid_until) on exemptions to {{app}};

-- When a service runs: from a first to a last day, on some days of the week. For one school, or for all.
create table service_periods (
  tenant_id uuid not null,
  id uuid not null,
  category text not null,
  school_id uuid,
  first_day date not null,
  last_day date not null,
  -- Bit 0 is Monday.
  weekdays smallint not null check (weekdays between 1 and 127),
  -- The kind of day where prices differ ("Pranzo al sacco"); empty is the ordinary one.
  day_type text not null default '' check (length(day_type) <= 30),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, category) references service_categories,
  foreign key (tenant_id, school_id) references schools,
  check (first_day <= last_day)
);
create index service_periods_by_days on service_periods (tenant_id, category, last_day);
grant select, insert, delete on service_periods to {{app}};

-- Days without service: holidays, strikes, elections in the building. Of one school or of all, one service or all.
create table closures (
  tenant_id uuid not null,
  id uuid not null,
  category text,
  school_id uuid,
  first_day date not null,
  last_day date not null,
  reason text not null check (length(reason) between 1 and 100),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, category) references service_categories,
  foreign key (tenant_id, school_id) references schools,
  check (first_day <= last_day)
);
create index closures_by_days on closures (tenant_id, last_day);
grant select, insert, delete on closures to {{app}};

{{isolate schools classes placements tariff_plans tariff_prices isee_declarations exemptions service_periods closures}}

-- The kind of day that a service has in a school: empty for an ordinary one, null where there is no service. What is
-- said of one school counts before what is said of all, a named kind of day before the ordinary one.
create function service_day_type(p_tenant_id uuid, p_category text, p_day date, p_school_id uuid) returns text
language plpgsql stable set search_path = public, pg_temp as $$
declare
  v_day_type text;
begin
  perform enter_tenant(p_tenant_id);
  select p.day_type into v_day_type from service_periods p
  where p.tenant_id = p_tenant_id and p.category = p_category and p_day between p.first_day and p.last_day
    and (p.school_id is null or p.school_id = p_school_id)
    and (p.weekdays >> (extract(isodow from p_day)::int - 1)) & 1 = 1
  order by p.school_id is null, p.day_type = '', p.first_day desc, p.id limit 1;
  if v_day_type is not null and exists (
    select from closures c
    where c.tenant_id = p_tenant_id and p_day between c.first_day and c.last_day
      and (c.school_id is null or c.school_id = p_school_id) and (c.category is null or c.category = p_category)
  ) then
    return null;
  end if;
  return v_day_type;
end $$;

{{app-functions service_day_type}}
