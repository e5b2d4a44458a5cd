-- Who ate on which day, and what it cost: attendance is a fact, charges follow from it and from the prices of the day.

-- The list of a class on a day. What is closed may be charged, and stays closed; each saving is a revision.
create table attendance_lists (
  tenant_id uuid not null,
  category text not null,
  day date not null,
  class_id uuid not null,
  state text not null check (state in ('open', 'closed')),
  revision int not null default 1,
  saved_at timestamptz not null,
  saved_by uuid,
  -- The revision that the day's charges were last brought to.
  charged_revision int not null default 0,
  primary key (tenant_id, category, day, class_id),
  foreign key (tenant_id, category) references service_categories,
  foreign key (tenant_id, class_id) references classes,
  foreign key (tenant_id, saved_by) references accounts
);
create index attendance_lists_to_charge on attendance_lists (tenant_id, category, day)
  where state = 'closed' and charged_revision < revision;
grant select, insert, update (state, revision, saved_at, saved_by, charged_revision) on attendance_lists to {{app}};
grant select on attendance_lists to {{ledger}}, {{relay}};

-- One child on one day in one service. An absence that a parent announced waits here for the list of the class.
create table attendance (
  tenant_id uuid not null,
  day date not null,
  category text not null,
  child_id uuid not null,
  state text not null check (state in ('present', 'absent')),
  -- Where the child ate; null for one without a class, who cannot be charged.
  class_id uuid,
  source text not null check (source in ('class', 'file', 'api', 'parent')),
  -- Counts the changes of state: a charge that the office took back stays so until the next one.
  revision int not null default 1,
  recorded_at timestamptz not null,
  recorded_by uuid,
  primary key (tenant_id, day, category, child_id),
  foreign key (tenant_id, category) references service_categories,
  foreign key (tenant_id, child_id) references children,
  foreign key (tenant_id, class_id) references classes,
  foreign key (tenant_id, recorded_by) references accounts,
  check (source <> 'parent' or state = 'absent')
);
create index attendance_by_child on attendance (tenant_id, child_id, day);
grant select, insert, update (state, class_id, source, revision, recorded_at, recorded_by), delete on attendance to {{app}};
grant select on attendance to {{ledger}};

-- What a meal was charged, and how often it had to be charged anew. A meal that costs nothing has no transaction.
create table meal_charges (
  tenant_id uuid not null,
  day date not null,
  category text not null,
  child_id uuid not null,
  revision smallint not null,
  wallet_id uuid not null,
  amount_cents bigint not null check (amount_cents >= 0),
  transaction_id uuid,
  plan_id uuid,
  attendance_revision int not null,
  charged_at timestamptz not null,
  reversed_at timestamptz,
  reversal_id uuid,
  reversal_kind text check (reversal_kind in ('absent', 'price', 'no-service', 'not-enrolled', 'office')),
  reversal_note text check (length(reversal_note) between 1 and 200),
  reversed_by uuid,
  primary key (tenant_id, day, category, child_id, revision),
  foreign key (tenant_id, wallet_id) references wallets,
  foreign key (tenant_id, transaction_id) references ledger_transactions,
  foreign key (tenant_id, reversal_id) references ledger_transactions,
  foreign key (tenant_id, reversed_by) references accounts,
  check ((amount_cents = 0) = (transaction_id is null)),
  check ((reversed_at is null) = (reversal_kind is null)),
  check ((reversed_at is null or transaction_id is null) = (reversal_id is null)),
  check ((reversal_kind = 'office') = (reversal_note is not null))
);
create unique index meal_charges_standing on meal_charges (tenant_id, day, category, child_id) where reversed_at is null;
grant select on meal_charges to {{app}};
grant select, insert, update (reversed_at, reversal_id, reversal_kind, reversal_note, reversed_by) on meal_charges to {{ledger}};

