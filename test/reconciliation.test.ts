import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { inTenant, sqlState } from '#core/db/tenant.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { importBankStatement } from '#core/reconciliation/bank.ts'
import { flowDetail, listFlows } from '#core/reconciliation/read.ts'
import { listBankMovements } from '#core/reconciliation/read-bank.ts'
import { acceptDifference, findDifference, listDifferences } from '#core/reconciliation/read-differences.ts'
import { reconcileTenant } from '#core/reconciliation/reconcile.ts'
import { reconciliationSummary } from '#core/reconciliation/summary.ts'
import { testDatabase } from './support/database.ts'
import { bareTenant } from './support/entities.ts'
import { openBooks, cumulative, lineOf, pay, reportFlow, statement } from './support/flows.ts'

const database = await testDatabase()
const { world, db, now, differences, clearing, fullyPaid } = openBooks(database.urls.app)

describe('a flow', () => {
  test('whose receipts are all here and whose credit is in the bank empties clearing, with nothing to see', async () => {
    const { tenant, paid } = await fullyPaid([5000n, 2500n, 1010n])
    const flow = await reportFlow(
      db,
      tenant,
      paid.map((one) => lineOf(one)),
    )
    expect(await clearing(tenant.id)).toBe(8510n)
    await reconcileTenant(db, tenant.id, now)
    expect(await clearing(tenant.id)).toBe(8510n)
    const file = statement([{ cents: flow.cents, text: cumulative(flow.flowId) }])
    const imported = await importBankStatement(db, tenant.id, file, now)
    expect(imported).toMatchObject({ movements: 1, added: 1, settledCents: 8510n })
    expect(await clearing(tenant.id)).toBe(0n)
    expect(await differences(tenant.id)).toEqual([])
    expect(await checkLedger(db, tenant.id)).toEqual([])
    const { flow: shown, lines } = await flowDetail(db, tenant.id, flow.id)
    expect(shown).toMatchObject({ ourCount: 3, matchedCount: 3, bankCents: 8510n, settledCents: 8510n })
    expect(lines.items.map(({ matchedBy, settledAt }) => [matchedBy, settledAt])).toEqual(
      Array.from({ length: 3 }, () => ['receipt-id', now]),
    )
  })

  test('whose reference is another than the receipt’s is matched by IUV and amount, and never by IUV alone', async () => {
    const { tenant, paid } = await fullyPaid([5000n, 2500n])
    await reportFlow(db, tenant, [
      lineOf(paid[0]!, { iur: 'reference-of-the-psp' }),
      lineOf(paid[1]!, { iur: 'another-one', amountCents: 2499n }),
    ])
    await reconcileTenant(db, tenant.id, now)
    expect(await differences(tenant.id)).toEqual(['receipt-missing - 2499'])
  })

  test('with two lines of one IUV and amount takes two receipts, each once', async () => {
    const { tenant, paid } = await fullyPaid([5000n])
    const [first] = paid
    const again = await pay(world, tenant, 5000n, {
      facts: { creditorReference: first!.iuv, noticeNumber: first!.noticeNumber },
    })
    const flow = await reportFlow(db, tenant, [
      lineOf(first!, { iur: 'x-1' }),
      lineOf(first!, { iur: 'x-2' }),
      lineOf(first!, { iur: 'x-3' }),
    ])
    await reconcileTenant(db, tenant.id, now)
    expect(await differences(tenant.id)).toEqual(['receipt-missing - 5000'])
    const { lines } = await flowDetail(db, tenant.id, flow.id)
    const receipts = lines.items.flatMap(({ receiptId }) => receiptId ?? [])
    expect(receipts.toSorted()).toEqual([first!.receiptId, again.receiptId].toSorted())
  })

  test('takes the receipt that it names from the line of another flow that only guessed it', async () => {
    const { tenant, paid } = await fullyPaid([5000n])
    await reportFlow(db, tenant, [lineOf(paid[0]!, { iur: 'a-second-payment' })])
    await reconcileTenant(db, tenant.id, now)
    expect(await differences(tenant.id)).toEqual([])
    await reportFlow(db, tenant, [lineOf(paid[0]!)])
    await reconcileTenant(db, tenant.id, now)
    expect(await differences(tenant.id)).toEqual(['receipt-missing - 5000'])
  })

  test('shows each planted difference and invents none', async () => {
    const { tenant, paid } = await fullyPaid([1000n, 2000n, 3000n, 4000n])
    const lost = await pay(world, tenant, 700n, { lost: true })
    const byStandIn = await pay(world, tenant, 800n, { lost: true })
    const elsewhere = { ...lost, iuv: '02000000000000099', receiptId: 'of-the-neighbour' }
    await reportFlow(
      db,
      tenant,
      [
        lineOf(paid[0]!),
        lineOf(paid[1]!, { code: 4 }),
        lineOf(paid[2]!, { amountCents: 2900n }),
        lineOf(paid[3]!, { code: 3 }),
        lineOf(lost),
        lineOf(byStandIn, { code: 8 }),
        lineOf(elsewhere, { code: 9 }),
        lineOf(paid[0]!, {
          iuv: undefined,
          iur: undefined,
          code: undefined,
          unreadable: 'iuv, iur, payStatus',
        }),
      ],
      { declaredCents: 99_999n },
    )
    const sum = 1000 + 2000 + 2900 + 4000 + 700 + 800 + 700 + 1000
    const expected = [
      'amount-differs 3000 2900',
      'receipt-missing - 700',
      'no-receipt - 800',
      'revoked - 4000',
      'line-unreadable - 1000',
      `flow-total-differs 99999 ${sum}`,
    ].toSorted()
    await reconcileTenant(db, tenant.id, now)
    expect(await differences(tenant.id)).toEqual(expected)
    await reconcileTenant(db, tenant.id, now)
    expect(await differences(tenant.id)).toEqual(expected)
  })

  test('that reports a receipt of another flow once more is told, and settles it once', async () => {
    const { tenant, paid } = await fullyPaid([5000n])
    const first = await reportFlow(db, tenant, [lineOf(paid[0]!)])
    const second = await reportFlow(db, tenant, [lineOf(paid[0]!)])
    const text = [first, second].map(({ flowId, cents }) => ({ cents, text: cumulative(flowId) }))
    await importBankStatement(db, tenant.id, statement(text), now)
    expect(await differences(tenant.id)).toEqual(['line-twice - 5000'])
    expect(await clearing(tenant.id)).toBe(0n)
    expect(await checkLedger(db, tenant.id)).toEqual([])
  })

  test('without a bank credit is late after ten days; a receipt in no flow after five, once a reading could tell', async () => {
    const { tenant, paid } = await fullyPaid([5000n, 600n])
    await reportFlow(db, tenant, [lineOf(paid[0]!)])
    const on = (day: string) => reconcileTenant(db, tenant.id, new Date(`${day}T10:00:00Z`))
    await on('2026-11-30')
    expect(await differences(tenant.id)).toEqual([])
    await on('2026-12-01')
    expect(await differences(tenant.id)).toEqual(['flow-unpaid 5000 -'])
    const mark = (pulledAt: string) =>
      inTenant(db, tenant.id, (tx) =>
        tx
          .insertInto('fdr_watermarks')
          .values({
            tenant_id: tenant.id,
            covered_from: new Date('2026-11-01T00:00:00Z'),
            published_until: new Date(pulledAt),
            pulled_at: new Date(pulledAt),
          })
          .onConflict((conflict) =>
            conflict.column('tenant_id').doUpdateSet({ pulled_at: new Date(pulledAt) }),
          )
          .execute(),
      )
    await mark('2026-11-25T09:59:00Z')
    await on('2026-12-01')
    expect(await differences(tenant.id)).toEqual(['flow-unpaid 5000 -'])
    await mark('2026-11-25T10:01:00Z')
    await on('2026-12-01')
    expect(await differences(tenant.id)).toEqual(['flow-unpaid 5000 -', 'receipt-unreported 600 -'])
  })
})

