import type { Pool } from '#core/db/connect.ts'
import { DomainError } from '#core/errors.ts'
import { settleReceipt, type Settlement } from '#core/receipts/settle.ts'
import { isRehearsing, type Tenant, type TenantDirectory } from '#core/tenant.ts'
import type { World } from './caller.ts'

/**
 * The entities that a caller's world can reach: the real Node never one in rehearsal, the rehearsals' sandbox no other. To
 * each the rest does not exist.
 */
export function tenantsOfWorld(directory: TenantDirectory, world: World): TenantDirectory {
  if (world === 'any') return directory
  const isOurs = (tenant: Tenant) => isRehearsing(tenant) === (world === 'rehearsal')
  const one = async (found: Promise<Tenant | undefined>) => {
    const tenant = await found
    return tenant && isOurs(tenant) ? tenant : undefined
  }
  return {
    byId: (id) => one(directory.byId(id)),
    byCreditor: (fiscalCode, segregationCode) => one(directory.byCreditor(fiscalCode, segregationCode)),
    byServiceSubject: (fiscalCode, subjectId) => one(directory.byServiceSubject(fiscalCode, subjectId)),
    ofCreditor: async (fiscalCode) => (await directory.ofCreditor(fiscalCode)).filter(isOurs),
  }
}

/**
 * Settles a receipt of the rehearsals' sandbox while the entity surely rehearses: what is remembered of it may be seconds old,
 * and play money must never reach one that has gone live meanwhile. Going live waits for the lock, or we for it.
 * @throws DomainError tenant.unknown once the rehearsal is over
 */
export function settleInRehearsal(pool: Pool, tenantId: string, settlement: Settlement, now: Date) {
  return pool.begin(async (tx) => {
    const [row] = await tx<{ state: string; live_since: Date | null }[]>`
      select state, live_since from tenants where id = ${tenantId} for share`
    if (row?.state !== 'rehearsal' || row.live_since !== null) throw new DomainError('tenant.unknown')
    return settleReceipt(tx as unknown as Pool, tenantId, settlement, now)
  })
}
