import { beforeAll, describe, expect, test } from 'vitest'
import { flowDetail, listFlows } from '#core/reconciliation/read.ts'
import { recoverReceipts } from '#core/reconciliation/recover.ts'
import { openReconciliationHouse, type Entity } from './support/reconciliation-house.ts'

const world = await openReconciliationHouse()
const { services, sources, clock, entity, order, pay, pull, closeDay, open } = world
const { summary, soundness, upload, walletOf } = world
const { db } = services

let north: Entity
let south: Entity
let other: Entity

beforeAll(async () => {
  north = await entity()
  const { creditorFiscalCode, creditor } = north.tenant
  south = await entity({ creditorFiscalCode, creditor, segregationCode: '02' })
  other = await entity()
})

describe('two entities of one creditor and a third', () => {
  test('see each lost receipt and nothing else, recover it within the limit, and empty clearing to the cent', async () => {
    for (const euros of [10, 11, 12, 13]) await pay(north, euros)
    for (const euros of [20, 21, 22]) await pay(south, euros)
    for (const euros of [30, 31, 32]) await pay(other, euros)
    await pay(north, 14, true)
    await pay(south, 23, true)
    await closeDay(north.tenant.creditorFiscalCode)
    await closeDay(other.tenant.creditorFiscalCode)
    for (const one of [north, south, other]) expect((await pull(one)).completed).toBe(1)
    expect([await open(north), await open(south), await open(other)]).toEqual([
      ['receipt-missing - 1400'],
      ['receipt-missing - 2300'],
      [],
    ])
    expect((await summary(north)).recoveries).toMatchObject({ wanted: 1, givenUp: 0 })

    // The bank first: what is lost is not settled, all else is.
    const [ofNorth, ofSouth, ofOther] = [await upload(north), await upload(south), await upload(other)]
    expect([ofNorth, ofSouth, ofOther].map(({ settledCents }) => settledCents)).toEqual([4600n, 6300n, 9300n])
    expect(await upload(north)).toMatchObject({ repeated: true, added: 0, settledCents: 0n })

    expect(await recoverReceipts(services, sources.receipts)).toEqual({ calls: 2, found: 2 })
    expect([await walletOf(north), await walletOf(south)]).toEqual([6000n, 8600n])
    for (const one of [north, south, other]) {
      expect(await open(one)).toEqual([])
      expect((await summary(one)).awaitedCents).toBe(0n)
      expect(await soundness(one)).toEqual([])
    }
    expect((await summary(north)).settledCents).toBe(6000n)
    expect(await recoverReceipts(services, sources.receipts)).toEqual({ calls: 0, found: 0 })
  })

  test('see every difference that a day holds, and none that it does not', async () => {
    clock.forwardDays(1)
    const [kept, wrong, withdrawn] = [await pay(north, 40), await pay(north, 41), await pay(north, 42)]
    const { flows } = await closeDay(north.tenant.creditorFiscalCode)
    const [flow] = flows
    const line = (iuv: string, more: object) => ({ iuv, iur: `iur-${iuv}`, amountCents: 500, ...more })
    await order('/api/fdr/flows', {
      fiscalCode: north.tenant.creditorFiscalCode,
      copyOf: { fdr: flow!.fdr, pspId: flow!.pspId },
      changes: [
        { index: 2, amountCents: 4_099 },
        { index: 3, omit: true },
      ],
      extraLines: [
        line('01999999999999901', { payStatus: 'REVOKED' }),
        line('01999999999999902', { payStatus: 'NO_RPT' }),
        line('01999999999999903', { payStatus: 'STAND_IN_NO_RPT' }),
        line('02999999999999904', {}),
        line('47999999999999905', {}),
      ],
      sumCents: 12_345,
      bank: null,
    })
    await order('/api/fdr/bank-movements', {
      fiscalCode: north.tenant.creditorFiscalCode,
      date: '2026-11-20',
      amountCents: 777,
      text: '/PUR/LGPE-RIVERSAMENTO/URI/2026-11-20NOBODY-0000001',
    })
    for (const one of [north, south]) {
      await pull(one)
      await upload(one)
    }
    const sum = 4_000 + 4_099 + 5 * 500
    const shared = [
      'bank-unmatched - 777',
      `bank-amount-differs ${sum} 12300`,
      `flow-total-differs 12345 ${sum}`,
    ]
    expect(await open(north)).toEqual(
      [
        ...shared,
        'amount-differs 4100 4099',
        'revoked - 500',
        'no-receipt - 500',
        'no-receipt - 500',
      ].toSorted(),
    )
    expect(await open(south)).toEqual([...shared, 'receipt-missing - 500'].toSorted())
    expect(await open(other)).toEqual([])

    const revised = (await listFlows(db, north.tenant.id)).items.find(({ revision }) => revision === 2)!
    const { lines } = await flowDetail(db, north.tenant.id, revised.id)
    const matched = lines.items.filter(({ receiptRowId }) => receiptRowId).map(({ iuv }) => iuv)
    expect(matched).toEqual([kept, wrong])
    expect(lines.items.map(({ ours }) => ours)).toEqual([true, true, true, true, true, false, false])

    clock.forwardDays(6)
    await pull(north)
    expect((await open(north)).filter((one) => one.startsWith('receipt-unreported'))).toEqual([
      'receipt-unreported 4200 -',
    ])
    expect(withdrawn).not.toBe(wrong)
    // What is not settled is what the bank has not confirmed: the three payments of this day.
    expect((await summary(north)).awaitedCents).toBe(12_300n)
    for (const one of [north, south, other]) expect(await soundness(one)).toEqual([])
  })
})
