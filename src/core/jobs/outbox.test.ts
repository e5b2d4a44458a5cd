import { describe, expect, test } from 'vitest'
import { bareTenant } from '../../../test/support/entities.ts'
import { testDatabase } from '../../../test/support/database.ts'
import { inTenant } from '../db/tenant.ts'
import { enqueue, listFailing, park, putOff, replayParked } from './outbox.ts'

const database = await testDatabase()
const db = database.app
const start = new Date('2026-11-24T08:00:00Z')
const after = (minutes: number) => new Date(start.getTime() + minutes * 60_000)

async function entry(): Promise<{ tenantId: string; id: string }> {
  const { id: tenantId } = await bareTenant(db)
  await inTenant(db, tenantId, (tx) => enqueue(tx, { tenantId, job: 'test.away', data: {} }, start))
  return { tenantId, id: (await read(tenantId)).id }
}

async function read(tenantId: string) {
  return inTenant(db, tenantId, (tx) =>
    tx.selectFrom('outbox').selectAll().where('tenant_id', '=', tenantId).executeTakeFirstOrThrow(),
  )
}

/** What the relay does before each round in the queue. */
async function countRound(
  { tenantId, id }: { tenantId: string; id: string },
  attempt: number,
): Promise<void> {
  await database.relay
    .updateTable('outbox')
    .set({ attempt })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute()
}

describe('work for a third party that is away', () => {
  test('is put off ever longer, at most six hours', async () => {
    const one = await entry()
    const pauses: number[] = []
    for (let attempt = 1; attempt <= 8; attempt++) {
      await countRound(one, attempt)
      expect(await putOff(db, one.tenantId, one.id, 'Error: away', 168, start)).toBe(true)
      pauses.push(((await read(one.tenantId)).trusted_until.getTime() - start.getTime()) / 60_000)
    }
    expect(pauses).toEqual([1, 4, 16, 64, 256, 360, 360, 360])
  })

  test('is seen while it is tried again, and has its patience', async () => {
    const one = await entry()
    expect(await putOff(db, one.tenantId, one.id, 'Error: away', 2, after(119))).toBe(true)
    const failing = await listFailing(database.relay)
    expect(failing.find(({ id }) => id === one.id)).toMatchObject({
      parkedAt: null,
      lastError: 'Error: away',
    })
    expect(await putOff(db, one.tenantId, one.id, 'Error: away', 2, after(121))).toBe(false)
  })

  test('that was set aside stays so until a person gives it another round', async () => {
    const one = await entry()
    await park(db, one.tenantId, one.id, 'Error: refused', after(1))
    expect(await putOff(db, one.tenantId, one.id, 'Error: late news', 168, after(2))).toBe(false)
    expect(await read(one.tenantId)).toMatchObject({ parked_at: after(1), last_error: 'Error: refused' })
    expect(await replayParked(database.relay, after(3), one.id)).toBe(1)
    expect(await read(one.tenantId)).toMatchObject({ parked_at: null, trusted_until: after(3) })
  })
})
