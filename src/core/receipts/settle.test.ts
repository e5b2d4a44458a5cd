import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { appPool, bareTenant, bareTopUp, settlementOf } from '../../../test/support/entities.ts'
import { testDatabase } from '../../../test/support/database.ts'
import { inTenant } from '../db/tenant.ts'
import { checkLedger } from '../ledger/check.ts'
import { movementsPage } from '../ledger/movements.ts'
import { cents } from '../money.ts'
import { cancelTopUp, expireTopUpsOf } from '../top-ups/close.ts'
import { keepUnroutedReceipt, settleReceipt } from './settle.ts'

const database = await testDatabase()
const { pool, db } = appPool(database.urls.app)
afterAll(() => pool.end())
const now = new Date('2026-11-20T10:00:05Z')
let sequence = 0n
const nextNotice = () => `301${(++sequence).toString().padStart(15, '0')}`

async function balance(tenantId: string, walletId: string): Promise<bigint> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('wallets')
      .select('balance_cents')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', walletId)
      .executeTakeFirstOrThrow(),
  )
  return row.balance_cents
}

describe('a receipt', () => {
  test('credits the wallet, pays the top-up and asks for its copy, all at once', async () => {
    const tenant = await bareTenant(db)
    const noticeNumber = nextNotice()
    const topUpId = await bareTopUp(db, tenant, noticeNumber, 5000n)
    expect(await settleReceipt(pool, tenant.id, settlementOf(tenant, { noticeNumber }), now)).toBe('credited')
    expect(await balance(tenant.id, tenant.walletId)).toBe(5000n)
    await inTenant(db, tenant.id, async (tx) => {
      const topUp = await tx
        .selectFrom('top_ups')
        .select('state')
        .where('tenant_id', '=', tenant.id)
        .where('id', '=', topUpId)
        .executeTakeFirst()
      expect(topUp?.state).toBe('paid')
      const receipt = await tx
        .selectFrom('receipts')
        .selectAll()
        .where('tenant_id', '=', tenant.id)
        .executeTakeFirstOrThrow()
      expect(receipt).toMatchObject({
        copy_available_on: '2026-11-23',
        irregularities: [],
        wallet_id: tenant.walletId,
      })
      const jobs = await tx
        .selectFrom('outbox')
        .select(['job', 'data'])
        .where('tenant_id', '=', tenant.id)
        .orderBy('job')
        .execute()
      expect(jobs).toEqual([
        { job: 'receipt.generate', data: { tenantId: tenant.id, receiptId: receipt.id } },
        { job: 'top-up.announce', data: { tenantId: tenant.id, topUpId } },
      ])
    })
    expect(await checkLedger(db, tenant.id)).toEqual([])
  })

  test('sent 200 times, 20 at once, credits once', async () => {
    const tenant = await bareTenant(db)
    const noticeNumber = nextNotice()
    await bareTopUp(db, tenant, noticeNumber, 5000n)
    const settlement = settlementOf(tenant, { noticeNumber })
    const answers: string[] = []
    for (let round = 0; round < 10; round++) {
      const batch = Array.from({ length: 20 }, () => settleReceipt(pool, tenant.id, settlement, now))
      answers.push(...(await Promise.all(batch)))
    }
    expect(answers.filter((answer) => answer === 'credited')).toHaveLength(1)
    expect(answers.filter((answer) => answer === 'duplicate')).toHaveLength(199)
    expect(await balance(tenant.id, tenant.walletId)).toBe(5000n)
    expect(await checkLedger(db, tenant.id)).toEqual([])
  })

  test('of a notice that another receipt has paid is real money: it waits in suspense', async () => {
    const tenant = await bareTenant(db)
    const noticeNumber = nextNotice()
    await bareTopUp(db, tenant, noticeNumber, 5000n)
    const both = await Promise.all([
      settleReceipt(pool, tenant.id, settlementOf(tenant, { noticeNumber }), now),
      settleReceipt(pool, tenant.id, settlementOf(tenant, { noticeNumber }), now),
    ])
    expect(both.toSorted()).toEqual(['credited', 'suspense-paid-twice'])
    expect(await balance(tenant.id, tenant.walletId)).toBe(5000n)
    expect(await checkLedger(db, tenant.id)).toEqual([])
  })

  test('of an unknown notice of ours is stored and waits in suspense', async () => {
    const tenant = await bareTenant(db)
    expect(
      await settleReceipt(pool, tenant.id, settlementOf(tenant, { noticeNumber: nextNotice() }), now),
    ).toBe('suspense-unknown')
    const { rows } = await inTenant(db, tenant.id, (tx) =>
      sql<{
        sum: bigint
      }>`select sum(amount_cents)::bigint as sum from ledger_postings where tenant_id = ${tenant.id} and account = 'suspense'`.execute(
        tx,
      ),
    )
    expect(rows[0]?.sum).toBe(5000n)
    expect(await checkLedger(db, tenant.id)).toEqual([])
  })

  test('with another amount credits what was paid and is flagged', async () => {
    const tenant = await bareTenant(db)
    const noticeNumber = nextNotice()
    await bareTopUp(db, tenant, noticeNumber, 5000n)
    const settlement = settlementOf(tenant, {
      noticeNumber,
      amountCents: cents(4200),
      ourAmountCents: cents(4200),
    })
    expect(await settleReceipt(pool, tenant.id, settlement, now)).toBe('credited')
    expect(await balance(tenant.id, tenant.walletId)).toBe(4200n)
    const flagged = await inTenant(db, tenant.id, (tx) =>
      tx.selectFrom('receipts').select('irregularities').where('tenant_id', '=', tenant.id).execute(),
    )
    expect(flagged).toEqual([{ irregularities: ['amount-differs'] }])
  })

  test('after expiry or cancellation still credits: late receipts are real money', async () => {
    const tenant = await bareTenant(db)
    const [expired, cancelled] = [nextNotice(), nextNotice()]
    await bareTopUp(db, tenant, expired, 1000n)
    const cancelledId = await bareTopUp(db, tenant, cancelled, 2000n)
    await cancelTopUp(db, tenant.id, cancelledId, now)
    const late = new Date(Date.now() + 40 * 86_400_000)
    await expireTopUpsOf(db, tenant.id, late)
    for (const [noticeNumber, amount] of [
      [expired, 1000],
      [cancelled, 2000],
    ] as const) {
      const facts = { noticeNumber, amountCents: cents(amount), ourAmountCents: cents(amount) }
      expect(await settleReceipt(pool, tenant.id, settlementOf(tenant, facts), now)).toBe('credited')
    }
    expect(await balance(tenant.id, tenant.walletId)).toBe(3000n)
  })

  test.each([
    ['with outcome KO', { outcome: 'KO' as const }, 'creditor' as const, 'outcome-ko'],
    ['of another intermediary', {}, 'broadcast' as const, 'other-intermediary'],
    ['without a share of ours', { ourAmountCents: cents(0) }, 'creditor' as const, 'no-share'],
  ])('%s is stored and books nothing', async (_, change, role, disposition) => {
    const tenant = await bareTenant(db)
    const settlement = settlementOf(tenant, change, role)
    expect(await settleReceipt(pool, tenant.id, settlement, now)).toBe(disposition)
    expect(await settleReceipt(pool, tenant.id, settlement, now)).toBe('duplicate')
    const booked = await inTenant(db, tenant.id, (tx) =>
      tx.selectFrom('ledger_postings').selectAll().where('tenant_id', '=', tenant.id).execute(),
    )
    expect(booked).toEqual([])
    expect(await checkLedger(db, tenant.id)).toEqual([])
  })

  test('of a secondary beneficiary books only our share, in suspense', async () => {
    const tenant = await bareTenant(db)
    const settlement = settlementOf(
      tenant,
      { fiscalCode: '80000000001', ourAmountCents: cents(1200) },
      'secondary',
    )
    expect(await settleReceipt(pool, tenant.id, settlement, now)).toBe('suspense-unknown')
    expect(await checkLedger(db, tenant.id)).toEqual([])
  })

  test('of nobody here is kept once, for the operator', async () => {
    const lost = {
      idPa: '80000000002',
      fiscalCode: '80000000002',
      receiptId: 'r-1',
      reason: 'tenant.unknown',
      raw: Buffer.from('x'),
    }
    expect(await keepUnroutedReceipt(pool, lost, now)).toBe(true)
    expect(await keepUnroutedReceipt(pool, lost, now)).toBe(false)
    expect(await database.relay.selectFrom('unrouted_receipts').select('receipt_id').execute()).toEqual([
      { receipt_id: 'r-1' },
    ])
  })
})

test('a statement shows the running balance, page by page, newest first', async () => {
  const tenant = await bareTenant(db)
  for (let index = 1; index <= 7; index++) {
    const noticeNumber = nextNotice()
    await bareTopUp(db, tenant, noticeNumber, BigInt(index * 100))
    const facts = { noticeNumber, amountCents: cents(index * 100), ourAmountCents: cents(index * 100) }
    await settleReceipt(pool, tenant.id, settlementOf(tenant, facts), now)
  }
  const first = await movementsPage(db, tenant.id, tenant.walletId, { limit: 4 })
  expect(first.items.map(({ balanceAfterCents }) => balanceAfterCents)).toEqual([2800n, 2100n, 1500n, 1000n])
  const second = await movementsPage(db, tenant.id, tenant.walletId, { before: first.next, limit: 4 })
  expect(second.items.map(({ number, amountCents }) => [number, amountCents])).toEqual([
    [3, 300n],
    [2, 200n],
    [1, 100n],
  ])
  expect(second.next).toBeUndefined()
})
