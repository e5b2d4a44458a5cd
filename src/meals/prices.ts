import { sql } from 'kysely'
import type { RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import type { Tx } from '#core/db/tenant.ts'
import { cents, type Cents } from '#core/money.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'

/** What a day of a service costs a child, and why. */
export interface MealPrice {
  readonly childId: string
  readonly enrolmentId: string
  /** Where the child eats; undefined while it has no class in that school year. */
  readonly classId: string | undefined
  readonly schoolId: string | undefined
  /** The kind of day: empty for an ordinary one, undefined where the school has no service on that day. */
  readonly dayType: string | undefined
  /** The tariff plan that is valid; undefined where the enrolment's own tariff counts. */
  readonly planId: string | undefined
  /** The end of the family's band of income (ISEE), in cents; undefined for who declared none, or is above all bands. */
  readonly bandCents: bigint | undefined
  readonly siblingRank: number
  /** What an exemption takes off, in hundredths of the price. */
  readonly exemptPercent: number
  /** Undefined where the plan names no price for this child. */
  readonly priceCents: Cents | undefined
}

interface Row {
  child_id: string
  enrolment_id: string
  class_id: string | null
  school_id: string | null
  day_type: string | null
  plan_id: string | null
  band_cents: bigint | null
  sibling_rank: number
  exempt_percent: number | null
  price_cents: bigint | null
}

/**
 * What a meal costs each of the children on a Rome day, by the tariffs, incomes and exemptions that are valid then.
 * Children who are not enrolled in the service on that day are left out.
 */
export async function mealPrices(
  db: Db | Tx,
  tenantId: string,
  {
    category,
    day,
    childIds,
    schoolYear = schoolYearOf(day),
  }: {
    category: string
    day: RomeDate
    childIds: readonly string[]
    /** Whose classes and enrolments count; the day's own when left out. */
    schoolYear?: string
  },
): Promise<MealPrice[]> {
  const { rows } = await sql<Row>`
    select child_id, enrolment_id, class_id, school_id, day_type, plan_id, band_cents, sibling_rank, exempt_percent, price_cents
    from meal_prices(${tenantId}, ${category}, ${day}, ${schoolYear}, ${childIds}::uuid[])`.execute(db)
  return rows.map((row) => ({
    childId: row.child_id,
    enrolmentId: row.enrolment_id,
    classId: row.class_id ?? undefined,
    schoolId: row.school_id ?? undefined,
    dayType: row.day_type ?? undefined,
    planId: row.plan_id ?? undefined,
    bandCents: row.band_cents ?? undefined,
    siblingRank: row.sibling_rank,
    exemptPercent: row.exempt_percent ?? 0,
    priceCents: row.price_cents === null ? undefined : cents(row.price_cents),
  }))
}
