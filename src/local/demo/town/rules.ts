import { sql } from 'kysely'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import type { Services } from '#core/services.ts'
import { calendarOf } from './calendar.ts'
import { SCHOOLS } from './schools.ts'

const CATEGORY = 'REFEZIONE'
const WORKING_DAYS = 0b0011111

/** What a meal costs who declares no income: what the demonstration's child at a school of the town has agreed, in whichever year. */
export const FULL_PRICE_CENTS = 490

/** Bands of income in euro, with the price in cents of the first child and of the others. */
const BANDS: readonly [upTo: number | null, first: number, others: number][] = [
  [6_000, 190, 160],
  [12_000, 310, 270],
  [20_000, 410, 370],
  [null, FULL_PRICE_CENTS, 460],
]
/** What the council added to the prices by income from the second year on. */
const RISE_CENTS = 20

/** The canteen's days of the school year that begins in `year`, unless they are there. */
export async function openYear(tx: Tx, tenantId: string, year: number, now: Date): Promise<void> {
  const { first, last, closures } = calendarOf(year)
  const row = { tenant_id: tenantId, school_id: null, created_at: now }
  const known = await tx
    .selectFrom('service_periods')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('first_day', '=', first)
    .executeTakeFirst()
  if (known) return
  const days = { first_day: first, last_day: last, weekdays: WORKING_DAYS }
  await tx
    .insertInto('service_periods')
    .values({ ...row, ...days, id: newId(), category: CATEGORY })
    .execute()
  const closed = closures.map((closure) => ({
    ...row,
    id: newId(),
    category: null,
    first_day: closure.first,
    last_day: closure.last,
    reason: closure.reason,
  }))
  await tx.insertInto('closures').values(closed).execute()
}

/** The canteen's days and prices of school years: a plan a year, dearer for most in the second one. */
export async function writeRules(
  { db, clock }: Services,
  tenantId: string,
  schoolYears: readonly string[],
): Promise<void> {
  const now = clock.now()
  const tenant = { tenant_id: tenantId }
  await inTenant(db, tenantId, async (tx) => {
    for (const [index, schoolYear] of schoolYears.entries()) {
      const year = Number(schoolYear.slice(0, 4))
      const planId = newId()
      await openYear(tx, tenantId, year, now)
      await tx
        .insertInto('tariff_plans')
        .values({
          ...tenant,
          id: planId,
          category: CATEGORY,
          valid_from: `${year}-08-01`,
          note: `Delibera di Giunta n. ${40 + index}/${year}`,
          created_at: now,
          created_by: null,
        })
        .execute()
      const kept = await agreedElsewhere(tx, tenantId, schoolYear)
      const prices = BANDS.flatMap(([upTo, first, others]) =>
        [first, others].map((price, rank) => ({
          ...tenant,
          plan_id: planId,
          id: newId(),
          school_id: null,
          day_type: null,
          isee_up_to_cents: upTo === null ? null : BigInt(upTo) * 100n,
          sibling_from: rank + 1,
          price_cents: BigInt(price + (upTo === null ? 0 : index * RISE_CENTS)),
        })),
      )
      const row = { ...tenant, plan_id: planId, day_type: null, isee_up_to_cents: null, sibling_from: 1 }
      await tx
        .insertInto('tariff_prices')
        .values([...prices, ...kept.map((price) => ({ ...row, ...price, id: newId() }))])
        .execute()
    }
  })
}

/** What was agreed at the schools that are not the town's, where a demonstration's children go: what they were charged stays. */
async function agreedElsewhere(
  tx: Tx,
  tenantId: string,
  schoolYear: string,
): Promise<{ school_id: string; price_cents: bigint }[]> {
  const { rows } = await sql<{ school_id: string; price_cents: bigint }>`
    select s.id as school_id, max(e.tariff_cents) as price_cents
    from enrolments e
    join placements p on p.tenant_id = e.tenant_id and p.child_id = e.child_id and p.school_year = e.school_year
    join classes c on c.tenant_id = p.tenant_id and c.id = p.class_id
    join schools s on s.tenant_id = c.tenant_id and s.id = c.school_id
    where e.tenant_id = ${tenantId} and e.category = ${CATEGORY} and e.school_year = ${schoolYear}
      and not s.code = any (${SCHOOLS.map(({ code }) => code)}::text[])
    group by s.id`.execute(tx)
  return rows
}
