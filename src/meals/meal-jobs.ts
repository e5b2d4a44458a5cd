import { sql } from 'kysely'
import { z } from 'zod'
import { isRomeDate, romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { defineJob, type Job, type RecurringJob } from '#core/jobs/job.ts'
import { enqueue } from '#core/jobs/outbox.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { chargeDay, type MealDay } from './charges.ts'
import { chargeableFrom } from './chargeable-from.ts'
import { rechargeJob } from './recharge-job.ts'

const CHARGE_JOB = 'meals.charge'

/** Charges one day of one entity, or what has changed of some children's past days. */
export function mealJobs(services: Services): Job[] {
  return [
    defineJob({
      name: CHARGE_JOB,
      lane: 'upkeep',
      data: z.object({
        tenantId: z.uuid(),
        category: z.string().max(20),
        day: z.string().refine(isRomeDate),
      }),
      async run({ tenantId, category, day }) {
        const outcome = await chargeDay(services, tenantId, { category, day }, { kind: 'system' })
        services.log.info({ tenantId, category, day, ...outcome }, 'meals charged')
      },
    }),
    rechargeJob(services),
  ]
}

/** Looks for closed lists whose day has come. */
export function mealUpkeep(services: Services): RecurringJob[] {
  return [
    {
      name: 'meals.ask',
      lane: 'upkeep',
      every: { minutes: 10 },
      run: async () => void (await askForDueCharges(services)),
    },
  ]
}

/** Asks for the charges of every day that has closed lists which are not charged yet. Answers how many. */
export async function askForDueCharges({
  relay,
  db,
  clock,
  tenants,
  nudge,
}: Pick<Services, 'relay' | 'db' | 'clock' | 'tenants' | 'nudge'>): Promise<number> {
  const now = clock.now()
  const { rows } = await sql<{ tenant_id: string; category: string; day: string; saved_at: Date }>`
    select tenant_id, category, day, max(saved_at) as saved_at from attendance_lists
    where state = 'closed' and charged_revision < revision and day <= ${romeDate(now)}
    group by tenant_id, category, day order by tenant_id, day`.execute(relay)
  let asked = 0
  for (const { tenant_id: tenantId, category, day, saved_at } of rows) {
    const tenant = await tenants.byId(tenantId)
    if (!tenant || chargeableFrom(tenant.policies, day) > now) continue
    // One entry a state of the lists, however many processes ask.
    const dedupeKey = `${CHARGE_JOB} ${category} ${day} ${saved_at.toISOString()}`
    await inTenant(db, tenantId, (tx) =>
      enqueue(tx, { tenantId, job: CHARGE_JOB, data: { tenantId, category, day }, dedupeKey }, now),
    )
    asked++
  }
  if (asked > 0) nudge()
  return asked
}

/**
 * Asks for the charges of a day in the transaction that changes what they rest on: a list that is closed late, an
 * announcement withdrawn. Days whose hour has not come are left to it.
 */
export async function askForCharges(
  tx: Tx,
  { id: tenantId, policies }: Pick<Tenant, 'id' | 'policies'>,
  { category, day }: MealDay,
  now: Date,
): Promise<void> {
  if (chargeableFrom(policies, day) > now) return
  await enqueue(tx, { tenantId, job: CHARGE_JOB, data: { tenantId, category, day } }, now)
}

/**
 * Asks anew for every day of a span that has charges: after a change of tariffs or of the calendar, which touch everybody.
 * What touches some children alone is `askForRecharge`. Whoever makes one calls it in the same transaction, and
 * `services.nudge()` afterwards.
 * @param until the last day, included; without an end when left out
 * @returns how many days it were
 */
export async function askForChargesAnew(
  tx: Tx,
  tenantId: string,
  { category, from, until }: { category?: string | undefined; from: RomeDate; until?: RomeDate | undefined },
  now: Date,
): Promise<number> {
  const days = await chargedDays(tx, tenantId, { category, from, until })
  for (const day of days)
    await enqueue(
      tx,
      { tenantId, job: CHARGE_JOB, data: { tenantId, category: day.category, day: day.day } },
      now,
    )
  return days.length
}

/** The days of a span with standing charges or children who could not be charged, and how many meals stand. */
export async function chargedDays(
  tx: Tx,
  tenantId: string,
  { category, from, until }: { category?: string | undefined; from: RomeDate; until?: RomeDate | undefined },
): Promise<(MealDay & { meals: number })[]> {
  const { rows } = await sql<{ category: string; day: string; meals: bigint }>`
    select category, day, sum(meals)::bigint as meals from (
      select category, day, count(*) filter (where reversed_at is null) as meals from meal_charges
      where tenant_id = ${tenantId} and day >= ${from} and day <= ${until ?? '2999-12-31'} group by category, day
      union all
      select category, day, 0 from meal_problems
      where tenant_id = ${tenantId} and day >= ${from} and day <= ${until ?? '2999-12-31'} group by category, day) d
    where ${category ?? null}::text is null or category = ${category ?? null}
    group by category, day order by day, category`.execute(tx)
  return rows.map(({ category, day, meals }) => ({ category, day, meals: Number(meals) }))
}
