-- The prices of a part's children are read within the judging of their meals, instead of as rows that another function made;
-- what is the same for a whole part is looked up once (docs/decisions/0025).

-- Its plans do not depend on the day, and it is asked for each school: under the settings of those who plan anew it took longer
-- to plan than to run.
alter function service_day_type set plan_cache_mode = auto;

-- What counts for the prices of a day: the plan that is valid, if any, and its bands of income in their order.
create function tariff_of(p_tenant_id uuid, p_category text, p_day date, out plan_id uuid, out bands bigint[])
language plpgsql stable set search_path = public, pg_temp as $$
begin
  select t.id into plan_id from tariff_plans t
  where t.tenant_id = p_tenant_id and t.category = p_category and t.valid_from <= p_day
  order by t.valid_from desc limit 1;
  bands := array(
    select distinct t.isee_up_to_cents from tariff_prices t
    where t.tenant_id = p_tenant_id and t.plan_id = tariff_of.plan_id and t.isee_up_to_cents is not null order by 1);
end $$;

-- meal_prices, for whoever has entered the tenant and asked for the tariff already. It is made part of the statement that asks.
-- All children lie from p_first to p_last; where p_many is true, those between them are read without asking for each. Where
-- p_by_place is false every child comes with the class it ate in.
create function meal_prices_between(
  p_tenant_id uuid, p_category text, p_day date, p_school_year text, p_child_ids uuid[], p_class_ids uuid[], p_first uuid, p_last uuid,
  p_many boolean, p_by_place boolean, p_plan_id uuid, p_bands bigint[]
)
returns table (
  child_id uuid, enrolment_id uuid, class_id uuid, school_id uuid, day_type text, plan_id uuid, band_cents bigint,
  sibling_rank smallint, exempt_percent smallint, price_cents bigint
)
language sql stable
begin atomic
  with incomes as (
    select distinct on (d.child_id) d.child_id, d.isee_cents
    from isee_declarations d
    where d.tenant_id = p_tenant_id and d.child_id between p_first and p_last and (p_many or d.child_id = any (p_child_ids))
      and d.valid_from <= p_day and d.valid_until >= p_day and p_plan_id is not null
    order by d.child_id, d.valid_from desc
  ), exempt as (
    select q.child_id, max(q.percent) as percent
    from exemptions q
    where q.tenant_id = p_tenant_id and q.child_id between p_first and p_last and (p_many or q.child_id = any (p_child_ids))
      and q.category = p_category and q.valid_from <= p_day and q.valid_until >= p_day
    group by q.child_id
  ), former as (
    select distinct on (f.enrolment_id) f.enrolment_id, f.sibling_rank, f.tariff_cents from former_terms f
    where f.tenant_id = p_tenant_id and f.before > p_day
    order by f.enrolment_id, f.before
  ), places as (
    select c.id, c.school_id, dense_rank() over (order by c.school_id) as school_number from classes c where c.tenant_id = p_tenant_id
  ), enrolled as (
    select e.child_id, e.id, coalesce(f.tariff_cents, e.own_tariff_cents, e.tariff_cents) as tariff_cents,
      coalesce(f.sibling_rank, e.sibling_rank) as sibling_rank, c.id as class_id, coalesce(c.school_id, '00000000-0000-0000-0000-000000000000') as school_id,
      coalesce(c.school_number, 0) as school_number, width_bucket(i.isee_cents - 1, p_bands || 9223372036854775807) as band_number
    from unnest(p_child_ids, p_class_ids) as asked (id, ate_in)
    join enrolments e on e.tenant_id = p_tenant_id and e.child_id = asked.id and e.child_id between p_first and p_last
      and e.category = p_category and e.school_year = p_school_year
      and (e.starts_on is null or e.starts_on <= p_day) and (e.ends_on is null or e.ends_on >= p_day)
    left join placements p on p.tenant_id = p_tenant_id and p_by_place and p.child_id = asked.id and asked.ate_in is null
      and p.child_id between p_first and p_last and p.school_year = p_school_year and (p.left_on is null or p.left_on > p_day)
    left join places c on c.id = coalesce(asked.ate_in, p.class_id)
    left join incomes i on i.child_id = asked.id
    left join former f on f.enrolment_id = e.id
  ), cases as (
    -- Children differ in thousands, their cases in dozens, so prices are looked up once a case. One number names a case: of
    -- several columns the planner believes that hardly any two rows agree in all, and compares each child with each case.
    select e.*, coalesce(p_bands[e.band_number + 1], -1) as band,
      (e.school_number * 1000 + coalesce(e.band_number + 1, 0)) * 32768 + e.sibling_rank as number
    from enrolled e
  ), kinds as materialized (
    select distinct c.number, c.school_id, c.band, c.sibling_rank from cases c
  ), days as materialized (
    select s.school_id, service_day_type(p_tenant_id, p_category, p_day, nullif(s.school_id, '00000000-0000-0000-0000-000000000000')) as day_type
    from (select distinct k.school_id from kinds k) s
  ), priced as materialized (
    select k.number, d.day_type, (
      select t.price_cents from tariff_prices t
      where t.tenant_id = p_tenant_id and t.plan_id = p_plan_id
        and (t.school_id is null or t.school_id = k.school_id)
        and (t.day_type is null or t.day_type = d.day_type)
        and (t.isee_up_to_cents is null or (k.band >= 0 and t.isee_up_to_cents >= k.band))
        and t.sibling_from <= k.sibling_rank
      order by t.school_id is null, t.day_type is null, t.isee_up_to_cents nulls last, t.sibling_from desc limit 1
    ) as price_cents
    from kinds k
    join days d on d.school_id = k.school_id
  )
  select e.child_id, e.id, e.class_id, nullif(e.school_id, '00000000-0000-0000-0000-000000000000'), p.day_type, p_plan_id, nullif(e.band, -1), e.sibling_rank,
    x.percent, ((case when p_plan_id is null then e.tariff_cents else p.price_cents end)
      * (100 - coalesce(x.percent, 0)) + 50) / 100
  from cases e
  join priced p on p.number = e.number
  left join exempt x on x.child_id = e.child_id;