-- Who ate and could not be charged, as of the last run: never silently.
create table meal_problems (
  tenant_id uuid not null,
  day date not null,
  category text not null,
  child_id uuid not null,
  problem text not null check (problem in ('no-class', 'not-enrolled', 'no-service', 'no-price', 'no-wallet')),
  seen_at timestamptz not null,
  primary key (tenant_id, day, category, child_id),
  foreign key (tenant_id, child_id) references children
);
grant select on meal_problems to {{app}};
grant select, insert, delete on meal_problems to {{ledger}};

{{isolate attendance_lists attendance meal_charges meal_problems}}
{{sweep attendance_lists}}

grant select on service_categories, enrolments, classes, placements, tariff_plans, tariff_prices, isee_declarations, exemptions,
  service_periods, closures to {{ledger}};
grant execute on function service_day_type to {{ledger}};

-- What a day of a service costs each of the children, and why: band (null: none), sibling and the part that an
-- exemption takes off. A child without an enrolment on that day is left out; a price is null where a plan is valid
-- that names none for the child. Without a plan the enrolment's own tariff counts. Halves of a cent are rounded up.
-- With the class in which each child ate, where that is known: who has moved since keeps the prices of that day's school.
create function meal_prices(
  p_tenant_id uuid, p_category text, p_day date, p_school_year text, p_child_ids uuid[], p_class_ids uuid[] default null
)
returns table (
  child_id uuid, enrolment_id uuid, class_id uuid, school_id uuid, day_type text, plan_id uuid, band_cents bigint,
  sibling_rank smallint, exempt_percent smallint, price_cents bigint
)
language plpgsql stable rows 10000 set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  v_plan_id uuid;
  v_bands bigint[];
  v_nobody constant uuid := '00000000-0000-0000-0000-000000000000';
begin
  perform enter_tenant(p_tenant_id);
  select t.id into v_plan_id from tariff_plans t
  where t.tenant_id = p_tenant_id and t.category = p_category and t.valid_from <= p_day
  order by t.valid_from desc limit 1;
  v_bands := array(
    select distinct t.isee_up_to_cents from tariff_prices t
    where t.tenant_id = p_tenant_id and t.plan_id = v_plan_id and t.isee_up_to_cents is not null order by 1);
  return query
  with incomes as (
    select distinct on (d.child_id) d.child_id, d.isee_cents
    from unnest(p_child_ids) as asked (id)
    join isee_declarations d on d.tenant_id = p_tenant_id and d.child_id = asked.id and d.valid_from <= p_day and d.valid_until >= p_day
    where v_plan_id is not null
    order by d.child_id, d.valid_from desc
  ), exempt as (
    select q.child_id, max(q.percent) as percent
    from unnest(p_child_ids) as asked (id)
    join exemptions q on q.tenant_id = p_tenant_id and q.child_id = asked.id and q.category = p_category
      and q.valid_from <= p_day and q.valid_until >= p_day
    group by q.child_id
  ), enrolled as (
    select e.child_id, e.id, e.tariff_cents, e.sibling_rank, c.id as class_id, coalesce(c.school_id, v_nobody) as school_id,
      coalesce(v_bands[width_bucket(i.isee_cents - 1, v_bands || 9223372036854775807) + 1], -1) as band
    from unnest(p_child_ids, p_class_ids) as asked (id, ate_in)
    join enrolments e on e.tenant_id = p_tenant_id and e.child_id = asked.id
      and e.category = p_category and e.school_year = p_school_year
      and (e.starts_on is null or e.starts_on <= p_day) and (e.ends_on is null or e.ends_on >= p_day)
    left join placements p on asked.ate_in is null and p.tenant_id = p_tenant_id and p.child_id = asked.id
      and p.school_year = p_school_year
    left join classes c on c.tenant_id = p_tenant_id and c.id = coalesce(asked.ate_in, p.class_id)
    left join incomes i on i.child_id = asked.id
  ), cases as (
    -- Children differ in thousands, their cases in dozens, so prices are looked up once a case. One text names a case: of several columns the planner
    -- believes that hardly any two rows agree in all, and compares each child with each case.
    select e.*, (e.school_id || ' ' || e.band || ' ' || e.sibling_rank) collate "C" as name from enrolled e
  ), days as (
    select s.school_id, service_day_type(p_tenant_id, p_category, p_day, nullif(s.school_id, v_nobody)) as day_type
    from (select distinct e.school_id from enrolled e) s
  ), priced as materialized (
    select k.name, d.day_type, (
      select t.price_cents from tariff_prices t
      where t.tenant_id = p_tenant_id and t.plan_id = v_plan_id
        and (t.school_id is null or t.school_id = k.school_id)
        and (t.day_type is null or t.day_type = d.day_type)
        and (t.isee_up_to_cents is null or (k.band >= 0 and t.isee_up_to_cents >= k.band))
        and t.sibling_from <= k.sibling_rank
      order by t.school_id is null, t.day_type is null, t.isee_up_to_cents nulls last, t.sibling_from desc limit 1
    ) as price_cents
    from (select distinct c.name, c.school_id, c.band, c.sibling_rank from cases c) k
    join days d on d.school_id = k.school_id
  )
  select e.child_id, e.id, e.class_id, nullif(e.school_id, v_nobody), p.day_type, v_plan_id, nullif(e.band, -1), e.sibling_rank,
    x.percent, ((case when v_plan_id is null then e.tariff_cents else p.price_cents end)
      * (100 - coalesce(x.percent, 0)) + 50) / 100
  from cases e
  join priced p on p.name = e.name
  left join exempt x on x.child_id = e.child_id;
