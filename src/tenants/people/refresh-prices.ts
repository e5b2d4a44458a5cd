import { sql } from 'kysely'
import { romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import type { RecurringJob } from '#core/jobs/job.ts'
import type { Services } from '#core/services.ts'

/**
 * Keeps `enrolments.tariff_cents`, by which the portal tells how many meals a credit is worth, at what an ordinary day
 * costs at present. To be called wherever a price may have changed: a class, a sibling, an income, an exemption, a plan.
 * @param childIds of whom; left out, of all children of the entity
 * @returns how many enrolments have another price now
 */
export async function refreshPrices(
  tx: Tx,
  tenantId: string,
  today: RomeDate,
  childIds?: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ changed: bigint }>`
    select refresh_prices(${tenantId}, ${today}, ${childIds ?? null}::uuid[]) as changed`.execute(tx)
  return Number(rows[0]!.changed)
}

/** Plans, declarations and exemptions begin and end by themselves: prices follow them every night. */
export function priceUpkeep({ relay, db, clock, log }: Services): RecurringJob {
  return {
    name: 'prices.refresh',
    lane: 'upkeep',
    every: { cron: '0 10 0 * * *' },
    async run() {
      const tenants = await relay.selectFrom('tenants').select(['id', 'slug']).orderBy('slug').execute()
      for (const { id, slug } of tenants) {
        const today = romeDate(clock.now())
        const changed = await inTenant(db, id, (tx) => refreshPrices(tx, id, today))
        if (changed > 0) log.info({ tenant: slug, changed }, 'prices refreshed')
      }
    },
  }
}
