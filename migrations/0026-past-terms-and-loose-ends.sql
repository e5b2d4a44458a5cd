-- What an enrolment's terms were before they changed: a meal of the past keeps the sibling's rank and the tariff of its
-- day. A row tells what counted on the days before `before`; the enrolment itself tells what counts after the last one.
create table former_terms (
  tenant_id uuid not null,
  enrolment_id uuid not null,
  before date not null,
  sibling_rank smallint not null check (sibling_rank between 1 and 20),
  tariff_cents bigint not null,
  primary key (tenant_id, enrolment_id, before),
  foreign key (tenant_id, enrolment_id) references enrolments on delete cascade
);
{{isolate former_terms}}
grant select, insert, update (sibling_rank, tariff_cents) on former_terms to {{app}};
grant select on former_terms to {{ledger}};

-- What a meal costs on days without a tariff plan, once a plan's price took the place of it in tariff_cents.
alter table enrolments add column own_tariff_cents bigint;

-- A child that left its class before the year ended: from that day on it stands on none of its lists.
alter table placements add column left_on date;
grant update (left_on) on placements to {{app}};

-- As before, but for the sibling's rank, the tariff and the class, which are those of the day.
-- What a day of a service costs each of the children, and why: band (null: none), sibling and the part that an
-- exemption takes off. A child without an enrolment on that day is left out; a price is null where a plan is valid
-- that names none for the child. Without a plan the enrolment's own tariff counts. Halves of a cent are rounded up.
-- With the class in which each child ate, where that is known: who has moved since keeps the prices of that day's school.
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
  ), former as (
    select distinct on (f.enrolment_id) f.enrolment_id, f.sibling_rank, f.tariff_cents from former_terms f
    where f.tenant_id = p_tenant_id and f.before > p_day
    order by f.enrolment_id, f.before
  ), places as (
    select c.id, c.school_id, dense_rank() over (order by c.school_id) as school_number from classes c where c.tenant_id = p_tenant_id
  ), enrolled as (
    select e.child_id, e.id, coalesce(f.tariff_cents, e.own_tariff_cents, e.tariff_cents) as tariff_cents,
      coalesce(f.sibling_rank, e.sibling_rank) as sibling_rank, c.id as class_id, coalesce(c.school_id, v_nobody) as school_id,
      coalesce(c.school_number, 0) as school_number, width_bucket(i.isee_cents - 1, v_bands || 9223372036854775807) as band_number
    from unnest(p_child_ids, p_class_ids) as asked (id, ate_in)
    join enrolments e on e.tenant_id = p_tenant_id and e.child_id = asked.id and e.child_id between v_first and v_last
      and e.category = p_category and e.school_year = p_school_year
      and (e.starts_on is null or e.starts_on <= p_day) and (e.ends_on is null or e.ends_on >= p_day)
    left join placements p on p.tenant_id = p_tenant_id and p.child_id = case when asked.ate_in is null then asked.id end
      and p.child_id between v_first and v_last and p.school_year = p_school_year and (p.left_on is null or p.left_on > p_day)
    left join places c on c.id = coalesce(asked.ate_in, p.class_id)
    left join incomes i on i.child_id = asked.id
    left join former f on f.enrolment_id = e.id
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

-- As before, but for keeping an enrolment's own tariff where a plan's price takes its place, and for giving it back.
create or replace function refresh_prices(p_tenant_id uuid, p_day date, p_child_ids uuid[]) returns bigint
language plpgsql set search_path = public, pg_temp as $$
declare
  v_year constant text := case when extract(month from p_day) >= 8
    then extract(year from p_day) || '/' || extract(year from p_day) + 1
    else extract(year from p_day) - 1 || '/' || extract(year from p_day) end;
  v_group record;
  v_children uuid[];
  v_special uuid[];
  v_ids uuid[];
  v_prices bigint[];
  v_changed bigint;
  v_total bigint := 0;
begin
  perform enter_tenant(p_tenant_id);
  for v_group in
    select e.category, e.school_year, array_agg(e.child_id) as children, greatest(p_day, e.starts_on,
      case when e.school_year > v_year then make_date(left(e.school_year, 4)::int, 9, 1) end) as day
    from enrolments e
    where e.tenant_id = p_tenant_id and e.school_year >= v_year and (e.ends_on is null or e.ends_on >= p_day)
      and (p_child_ids is null or e.child_id = any (p_child_ids))
      and (e.own_tariff_cents is not null
        or exists (select from tariff_plans t where t.tenant_id = p_tenant_id and t.category = e.category))
    group by 1, 2, 4
  loop
    v_children := v_group.children;
    for i in 0 .. 6 loop
      select array_agg(m.enrolment_id) filter (where i = 0 or coalesce(m.day_type, '') = ''),
        array_agg(m.price_cents) filter (where i = 0 or coalesce(m.day_type, '') = ''),
        array_agg(m.child_id) filter (where m.day_type <> '')
      into v_ids, v_prices, v_special
      from meal_prices(p_tenant_id, v_group.category, v_group.day + i, v_group.school_year, v_children) m
      join enrolments own on own.tenant_id = p_tenant_id and own.id = m.enrolment_id
      where m.price_cents is not null and (m.plan_id is not null or own.own_tariff_cents is not null);
      update enrolments e set tariff_cents = priced.cents, own_tariff_cents = coalesce(e.own_tariff_cents, e.tariff_cents)
      from unnest(v_ids, v_prices) as priced (id, cents)
      where e.tenant_id = p_tenant_id and e.id = priced.id and e.tariff_cents <> priced.cents;
      get diagnostics v_changed = row_count;
      v_total := v_total + v_changed;
      exit when v_special is null;
      v_children := v_special;
    end loop;
  end loop;
  return v_total;
end $$;

-- Meals of a day are counted in meal_charges.
drop index ledger_meals_by_time;

-- Whether a receipt came from a rehearsal's sandbox: said by who settles it, for its transaction. Only such receipts are wiped
-- when an entity goes live; whatever else has come in, for a draft or by a mistake of routing, is real money.
alter table receipts add column rehearsed boolean not null default coalesce(current_setting('app.rehearsed', true), '') = 'yes';
update receipts r set rehearsed = true from tenants t where t.id = r.tenant_id and t.state = 'rehearsal' and t.live_since is null;

-- As before, but for real money, which stays.
create or replace function wipe_rehearsal(
  p_tenant_id uuid, p_audit_id uuid, p_actor_kind text, p_actor_id uuid, p_now timestamptz
) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_tenant tenants;
  v_facts jsonb;
  v_real uuid[];
begin
  perform enter_tenant(p_tenant_id);
  select * into v_tenant from tenants where id = p_tenant_id for update;
  if not found then
    raise exception 'no tenant %', p_tenant_id using errcode = 'P0002';
  elsif v_tenant.live_since is not null or v_tenant.state <> 'rehearsal' then
    raise exception 'the money of tenant % is no rehearsal', p_tenant_id using errcode = '42501';
  end if;
  -- Nobody opens or pays a top-up until this is done.
  perform 1 from wallets where tenant_id = p_tenant_id order by id for update;
  -- The real Node may have told of money before the rehearsal began: such receipts wait in suspense for a person, and stay.
  if exists (select from receipts where tenant_id = p_tenant_id and not rehearsed and (wallet_id is not null or top_up_id is not null)) then
    raise exception 'real money of tenant % lies in its wallets', p_tenant_id using errcode = '55000';
  end if;
  v_real := array(select ledger_transaction_id from receipts
    where tenant_id = p_tenant_id and not rehearsed and ledger_transaction_id is not null);
  select jsonb_build_object(
    'topUps', (select count(*) from top_ups where tenant_id = p_tenant_id),
    'receipts', (select count(*) from receipts where tenant_id = p_tenant_id and rehearsed),
    'receiptsCents', (select coalesce(sum(our_amount_cents), 0) from receipts where tenant_id = p_tenant_id and rehearsed),
    'transactions', (select count(*) from ledger_transactions where tenant_id = p_tenant_id and id <> all (v_real)),
    'openingCents', (select coalesce(sum(-p.amount_cents), 0) from ledger_postings p
      where p.tenant_id = p_tenant_id and p.account = 'opening-balance'),
    'walletsCents', (select coalesce(sum(balance_cents), 0) from wallets where tenant_id = p_tenant_id)
  ) into v_facts;
  delete from receipt_settlements where tenant_id = p_tenant_id;
  delete from reconciliation_differences where tenant_id = p_tenant_id;
  delete from receipt_recoveries where tenant_id = p_tenant_id;
  delete from bank_movements where tenant_id = p_tenant_id;
  delete from bank_statements where tenant_id = p_tenant_id;
  delete from fdr_lines where tenant_id = p_tenant_id;
  delete from fdr_flows where tenant_id = p_tenant_id;
  delete from fdr_watermarks where tenant_id = p_tenant_id;
  delete from receipt_copies c where tenant_id = p_tenant_id and exists (
    select from receipts r where r.tenant_id = p_tenant_id and r.id = c.receipt_id and r.rehearsed);
  delete from top_up_events where tenant_id = p_tenant_id;
  delete from announcements where tenant_id = p_tenant_id;
  delete from receipts where tenant_id = p_tenant_id and rehearsed;
  delete from top_ups where tenant_id = p_tenant_id;
  delete from carts where tenant_id = p_tenant_id;
  -- Answers that name payments, letters about them, and work that was to be done on them.
  delete from idempotency_keys where tenant_id = p_tenant_id;
  delete from outbox where tenant_id = p_tenant_id and (job in ('meals.charge', 'meals.recharge') or data ? 'topUpId'
    or (data ? 'receiptId' and not exists (
      select from receipts r where r.tenant_id = p_tenant_id and r.id::text = data ->> 'receiptId')) or data ->> 'emailId' in (
    select id::text from emails where tenant_id = p_tenant_id and kind in ('notice', 'receipt-available')));
  delete from emails where tenant_id = p_tenant_id and kind in ('notice', 'receipt-available');
  -- Who was said to have eaten while everything was pretended, what that cost, and what the office corrected of it.
  delete from meal_charges where tenant_id = p_tenant_id;
  delete from meal_problems where tenant_id = p_tenant_id;
  delete from attendance where tenant_id = p_tenant_id;
  delete from attendance_lists where tenant_id = p_tenant_id;
  delete from ledger_corrections where tenant_id = p_tenant_id;
  delete from till_entries where tenant_id = p_tenant_id;
  delete from till_counters where tenant_id = p_tenant_id;
  delete from wallet_state_changes where tenant_id = p_tenant_id;
  delete from ledger_postings where tenant_id = p_tenant_id and transaction_id <> all (v_real);
  delete from ledger_transactions where tenant_id = p_tenant_id and id <> all (v_real);
  update wallets set balance_cents = 0, movements = 0 where tenant_id = p_tenant_id and (balance_cents <> 0 or movements <> 0);
  insert into audit_log (tenant_id, id, at, actor_kind, actor_id, action, subject_kind, subject_id, details)
  values (p_tenant_id, p_audit_id, p_now, p_actor_kind, p_actor_id, 'rehearsal.wiped', 'tenant', p_tenant_id, v_facts);
  return v_facts;
end $$;

-- As before, but for a pretended family that became a real one: nothing of it is taken or closed.
create or replace function go_live(
  p_tenant_id uuid, p_audit_id uuid, p_actor_kind text, p_actor_id uuid, p_now timestamptz
) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_facts jsonb := wipe_rehearsal(p_tenant_id, p_audit_id, p_actor_kind, p_actor_id, p_now);
  v_family rehearsal_families;
begin
  delete from rehearsal_families where tenant_id = p_tenant_id returning * into v_family;
  -- What was made for pretending may have become somebody's: a parent was linked, the child was merged or got its name. Then
  -- it is the office's to clear away.
  if v_family.account_id is not null and not exists (
    select from guardianships g where g.tenant_id = p_tenant_id
      and (g.child_id = v_family.child_id) <> (g.account_id = v_family.account_id)
  ) and not exists (
    select from children c where c.tenant_id = p_tenant_id and (c.merged_into = v_family.child_id
      or (c.id = v_family.child_id and (c.fiscal_code_hash is not null or c.external_id is not null or c.merged_into is not null
        or (c.first_name, c.last_name) <> ('Alunno', 'Di Prova'))))
  ) and not exists (
    select from accounts a where a.tenant_id = p_tenant_id and a.id = v_family.account_id
      and (a.fiscal_code_hash is not null or (a.first_name, a.last_name) <> ('Genitore', 'Di Prova'))
  ) then
    begin
      delete from payment_codes where tenant_id = p_tenant_id and wallet_id in (
        select id from wallets where tenant_id = p_tenant_id and child_id = v_family.child_id);
      delete from wallets where tenant_id = p_tenant_id and child_id = v_family.child_id;
      delete from enrolments where tenant_id = p_tenant_id and child_id = v_family.child_id;
      delete from placements where tenant_id = p_tenant_id and child_id = v_family.child_id;
      delete from guardianships where tenant_id = p_tenant_id and child_id = v_family.child_id;
      delete from invitations where tenant_id = p_tenant_id and child_id = v_family.child_id;
      delete from sessions where tenant_id = p_tenant_id and account_id = v_family.account_id;
      delete from refresh_tokens where tenant_id = p_tenant_id and family_id in (
        select id from refresh_families where tenant_id = p_tenant_id and account_id = v_family.account_id);
      delete from refresh_families where tenant_id = p_tenant_id and account_id = v_family.account_id;
      delete from app_sign_in_codes where tenant_id = p_tenant_id and account_id = v_family.account_id;
      delete from password_resets where tenant_id = p_tenant_id and account_id = v_family.account_id;
      delete from email_confirmations where tenant_id = p_tenant_id and account_id = v_family.account_id;
      delete from passwords where tenant_id = p_tenant_id and account_id = v_family.account_id;
      delete from children where tenant_id = p_tenant_id and id = v_family.child_id;
      delete from accounts where tenant_id = p_tenant_id and id = v_family.account_id;
    exception when foreign_key_violation then
      -- Something else names them, attendance for one: they stay, and nobody can use them.
      update accounts set disabled_at = p_now where tenant_id = p_tenant_id and id = v_family.account_id;
      update wallets set state = 'closed' where tenant_id = p_tenant_id and child_id = v_family.child_id;
    end;
  end if;
  update tenants set state = 'live', live_since = p_now where id = p_tenant_id;
  return v_facts;
end $$;
