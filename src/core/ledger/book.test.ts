import { sql } from 'kysely'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { appPool, bareTenant, bareTopUp, settlementOf } from '../../../test/support/entities.ts'
import { testDatabase } from '../../../test/support/database.ts'
import { inTenant, sqlState, UNIQUE_VIOLATION } from '../db/tenant.ts'
import { newId } from '../ids.ts'
import { cents, signedCents } from '../money.ts'
import { settleReceipt } from '../receipts/settle.ts'
import { chargeMeals, openBalance, reverseTransaction } from './book.ts'
import { checkLedger } from './check.ts'
import { movementsPage } from './movements.ts'

const database = await testDatabase()
const { pool, db } = appPool(database.urls.app)
afterAll(() => pool.end())
const now = new Date('2026-11-20T12:00:00Z')

const stateOf = (work: Promise<unknown>) => work.then(() => 'no error', sqlState)
const statement = async (tenantId: string, walletId: string) =>
  (await movementsPage(db, tenantId, walletId, { limit: 100 })).items.map(({ kind, amountCents }) => [
    kind,
    amountCents,
  ])

test('opening, meals and a reversal move the wallet with the right signs', async () => {
  const { id, walletId } = await bareTenant(db)
  await openBalance(
    db,
    id,
    { walletId, amountCents: signedCents(2000), reference: 'riga 1', occurredAt: now },
    now,
  )
  const meals = [1, 2].map((day) => ({
    walletId,
    amountCents: cents(490),
    reference: `2026-11-0${day}/${walletId}`,
  }))
  expect(await chargeMeals(db, id, meals, now, now)).toBe(2)
  const [last] = (await movementsPage(db, id, walletId, { limit: 1 })).items
  await reverseTransaction(db, id, last!.transactionId, 'pasto non consumato', now)
  expect(await statement(id, walletId)).toEqual([
    ['reversal', 490n],
    ['meal', -490n],
    ['meal', -490n],
    ['opening', 2000n],
  ])
  expect(await checkLedger(db, id)).toEqual([])
})

test('the same batch of meals twice charges once, and only what is new', async () => {
  const { id, walletId } = await bareTenant(db)
  const meal = (day: number) => ({ walletId, amountCents: cents(400), reference: `giorno ${day}` })
  expect(await chargeMeals(db, id, [meal(1), meal(2)], now, now)).toBe(2)
  expect(await chargeMeals(db, id, [meal(1), meal(2), meal(3)], now, now)).toBe(1)
  expect((await movementsPage(db, id, walletId, {})).items[0]?.balanceAfterCents).toBe(-1200n)
  expect(await checkLedger(db, id)).toEqual([])
})

test('a batch with a wallet that is not there charges nobody', async () => {
  const { id, walletId } = await bareTenant(db)
  const batch = [walletId, newId()].map((wallet) => ({
    walletId: wallet,
    amountCents: cents(400),
    reference: wallet,
  }))
  expect(await stateOf(chargeMeals(db, id, batch, now, now))).toBe('23503')
  expect(await statement(id, walletId)).toEqual([])
})

test('a transaction is reversed at most once', async () => {
  const { id, walletId } = await bareTenant(db)
  const opening = { walletId, amountCents: signedCents(100), reference: 'riga 1', occurredAt: now }
  const transactionId = await openBalance(db, id, opening, now)
  await reverseTransaction(db, id, transactionId, 'errore', now)
  expect(await stateOf(reverseTransaction(db, id, transactionId, 'ancora', now))).toBe(UNIQUE_VIOLATION)
  expect(await stateOf(reverseTransaction(db, id, newId(), 'ignota', now))).toBe('P0002')
})

test('the app role can neither write, change nor delete a ledger row, nor move a balance', async () => {
  const { id, walletId } = await bareTenant(db)
  await openBalance(
    db,
    id,
    { walletId, amountCents: signedCents(100), reference: 'riga 1', occurredAt: now },
    now,
  )
  const attempts = [
    sql`update ledger_postings set amount_cents = 1 where tenant_id = ${id}`,
    sql`delete from ledger_postings where tenant_id = ${id}`,
    sql`truncate ledger_postings`,
    sql`update ledger_transactions set kind = 'meal' where tenant_id = ${id}`,
    sql`update wallets set balance_cents = 1 where tenant_id = ${id}`,
    sql`update top_ups set state = 'paid' where tenant_id = ${id}`,
    sql`delete from receipts where tenant_id = ${id}`,
    sql`select ledger_book(${id}, ${newId()}, 'receipt', 'x', null, ${now}, ${now}, array['wallet','bank'], array[${walletId}, null]::uuid[], array[1, -1]::bigint[])`,
  ]
  for (const attempt of attempts) {
    expect(await stateOf(inTenant(db, id, (tx) => attempt.execute(tx)))).toBe('42501')
  }
  expect(await checkLedger(db, id)).toEqual([])
})