end;

-- As before, but for what is the same for all.
create or replace function meal_prices(
  p_tenant_id uuid, p_category text, p_day date, p_school_year text, p_child_ids uuid[], p_class_ids uuid[] default null
)
returns table (
  child_id uuid, enrolment_id uuid, class_id uuid, school_id uuid, day_type text, plan_id uuid, band_cents bigint,
  sibling_rank smallint, exempt_percent smallint, price_cents bigint
)
language plpgsql stable rows 10000 set search_path = public, pg_temp
-- Plans that are made without looking at the arrays take them for ten children, and compare each with each.
set plan_cache_mode = force_custom_plan as $$
declare
  v_first constant uuid := (select id from unnest(p_child_ids) as asked (id) order by id limit 1);
  v_last constant uuid := (select id from unnest(p_child_ids) as asked (id) order by id desc limit 1);
  v_many constant boolean := cardinality(p_child_ids) > 1000;
  v_by_place constant boolean := p_class_ids is null or array_position(p_class_ids, null) is not null;
  v_tariff record;
begin
  perform enter_tenant(p_tenant_id);
  select * into v_tariff from tariff_of(p_tenant_id, p_category, p_day);
  return query select * from meal_prices_between(p_tenant_id, p_category, p_day, p_school_year, p_child_ids, p_class_ids, v_first, v_last,
    v_many, v_by_place, v_tariff.plan_id, v_tariff.bands);
end $$;

-- Books meals of one day (p_sign -1), or their taking back (1), as one transaction: a line for each wallet, in the order
-- given, and the sum as income. Each wallet comes once, in the order of their ids; they are locked already.
create or replace function ledger_book_meals(
  p_tenant_id uuid, p_id uuid, p_kind text, p_reference text, p_wallet_ids uuid[], p_prices bigint[], p_sign int,
  p_occurred_at timestamptz, p_now timestamptz
) returns void
language plpgsql as $$
declare
  v_sum constant bigint := p_sign * (select sum(price) from unnest(p_prices) as meal (price));
  v_rows bigint;
