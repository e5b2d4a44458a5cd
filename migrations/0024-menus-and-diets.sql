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
