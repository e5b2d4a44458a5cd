import { audit } from '#core/audit.ts'
import { addDays, romeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import type { RecurringJob } from '#core/jobs/job.ts'
import type { Services } from '#core/services.ts'

/** For how many days after its last one a diet is kept: as long as somebody may ask what a child was served. */
export const DIET_KEPT_DAYS = 365

/**
 * Deletes the diets that ended long ago: nobody needs to know any more what a child did not eat (GDPR art. 5.1.e).
 * @returns how many
 */
export async function forgetDiets(db: Db, tenantId: string, now: Date): Promise<number> {
  const endedBefore = addDays(romeDate(now), -DIET_KEPT_DAYS)
  return inTenant(db, tenantId, async (tx) => {
    const gone = await tx
      .deleteFrom('diets')
      .where('tenant_id', '=', tenantId)
      .where('valid_until', '<', endedBefore)
      .executeTakeFirst()
    const count = Number(gone.numDeletedRows)
    if (count > 0)
      await audit(
        tx,
        tenantId,
        { actor: { kind: 'system' }, action: 'diet.deleted', details: { count, endedBefore } },
        now,
      )
    return count
  })
}

/** Every night, entity by entity. */
export function dietUpkeep({ relay, db, clock, log }: Services): RecurringJob {
  return {
    name: 'diets.forget',
    lane: 'upkeep',
    every: { cron: '0 35 3 * * *' },
    async run() {
      for (const { id, slug } of await relay.selectFrom('tenants').select(['id', 'slug']).execute()) {
        const count = await forgetDiets(db, id, clock.now())
        if (count > 0) log.info({ tenant: slug, count }, 'diets that ended long ago deleted')
      }
    },
  }
}
