import { addDays, romeDate } from '#core/clock.ts'
import { audit } from '#core/audit.ts'
import { inTenant } from '#core/db/tenant.ts'
import type { RecurringJob } from '#core/jobs/job.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'

/** Days for which guardians' hashes are kept after an entity's last day of passwords: it may have chosen the wrong day. */
export const PASSWORD_GRACE_DAYS = 30

/** A guess that still runs takes its count back: the sweep keeps out of its way. */
const COUNTS_KEPT_MS = 10 * 60_000
/** How long links are kept after they were sent: an hour's count of letters rests on them. */
const LINKS_KEPT_MS = 7 * 86_400_000

/** What is cleared away by itself: counts that are over, old links, and passwords that nobody may use any more. */
export function passwordUpkeep(services: Services): RecurringJob[] {
  const { relay, clock, log } = services
  return [
    {
      name: 'guess.purge',
      lane: 'upkeep',
      every: { minutes: 5 },
      async run() {
        const now = clock.now()
        const over = new Date(now.getTime() - COUNTS_KEPT_MS)
        await relay.deleteFrom('guesses').where('window_ends_at', '<=', over).execute()
        const before = new Date(now.getTime() - LINKS_KEPT_MS)
        for (const table of ['password_resets', 'email_confirmations'] as const)
          await relay.deleteFrom(table).where('requested_at', '<', before).execute()
      },
    },
    {
      name: 'password.delete',
      lane: 'upkeep',
      every: { cron: '0 45 2 * * *' },
      async run() {
        const deleted = await deleteEndedPasswords(services)
        if (deleted > 0) log.info({ deleted }, 'passwords deleted after their end')
      },
    },
  ]
}

/**
 * Deletes the guardians' password hashes of every entity whose last day of passwords lies more than
 * {@link PASSWORD_GRACE_DAYS} days back, and what leads to them. The staff keep theirs. Answers how many.
 */
export async function deleteEndedPasswords(
  services: Pick<Services, 'relay' | 'db' | 'tenants' | 'clock'>,
): Promise<number> {
  const today = romeDate(services.clock.now())
  let deleted = 0
  for (const { id } of await services.relay.selectFrom('tenants').select('id').orderBy('id').execute()) {
    const tenant = await services.tenants.byId(id)
    const until = tenant?.policies.passwordLoginUntil
    if (tenant && until && today > addDays(until, PASSWORD_GRACE_DAYS))
      deleted += await deletePasswords(services, tenant)
  }
  return deleted
}

async function deletePasswords(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  { id: tenantId }: Tenant,
): Promise<number> {
  return inTenant(db, tenantId, async (tx) => {
    const gone = await tx
      .deleteFrom('passwords')
      .using('accounts')
      .whereRef('accounts.tenant_id', '=', 'passwords.tenant_id')
      .whereRef('accounts.id', '=', 'passwords.account_id')
      .where('passwords.tenant_id', '=', tenantId)
      .where('accounts.kind', '=', 'guardian')
      .returning('passwords.account_id')
      .execute()
    for (const table of ['password_resets', 'password_reset_requests'] as const)
      await tx.deleteFrom(table).where('tenant_id', '=', tenantId).execute()
    if (gone.length > 0) {
      const details = { count: gone.length }
      await audit(
        tx,
        tenantId,
        { actor: { kind: 'system' }, action: 'password.deleted', details },
        clock.now(),
      )
    }
    return gone.length
  })
}