test('a function refuses another tenant than the one that is set', async () => {
  const [mine, other] = [await bareTenant(db), await bareTenant(db)]
  const crossing = inTenant(db, mine.id, (tx) =>
    sql`select ledger_open_balance(${other.id}, ${newId()}, ${other.walletId}, 100, 'x', ${now}, ${now}) as x`.execute(
      tx,
    ),
  )
  expect(await stateOf(crossing)).toBe('42501')
})

test('a wallet of another tenant can never be booked', async () => {
  const [mine, other] = [await bareTenant(db), await bareTenant(db)]
  const crossing = openBalance(
    db,
    mine.id,
    { walletId: other.walletId, amountCents: signedCents(100), reference: 'x', occurredAt: now },
    now,
  )
  expect(await stateOf(crossing)).toBe('23503')
})

test('a query without a tenant is an error, also on a connection that just served one', async () => {
  const { id } = await bareTenant(db)
  const single = appPool(database.urls.app)
  const query = () => single.db.selectFrom('wallets').select('id').execute()
  expect(await stateOf(query())).toBe('42704')
  await inTenant(single.db, id, (tx) => tx.selectFrom('wallets').select('id').execute())
  const after = await Promise.all(Array.from({ length: 20 }, () => stateOf(query())))
  expect(after.every((state) => state === '22P02' || state === '42704')).toBe(true)
  await single.pool.end()
})

test('any mix of concurrent meals, receipts, openings and reversals keeps every invariant', async () => {
  let sequence = 0
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('meal' as const),
      amount: fc.integer({ min: 1, max: 900 }),
      day: fc.integer({ min: 1, max: 5 }),
    }),
    fc.record({
      kind: fc.constant('receipt' as const),
      amount: fc.integer({ min: 1, max: 50_000 }),
      day: fc.constant(0),
    }),
    fc.record({
      kind: fc.constant('opening' as const),
      amount: fc.integer({ min: -5000, max: 5000 }).filter(Boolean),
      day: fc.constant(0),
    }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      const tenant = await bareTenant(db)
      const { id, walletId } = tenant
      const work = steps.map(async ({ kind, amount, day }) => {
        const reference = `${kind} ${++sequence}`
        if (kind === 'meal')
          return chargeMeals(
            db,
            id,
            [{ walletId, amountCents: cents(amount), reference: `giorno ${day}` }],
            now,
            now,
          )
        if (kind === 'opening')
          return openBalance(
            db,
            id,
            { walletId, amountCents: signedCents(amount), reference, occurredAt: now },
            now,
          )
        const noticeNumber = `301${String(sequence).padStart(15, '0')}`
        await bareTopUp(db, tenant, noticeNumber, BigInt(amount))
        const facts = { noticeNumber, amountCents: cents(amount), ourAmountCents: cents(amount) }
        return settleReceipt(pool, id, settlementOf(tenant, facts), now)
      })
      await Promise.all(work)
      const { items } = await movementsPage(db, id, walletId, { limit: 1 })
      if (items[0]) await reverseTransaction(db, id, items[0].transactionId, 'prova', now)
      expect(await checkLedger(db, id)).toEqual([])
    }),
    { numRuns: 25 },
  )
})

test('the check names the row that somebody changed behind the ledger’s back', async () => {
  const { id, walletId } = await bareTenant(db)
  await openBalance(
    db,
    id,
    { walletId, amountCents: signedCents(100), reference: 'riga 1', occurredAt: now },
    now,
  )
  await sql`update wallets set balance_cents = 999 where tenant_id = ${id}`.execute(database.owner)
  const found = await checkLedger(db, id)
  expect(found).toEqual([
    { invariant: expect.stringMatching(/^I3/), subjectId: walletId, detail: '999 stored, 100 posted' },
  ])
})
