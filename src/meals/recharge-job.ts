import { sql } from 'kysely'
import { z } from 'zod'
import { addDays, isRomeDate, romeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { defineJob, type Job } from '#core/jobs/job.ts'
import type { Services } from '#core/services.ts'
import { RECHARGE_JOB } from '#tenants/people/recharge.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { chargeableFrom } from './chargeable-from.ts'
import { chargeDay, type MealDay } from './charges.ts'

const day = z.string().refine(isRomeDate)
const data = z.object({
  tenantId: z.uuid(),
  category: z.string().max(20).optional(),
  from: day,
  until: day,
  childIds: z.array(z.uuid()).max(500),
})
type Asked = z.infer<typeof data>

/**
 * Brings the charges of some children's past days to what has changed: day by day, those children and nobody else. A day
 * whose hour has not come is left to it.
 */
export function rechargeJob(services: Services): Job {
  const { db, clock, tenants, log } = services
  return defineJob({
    name: RECHARGE_JOB,
    lane: 'upkeep',
    data,
    async run(asked) {
      const { tenantId } = asked
      const tenant = await tenants.byId(tenantId)
      if (!tenant) return
      const today = romeDate(clock.now())
      const last = chargeableFrom(tenant.policies, today) > clock.now() ? addDays(today, -1) : today
      const span = { ...asked, until: asked.until < last ? asked.until : last }
      const days = await inTenant(db, tenantId, async (tx) => {
        await findClasses(tx, span)
        return daysOf(tx, span)
      })
      for (const { childIds, ...meal } of days) {
        const outcome = await chargeDay(services, tenantId, meal, { kind: 'system' }, childIds)
        log.info({ tenantId, ...meal, ...outcome }, 'meals charged anew')
      }
    },
  })
}

/** Whoever ate without a class has one now: the meal is that class's, where its list of the day is closed. */
async function findClasses(tx: Tx, { tenantId, category, from, until, childIds }: Asked): Promise<void> {
  await sql`
    update attendance a set class_id = p.class_id
    from placements p
    where a.tenant_id = ${tenantId} and a.child_id = any (${childIds}::uuid[]) and a.day between ${from} and ${until}
      and a.class_id is null and (${category ?? null}::text is null or a.category = ${category ?? null})
      and p.tenant_id = ${tenantId} and p.child_id = a.child_id and p.school_year = ${schoolYearOf(from)}
      and (p.left_on is null or p.left_on > a.day)
      and exists (
        select from attendance_lists l where l.tenant_id = ${tenantId} and l.category = a.category and l.day = a.day
          and l.class_id = p.class_id and l.state = 'closed')`.execute(tx)
}

/** The days on which attendance of the children is known, with the children of each. */
async function daysOf(
  tx: Tx,
  { tenantId, category, from, until, childIds }: Asked,
): Promise<(MealDay & { childIds: string[] })[]> {
  const { rows } = await sql<{ category: string; day: string; child_ids: string[] }>`
    select category, day, array_agg(child_id::text order by child_id) as child_ids from attendance
    where tenant_id = ${tenantId} and child_id = any (${childIds}::uuid[]) and day between ${from} and ${until}
      and (${category ?? null}::text is null or category = ${category ?? null})
    group by category, day order by day, category`.execute(tx)
  return rows.map((row) => ({ category: row.category, day: row.day, childIds: row.child_ids }))
}
