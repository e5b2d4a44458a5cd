import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { checkLedger } from '#core/ledger/check.ts'
import { settleInRehearsal, settleReceipt } from '#core/receipts/settle.ts'
import type { Tenant } from '#core/tenant.ts'
import { makeRehearsalFamily } from '#tenants/onboarding/rehearsal.ts'
import { wipeRehearsal } from '#tenants/onboarding/wipe.ts'
import { mergeChildren } from '#tenants/people/merge-children.ts'
import { changeState } from '#tenants/states.ts'
import { settlementOf } from './support/entities.ts'
import { openTestHouse } from './support/house.ts'
import { freshTenant, neverLive } from './support/onboarding.ts'
import { furnishedEntity } from './support/things.ts'

const world = await openTestHouse()
const { house, database, clock } = world
const { services } = house
const { owner } = database
const system = { kind: 'system' } as const
const ready = { reason: null, preflight: async () => [] }

const MONEY = ['receipts', 'ledger_transactions', 'ledger_postings', 'top_ups', 'receipt_copies'] as const
const countsOf = async (tenant: Tenant) => {
  const counts: Record<string, number> = {}
  for (const table of MONEY) {
    const { rows } = await sql<{ count: bigint }>`
      select count(*) from ${sql.table(table)} where tenant_id = ${tenant.id}`.execute(owner)
    counts[table] = Number(rows[0]!.count)
  }
  return counts
}

describe('what is no rehearsal’s', () => {
  test('a receipt that the real Node sent to a draft stays in suspense when the entity goes live, and what the sandbox sent goes', async () => {
    const tenant = await neverLive(world, await world.addTenant())
    const [id, fiscalCode] = [tenant.id, tenant.creditorFiscalCode]
    const nobody = { id, fiscalCode, segregationCode: tenant.segregationCode, walletId: '', childId: '' }
    const settlement = (noticeNumber: string) => settlementOf(nobody, { noticeNumber })
    const numbers = [`3${tenant.segregationCode}000000000000001`, `3${tenant.segregationCode}000000000000002`]
    expect(await settleReceipt(services.pool, tenant.id, settlement(numbers[0]!), clock.now())).toBe(
      'suspense-unknown',
    )
    await owner.updateTable('tenants').set({ state: 'rehearsal' }).where('id', '=', tenant.id).execute()
    await settleInRehearsal(services.pool, tenant.id, settlement(numbers[1]!), clock.now())
    expect(await countsOf(tenant)).toMatchObject({ receipts: 2, ledger_transactions: 2 })
    await wipeRehearsal(services.db, tenant.id, system, clock.now())
    await changeState(services, tenant.id, 'live', system, ready)
    const left = { receipts: 1, ledger_transactions: 1, ledger_postings: 2 }
    expect(await countsOf(tenant)).toMatchObject(left)
    const [receipt] = await owner
      .selectFrom('receipts')
      .select(['notice_number', 'rehearsed'])
      .where('tenant_id', '=', tenant.id)
      .execute()
    expect(receipt).toEqual({ notice_number: numbers[0], rehearsed: false })
    expect(await checkLedger(services.db, tenant.id)).toEqual([])
  })

  test('on a wallet keeps the entity from going live and from being wiped, and nothing is taken', async () => {
    const furnished = await furnishedEntity(world)
    const tenant = await neverLive(world, furnished.tenant, 'rehearsal')
    await sql`update receipts set rehearsed = false where tenant_id = ${tenant.id}`.execute(owner)
    const before = await countsOf(tenant)
    const real = { code: 'tenant.real_money' }
    await expect(changeState(services, tenant.id, 'live', system, ready)).rejects.toMatchObject(real)
    await expect(wipeRehearsal(services.db, tenant.id, system, clock.now())).rejects.toMatchObject(real)
    expect(await countsOf(tenant)).toEqual(before)
    expect((await freshTenant(world, tenant.id)).state).toBe('rehearsal')
  })

  test.each([
    ['is left alone', async () => {}, [0, 'gone']],
    [
      'was linked to a real parent',
      async (tenant: Tenant, childId: string) => {
        const { accountId } = await world.addFamily(tenant, 1)
        await owner
          .insertInto('guardianships')
          .values({ tenant_id: tenant.id, account_id: accountId, child_id: childId, since: clock.now() })
          .execute()
      },
      [2, 'active'],
    ],
    [
      'got a real child’s name',
      async (_: Tenant, childId: string) => {
        const named = { first_name: 'Ada', last_name: 'Provetti' }
        await owner.updateTable('children').set(named).where('id', '=', childId).execute()
      },
      [1, 'active'],
    ],
    [
      'took a real child’s row in',
      async (tenant: Tenant, childId: string) => {
        const { children, accountId } = await world.addFamily(tenant, 1)
        const twins = { stays: childId, goes: children[0]!.childId }
        await mergeChildren(services, { tenantId: tenant.id, accountId }, twins)
      },
      [2, 'active'],
    ],
  ] as const)('a pretended family that %s', async (_, become, [guardians, state]) => {
    const tenant = await neverLive(world, await world.addTenant(), 'rehearsal')
    await makeRehearsalFamily(services, tenant, { kind: 'system' })
    const { child_id: childId } = await owner
      .selectFrom('rehearsal_families')
      .select('child_id')
      .where('tenant_id', '=', tenant.id)
      .executeTakeFirstOrThrow()
    await become(tenant, childId)
    await changeState(services, tenant.id, 'live', system, ready)
    const linked = owner.selectFrom('guardianships').select('account_id').where('child_id', '=', childId)
    expect(await linked.execute()).toHaveLength(guardians)
    const wallet = owner.selectFrom('wallets').select('state').where('child_id', '=', childId)
    expect((await wallet.executeTakeFirst())?.state ?? 'gone').toBe(state)
  })
})
