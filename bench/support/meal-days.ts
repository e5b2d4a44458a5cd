import { addDays, type RomeDate } from '#core/clock.ts'
import type { Pool } from '#core/db/connect.ts'
import { KIND, type Population } from './population.ts'

/** Meals of one entity's children, days in turn. */
export interface MealDays {
  readonly population: Population
  readonly tenant: number
}

const FIRST_DAY: RomeDate = '2026-09-14'
const CHILDREN_PER_CLASS = 25

/** The running day of the school year: one without an end, so that no slice falls on a Sunday. */
export function mealDay(number: number): RomeDate {
  return addDays(FIRST_DAY, number)
}

/**
 * Gives the children of an entity schools, classes of {@link CHILDREN_PER_CLASS}, a service that runs every day, a
 * tariff of four bands of income for every second child to declare one, and an exemption for each hundredth.
 */
export async function openCanteen(filler: Pool, { population, tenant }: MealDays): Promise<void> {
  const id = filler`bench_id(${KIND.tenant}, ${tenant})`
  const first = firstChild({ population, tenant })
  const children = population.walletsPerTenant
  const classes = Math.ceil(children / CHILDREN_PER_CLASS)
  await filler`insert into schools (tenant_id, id, code, name, created_at)
    select ${id}, bench_id(7, ${first} + n), 'S' || n, 'Scuola ' || n, now() from generate_series(0::bigint, 39) n`
  await filler`insert into classes (tenant_id, id, school_id, school_year, name, created_at)
    select ${id}, bench_id(8, ${first} + n), bench_id(7, ${first} + n % 40), '2026/2027', 'Classe ' || n, now()
    from generate_series(0::bigint, ${classes - 1}::bigint) n`
  await filler`insert into placements (tenant_id, child_id, school_year, class_id, since)
    select ${id}, bench_id(${KIND.child}, ${first} + n), '2026/2027', bench_id(8, ${first} + n / ${CHILDREN_PER_CLASS}::bigint), now()
    from generate_series(0::bigint, ${children - 1}::bigint) n`
  await filler`insert into service_periods (tenant_id, id, category, first_day, last_day, weekdays, created_at)
    values (${id}, bench_id(9, ${first}), 'REFEZIONE', '2026-09-01', '2027-07-31', 127, now())`
  await filler`insert into tariff_plans (tenant_id, id, category, valid_from, created_at)
    values (${id}, bench_id(10, ${first}), 'REFEZIONE', '2026-09-01', now())`
  await filler`insert into tariff_prices (tenant_id, plan_id, id, isee_up_to_cents, sibling_from, price_cents)
    select ${id}, bench_id(10, ${first}), bench_id(11, ${first} + row_number() over ()), band, sibling, price - 50 * (sibling - 1)
    from (values (500000, 150), (1000000, 280), (1500000, 390), (null, 520)) bands (band, price), generate_series(1, 2) sibling`
  await filler`insert into isee_declarations (tenant_id, child_id, valid_from, valid_until, isee_cents, recorded_at)
    select ${id}, bench_id(${KIND.child}, ${first} + n), '2026-01-01', '2027-12-31', n * 40, now()
    from generate_series(0::bigint, ${children - 1}::bigint, 2) n`
  await filler`insert into exemptions (tenant_id, id, child_id, category, percent, valid_from, valid_until, reason, created_at)
    select ${id}, bench_id(12, ${first} + n), bench_id(${KIND.child}, ${first} + n), 'REFEZIONE', 50, '2026-09-01', '2027-07-31', 'x', now()
    from generate_series(0::bigint, ${children - 1}::bigint, 100) n`
}

/** Closed lists of a day in which every child of the entity ate. */
export async function closeLists(
  filler: Pool,
  { population, tenant }: MealDays,
  day: RomeDate,
): Promise<void> {
  const id = filler`bench_id(${KIND.tenant}, ${tenant})`
  const first = firstChild({ population, tenant })
  const children = population.walletsPerTenant
  await filler`insert into attendance_lists (tenant_id, category, day, class_id, state, saved_at)
    select tenant_id, 'REFEZIONE', ${day}, id, 'closed', now() from classes where tenant_id = ${id}`
  await filler`insert into attendance (tenant_id, day, category, child_id, state, class_id, source, recorded_at)
    select ${id}, ${day}, 'REFEZIONE', bench_id(${KIND.child}, ${first} + n), 'present',
      bench_id(8, ${first} + n / ${CHILDREN_PER_CLASS}::bigint), 'class', now()
    from generate_series(0::bigint, ${children - 1}::bigint) n`
}

/** The number of an entity's first wallet and child: they are numbered alike. */
export function firstChild({ population, tenant }: MealDays): number {
  return population.firstWallet + (tenant - population.firstTenant) * population.walletsPerTenant
}
