-- What a child may not, or does not, eat. It tells of health, faith and beliefs (GDPR art. 9): a table of its own, that no
-- other reads along. The kind is one of a short list, so that meals are counted without reading what was written besides;
-- that lies sealed.
create table diets (
  tenant_id uuid not null,
  id uuid not null,
  child_id uuid not null,
  kind text not null check (kind in (
    'gluten-free', 'milk-free', 'lactose-free', 'egg-free', 'fish-free', 'nut-free', 'legume-free', 'other-medical', 'bland',
    'no-pork', 'no-beef', 'no-meat', 'vegetarian', 'vegan',
    'minced', 'blended')),
  valid_from date not null,
  valid_until date not null,
  -- The last day of the doctor's certificate, where the kind asks for one.
  certificate_until date,
  note_sealed bytea,
  recorded_at timestamptz not null,
  recorded_by uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, child_id) references children,
  foreign key (tenant_id, recorded_by) references accounts,
  check (valid_from <= valid_until)
);
create index diets_by_child on diets (tenant_id, child_id);
create index diets_by_end on diets (tenant_id, valid_until);
grant select, insert, delete on diets to {{app}};
grant update (child_id, valid_until, certificate_until, note_sealed, recorded_at, recorded_by) on diets to {{app}};

{{isolate diets}}

-- What is on the table in a week, of one school or of all that have none of their own. Families read it once it is
-- published; whoever is not signed in, where the office says so.
create table menus (
  tenant_id uuid not null,
  id uuid not null,
  category text not null,
  school_id uuid,
  -- The Monday.
  week date not null check (extract(isodow from week) = 1),
  state text not null check (state in ('draft', 'published')),
  is_public boolean not null,
  saved_at timestamptz not null,
  saved_by uuid,
  primary key (tenant_id, id),
  unique nulls not distinct (tenant_id, category, school_id, week),
  foreign key (tenant_id, category) references service_categories,
  foreign key (tenant_id, school_id) references schools,
  foreign key (tenant_id, saved_by) references accounts
);
grant select, insert, update (state, is_public, saved_at, saved_by) on menus to {{app}};

create table menu_days (
  tenant_id uuid not null,
  menu_id uuid not null,
  day date not null,
  courses text[] not null check (cardinality(courses) between 1 and 6),
  -- Bit 0 is the first of the list of Reg. (EU) 1169/2011, annex II. None says that none was named.
  allergens smallint not null check (allergens between 0 and 16383),
  primary key (tenant_id, menu_id, day),
  foreign key (tenant_id, menu_id) references menus
);
grant select, insert, delete on menu_days to {{app}};

{{isolate menus menu_days}}