describe('a higher revision', () => {
  const name = { flowId: '2026-11-21BANCAPROVA-revised', flowDate: new Date('2026-11-21T08:00:00Z') }

  test('takes the place of the lower one, whose lines stay; what it withdraws after settlement is told', async () => {
    const { tenant, paid } = await fullyPaid([1000n, 2000n])
    const first = await reportFlow(
      db,
      tenant,
      paid.map((one) => lineOf(one)),
      name,
    )
    const file = statement([{ cents: 3000n, text: cumulative(name.flowId) }])
    await importBankStatement(db, tenant.id, file, now)
    expect(await clearing(tenant.id)).toBe(0n)
    const second = await reportFlow(db, tenant, [lineOf(paid[0]!)], { ...name, revision: 2 })
    await reconcileTenant(db, tenant.id, now)
    expect(await differences(tenant.id)).toEqual([
      'bank-amount-differs 1000 3000',
      'settled-line-withdrawn 2000 -',
    ])
    const { items } = await listFlows(db, tenant.id)
    expect(items.map(({ id, state, linesCount }) => [id, state, linesCount])).toEqual([
      [second.id, 'current', 1],
      [first.id, 'superseded', 2],
    ])
    expect(await checkLedger(db, tenant.id)).toEqual([])
  })

  test('that comes first is not undone by the lower one', async () => {
    const { tenant, paid } = await fullyPaid([1000n])
    await reportFlow(db, tenant, [lineOf(paid[0]!)], { ...name, revision: 2 })
    await reportFlow(db, tenant, [lineOf(paid[0]!)], { ...name, revision: 1 })
    await reconcileTenant(db, tenant.id, now)
    expect(await differences(tenant.id)).toEqual([])
    const { items } = await listFlows(db, tenant.id)
    expect(items.map(({ revision, state }) => `${revision} ${state}`).toSorted()).toEqual([
      '1 superseded',
      '2 current',
    ])
  })

  test('stops asking for the receipt of a line that it withdraws, until a still higher one names it again', async () => {
    const tenant = await bareTenant(db)
    const lost = await pay(world, tenant, 700n, { lost: true })
    const states = async () => {
      await reconcileTenant(db, tenant.id, now)
      const { wanted, givenUp } = (await reconciliationSummary(db, tenant.id)).recoveries
      return [wanted, givenUp]
    }
    await reportFlow(db, tenant, [lineOf(lost)], name)
    expect(await states()).toEqual([1, 0])
    await reportFlow(db, tenant, [], { ...name, revision: 2 })
    expect(await states()).toEqual([0, 1])
    expect(await differences(tenant.id)).toEqual([])
    await reportFlow(db, tenant, [lineOf(lost)], { ...name, revision: 3 })
    expect(await states()).toEqual([1, 0])
  })

  test('is another flow when the name is used again on another day, and each is paid by its own credit', async () => {
    const { tenant, paid } = await fullyPaid([1000n, 2000n])
    const later = { ...name, flowDate: new Date('2026-11-22T08:00:00Z') }
    await reportFlow(db, tenant, [lineOf(paid[0]!)], name)
    await reportFlow(db, tenant, [lineOf(paid[1]!)], later)
    const rows = [2000n, 1000n].map((cents) => ({ cents, text: cumulative(name.flowId) }))
    await importBankStatement(db, tenant.id, statement(rows), now)
    expect(await differences(tenant.id)).toEqual([])
    expect(await clearing(tenant.id)).toBe(0n)
  })
})

