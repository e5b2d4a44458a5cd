-- The meals of a day are booked as a batch: one transaction with a line for each family, instead of one for each meal.
-- What a meal was charged, and whether it was taken back, is told by its charge (docs/decisions/0025).

-- A batch moves every wallet of an entity at once: with room on its page a row moves without its keys.
alter table wallets set (fillfactor = 50);

-- A charge names the movement that it is: one key instead of two, and no posting that somebody else's charge is.
alter table meal_charges add column movement bigint;
update meal_charges c set movement = p.movement from ledger_postings p
where p.tenant_id = c.tenant_id and p.transaction_id = c.transaction_id and p.wallet_id = c.wallet_id;
alter table meal_charges
  drop constraint meal_charges_tenant_id_wallet_id_fkey,
  drop constraint meal_charges_tenant_id_transaction_id_fkey,
  add foreign key (tenant_id, wallet_id, movement) references ledger_postings (tenant_id, wallet_id, movement),
  add check ((transaction_id is null) = (movement is null));

-- Meals that are taken back together are one reversal, which names no transaction: each charge names the reversal.
alter table ledger_transactions drop constraint ledger_transactions_check,
  add check (case when kind = 'reversal' then reverses is not null or reference ~ '^\d{4}-\d{2}-\d{2}/[A-Z0-9_]+/[0-9a-f-]{36}$'
    else reverses is null end);

-- As before, but for where it looks: between the first and the last of the children asked for. Whoever asks for a part
-- of an entity's children in their order has that part read, instead of everybody for each part.
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
#variable_conflict use_column
declare
  v_plan_id uuid;
  v_bands bigint[];
  v_nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  v_first constant uuid := (select id from unnest(p_child_ids) as asked (id) order by id limit 1);
  v_last constant uuid := (select id from unnest(p_child_ids) as asked (id) order by id desc limit 1);
  -- Then those between the first and the last are read without asking for each.
  v_many constant boolean := cardinality(p_child_ids) > 1000;
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
    from isee_declarations d
    where d.tenant_id = p_tenant_id and d.child_id between v_first and v_last and (v_many or d.child_id = any (p_child_ids))
      and d.valid_from <= p_day and d.valid_until >= p_day and v_plan_id is not null
    order by d.child_id, d.valid_from desc
  ), exempt as (
    select q.child_id, max(q.percent) as percent
    from exemptions q
    where q.tenant_id = p_tenant_id and q.child_id between v_first and v_last and (v_many or q.child_id = any (p_child_ids))
      and q.category = p_category and q.valid_from <= p_day and q.valid_until >= p_day
    group by q.child_id
  ), places as (
    select c.id, c.school_id, dense_rank() over (order by c.school_id) as school_number from classes c where c.tenant_id = p_tenant_id
  ), enrolled as (
    select e.child_id, e.id, e.tariff_cents, e.sibling_rank, c.id as class_id, coalesce(c.school_id, v_nobody) as school_id,
      coalesce(c.school_number, 0) as school_number, width_bucket(i.isee_cents - 1, v_bands || 9223372036854775807) as band_number
    from unnest(p_child_ids, p_class_ids) as asked (id, ate_in)
    join enrolments e on e.tenant_id = p_tenant_id and e.child_id = asked.id and e.child_id between v_first and v_last
      and e.category = p_category and e.school_year = p_school_year
      and (e.starts_on is null or e.starts_on <= p_day) and (e.ends_on is null or e.ends_on >= p_day)
    left join placements p on p.tenant_id = p_tenant_id and p.child_id = case when asked.ate_in is null then asked.id end
      and p.child_id between v_first and v_last and p.school_year = p_school_year
    left join places c on c.id = coalesce(asked.ate_in, p.class_id)
    left join incomes i on i.child_id = asked.id
  ), cases as (
    -- Children differ in thousands, their cases in dozens, so prices are looked up once a case. One number names a case: of
    -- several columns the planner believes that hardly any two rows agree in all, and compares each child with each case.
    select e.*, coalesce(v_bands[e.band_number + 1], -1) as band,
      (e.school_number * 1000 + coalesce(e.band_number + 1, 0)) * 32768 + e.sibling_rank as number
    from enrolled e
  ), days as (
    select s.school_id, service_day_type(p_tenant_id, p_category, p_day, nullif(s.school_id, v_nobody)) as day_type
    from (select distinct e.school_id from enrolled e) s
  ), priced as materialized (
    select k.number, d.day_type, (
      select t.price_cents from tariff_prices t
      where t.tenant_id = p_tenant_id and t.plan_id = v_plan_id
        and (t.school_id is null or t.school_id = k.school_id)
        and (t.day_type is null or t.day_type = d.day_type)
        and (t.isee_up_to_cents is null or (k.band >= 0 and t.isee_up_to_cents >= k.band))
        and t.sibling_from <= k.sibling_rank
      order by t.school_id is null, t.day_type is null, t.isee_up_to_cents nulls last, t.sibling_from desc limit 1
    ) as price_cents
    from (select distinct c.number, c.school_id, c.band, c.sibling_rank from cases c) k
    join days d on d.school_id = k.school_id
  )
  select e.child_id, e.id, e.class_id, nullif(e.school_id, v_nobody), p.day_type, v_plan_id, nullif(e.band, -1), e.sibling_rank,
    x.percent, ((case when v_plan_id is null then e.tariff_cents else p.price_cents end)
      * (100 - coalesce(x.percent, 0)) + 50) / 100
  from cases e
  join priced p on p.number = e.number
  left join exempt x on x.child_id = e.child_id;
