import { sql } from 'kysely'
import type { RecurringJob } from '#core/jobs/job.ts'
import type { Services } from '#core/services.ts'

/**
 * For how many days after its end, by its day or by revocation, a token stays on the administrators' list: long enough to
 * see why a machine came to a halt over a summer. What was done with it stays in the log.
 */
export const TOKEN_KEPT_DAYS = 90

/** Deletes the tokens that ended long ago, in every entity. Answers how many. */
export async function purgeStaffTokens({ relay, clock }: Pick<Services, 'relay' | 'clock'>): Promise<number> {
  const before = new Date(clock.now().getTime() - TOKEN_KEPT_DAYS * 86_400_000)
  // least() passes over a null: what nobody revoked ended on its day.
  const result = await sql`delete from staff_tokens where least(expires_at, revoked_at) < ${before}`.execute(
    relay,
  )
  return Number(result.numAffectedRows ?? 0n)
}

/** Every night. */
export function tokenUpkeep(services: Services): RecurringJob {
  return {
    name: 'token.purge',
    lane: 'upkeep',
    every: { cron: '0 50 3 * * *' },
    async run() {
      const purged = await purgeStaffTokens(services)
      if (purged > 0) services.log.info({ purged }, 'tokens that ended long ago deleted')
    },
  }
}
