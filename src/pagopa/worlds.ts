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
