import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { cents } from '#core/money.ts'
import {
  countLowCredits,
  creditFigures,
  firstWeek,
  lowCreditsPage,
  mealsOn,
  topUpWeeks,
  type LowCredit,
} from '#core/office/figures.ts'
import { settleReceipt } from '#core/receipts/settle.ts'
import { chargeDay } from '#meals/charges.ts'
import { correctCredit } from '#tenants/books/corrections.ts'
import { recordTillEntry } from '#tenants/books/till.ts'
import { changeWalletState } from '#tenants/books/wallet-states.ts'
import { adjustmentOf, openBooks, reversalOf, type BooksOffice } from './support/books.ts'
import { canteen } from './support/canteens.ts'
import { bareTopUp, settlementOf } from './support/entities.ts'

const { pool, db, time, services, office, submission } = await openBooks()
const rule = { meals: 3, schoolYear: '2026/2027' }

/** More children of an entity, each with a wallet, an enrolment at 4.90 euro and a credit. */
async function children(one: BooksOffice, credits: readonly number[]): Promise<string[]> {
  const ids: string[] = []
  for (const credit of credits) {
    const [childId, walletId] = [newId(), newId()]
    await inTenant(db, one.id, (tx) =>
      sql`
        with child as (
          insert into children (tenant_id, id, first_name, last_name, school, class_name, created_at)
          values (${one.id}, ${childId}, 'Ada', 'Provetti', 'Dante', '1ª A', ${time.now})),
        enrolment as (
          insert into enrolments (tenant_id, id, child_id, category, school_year, tariff_cents, created_at)
          values (${one.id}, ${newId()}, ${childId}, 'REFEZIONE', '2026/2027', 490, ${time.now}))
        insert into wallets (tenant_id, id, child_id, category, created_at)
        values (${one.id}, ${walletId}, ${childId}, 'REFEZIONE', ${time.now})`.execute(tx),
    )
    if (credit !== 0) {
      const asked = { ...adjustmentOf(one, credit), walletId }
      await correctCredit(services, one.first, asked, submission())
    }
    ids.push(walletId)
  }
  return ids
}

test('credits are counted in groups, debts told apart, closed wallets left out', async () => {
  const one = await office({ adjustmentLimitCents: 100_000 })
  const [, , closed] = await children(one, [-250, 999, 0, 1_000, 30_000])
  await changeWalletState(services, one.first, closed!, { state: 'closed', reason: 'Trasferito' })
  // The entity's first wallet is empty and open.
  expect(await creditFigures(db, one.id)).toEqual({
    wallets: 5,
    totalCents: 31_749n,
    debtCents: -250n,
    groups: [1, 2, 1, 0, 0, 1],
  })
})

test('low is what does not pay the entity’s number of meals, the deepest first, page by page', async () => {
  const one = await office({ adjustmentLimitCents: 100_000 })
  const [suspended, debt, , none] = await children(one, [100, -250, 1_470, 0, 1_469])
  await changeWalletState(services, one.first, suspended!, { state: 'suspended', reason: 'Documenti' })
  expect(await countLowCredits(db, one.id, rule)).toBe(3)
  const found: LowCredit[] = []
  for (let after; ;) {
    const { items, next } = await lowCreditsPage(db, one.id, rule, { after, limit: 2 })
    found.push(...items)
    if (!next) break
    after = next
  }
  expect(found.map(({ balanceCents, mealsLeft }) => [balanceCents, mealsLeft])).toEqual([
    [-250n, 0],
    [0n, 0],
    [1_469n, 2],
  ])
  expect(found.slice(0, 2).map(({ walletId }) => walletId)).toEqual([debt, none])
  // Without an enrolment there is no price: only a debt counts.
  expect(await countLowCredits(db, one.id, { ...rule, schoolYear: '2020/2021' })).toBe(1)
})

test('a day’s meals are those that are charged for it, also for nothing, without those that were taken back', async () => {
  const one = await canteen(db, 3)
  const [anna, bruno, carla] = one.childIds as [string, string, string]
  const meal = { category: 'REFEZIONE', day: '2026-11-20' }
  const charge = (day: string) =>
    chargeDay({ db, clock: { now: () => time.now } }, one.id, { ...meal, day }, { kind: 'system' })
  await one.attend('2026-11-19', { [anna]: 'present' })
  await charge('2026-11-19')
  await one.tariff('2026-11-20', 0)
  await one.attend(meal.day, { [anna]: 'present', [bruno]: 'present', [carla]: 'absent' })
  expect(await mealsOn(db, one.id, meal.day)).toBe(0)
  await charge(meal.day)
  expect(await mealsOn(db, one.id, meal.day)).toBe(2)
  await one.attend(meal.day, { [bruno]: 'absent' })
  await charge(meal.day)
  expect(await mealsOn(db, one.id, meal.day)).toBe(1)
})

test('what came in is told by week and channel, the desk as one of them', async () => {
  const one = await office()
  expect(firstWeek(time.now)).toBe('2026-08-31')
  await bareTopUp(db, one, '301000000000000001', 5_000n)
  await settleReceipt(pool, one.id, settlementOf(one), time.now)
  await settleReceipt(pool, one.id, settlementOf(one), time.now)
  const entry = (slip: string) =>
    recordTillEntry(
      services,
      one.tenant,
      { walletId: one.walletId, amountCents: cents(700), way: 'other', paidOn: '2026-11-20', slip, note: '' },
      { accountId: one.first.accountId, submission: submission() },
    )
  await entry('1')
  await entry('2')
  const [row] = await inTenant(db, one.id, (tx) =>
    tx.selectFrom('till_entries').select('transaction_id').where('tenant_id', '=', one.id).limit(1).execute(),
  )
  await correctCredit(services, one.first, reversalOf(one, row!.transaction_id), submission())
  // What was paid twice lies in suspense; what was taken back is none.
  expect(await topUpWeeks(db, one.id, time.now)).toEqual([
    { week: '2026-11-16', source: 'psp-notice', count: 1, cents: 5_000n },
    { week: '2026-11-16', source: 'till', count: 1, cents: 700n },
  ])
})
