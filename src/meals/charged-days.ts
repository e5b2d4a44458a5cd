import { sql } from 'kysely'
import type { RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import { cents, type Cents } from '#core/money.ts'
import type { MealDay } from './charges.ts'

/** A day in numbers. */
export interface ChargedDay extends MealDay {
  readonly service: string
  /** Standing charges, those of meals without a price among them. */
  readonly meals: number
  readonly free: number
  readonly cents: Cents
  /** Taken back at any time. */
  readonly reversed: number
  /** Children who ate and could not be charged. */
  readonly problems: number
  /** Closed lists that have changed since the last run. */
  readonly toCharge: number
}

interface Row {
  category: string
  label: string
  day: string
  meals: bigint
  free: bigint
  cents: bigint
  reversed: bigint
  problems: bigint
  to_charge: bigint
}

/** The days of a span that have lists or charges, the newest first. */
export async function chargedDaysBetween(
  db: Db,
  tenantId: string,
  { from, until }: { from: RomeDate; until: RomeDate },
): Promise<ChargedDay[]> {
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<Row>`
      select d.category, c.label, d.day, sum(meals)::bigint as meals, sum(free)::bigint as free, sum(cents)::bigint as cents,
        sum(reversed)::bigint as reversed, sum(problems)::bigint as problems, sum(to_charge)::bigint as to_charge
      from (
        select category, day, count(*) filter (where reversed_at is null) as meals,
          count(*) filter (where reversed_at is null and amount_cents = 0) as free,
          coalesce(sum(amount_cents) filter (where reversed_at is null), 0) as cents,
          count(*) filter (where reversed_at is not null) as reversed, 0 as problems, 0 as to_charge
        from meal_charges where tenant_id = ${tenantId} and day between ${from} and ${until} group by category, day
        union all
        select category, day, 0, 0, 0, 0, count(*), 0
        from meal_problems where tenant_id = ${tenantId} and day between ${from} and ${until} group by category, day
        union all
        select category, day, 0, 0, 0, 0, 0, count(*) filter (where charged_revision < revision)
        from attendance_lists
        where tenant_id = ${tenantId} and day between ${from} and ${until} and state = 'closed' group by category, day) d
      join service_categories c on c.tenant_id = ${tenantId} and c.code = d.category
      group by d.category, c.label, d.day order by d.day desc, c.label`.execute(tx),
  )
  return rows.map((row) => ({
    category: row.category,
    service: row.label,
    day: row.day,
    meals: Number(row.meals),
    free: Number(row.free),
    cents: cents(row.cents),
    reversed: Number(row.reversed),
    problems: Number(row.problems),
    toCharge: Number(row.to_charge),
  }))
}
