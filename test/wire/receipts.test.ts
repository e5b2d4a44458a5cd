import { describe, expect, test } from 'vitest'
import { newId } from '#core/ids.ts'
import type { Tenant } from '#core/tenant.ts'
import { cancelTopUp, expireTopUps } from '#core/top-ups/close.ts'
import { noticeNumber } from '#pagopa/notice-number.ts'
import { refusedByXsd } from '#pagopa/soap/test-reference.ts'
import { receiptMessage, stationOf } from '../support/soap.ts'
import { openStage } from './stage.ts'

const stage = await openStage()
const { node, house, clock } = stage

/** A tenant of its own with one wallet, so that each test counts all the money there is. */
async function purse() {
  const tenant = await stage.addTenant()
  return { tenant, walletId: await stage.wallet(tenant), station: stationOf(tenant) }
}

/** What a tenant has stored and where the money is, in one look. */
async function books(tenant: Tenant, walletId: string) {
  const receipts = await stage.receipts(tenant)
  return {
    balance: await stage.balance(tenant, walletId),
    suspense: await stage.suspense(tenant),
    dispositions: receipts.map(({ disposition }) => disposition),
    brokenRules: await stage.brokenRules(tenant),
  }
}

describe('a receipt', () => {
  test('sent 200 times, 20 at a time, credits once and is told 199 times that we have it', async () => {
    const { tenant, walletId, station } = await purse()
    const notice = await stage.topUp(tenant, walletId, 5_000)
    const message = receiptMessage(station, { ...notice, amountCents: 5_000, receiptId: newId() })
    const verdicts: string[] = []
    for (let round = 0; round < 10; round++) {
      const batch = Array.from({ length: 20 }, () => node.call('paSendRTV2', message))
      verdicts.push(...(await Promise.all(batch)).map(({ verdict }) => verdict))
    }
    const count = (wanted: string) => verdicts.filter((verdict) => verdict === wanted).length
    expect([count('OK'), count('PAA_RECEIPT_DUPLICATA')]).toEqual([1, 199])
    expect(await books(tenant, walletId)).toEqual({
      balance: 5_000n,
      suspense: 0n,
      dispositions: ['credited'],
      brokenRules: [],
    })
  })

  test('sent again days later is still the same receipt', async () => {
    const { tenant, walletId, station } = await purse()
    const notice = await stage.topUp(tenant, walletId, 5_000)
    const message = receiptMessage(station, { ...notice, amountCents: 5_000 })
    expect((await node.call('paSendRTV2', message)).verdict).toBe('OK')
    clock.forwardDays(45)
    expect((await node.call('paSendRTV2', message)).verdict).toBe('PAA_RECEIPT_DUPLICATA')
    clock.reset()
    expect(await stage.balance(tenant, walletId)).toBe(5_000n)
  })

  test('needs no get before it, and a V1 receipt may follow a V2 get', async () => {
    const { tenant, walletId, station } = await purse()
    const [first, second] = [
      await stage.topUp(tenant, walletId, 1_000),
      await stage.topUp(tenant, walletId, 2_000),
    ]
    expect((await node.send(station, { ...first, amountCents: 1_000 })).verdict).toBe('OK')
    expect((await node.get(station, second)).verdict).toBe('OK')
    expect((await node.send(station, { ...second, amountCents: 2_000, version: 'V1' })).verdict).toBe('OK')
    expect(await stage.balance(tenant, walletId)).toBe(3_000n)
  })

  test('of a payment that stand-in took is credited, and remembered as such', async () => {
    const { tenant, walletId, station } = await purse()
    const notice = await stage.topUp(tenant, walletId, 5_000)
    const answer = await node.send(station, { ...notice, amountCents: 5_000, standIn: true })
    expect(answer.verdict).toBe('OK')
    expect(await stage.receipts(tenant)).toMatchObject([{ disposition: 'credited', stand_in: true }])
  })

  test.each([
    ['less', 4_200],
    ['more', 6_300],
  ])('over %s than was asked credits what was paid and is flagged', async (_, amountCents) => {
    const { tenant, walletId, station } = await purse()
    const notice = await stage.topUp(tenant, walletId, 5_000)
    expect((await node.send(station, { ...notice, amountCents })).verdict).toBe('OK')
    expect(await stage.balance(tenant, walletId)).toBe(BigInt(amountCents))
    expect(await stage.receipts(tenant)).toMatchObject([
      { disposition: 'credited', irregularities: ['amount-differs'] },
    ])
  })

  test('after the notice has expired, or was cancelled, still credits', async () => {
    const { tenant, walletId, station } = await purse()
    const { db, relay } = house.services
    const expired = await stage.topUp(tenant, walletId, 1_000, 60)
    const cancelled = await stage.topUp(tenant, walletId, 2_000)
    await expireTopUps(relay, db, clock.now())
    await cancelTopUp(db, tenant.id, cancelled.id, clock.now())
    expect((await node.send(station, { ...expired, amountCents: 1_000 })).verdict).toBe('OK')
    expect((await node.send(station, { ...cancelled, amountCents: 2_000 })).verdict).toBe('OK')
    expect(await books(tenant, walletId)).toEqual({
      balance: 3_000n,
      suspense: 0n,
      dispositions: ['credited', 'credited'],
      brokenRules: [],
    })
  })

  test('of a notice that another receipt has paid is new money: OK, in suspense', async () => {
    const { tenant, walletId, station } = await purse()
    const notice = { ...(await stage.topUp(tenant, walletId, 5_000)), amountCents: 5_000 }
    const both = await Promise.all([node.send(station, notice), node.send(station, notice)])
    expect(both.map(({ verdict }) => verdict)).toEqual(['OK', 'OK'])
    const { dispositions, ...money } = await books(tenant, walletId)
    expect(dispositions.toSorted()).toEqual(['credited', 'suspense-paid-twice'])
    expect(money).toEqual({ balance: 5_000n, suspense: 5_000n, brokenRules: [] })
  })

  test('of a notice of ours that we do not know is OK, stored, and in suspense', async () => {
    const { tenant, walletId, station } = await purse()
    const unknown = {
      fiscalCode: tenant.creditorFiscalCode,
      noticeNumber: noticeNumber({ segregationCode: tenant.segregationCode, sequence: 4_711n }),
      amountCents: 3_300,
      receiptId: newId(),
    }
    expect((await node.send(station, unknown)).verdict).toBe('OK')
    expect((await node.send(station, unknown)).verdict).toBe('PAA_RECEIPT_DUPLICATA')
    expect(await books(tenant, walletId)).toEqual({
      balance: 0n,
      suspense: 3_300n,
      dispositions: ['suspense-unknown'],
      brokenRules: [],
    })
  })

  test('with outcome KO is stored and credits nothing; the notice can still be paid', async () => {
    const { tenant, walletId, station } = await purse()
    const notice = await stage.topUp(tenant, walletId, 5_000)
    expect((await node.send(station, { ...notice, amountCents: 5_000, outcome: 'KO' })).verdict).toBe('OK')
    expect(await books(tenant, walletId)).toMatchObject({ balance: 0n, suspense: 0n, brokenRules: [] })
    expect((await node.verify(station, notice)).verdict).toBe('OK')
    expect((await node.send(station, { ...notice, amountCents: 5_000 })).verdict).toBe('OK')
    expect(await stage.balance(tenant, walletId)).toBe(5_000n)
  })

  test('whose transfers are partly another entity’s credits our share only', async () => {
    const { tenant, walletId, station } = await purse()
    const notice = await stage.topUp(tenant, walletId, 5_000)
    const shares = [
      { fiscalCodePA: tenant.creditorFiscalCode, amountCents: 3_800 },
      { fiscalCodePA: '80000000001', amountCents: 1_200 },
    ]
    expect((await node.send(station, { ...notice, amountCents: 5_000, shares })).verdict).toBe('OK')
    expect(await stage.balance(tenant, walletId)).toBe(3_800n)
    expect(await stage.receipts(tenant)).toMatchObject([
      { irregularities: ['amount-differs', 'transfers-count', 'transfer-differs'], our_amount_cents: 3_800n },
    ])
  })

  test.each([
    ['empty', ''],
    ['as long as a key may be', 'r'.repeat(200)],
    ['longer than any key', 'r'.repeat(5_000)],
    ['in other scripts', 'ricevuta-🍝-été-行'],
  ])('with an id that is %s credits once', async (_, receiptId) => {
    const { tenant, walletId, station } = await purse()
    const notice = await stage.topUp(tenant, walletId, 5_000)
    const message = receiptMessage(station, { ...notice, amountCents: 5_000, receiptId })
    expect((await node.call('paSendRTV2', message)).verdict).toBe('OK')
    expect((await node.call('paSendRTV2', message)).verdict).toBe('PAA_RECEIPT_DUPLICATA')
    expect(await books(tenant, walletId)).toEqual({
      balance: 5_000n,
      suspense: 0n,
      dispositions: ['credited'],
      brokenRules: [],
    })
  })

  test.each([
    '0001-01-01T00:00:00',
    '1582-10-10T12:00:00',
    '9999-12-31T23:59:59',
    '12026-11-20T10:00:00',
    '-0044-03-15T12:00:00',
    '2026-11-20T24:00:00+14:00',
  ])('paid, it says, at %s is stored all the same: its date is the PSP’s business', async (paidAt) => {
    const { tenant, walletId, station } = await purse()
    const notice = await stage.topUp(tenant, walletId, 5_000)
    expect((await node.send(station, { ...notice, amountCents: 5_000, paidAt })).verdict).toBe('OK')
    expect(await stage.balance(tenant, walletId)).toBe(5_000n)
  })

  test('over the largest amount that the schema knows is credited to the cent', async () => {
    const { tenant, walletId, station } = await purse()
    const notice = await stage.topUp(tenant, walletId, 5_000)
    expect((await node.send(station, { ...notice, amountCents: 99_999_999_999 })).verdict).toBe('OK')
    expect(await stage.balance(tenant, walletId)).toBe(99_999_999_999n)
  })
})

test('every answer of this file is valid against the official schema', () => {
  expect(refusedByXsd('answers to receipts', [...new Set(node.answers)])).toEqual([])
})
