import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { openBalance } from '#core/ledger/book.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { movementsPage } from '#core/ledger/movements.ts'
import { movementReasons } from '#core/ledger/reasons.ts'
import { signedCents } from '#core/money.ts'
import { settleReceipt } from '#core/receipts/settle.ts'
import { correctionApprovals, findCorrection } from '#tenants/books/approvals.ts'
import { correctCredit, decideCorrection } from '#tenants/books/corrections.ts'
import { adjustmentOf, codeOf, openBooks, REASON, reversalOf } from './support/books.ts'
import { bareTopUp, settlementOf } from './support/entities.ts'

const { pool, db, time, services, office, submission, mealOf, statement, auditOf } = await openBooks()

describe('a correction', () => {
  test('takes a meal back once, beside what stands there, and tells the family why', async () => {
    const one = await office()
    const meal = await mealOf(one)
    const { outcome } = await correctCredit(services, one.first, reversalOf(one, meal), submission())
    expect(outcome).toBe('booked')
    expect(await codeOf(correctCredit(services, one.first, reversalOf(one, meal), submission()))).toBe(
      'correction.reversed',
    )
    expect(await statement(one)).toEqual([
      ['reversal', 490n],
      ['meal', -490n],
    ])
    const { items } = await movementsPage(db, one.id, one.walletId, {})
    const reasons = await movementReasons(db, one.id, items)
    expect([...reasons]).toEqual([[items[0]!.transactionId, { kind: 'correction', reason: REASON }]])
    expect(await auditOf(one)).toEqual(['correction.booked'])
    expect(await checkLedger(db, one.id)).toEqual([])
  })

  test('of two meals for the same reason is two', async () => {
    const one = await office()
    for (const day of ['giorno 1', 'giorno 2'])
      await correctCredit(services, one.first, reversalOf(one, await mealOf(one, day)), submission())
    expect((await statement(one)).filter(([kind]) => kind === 'reversal')).toHaveLength(2)
  })

  test('never takes back what rests on somebody else’s paper, nor another wallet’s', async () => {
    const one = await office()
    const other = await office()
    const opening = {
      walletId: one.walletId,
      amountCents: signedCents(100),
      reference: 'r',
      occurredAt: time.now,
    }
    const openingId = await openBalance(db, one.id, opening, time.now)
    await bareTopUp(db, one, '301000000000000001', 5000n)
    await settleReceipt(pool, one.id, settlementOf(one), time.now)
    const { items } = await movementsPage(db, one.id, one.walletId, {})
    const receiptId = items.find(({ kind }) => kind === 'receipt')!.transactionId
    for (const id of [openingId, receiptId])
      expect(await codeOf(correctCredit(services, one.first, reversalOf(one, id), submission()))).toBe(
        'correction.not_correctable',
      )
    const foreign = reversalOf(one, await mealOf(other))
    expect(await codeOf(correctCredit(services, one.first, foreign, submission()))).toBe('resource.not_found')
    expect(await codeOf(correctCredit(services, one.first, adjustmentOf(other, 100), submission()))).toBe(
      'resource.not_found',
    )
  })

  test('up to the entity’s limit needs one person, above it a second one', async () => {
    const one = await office()
    const asked = (amount: number) =>
      correctCredit(services, one.first, adjustmentOf(one, amount), submission())
    expect((await asked(-5000)).outcome).toBe('booked')
    expect((await asked(5001)).outcome).toBe('waiting')
    expect(await statement(one)).toEqual([['adjustment', -5000n]])
    const strict = await office({ adjustmentLimitCents: 0 })
    expect((await correctCredit(services, strict.first, adjustmentOf(strict, 1), submission())).outcome).toBe(
      'waiting',
    )
    expect(await auditOf(one)).toEqual(['correction.booked', 'correction.asked'])
  })

  test('in many small parts is no way around the limit, and a mistake of one’s own can be undone', async () => {
    const one = await office()
    const asked = (amount: number, by = one.first) =>
      correctCredit(services, by, adjustmentOf(one, amount), submission())
    expect((await asked(3000)).outcome).toBe('booked')
    expect((await asked(3000)).outcome).toBe('waiting')
    expect((await asked(-3000)).outcome).toBe('booked')
    expect((await asked(3000, one.second)).outcome).toBe('booked')
    // Meals do not count: a whole week may have been charged in vain.
    for (let day = 0; day < 12; day++)
      await correctCredit(services, one.first, reversalOf(one, await mealOf(one, `d ${day}`)), submission())
    expect((await asked(5000)).outcome).toBe('booked')
  })

  test('is approved by another person alone, once, also when two of them come at once', async () => {
    const one = await office()
    const { id } = await correctCredit(services, one.first, adjustmentOf(one, 9000), submission())
    expect(await codeOf(decideCorrection(services, one.first, id))).toBe('correction.same_person')
    expect(await correctionApprovals.waiting(db, one.id, time.now)).toMatchObject([
      {
        id,
        cents: 9000n,
        reason: REASON,
        askedBy: { accountId: one.first.accountId },
        path: `/da-approvare/${id}`,
      },
    ])
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => codeOf(decideCorrection(services, one.second, id))),
    )
    expect(answers.filter((answer) => answer === 'no fault')).toHaveLength(1)
    expect(answers.filter((answer) => answer === 'correction.decided')).toHaveLength(3)
    expect(await statement(one)).toEqual([['adjustment', 9000n]])
    expect(await correctionApprovals.waiting(db, one.id, time.now)).toEqual([])
    expect(await auditOf(one)).toEqual(['correction.asked', 'correction.approved'])
    expect(await checkLedger(db, one.id)).toEqual([])
  })

  test('that is sent twice is booked once, also at once', async () => {
    const one = await office()
    const form = submission()
    const answers = await Promise.all(
      [1, 2, 3].map(() => correctCredit(services, one.first, adjustmentOf(one, 700), form)),
    )
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect(await statement(one)).toEqual([['adjustment', 700n]])
    expect(await auditOf(one)).toEqual(['correction.booked'])
  })

  test('that waits is refused with a reason, or withdrawn by who asked, and books nothing', async () => {
    const one = await office()
    for (const by of [one.first, one.second]) {
      const { id } = await correctCredit(services, one.first, adjustmentOf(one, 9000), submission())
      await decideCorrection(services, by, id, { refusal: 'Manca la delibera' })
      expect(await codeOf(decideCorrection(services, one.second, id))).toBe('correction.decided')
      expect(await findCorrection(db, one.id, id, time.now)).toMatchObject({
        standing: 'refused',
        refusal: 'Manca la delibera',
      })
    }
    expect(await statement(one)).toEqual([])
  })

  test('waits fourteen whole days in Rome and not longer', async () => {
    const one = await office({ adjustmentLimitCents: 0 })
    const meal = await mealOf(one)
    await correctCredit(services, one.first, adjustmentOf(one, 490), submission())
    const asked = await correctCredit(services, one.first, adjustmentOf(one, 100), submission())
    const before = time.now
    time.now = new Date('2026-12-04T22:59:59Z')
    const late = await correctCredit(services, one.first, adjustmentOf(one, 200), submission())
    expect(await correctionApprovals.waiting(db, one.id, time.now)).toHaveLength(3)
    time.now = new Date('2026-12-04T23:00:00Z')
    expect(await codeOf(decideCorrection(services, one.second, asked.id))).toBe('correction.expired')
    expect(await codeOf(decideCorrection(services, one.second, asked.id))).toBe('correction.expired')
    expect((await correctionApprovals.waiting(db, one.id, time.now)).map(({ id }) => id)).toEqual([late.id])
    expect(await statement(one)).toEqual([['meal', -490n]])
    time.now = before
    expect((await correctCredit(services, one.first, reversalOf(one, meal), submission())).outcome).toBe(
      'booked',
    )
  })

  test('of a till entry or an adjustment counts by the limit and waits at most once', async () => {
    const one = await office({ adjustmentLimitCents: 0 })
    const asked = await correctCredit(services, one.first, adjustmentOf(one, 9000), submission())
    await decideCorrection(services, one.second, asked.id)
    const [booked] = (await movementsPage(db, one.id, one.walletId, {})).items
    const back = await correctCredit(
      services,
      one.first,
      reversalOf(one, booked!.transactionId),
      submission(),
    )
    expect(back.outcome).toBe('waiting')
    expect(
      await codeOf(correctCredit(services, one.second, reversalOf(one, booked!.transactionId), submission())),
    ).toBe('correction.asked')
    await decideCorrection(services, one.second, back.id)
    expect(await statement(one)).toEqual([
      ['reversal', -9000n],
      ['adjustment', 9000n],
    ])
    expect(await checkLedger(db, one.id)).toEqual([])
  })

  test('is written by its functions alone', async () => {
    const one = await office()
    const { id } = await correctCredit(services, one.first, adjustmentOf(one, 9000), submission())
    for (const attempt of [
      sql`update ledger_corrections set outcome = 'refused' where tenant_id = ${one.id} and id = ${id}`,
      sql`delete from ledger_corrections where tenant_id = ${one.id}`,
      sql`update till_entries set reversed_at = null where tenant_id = ${one.id}`,
      sql`select last_number from till_counters where tenant_id = ${one.id}`,
      sql`select ledger_book_correction(${one.id}, ${id}, 'adjustment', ${one.walletId}, 1, null, 'x', ${one.first.accountId}, ${newId()}, ${time.now})`,
    ])
      expect(await codeOf(inTenant(db, one.id, (tx) => attempt.execute(tx)))).toBe('42501')
  })
})
