import { expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { openTestHouse } from './support/house.ts'

const { house, addTenant, addFamily } = await openTestHouse()
const { sessions, services } = house
const HOUR_MS = 3_600_000

/** A session of the face that has this long to live. */
async function lasting(face: 'portal' | 'app' | 'office', ms: number) {
  const tenant = await addTenant()
  const { accountId } = await addFamily(tenant, 1)
  const { token } = await sessions.begin(tenant.id, accountId, face)
  await inTenant(services.db, tenant.id, (tx) =>
    tx
      .updateTable('sessions')
      .set({ expires_at: new Date(Date.now() + ms) })
      .where('tenant_id', '=', tenant.id)
      .execute(),
  )
  return { tenant, token }
}

test.each([
  ['portal', 12],
  ['app', 30 * 24],
  ['office', 8],
] as const)(
  'a session of the %s past its half lives its own lifetime more, and no other face sees it',
  async (face, hours) => {
    const { tenant, token } = await lasting(face, (hours / 2 - 1) * HOUR_MS)
    for (const other of (['portal', 'app', 'office'] as const).filter((one) => one !== face))
      expect(await sessions.find(tenant.id, token, other)).toBeUndefined()
    const found = await sessions.find(tenant.id, token, face)
    expect((found!.expiresAt.getTime() - Date.now()) / HOUR_MS).toBeCloseTo(hours, 1)
  },
)
