import { expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import type { Tenant } from '#core/tenant.ts'
import { tokenUpkeep, TOKEN_KEPT_DAYS } from '#tenants/staff/token-upkeep.ts'
import { listStaffTokens, makeStaffToken, revokeStaffToken } from '#tenants/staff/tokens.ts'
import { openTestHouse } from './support/house.ts'
import { hire } from './support/office.ts'

const world = await openTestHouse()
const { clock, house } = world
const { services } = house
const night = () => tokenUpkeep(services).run()

/** A token that lives for 30 days, or for a year. */
async function made(tenant: Tenant, name: string, days: 30 | 365 = 30) {
  const { accountId } = await hire(world, tenant, 'administrator')
  const wanted = { name, scopes: ['meals:read'] as const, days }
  const { id } = (await makeStaffToken(services, tenant.id, wanted, { accountId, submission: newId() }))!
  return { id, revoke: () => revokeStaffToken(services, tenant.id, id, accountId) }
}

const namesOf = async (tenant: Tenant) =>
  (await listStaffTokens(services, tenant.id)).map(({ name }) => name).toSorted()

test('tokens are deleted some months after they ended, in every entity, and their lines in the log stay', async () => {
  const [here, there] = [await world.addTenant(), await world.addTenant()]
  await made(here, 'scaduto')
  await made(there, 'altrove')
  const revoked = await made(here, 'revocato', 365)
  await made(here, 'attivo', 365)
  await revoked.revoke()

  // The revoked one ended today, the others in 30 days.
  clock.forwardDays(TOKEN_KEPT_DAYS - 1)
  await night()
  expect(await namesOf(here)).toEqual(['attivo', 'revocato', 'scaduto'])
  clock.forwardDays(2)
  await night()
  expect(await namesOf(here)).toEqual(['attivo', 'scaduto'])
  clock.forwardDays(28)
  await night()
  expect([await namesOf(here), await namesOf(there)]).toEqual([['attivo', 'scaduto'], ['altrove']])
  clock.forwardDays(2)
  await night()
  expect([await namesOf(here), await namesOf(there)]).toEqual([['attivo'], []])

  const lines = await inTenant(services.db, here.id, (tx) =>
    tx
      .selectFrom('audit_log')
      .select('action')
      .where('tenant_id', '=', here.id)
      .where('subject_kind', '=', 'staff_token')
      .where('subject_id', '=', revoked.id)
      .orderBy('id')
      .execute(),
  )
  expect(lines.map(({ action }) => action)).toEqual(['staff_token.made', 'staff_token.revoked'])
})

test('who deletes them reads no hash of theirs', async () => {
  const read = services.relay.selectFrom('staff_tokens').select('token_hash').execute()
  await expect(read).rejects.toThrow('permission denied')
})