end $$;
{{app-functions meal_prices}}
grant execute on function meal_prices to {{ledger}};

-- As before, but for its pace: from the sixth call in a session on, PostgreSQL plans without looking at the arrays, and
-- then `id = any (array)` compares each row with each entry. Here nothing is looked up in an array: entries that were
-- booked before are taken out of the arrays once, if there are any.
create or replace function ledger_charge_meals(
  p_tenant_id uuid, p_ids uuid[], p_wallet_ids uuid[], p_amounts bigint[], p_references text[], p_occurred_at timestamptz, p_now timestamptz
) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_ids uuid[] := p_ids;
  v_wallet_ids uuid[] := p_wallet_ids;
  v_amounts bigint[] := p_amounts;
  v_at constant text := to_char(p_occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  v_rows bigint;
begin
  perform enter_tenant(p_tenant_id);
  if exists (select from unnest(p_amounts) as amount where amount <= 0 or amount is null) then
    raise exception 'a meal costs more than nothing' using errcode = '22023';
  end if;
  perform 1 from wallets wallet join unnest(p_wallet_ids) as meal (wallet_id) on wallet.id = meal.wallet_id
  where wallet.tenant_id = p_tenant_id order by wallet.id for update of wallet;
  insert into ledger_transactions (tenant_id, id, kind, reference, occurred_at, booked_at, content)
  select p_tenant_id, meal.id, 'meal', meal.reference, p_occurred_at, p_now,
    convert_to('meal|' || meal.reference || '|' || v_at || '|wallet:' || meal.wallet_id || ':' || -meal.amount || '|meals-income::' || meal.amount, 'UTF8')
  from unnest(p_ids, p_wallet_ids, p_amounts, p_references) as meal (id, wallet_id, amount, reference)
  on conflict (tenant_id, kind, reference) do nothing;
  get diagnostics v_rows = row_count;
  if v_rows < cardinality(p_ids) then
    select array_agg(meal.id order by meal.place), array_agg(meal.wallet_id order by meal.place), array_agg(meal.amount order by meal.place)
    into v_ids, v_wallet_ids, v_amounts
    from unnest(p_ids, p_wallet_ids, p_amounts) with ordinality as meal (id, wallet_id, amount, place)
    join ledger_transactions booked on booked.tenant_id = p_tenant_id and booked.id = meal.id;
  end if;
  if v_ids is null then
    return 0;
  end if;
  insert into ledger_postings (tenant_id, transaction_id, line, account, wallet_id, amount_cents, movement, balance_after_cents)
  select p_tenant_id, meal.id, 1, 'wallet', meal.wallet_id, -meal.amount,
    wallet.movements + row_number() over (partition by meal.wallet_id order by meal.place),
    wallet.balance_cents - sum(meal.amount) over (partition by meal.wallet_id order by meal.place)
  from unnest(v_ids, v_wallet_ids, v_amounts) with ordinality as meal (id, wallet_id, amount, place)
  join wallets wallet on wallet.tenant_id = p_tenant_id and wallet.id = meal.wallet_id;
  get diagnostics v_rows = row_count;
  if v_rows <> cardinality(v_ids) then
    raise exception 'a wallet of the batch is not there' using errcode = '23503';
  end if;
  insert into ledger_postings (tenant_id, transaction_id, line, account, amount_cents)
  select p_tenant_id, meal.id, 2, 'meals-income', meal.amount from unnest(v_ids, v_amounts) as meal (id, amount);
  update wallets set balance_cents = wallets.balance_cents - charged.amount, movements = wallets.movements + charged.meals
  from (
    select meal.wallet_id, sum(meal.amount) as amount, count(*) as meals
    from unnest(v_wallet_ids, v_amounts) as meal (wallet_id, amount) group by meal.wallet_id
  ) charged
  where wallets.tenant_id = p_tenant_id and wallets.id = charged.wallet_id;
  return v_rows;
end $$;

-- Takes back a batch of meals under their own references, each wallet at most once; the wallets are locked already.
create function ledger_reverse_meals(
  p_tenant_id uuid, p_ids uuid[], p_transaction_ids uuid[], p_wallet_ids uuid[], p_amounts bigint[], p_references text[], p_now timestamptz
) returns void
language plpgsql as $$
begin
  insert into ledger_transactions (tenant_id, id, kind, reference, reverses, occurred_at, booked_at, content)
  select p_tenant_id, meal.id, 'reversal', meal.reference, meal.transaction_id, p_now, p_now,
    convert_to('reversal|' || meal.reference || '|' || to_char(p_now at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      || '|wallet:' || meal.wallet_id || ':' || meal.amount || '|meals-income::' || -meal.amount, 'UTF8')
  from unnest(p_ids, p_transaction_ids, p_wallet_ids, p_amounts, p_references) as meal (id, transaction_id, wallet_id, amount, reference);
  insert into ledger_postings (tenant_id, transaction_id, line, account, wallet_id, amount_cents, movement, balance_after_cents)
  select p_tenant_id, meal.id, 1, 'wallet', meal.wallet_id, meal.amount, wallet.movements + 1, wallet.balance_cents + meal.amount
  from unnest(p_ids, p_wallet_ids, p_amounts) as meal (id, wallet_id, amount)
  join wallets wallet on wallet.tenant_id = p_tenant_id and wallet.id = meal.wallet_id;
  insert into ledger_postings (tenant_id, transaction_id, line, account, amount_cents)
  select p_tenant_id, meal.id, 2, 'meals-income', -meal.amount from unnest(p_ids, p_amounts) as meal (id, amount);
  update wallets set balance_cents = wallets.balance_cents + meal.amount, movements = wallets.movements + 1
  from unnest(p_wallet_ids, p_amounts) as meal (wallet_id, amount)
  where wallets.tenant_id = p_tenant_id and wallets.id = meal.wallet_id;
end $$;

-- Brings the charges of some children on one day to what attendance and prices say, all or nothing: what is wrong is
-- taken back with its reason, what is missing is charged under the next revision, what cannot be charged is listed.
-- Two ids a child are given: the first half is for charges, the second for what is taken back. The wallets are locked
-- before anything is read, so two calls at once end like one.
create function charge_meals(
  p_tenant_id uuid, p_category text, p_day date, p_school_year text, p_child_ids uuid[], p_ids uuid[],
  p_occurred_at timestamptz, p_now timestamptz
) returns table (charged bigint, free bigint, reversed bigint, problems bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_present uuid[];
  v_classes uuid[];
  v_due uuid[];
  v_due_wallets uuid[];
  v_due_amounts bigint[];
  v_due_plans uuid[];
  v_due_revisions int[];
  v_due_attendance int[];
  v_due_references text[];
  v_due_ids uuid[];
  v_wrong uuid[];
  v_wrong_wallets uuid[];
  v_wrong_amounts bigint[];
  v_wrong_transactions uuid[];
  v_wrong_revisions int[];
  v_wrong_kinds text[];
  v_wrong_references text[];
  v_wrong_ids uuid[];
  v_odd uuid[];
  v_odd_problems text[];
begin
  perform enter_tenant(p_tenant_id);
  if cardinality(p_ids) <> 2 * cardinality(p_child_ids) then
    raise exception 'two ids a child' using errcode = '22023';
  end if;
  -- Plans that are made without looking at the arrays take them for ten children, and compare each with each.
  perform set_config('plan_cache_mode', 'force_custom_plan', true);
  perform 1 from wallets w join unnest(p_child_ids) as asked (id) on w.child_id = asked.id
  where w.tenant_id = p_tenant_id and w.category = p_category order by w.id for update of w;
  select array_agg(a.child_id), array_agg(a.class_id) into v_present, v_classes
  from unnest(p_child_ids) as asked (id)
  join attendance a on a.tenant_id = p_tenant_id and a.day = p_day and a.category = p_category and a.child_id = asked.id
  where a.state = 'present';
  with known as (
    select asked.id as child_id, asked.place, w.id as wallet_id, m.plan_id, m.price_cents, a.revision as attendance_revision,
      last.revision, last.transaction_id, last.amount_cents, last.wallet_id as charged_wallet_id,
      last.revision is not null and last.reversed_at is null as stands,
      last.reversal_kind = 'office' and last.attendance_revision = a.revision as is_settled,
      a.state = 'present' and (a.class_id is null or exists (
        select from attendance_lists l
        where l.tenant_id = p_tenant_id and l.category = p_category and l.day = p_day and l.class_id = a.class_id and l.state = 'closed'
      )) as is_due,
      case
        when a.state is distinct from 'present' then 'absent'
        when a.class_id is null then 'no-class'
        when m.child_id is null then 'not-enrolled'
        when m.day_type is null then 'no-service'
        when m.price_cents is null then 'no-price'
        when w.id is null then 'no-wallet'
      end as why_not
    from unnest(p_child_ids) with ordinality as asked (id, place)
    left join attendance a on a.tenant_id = p_tenant_id and a.day = p_day and a.category = p_category and a.child_id = asked.id
    left join meal_prices(p_tenant_id, p_category, p_day, p_school_year, v_present, v_classes) m on m.child_id = asked.id
    left join wallets w on w.tenant_id = p_tenant_id and w.child_id = asked.id and w.category = p_category
    left join lateral (
      select c.revision, c.transaction_id, c.amount_cents, c.wallet_id, c.reversed_at, c.reversal_kind, c.attendance_revision
      from meal_charges c
      where c.tenant_id = p_tenant_id and c.day = p_day and c.category = p_category and c.child_id = asked.id
      order by c.revision desc limit 1
    ) last on true
  ), judged as (
    -- A standing charge is left alone where it is only unknown what would be right.
    select k.*, case
        when k.stands and k.why_not in ('absent', 'not-enrolled', 'no-service') then k.why_not
        when k.stands and k.why_not is null and k.price_cents <> k.amount_cents then 'price'
      end as wrong_kind,
      p_day || '/' || p_category || '/' || k.child_id || '/' as meal
    from known k
  ), verdicts as (
    select j.*, j.is_due and j.why_not is null and (not j.stands or j.wrong_kind is not null) and j.is_settled is not true as is_charged
    from judged j order by j.wallet_id
  )
  select
    array_agg(child_id) filter (where is_charged), array_agg(wallet_id) filter (where is_charged),
    array_agg(price_cents) filter (where is_charged), array_agg(plan_id) filter (where is_charged),
    array_agg(coalesce(revision, 0) + 1) filter (where is_charged), array_agg(attendance_revision) filter (where is_charged),
    array_agg(meal || coalesce(revision, 0) + 1) filter (where is_charged), array_agg(p_ids[place]) filter (where is_charged),
    array_agg(child_id) filter (where wrong_kind is not null), array_agg(charged_wallet_id) filter (where wrong_kind is not null),
    array_agg(amount_cents) filter (where wrong_kind is not null), array_agg(transaction_id) filter (where wrong_kind is not null),
    array_agg(revision) filter (where wrong_kind is not null), array_agg(wrong_kind) filter (where wrong_kind is not null),
    array_agg(meal || revision) filter (where wrong_kind is not null),
    array_agg(p_ids[cardinality(p_child_ids) + place]) filter (where wrong_kind is not null),
    array_agg(child_id) filter (where is_due and why_not <> 'absent'), array_agg(why_not) filter (where is_due and why_not <> 'absent')
  into v_due, v_due_wallets, v_due_amounts, v_due_plans, v_due_revisions, v_due_attendance, v_due_references, v_due_ids,
    v_wrong, v_wrong_wallets, v_wrong_amounts, v_wrong_transactions, v_wrong_revisions, v_wrong_kinds, v_wrong_references, v_wrong_ids,
    v_odd, v_odd_problems
  from verdicts;
  -- Not for the writing: foreign keys are checked row by row with kept plans, and would be planned row by row too.
  perform set_config('plan_cache_mode', 'auto', true);

  delete from meal_problems p using unnest(p_child_ids) as asked (id)
  where p.tenant_id = p_tenant_id and p.day = p_day and p.category = p_category and p.child_id = asked.id;
  insert into meal_problems (tenant_id, day, category, child_id, problem, seen_at)
  select p_tenant_id, p_day, p_category, odd.child_id, odd.problem, p_now from unnest(v_odd, v_odd_problems) as odd (child_id, problem);

  if v_wrong is not null then
    perform ledger_reverse_meals(p_tenant_id, array_agg(w.id), array_agg(w.transaction_id), array_agg(w.wallet_id),
      array_agg(w.amount), array_agg(w.reference), p_now)
    from unnest(v_wrong_ids, v_wrong_transactions, v_wrong_wallets, v_wrong_amounts, v_wrong_references)
      as w (id, transaction_id, wallet_id, amount, reference)
    where w.amount > 0 having count(*) > 0;
    update meal_charges c set reversed_at = p_now, reversal_kind = w.kind,
      reversal_id = case when c.transaction_id is not null then w.id end
    from unnest(v_wrong, v_wrong_revisions, v_wrong_kinds, v_wrong_ids) as w (child_id, revision, kind, id)
    where c.tenant_id = p_tenant_id and c.day = p_day and c.category = p_category and c.child_id = w.child_id and c.revision = w.revision;
  end if;

  if v_due is not null then
    if 0 = any (v_due_amounts) then
      select count(*) filter (where d.amount = 0),
        ledger_charge_meals(p_tenant_id, array_agg(d.id) filter (where d.amount > 0), array_agg(d.wallet_id) filter (where d.amount > 0),
          array_agg(d.amount) filter (where d.amount > 0), array_agg(d.reference) filter (where d.amount > 0), p_occurred_at, p_now)
      into free, charged
      from unnest(v_due_ids, v_due_wallets, v_due_amounts, v_due_references) as d (id, wallet_id, amount, reference);
    else
      free := 0;
      charged := ledger_charge_meals(p_tenant_id, v_due_ids, v_due_wallets, v_due_amounts, v_due_references, p_occurred_at, p_now);
    end if;
    if coalesce(charged, 0) + free <> cardinality(v_due) then
      raise exception 'a meal of this day is booked without its charge' using errcode = '23505';
    end if;
    insert into meal_charges (tenant_id, day, category, child_id, revision, wallet_id, amount_cents, transaction_id, plan_id,
      attendance_revision, charged_at)
    select p_tenant_id, p_day, p_category, d.child_id, d.revision, d.wallet_id, d.amount,
      case when d.amount > 0 then d.id end, d.plan_id, d.attendance_revision, p_now
    from unnest(v_due, v_due_revisions, v_due_wallets, v_due_amounts, v_due_ids, v_due_plans, v_due_attendance)
      as d (child_id, revision, wallet_id, amount, id, plan_id, attendance_revision);
  end if;
  charged := coalesce(charged, 0);
  free := coalesce(free, 0);
  reversed := coalesce(cardinality(v_wrong), 0);
  problems := coalesce(cardinality(v_odd), 0);
  return next;
end $$;

-- The office takes back one meal, with its own reason. Answers false where no charge stands.
create function take_back_meal(
  p_tenant_id uuid, p_category text, p_day date, p_child_id uuid, p_id uuid, p_note text, p_by uuid, p_now timestamptz
) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_charge meal_charges;
begin
  perform enter_tenant(p_tenant_id);
  perform 1 from wallets where tenant_id = p_tenant_id and child_id = p_child_id and category = p_category for update;
  select * into v_charge from meal_charges
  where tenant_id = p_tenant_id and day = p_day and category = p_category and child_id = p_child_id and reversed_at is null;
  if not found then
    return false;
  end if;
  if v_charge.transaction_id is not null then
    perform ledger_reverse_meals(p_tenant_id, array[p_id], array[v_charge.transaction_id], array[v_charge.wallet_id],
      array[v_charge.amount_cents], array[p_day || '/' || p_category || '/' || p_child_id || '/' || v_charge.revision], p_now);
  end if;
  update meal_charges set reversed_at = p_now, reversal_kind = 'office', reversal_note = p_note, reversed_by = p_by,
    reversal_id = case when v_charge.transaction_id is not null then p_id end
  where tenant_id = p_tenant_id and day = p_day and category = p_category and child_id = p_child_id and revision = v_charge.revision;
  return true;
end $$;

-- As before, but for meals that have a charge: those are taken back together with it.
create or replace function ledger_reverse(p_tenant_id uuid, p_id uuid, p_transaction_id uuid, p_reason text, p_now timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_accounts text[];
  v_wallets uuid[];
  v_amounts bigint[];
  v_reference text;
begin
  perform enter_tenant(p_tenant_id);
  -- In two steps: only what is surely a charge's name is read as a day.
  select t.reference into v_reference from ledger_transactions t
  where t.tenant_id = p_tenant_id and t.id = p_transaction_id and t.kind = 'meal'
    and t.reference ~ '^\d{4}-\d{2}-\d{2}/[A-Z0-9_]+/[0-9a-f-]{36}/\d+$';
  if found and exists (
    select from meal_charges c
    where c.tenant_id = p_tenant_id and c.day = split_part(v_reference, '/', 1)::date
      and c.category = split_part(v_reference, '/', 2) and c.child_id = split_part(v_reference, '/', 3)::uuid
      and c.transaction_id = p_transaction_id
  ) then
    raise exception 'transaction % is a meal with a charge', p_transaction_id using errcode = '55000';
  end if;
  select array_agg(account order by line), array_agg(wallet_id order by line), array_agg(-amount_cents order by line)
  into v_accounts, v_wallets, v_amounts
  from ledger_postings where tenant_id = p_tenant_id and transaction_id = p_transaction_id;
  if v_accounts is null then
    raise exception 'no transaction %', p_transaction_id using errcode = 'P0002';
  end if;
  perform ledger_book(p_tenant_id, p_id, 'reversal', p_reason, p_transaction_id, p_now, p_now, v_accounts, v_wallets, v_amounts);
end $$;

{{ledger-functions ledger_charge_meals(app) ledger_reverse(app) ledger_reverse_meals() charge_meals(app) take_back_meal(app)}}
