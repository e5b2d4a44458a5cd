import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { cents } from '#core/money.ts'
import { paymentCodeOf, renewPaymentCode } from '#core/payment-codes.ts'
import { refusedByXsd, sample } from '#pagopa/soap/test-reference.ts'
import { serviceOf, stationOf, textAt, topUpPayload } from '../support/soap.ts'
import { openStage } from './stage.ts'

const stage = await openStage()
const { node, house, clock } = stage
const { db, vault } = house.services
const tenant = await stage.addTenant({ policies: { minimumCents: 1_000, maximumCents: 20_000 } })
const station = stationOf(tenant)
const service = serviceOf(tenant)
const codeOf = (walletId: string) => paymentCodeOf(db, vault, tenant.id, walletId, clock.now())
const code = await codeOf(await stage.wallet(tenant))
const demand = (paymentCode: string, amountCents = 2_500) =>
  node.demand(station, service, topUpPayload(paymentCode, amountCents))

describe('a demand', () => {
  test('twice the same makes two notices, and both can be paid', async () => {
    const wallet = await stage.wallet(tenant)
    const own = await codeOf(wallet)
    const numbers = []
    for (const answer of [await demand(own), await demand(own)]) {
      const noticeNumber = textAt(answer.payload, 'qrCode/noticeNumber')!
      numbers.push(noticeNumber)
      const receipt = { fiscalCode: tenant.creditorFiscalCode, noticeNumber, amountCents: 2_500 }
      expect((await node.send(station, receipt)).verdict).toBe('OK')
    }
    expect(new Set(numbers).size).toBe(2)
    expect(await stage.balance(tenant, wallet)).toBe(5_000n)
    expect(await stage.suspense(tenant)).toBe(0n)
  })

  test('is for an hour and for nobody in particular, and says nothing of the child', async () => {
    const family = await stage.addFamily(tenant, 1)
    const [child] = family.children
    const answer = await demand(await codeOf(child!.walletId))
    const noticeNumber = textAt(answer.payload, 'qrCode/noticeNumber')!
    const notice = { fiscalCode: tenant.creditorFiscalCode, noticeNumber }
    const got = await node.get(station, notice)
    const debtor = (path: string) => textAt(got.payload, `data/debtor/${path}`)
    expect([debtor('uniqueIdentifier/entityUniqueIdentifierValue'), debtor('fullName')]).toEqual([
      'ANONIMO',
      'ANONIMO',
    ])
    for (const { text } of [answer, got]) expect(text).not.toMatch(new RegExp(`Provetti|${child!.firstName}`))
    clock.forwardDays(59 / 1_440)
    expect((await node.verify(station, notice)).verdict).toBe('OK')
    clock.forwardDays(2 / 1_440)
    expect((await node.verify(station, notice)).verdict).toBe('PAA_PAGAMENTO_SCADUTO')
    clock.reset()
  })

  test('fifty times at once makes fifty notices', async () => {
    const paymentCode = await codeOf(await stage.wallet(tenant))
    // Asked of the counter's handler itself: the wire gives up on what a busy machine answers late.
    const ask = () => house.cashier.demand(tenant, { paymentCode, amountCents: cents(2_500) })
    const opened = await Promise.all(Array.from({ length: 50 }, ask))
    expect(new Set(opened.map(({ noticeNumber }) => noticeNumber)).size).toBe(50)
  })

  test('with the official example of the payload is read, and its code is unknown here', async () => {
    const example = sample('10-ricaricaMensa.xml') ?? topUpPayload('7K3M9Q2XW4T8ZB6HJ0VNRCDPGY', 5_000)
    expect((await node.demand(station, service, example)).verdict).toBe('PAA_PAGAMENTO_SCONOSCIUTO')
  })

  test.each([
    ['at the minimum', 1_000, 'OK'],
    ['at the maximum', 20_000, 'OK'],
    ['a cent below the minimum', 999, 'PAA_SEMANTICA'],
    ['a cent above the maximum', 20_001, 'PAA_SEMANTICA'],
    ['of nothing', 0, 'PAA_SINTASSI_XSD'],
  ])('over an amount %s is answered', async (_, amountCents, verdict) => {
    expect((await demand(code, amountCents)).verdict).toBe(verdict)
  })

  test('with any one character of the code changed finds nobody', async () => {
    const verdicts = []
    for (let place = 0; place < code.length; place++) {
      const other = code[place] === 'A' ? 'B' : 'A'
      verdicts.push((await demand(code.slice(0, place) + other + code.slice(place + 1))).verdict)
    }
    expect(verdicts).toEqual(Array.from(code, () => 'PAA_PAGAMENTO_SCONOSCIUTO'))
  })

  test.each([
    ['unknown', '7K3M9Q2XW4T8ZB6HJ0VNRCDPGYA', 'PAA_PAGAMENTO_SCONOSCIUTO'],
    ['cut by one character', code.slice(0, -1), 'PAA_PAGAMENTO_SCONOSCIUTO'],
    ['cut in the middle', code.slice(0, 13), 'PAA_SINTASSI_XSD'],
    ['in small letters', code.toLowerCase(), 'PAA_SINTASSI_XSD'],
    ['empty', '', 'PAA_SINTASSI_XSD'],
  ])('with a code that is %s is refused', async (_, wrong, verdict) => {
    expect((await demand(wrong)).verdict).toBe(verdict)
  })

  test('with a revoked code is refused, with its successor served', async () => {
    const wallet = await stage.wallet(tenant)
    const old = await codeOf(wallet)
    const renewed = await renewPaymentCode(db, vault, tenant.id, wallet, clock.now())
    expect((await demand(old)).verdict).toBe('PAA_PAGAMENTO_ANNULLATO')
    expect((await demand(renewed)).verdict).toBe('OK')
  })

  test.each(['suspended', 'closed'] as const)('for a wallet that is %s is refused', async (state) => {
    const wallet = await stage.wallet(tenant)
    const own = await codeOf(wallet)
    await inTenant(db, tenant.id, (tx) =>
      tx
        .updateTable('wallets')
        .set({ state })
        .where('tenant_id', '=', tenant.id)
        .where('id', '=', wallet)
        .execute(),
    )
    expect((await demand(own)).verdict).toBe('PAA_PAGAMENTO_ANNULLATO')
  })

  const namespace = 'http://PuntoAccessoPSP.spcoop.gov.it/ricaricaMensa'
  test.each([
    ['no XML', 'ricarica'],
    ['nothing', ''],
    ['another element', '<service xmlns="http://PuntoAccessoPSP.spcoop.gov.it/GeneralService"/>'],
    ['no amount', topUpPayload(code, 2_500).replace(/<rm:importo>.*<\/rm:importo>/, '')],
    ['an amount with a comma', topUpPayload(code, 2_500).replace('25.00', '25,00')],
    ['an amount below zero', topUpPayload(code, 2_500).replace('25.00', '-25.00')],
    ['an amount in words of a float', topUpPayload(code, 2_500).replace('25.00', '1e308')],
    ['elements in the wrong namespace', topUpPayload(code, 2_500).replace(namespace, `${namespace}2`)],
    ['a DOCTYPE', `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>${topUpPayload(code, 2_500)}`],
  ])('whose own data are %s is a fault of syntax', async (_, payload) => {
    expect((await node.demand(station, service, payload)).verdict).toBe('PAA_SINTASSI_XSD')
  })

  test.each([
    ['service', { ...service, idServizio: '00001' }, 'PAA_SEMANTICA'],
    ['subject', { ...service, idSoggettoServizio: 'X9999' }, 'PAA_SEMANTICA'],
  ])('for a %s that is not the entity’s is refused', async (_, wrong, verdict) => {
    expect((await node.demand(station, wrong, topUpPayload(code, 2_500))).verdict).toBe(verdict)
  })

  test('with a code of another entity finds nobody', async () => {
    const other = await stage.addTenant()
    const foreign = await paymentCodeOf(db, vault, other.id, await stage.wallet(other), clock.now())
    expect((await demand(foreign)).verdict).toBe('PAA_PAGAMENTO_SCONOSCIUTO')
  })

  test('is refused while the entity does not offer the channel', async () => {
    const without = await stage.addTenant({ channels: { 'psp-notice': {} } })
    const own = await paymentCodeOf(db, vault, without.id, await stage.wallet(without), clock.now())
    const answer = await node.demand(stationOf(without), serviceOf(without), topUpPayload(own, 2_500))
    expect(answer.verdict).toBe('PAA_SEMANTICA')
  })
})

test('every answer of this file is valid against the official schema', () => {
  expect(refusedByXsd('answers to demands', node.answers)).toEqual([])
})
