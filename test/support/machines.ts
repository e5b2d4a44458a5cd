import { newId } from '#core/ids.ts'
import type { StaffScope } from '#core/db/token-tables.ts'
import type { Tenant } from '#core/tenant.ts'
import { makeStaffToken, revokeStaffToken, STAFF_SCOPES } from '#tenants/staff/tokens.ts'
import type { TestHouse } from './house.ts'
import { hire } from './office.ts'

/** A token for a machine, made by a colleague; it may everything that the colleague may unless told. */
export async function machineToken(
  { house }: TestHouse,
  tenant: Tenant,
  accountId: string,
  scopes: readonly StaffScope[] = STAFF_SCOPES,
): Promise<{ id: string; token: string }> {
  const wanted = { name: 'Tablet di prova', scopes, days: 365 } as const
  const by = { accountId, submission: newId() }
  return (await makeStaffToken(house.services, tenant.id, wanted, by))!
}

/** The tokens of an entity's machines: one for each scope, and one that was revoked. */
export async function machinesOf(
  world: TestHouse,
  tenant: Tenant,
): Promise<Record<StaffScope | 'revoked', string>> {
  const { accountId } = await hire(world, tenant, 'administrator')
  const made = async (scope: StaffScope) => (await machineToken(world, tenant, accountId, [scope])).token
  const revoked = await machineToken(world, tenant, accountId)
  await revokeStaffToken(world.house.services, tenant.id, revoked.id, accountId)
  return {
    'attendance:write': await made('attendance:write'),
    'till:write': await made('till:write'),
    'meals:read': await made('meals:read'),
    revoked: revoked.token,
  }
}