end $$;

-- Books meals of one day (p_sign -1), or their taking back (1), as one transaction: a line for each wallet, in the order
-- given, and the sum as income. Each wallet comes once; they are locked already.
create function ledger_book_meals(
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

-- Brings the charges of some children on one day to what attendance and prices say, all or nothing: what is wrong is
-- taken back with its reason, what is missing is charged under the next revision, what cannot be charged is listed.
-- They are those of p_only or, where that is null, all of the day from p_first to p_last. The wallets are locked before
-- anything is judged, so two calls at once end like one. p_charge_id and p_reversal_id are the transactions', if any.
drop function charge_meals(uuid, text, date, text, uuid[], uuid[], timestamptz, timestamptz);
create function charge_meals(
  p_tenant_id uuid, p_category text, p_day date, p_school_year text, p_first uuid, p_last uuid, p_only uuid[], p_charge_id uuid,
  p_reversal_id uuid, p_occurred_at timestamptz, p_now timestamptz
) returns table (charged bigint, free bigint, reversed bigint, problems bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_child_ids uuid[] := p_only;
  v_seen uuid[];
  v_states text[];
  v_classes uuid[];
  v_attendance int[];
  v_closed uuid[];
  v_due uuid[];
  v_due_wallets uuid[];
  v_due_amounts bigint[];
  v_plan uuid;
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
begin
  perform enter_tenant(p_tenant_id);
  -- As in meal_prices.
  perform set_config('plan_cache_mode', 'force_custom_plan', true);
  if p_only is null then
    select array_agg(child_id) into v_child_ids from (
      select a.child_id from attendance a
      where a.tenant_id = p_tenant_id and a.day = p_day and a.category = p_category and a.child_id between p_first and p_last
      union
      select c.child_id from meal_charges c
      where c.tenant_id = p_tenant_id and c.day = p_day and c.category = p_category and c.child_id between p_first and p_last
        and c.reversed_at is null) concerned;
    if v_child_ids is null then
      return query select 0::bigint, 0::bigint, 0::bigint, 0::bigint;
      return;
    end if;
  end if;
  perform 1 from wallets w join unnest(v_child_ids) as asked (id) on w.child_id = asked.id
  where w.tenant_id = p_tenant_id and w.child_id between p_first and p_last and w.category = p_category order by w.id for update of w;
  -- As arrays: of a day that has just begun the planner believes that there is hardly a row, and would look up each child by itself.
  select array_agg(a.child_id), array_agg(a.state), array_agg(a.class_id), array_agg(a.revision)
  into v_seen, v_states, v_classes, v_attendance
  from attendance a
  where a.tenant_id = p_tenant_id and a.day = p_day and a.category = p_category and a.child_id between p_first and p_last
    and (p_only is null or a.child_id = any (p_only));
  select array_agg(l.class_id) into v_closed from attendance_lists l
  where l.tenant_id = p_tenant_id and l.category = p_category and l.day = p_day and l.state = 'closed';
  with purses as (
    select w.child_id, w.id, w.movements from wallets w
    where w.tenant_id = p_tenant_id and w.child_id between p_first and p_last and w.category = p_category
  ), latest as (
    select distinct on (c.child_id) c.* from meal_charges c
    where c.tenant_id = p_tenant_id and c.day = p_day and c.category = p_category and c.child_id between p_first and p_last
    order by c.child_id, c.revision desc
  ), known as (
    select asked.id as child_id, w.id as wallet_id, w.movements, m.plan_id, m.price_cents, a.revision as attendance_revision,
      last.revision, last.amount_cents, last.wallet_id as charged_wallet_id,
      last.revision is not null and last.reversed_at is null as stands,
      last.reversal_kind = 'office' and last.attendance_revision = a.revision as is_settled,
      a.state = 'present' and (a.class_id is null or a.class_id = any (v_closed)) as is_due,
      case
        when a.state is distinct from 'present' then 'absent'
        when a.class_id is null then 'no-class'
        when m.child_id is null then 'not-enrolled'
        when m.day_type is null then 'no-service'
        when m.price_cents is null then 'no-price'
        when w.id is null then 'no-wallet'
      end as why_not
    from unnest(v_child_ids) as asked (id)
    left join unnest(v_seen, v_states, v_classes, v_attendance) as a (child_id, state, class_id, revision) on a.child_id = asked.id
    left join meal_prices(p_tenant_id, p_category, p_day, p_school_year, v_seen, v_classes) m on m.child_id = asked.id
    left join purses w on w.child_id = asked.id
    left join latest last on last.child_id = asked.id
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
    array_agg(price_cents) filter (where is_charged), (array_agg(plan_id) filter (where plan_id is not null))[1],
    array_agg(coalesce(revision, 0) + 1) filter (where is_charged), array_agg(attendance_revision) filter (where is_charged),
    array_agg(movement) filter (where is_charged),
    array_agg(child_id) filter (where wrong_kind is not null), array_agg(revision) filter (where wrong_kind is not null),
    array_agg(wrong_kind) filter (where wrong_kind is not null),
    array_agg(charged_wallet_id) filter (where wrong_kind is not null and amount_cents > 0),
    array_agg(amount_cents) filter (where wrong_kind is not null and amount_cents > 0),
    array_agg(child_id) filter (where is_due and why_not <> 'absent'), array_agg(why_not) filter (where is_due and why_not <> 'absent')
  into v_due, v_due_wallets, v_due_amounts, v_plan, v_due_revisions, v_due_attendance, v_due_movements,
    v_wrong, v_wrong_revisions, v_wrong_kinds, v_back_wallets, v_back_amounts,
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
    select array_agg(d.wallet_id), array_agg(d.amount) into v_booked_wallets, v_booked_amounts
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
      case when d.amount > 0 then p_charge_id end, case when d.amount > 0 then d.movement end, v_plan, d.attendance_revision, p_now
    from unnest(v_due, v_due_revisions, v_due_wallets, v_due_amounts, v_due_movements, v_due_attendance)
      as d (child_id, revision, wallet_id, amount, movement, attendance_revision);
  end if;
  charged := coalesce(cardinality(v_booked_wallets), 0);
  free := coalesce(cardinality(v_due), 0) - charged;
  reversed := coalesce(cardinality(v_wrong), 0);
  problems := coalesce(cardinality(v_odd), 0);
  return next;
end $$;

-- As before, but it books as the batches do.
create or replace function take_back_meal(
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
    perform ledger_book_meals(p_tenant_id, p_id, 'reversal', p_day || '/' || p_category || '/' || p_id,
      array[v_charge.wallet_id], array[v_charge.amount_cents], 1, p_now, p_now);
  end if;
  update meal_charges set reversed_at = p_now, reversal_kind = 'office', reversal_note = p_note, reversed_by = p_by,
    reversal_id = case when v_charge.transaction_id is not null then p_id end
  where tenant_id = p_tenant_id and day = p_day and category = p_category and child_id = p_child_id and revision = v_charge.revision;
  return true;
end $$;
drop function ledger_reverse_meals(uuid, uuid[], uuid[], uuid[], bigint[], text[], timestamptz);

-- The charge that a wallet's line in a transaction is, or takes back; none for a meal that came into the books without one.
create function meal_charge_of(p_tenant_id uuid, p_transaction_id uuid, p_wallet_id uuid) returns setof meal_charges
language plpgsql stable set search_path = public, pg_temp as $$
declare
  v_reference text;
begin
  perform enter_tenant(p_tenant_id);
  -- In two steps: only what is surely a batch's name, or of old a charge's, is read as a day.
  select t.reference into v_reference from ledger_transactions t
  where t.tenant_id = p_tenant_id and t.id = p_transaction_id and t.kind in ('meal', 'reversal')
    and t.reference ~ '^\d{4}-\d{2}-\d{2}/[A-Z0-9_]+/[0-9a-f-]{36}(/\d+)?$';
  if found then
    return query select c.* from wallets w
      join meal_charges c on c.tenant_id = w.tenant_id and c.child_id = w.child_id and c.wallet_id = w.id
        and c.day = split_part(v_reference, '/', 1)::date and c.category = split_part(v_reference, '/', 2)
      where w.tenant_id = p_tenant_id and w.id = p_wallet_id and p_transaction_id in (c.transaction_id, c.reversal_id);
  end if;
end $$;

-- As before, but for meals that have a charge: those are taken back together with it, one by one.
create or replace function ledger_reverse(p_tenant_id uuid, p_id uuid, p_transaction_id uuid, p_reason text, p_now timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_accounts text[];
  v_wallets uuid[];
  v_amounts bigint[];
begin
  perform enter_tenant(p_tenant_id);
  if exists (
    select from ledger_postings p, meal_charge_of(p_tenant_id, p_transaction_id, p.wallet_id) c
    where p.tenant_id = p_tenant_id and p.transaction_id = p_transaction_id and p.wallet_id is not null
  ) then
    raise exception 'transaction % is of meals with charges', p_transaction_id using errcode = '55000';
  end if;
  select array_agg(account order by line), array_agg(wallet_id order by line), array_agg(-amount_cents order by line)
  into v_accounts, v_wallets, v_amounts
  from ledger_postings where tenant_id = p_tenant_id and transaction_id = p_transaction_id;
  if v_accounts is null then
    raise exception 'no transaction %', p_transaction_id using errcode = 'P0002';
  end if;
  perform ledger_book(p_tenant_id, p_id, 'reversal', p_reason, p_transaction_id, p_now, p_now, v_accounts, v_wallets, v_amounts);
end $$;

-- As before, but a meal is found by its wallet in the batch.
create or replace function ledger_book_correction(
  p_tenant_id uuid, p_id uuid, p_kind text, p_wallet_id uuid, p_amount_cents bigint, p_reverses uuid, p_reason text,
  p_asked_by uuid, p_transaction_id uuid, p_now timestamptz
) returns void
language plpgsql as $$
declare
  v_charge meal_charges;
begin
  if p_kind = 'reversal' then
    select * into v_charge from meal_charge_of(p_tenant_id, p_reverses, p_wallet_id);
    if found then
      -- Its day must know of it, or the next run would charge the meal anew.
      perform take_back_meal(p_tenant_id, v_charge.category, v_charge.day, v_charge.child_id, p_transaction_id, p_reason,
        p_asked_by, p_now);
      return;
    end if;
    -- The reference is the correction's: two reversals for the same reason are two.
    perform ledger_reverse(p_tenant_id, p_transaction_id, p_reverses, p_id::text, p_now);
    update till_entries set reversed_at = p_now where tenant_id = p_tenant_id and transaction_id = p_reverses;
  else
    perform ledger_book(p_tenant_id, p_transaction_id, 'adjustment', p_id::text, null, p_now, p_now,
      array['wallet', 'adjustments'], array[p_wallet_id, null]::uuid[], array[p_amount_cents, -p_amount_cents]);
  end if;
end $$;

-- As before, but whether a meal was taken back is told by its charge.
create or replace function ledger_adjust(
  p_tenant_id uuid, p_id uuid, p_kind text, p_wallet_id uuid, p_amount_cents bigint, p_reverses uuid, p_reason text,
  p_request_key text, p_asked_by uuid, p_transaction_id uuid, p_expires_at timestamptz, p_now timestamptz
) returns table (outcome text, correction_id uuid)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  v_limit bigint;
  v_kind text;
  v_reference text;
  v_amount bigint := p_amount_cents;
  v_lately bigint;
  v_waits boolean := false;
begin
  perform enter_tenant(p_tenant_id);
  -- The wallet's lock puts corrections of one wallet in a row, and the second press of a button behind the first.
  perform 1 from wallets w where w.tenant_id = p_tenant_id and w.id = p_wallet_id for update;
  if not found then
    return query select 'not-found', null::uuid;
    return;
  end if;
  return query select coalesce(c.outcome, 'waiting'), c.id from ledger_corrections c
    where c.tenant_id = p_tenant_id and c.asked_by = p_asked_by and c.request_key = p_request_key;
  if found then
    return;
  end if;
  if p_kind = 'reversal' then
    select t.kind, t.reference, -p.amount_cents into v_kind, v_reference, v_amount
    from ledger_transactions t
    join ledger_postings p on p.tenant_id = t.tenant_id and p.transaction_id = t.id and p.wallet_id = p_wallet_id
    where t.tenant_id = p_tenant_id and t.id = p_reverses;
    if v_kind is null then
      return query select 'not-found', null::uuid;
      return;
    elsif v_kind not in ('meal', 'till', 'adjustment') or v_reference like 'merge %' then
      -- Receipts, suspense, settlements and openings rest on papers of others; credit that moved between the two rows
      -- of one child is nobody's mistake.
      return query select 'not-correctable', null::uuid;
      return;
    elsif exists (select from ledger_transactions t where t.tenant_id = p_tenant_id and t.reverses = p_reverses)
      or v_kind = 'meal' and exists (
        select from meal_charge_of(p_tenant_id, p_reverses, p_wallet_id) c where c.reversed_at is not null) then
      return query select 'reversed', null::uuid;
      return;
    end if;
    update ledger_corrections c set outcome = 'expired', decided_at = c.expires_at
    where c.tenant_id = p_tenant_id and c.reverses = p_reverses and c.outcome is null and c.expires_at <= p_now;
    return query select 'asked', c.id from ledger_corrections c
      where c.tenant_id = p_tenant_id and c.reverses = p_reverses and c.outcome is null;
    if found then
      return;
    end if;
  end if;
  if v_kind is distinct from 'meal' then
    select coalesce((t.policies ->> 'adjustmentLimitCents')::bigint, 5000) into v_limit from tenants t where t.id = p_tenant_id;
    select coalesce(sum(c.amount_cents), 0) into v_lately from ledger_corrections c
    where c.tenant_id = p_tenant_id and c.wallet_id = p_wallet_id and c.asked_by = p_asked_by
      and c.asked_at > p_now - interval '24 hours' and c.outcome = 'booked' and c.expires_at is null
      and c.reversed_kind is distinct from 'meal';
    v_waits := abs(v_amount) > v_limit or abs(v_amount + v_lately) > v_limit;
  end if;
  if not v_waits then
    perform ledger_book_correction(p_tenant_id, p_id, p_kind, p_wallet_id, v_amount, p_reverses, p_reason, p_asked_by,
      p_transaction_id, p_now);
  end if;
  insert into ledger_corrections (tenant_id, id, kind, wallet_id, amount_cents, reverses, reversed_kind, reason, request_key,
    asked_by, asked_at, expires_at, outcome, decided_at, transaction_id)
  values (p_tenant_id, p_id, p_kind, p_wallet_id, v_amount, p_reverses, v_kind, p_reason, p_request_key, p_asked_by, p_now,
    case when v_waits then p_expires_at end, case when not v_waits then 'booked' end,
    case when not v_waits then p_now end, case when not v_waits then p_transaction_id end);
  return query select case when v_waits then 'waiting' else 'booked' end, p_id;
end $$;

{{app-functions meal_charge_of}}
grant execute on function meal_charge_of to {{ledger}};
{{ledger-functions ledger_book_meals() charge_meals(app) ledger_reverse(app) take_back_meal(app) ledger_book_correction() ledger_adjust(app)}}