describe('a difference', () => {
  test('is resolved by itself, opens again when it comes back, and is never deleted', async () => {
    const tenant = await bareTenant(db)
    const lost = await pay(world, tenant, 700n, { lost: true })
    await reportFlow(db, tenant, [lineOf(lost)])
    await reconcileTenant(db, tenant.id, now)
    const { items } = await listDifferences(db, tenant.id)
    const facts = { receiptId: lost.receiptId, noticeNumber: lost.noticeNumber, creditorReference: lost.iuv }
    await pay(world, tenant, 700n, { facts })
    const later = new Date('2026-11-25T10:00:00Z')
    await reconcileTenant(db, tenant.id, later)
    const resolved = await findDifference(db, tenant.id, items[0]!.id)
    expect(resolved).toMatchObject({
      kind: 'receipt-missing',
      state: 'resolved',
      resolvedAt: later,
      openedAt: now,
    })
    const deleting = inTenant(db, tenant.id, (tx) =>
      sql`delete from reconciliation_differences where tenant_id = ${tenant.id}`.execute(tx),
    )
    expect(await deleting.then(() => 'deleted', sqlState)).toBe('42501')
  })

  test('that a person accepted stays so until its amounts change', async () => {
    const { tenant, paid } = await fullyPaid([5000n])
    const flow = await reportFlow(db, tenant, [lineOf(paid[0]!)])
    const text = cumulative(flow.flowId)
    await importBankStatement(db, tenant.id, statement([{ cents: 4000n, text }]), now)
    const [open] = (await listDifferences(db, tenant.id, { state: 'open' })).items
    await acceptDifference(db, tenant.id, open!.id, { accountId: null, note: 'storno della banca' }, now)
    await reconcileTenant(db, tenant.id, now)
    expect(await findDifference(db, tenant.id, open!.id)).toMatchObject({
      state: 'accepted',
      note: 'storno della banca',
      acceptedAt: now,
    })
    await expect(
      acceptDifference(db, tenant.id, open!.id, { accountId: null, note: 'ancora' }, now),
    ).rejects.toMatchObject({ code: 'resource.not_found' })
    await importBankStatement(db, tenant.id, statement([{ cents: 500n, text }]), now)
    expect(await differences(tenant.id)).toEqual(['bank-amount-differs 5000 4500'])
  })

  test('of another entity is not to be found', async () => {
    const [mine, other] = [await bareTenant(db), await bareTenant(db)]
    await reportFlow(db, mine, [lineOf(await pay(world, mine, 700n, { lost: true }))])
    await reconcileTenant(db, mine.id, now)
    const [open] = (await listDifferences(db, mine.id)).items
    await expect(findDifference(db, other.id, open!.id)).rejects.toMatchObject({ code: 'resource.not_found' })
    expect((await listBankMovements(db, other.id)).items).toEqual([])
  })
})