begin
  insert into ledger_transactions (tenant_id, id, kind, reference, occurred_at, booked_at, content)
  select p_tenant_id, p_id, p_kind, p_reference, p_occurred_at, p_now,
    convert_to(p_kind || '|' || p_reference || '|' || to_char(p_occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      || string_agg('|wallet:' || meal.wallet_id || ':' || p_sign * meal.price, '' order by meal.line) || '|meals-income::' || -v_sum, 'UTF8')
  from unnest(p_wallet_ids, p_prices) with ordinality as meal (wallet_id, price, line);
  with moved as (
    update wallets w set balance_cents = w.balance_cents + p_sign * meal.price, movements = w.movements + 1
    from unnest(p_wallet_ids, p_prices) with ordinality as meal (wallet_id, price, line)
    where w.tenant_id = p_tenant_id and w.id = meal.wallet_id
      -- Or the planner has all wallets of the entity read.
      and w.id between p_wallet_ids[1] and p_wallet_ids[cardinality(p_wallet_ids)]
    returning meal.line, w.id, p_sign * meal.price as amount, w.movements, w.balance_cents
  )
  insert into ledger_postings (tenant_id, transaction_id, line, account, wallet_id, amount_cents, movement, balance_after_cents)
  select p_tenant_id, p_id, m.line, 'wallet', m.id, m.amount, m.movements, m.balance_cents from moved m;
  get diagnostics v_rows = row_count;
  if v_rows <> cardinality(p_wallet_ids) then
    raise exception 'a wallet of the batch is not there, or is there twice' using errcode = '23503';
  end if;
  insert into ledger_postings (tenant_id, transaction_id, line, account, amount_cents)
  values (p_tenant_id, p_id, cardinality(p_wallet_ids) + 1, 'meals-income', -v_sum);
end $$;

-- As before, but the prices are read within, and no child's place where the class it ate in is known.
create or replace function charge_meals(
  p_tenant_id uuid, p_category text, p_day date, p_school_year text, p_first uuid, p_last uuid, p_only uuid[], p_charge_id uuid,
  p_reversal_id uuid, p_occurred_at timestamptz, p_now timestamptz
) returns table (charged bigint, free bigint, reversed bigint, problems bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_child_ids uuid[] := p_only;
  v_seen uuid[];
  v_present boolean[];
  v_classes uuid[];
  v_attendance int[];
  v_closed uuid[];
  v_due uuid[];
  v_due_wallets uuid[];
  v_due_amounts bigint[];
  v_due_revisions int[];
  v_due_attendance int[];
  v_due_movements bigint[];
  v_booked_wallets uuid[];
  v_booked_amounts bigint[];
  v_wrong uuid[];
  v_wrong_revisions int[];
  v_wrong_kinds text[];
  v_back_wallets uuid[];
  v_back_amounts bigint[];
  v_odd uuid[];
  v_odd_problems text[];
  v_tariff record;
  v_many boolean;
  v_by_place boolean;
begin
  perform enter_tenant(p_tenant_id);
  -- As in meal_prices.
  perform set_config('plan_cache_mode', 'force_custom_plan', true);
  if p_only is null then
    v_child_ids := array(
      select a.child_id from attendance a
      where a.tenant_id = p_tenant_id and a.day = p_day and a.category = p_category and a.child_id between p_first and p_last
      order by a.child_id);
    v_child_ids := v_child_ids || array(
      select c.child_id from meal_charges c
      where c.tenant_id = p_tenant_id and c.day = p_day and c.category = p_category and c.child_id between p_first and p_last
        and c.reversed_at is null and c.child_id <> all (v_child_ids));
    if cardinality(v_child_ids) = 0 then
      return query select 0::bigint, 0::bigint, 0::bigint, 0::bigint;
      return;
    end if;
  end if;
  perform 1 from wallets w join unnest(v_child_ids) as asked (id) on w.child_id = asked.id
  where w.tenant_id = p_tenant_id and w.child_id between p_first and p_last and w.category = p_category order by w.id for update of w;
  -- As arrays: of a day that has just begun the planner believes that there is hardly a row, and would look up each child by itself.
  select array_agg(a.child_id), array_agg(a.state = 'present'), array_agg(a.class_id), array_agg(a.revision)
  into v_seen, v_present, v_classes, v_attendance
  from (
    select a.* from attendance a
    where a.tenant_id = p_tenant_id and a.day = p_day and a.category = p_category and a.child_id between p_first and p_last
      and (p_only is null or a.child_id = any (p_only))
    order by a.child_id) a;
  if v_seen is distinct from v_child_ids then
    -- Some are in no list, or were not when the wallets were locked: those wait for the next run.
    select array_agg(a.present order by asked.line), array_agg(a.class_id order by asked.line), array_agg(a.revision order by asked.line)
    into v_present, v_classes, v_attendance
    from unnest(v_child_ids) with ordinality as asked (id, line)
    left join unnest(v_seen, v_present, v_classes, v_attendance) as a (child_id, present, class_id, revision) on a.child_id = asked.id;
  end if;
  select array_agg(l.class_id) into v_closed from attendance_lists l
  where l.tenant_id = p_tenant_id and l.category = p_category and l.day = p_day and l.state = 'closed';
  select * into v_tariff from tariff_of(p_tenant_id, p_category, p_day);
  v_many := cardinality(v_child_ids) > 1000;
  v_by_place := array_position(v_classes, null) is not null;
  with purses as (
    select w.child_id, w.id, w.movements from wallets w
    where w.tenant_id = p_tenant_id and w.child_id between p_first and p_last and w.category = p_category
  ), latest as (
    select distinct on (c.child_id) c.* from meal_charges c
    where c.tenant_id = p_tenant_id and c.day = p_day and c.category = p_category and c.child_id between p_first and p_last
    order by c.child_id, c.revision desc
  ), known as (
    select a.child_id, w.id as wallet_id, w.movements, m.price_cents, a.revision as attendance_revision,
      last.revision, last.amount_cents, last.wallet_id as charged_wallet_id,
      last.revision is not null and last.reversed_at is null as stands,
      last.reversal_kind = 'office' and last.attendance_revision = a.revision as is_settled,
      a.present and (a.class_id is null or a.class_id = any (v_closed)) as is_due,
      case
        when a.present is not true then 'absent'
        when a.class_id is null then 'no-class'
        when m.child_id is null then 'not-enrolled'
        when m.day_type is null then 'no-service'
        when m.price_cents is null then 'no-price'
        when w.id is null then 'no-wallet'
      end as why_not
    from unnest(v_child_ids, v_present, v_classes, v_attendance) as a (child_id, present, class_id, revision)
    left join meal_prices_between(p_tenant_id, p_category, p_day, p_school_year, v_child_ids, v_classes, p_first, p_last,
      v_many, v_by_place, v_tariff.plan_id, v_tariff.bands) m on m.child_id = a.child_id
    left join purses w on w.child_id = a.child_id
    left join latest last on last.child_id = a.child_id
  ), judged as (
    -- A standing charge is left alone where it is only unknown what would be right.
    select k.*, case
        when k.stands and k.why_not in ('absent', 'not-enrolled', 'no-service') then k.why_not
        when k.stands and k.why_not is null and k.price_cents <> k.amount_cents then 'price'
      end as wrong_kind
    from known k
  ), verdicts as (
    select j.*, j.is_due and j.why_not is null and (not j.stands or j.wrong_kind is not null) and j.is_settled is not true as is_charged,
      -- What is taken back of the same wallet comes first.
      j.movements + 1 + (j.wrong_kind is not null and j.amount_cents > 0 and j.charged_wallet_id = j.wallet_id)::int as movement
    from judged j order by j.wallet_id
  )
  select
    array_agg(child_id) filter (where is_charged), array_agg(wallet_id) filter (where is_charged),
    array_agg(price_cents) filter (where is_charged),
    array_agg(coalesce(revision, 0) + 1) filter (where is_charged), array_agg(attendance_revision) filter (where is_charged),
    array_agg(movement) filter (where is_charged),
    array_agg(child_id) filter (where wrong_kind is not null), array_agg(revision) filter (where wrong_kind is not null),
    array_agg(wrong_kind) filter (where wrong_kind is not null),
    array_agg(charged_wallet_id) filter (where wrong_kind is not null and amount_cents > 0),
    array_agg(amount_cents) filter (where wrong_kind is not null and amount_cents > 0),
    array_agg(child_id) filter (where is_due and why_not <> 'absent'), array_agg(why_not) filter (where is_due and why_not <> 'absent')
  into v_due, v_due_wallets, v_due_amounts, v_due_revisions, v_due_attendance, v_due_movements, v_wrong, v_wrong_revisions, v_wrong_kinds, v_back_wallets, v_back_amounts,
    v_odd, v_odd_problems
  from verdicts;
  -- Not for the writing: foreign keys are checked row by row with kept plans, and would be planned row by row too.
  perform set_config('plan_cache_mode', 'auto', true);

  delete from meal_problems p using unnest(v_child_ids) as asked (id)
  where p.tenant_id = p_tenant_id and p.day = p_day and p.category = p_category and p.child_id = asked.id
    and p.child_id between p_first and p_last;
  insert into meal_problems (tenant_id, day, category, child_id, problem, seen_at)
  select p_tenant_id, p_day, p_category, odd.child_id, odd.problem, p_now from unnest(v_odd, v_odd_problems) as odd (child_id, problem);

  if v_back_wallets is not null then
    -- Of two rows that became one child, the wallet charged before is not the one that the judging went by.
    select array_agg(b.wallet_id order by b.wallet_id), array_agg(b.amount order by b.wallet_id) into v_back_wallets, v_back_amounts
    from unnest(v_back_wallets, v_back_amounts) as b (wallet_id, amount);
    perform ledger_book_meals(p_tenant_id, p_reversal_id, 'reversal', p_day || '/' || p_category || '/' || p_reversal_id,
      v_back_wallets, v_back_amounts, 1, p_now, p_now);
  end if;
  if v_wrong is not null then
    update meal_charges c set reversed_at = p_now, reversal_kind = w.kind,
      reversal_id = case when c.transaction_id is not null then p_reversal_id end
    from unnest(v_wrong, v_wrong_revisions, v_wrong_kinds) as w (child_id, revision, kind)
    where c.tenant_id = p_tenant_id and c.day = p_day and c.category = p_category and c.child_id = w.child_id and c.revision = w.revision;
  end if;

  if 0 = any (v_due_amounts) then
    select array_agg(d.wallet_id order by d.wallet_id), array_agg(d.amount order by d.wallet_id) into v_booked_wallets, v_booked_amounts
    from unnest(v_due_wallets, v_due_amounts) as d (wallet_id, amount) where d.amount > 0;
  else
    v_booked_wallets := v_due_wallets;
    v_booked_amounts := v_due_amounts;
  end if;
  if v_booked_wallets is not null then
    perform ledger_book_meals(p_tenant_id, p_charge_id, 'meal', p_day || '/' || p_category || '/' || p_charge_id,
      v_booked_wallets, v_booked_amounts, -1, p_occurred_at, p_now);
  end if;
  if v_due is not null then
    insert into meal_charges (tenant_id, day, category, child_id, revision, wallet_id, amount_cents, transaction_id, movement, plan_id,
      attendance_revision, charged_at)
    select p_tenant_id, p_day, p_category, d.child_id, d.revision, d.wallet_id, d.amount,
      case when d.amount > 0 then p_charge_id end, case when d.amount > 0 then d.movement end, v_tariff.plan_id, d.attendance_revision, p_now
    from unnest(v_due, v_due_revisions, v_due_wallets, v_due_amounts, v_due_movements, v_due_attendance)
      as d (child_id, revision, wallet_id, amount, movement, attendance_revision);
  end if;
  charged := coalesce(cardinality(v_booked_wallets), 0);
  free := coalesce(cardinality(v_due), 0) - charged;
  reversed := coalesce(cardinality(v_wrong), 0);
  problems := coalesce(cardinality(v_odd), 0);
  return next;
end $$;

{{app-functions tariff_of meal_prices_between}}
grant execute on function tariff_of, meal_prices_between to {{ledger}};
