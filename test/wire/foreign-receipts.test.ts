import { describe, expect, test } from 'vitest'
import { newId } from '#core/ids.ts'
import { noticeNumber } from '#pagopa/notice-number.ts'
import { refusedByXsd } from '#pagopa/soap/test-reference.ts'
import { receiptMessage, stationOf } from '../support/soap.ts'
import { openStage } from './stage.ts'

const stage = await openStage()
const { node } = stage

describe('a receipt of another intermediary’s notice', () => {
  const ofOthers = (fiscalCode: string) => ({
    fiscalCode,
    noticeNumber: noticeNumber({ segregationCode: '47', sequence: 1n }),
    amountCents: 3_000,
    receiptId: newId(),
  })

  test('that is broadcast to us is OK, stored, and books nothing', async () => {
    const tenant = await stage.addTenant()
    const receipt = ofOthers(tenant.creditorFiscalCode)
    expect((await node.send(stationOf(tenant), receipt)).verdict).toBe('OK')
    expect((await node.send(stationOf(tenant), receipt)).verdict).toBe('PAA_RECEIPT_DUPLICATA')
    expect(await stage.receipts(tenant)).toMatchObject([{ disposition: 'other-intermediary' }])
    expect(await stage.suspense(tenant)).toBe(0n)
    expect(await stage.brokenRules(tenant)).toEqual([])
  })

  test('is kept for a person where two tenants of the creditor could be meant', async () => {
    const creditorFiscalCode = '61112223335'
    const first = await stage.addTenant({ creditorFiscalCode, segregationCode: '01' })
    await stage.addTenant({ creditorFiscalCode, segregationCode: '02' })
    const receipt = ofOthers(creditorFiscalCode)
    expect((await node.send(stationOf(first), receipt)).verdict).toBe('OK')
    expect((await node.send(stationOf(first), receipt)).verdict).toBe('PAA_RECEIPT_DUPLICATA')
    expect(await stage.unrouted(creditorFiscalCode)).toMatchObject([{ receipt_id: receipt.receiptId }])
    expect(await stage.receipts(first)).toEqual([])
  })

  test('of which we are a secondary beneficiary puts our share, and no more, in suspense', async () => {
    const tenant = await stage.addTenant()
    const receipt = {
      ...ofOthers('80000000001'),
      shares: [
        { fiscalCodePA: '80000000001', amountCents: 1_800 },
        { fiscalCodePA: tenant.creditorFiscalCode, amountCents: 1_200 },
      ],
    }
    expect((await node.send(stationOf(tenant), receipt)).verdict).toBe('OK')
    expect(await stage.suspense(tenant)).toBe(1_200n)
    expect(await stage.brokenRules(tenant)).toEqual([])
  })

  test('in which no share is ours is stored and books nothing', async () => {
    const tenant = await stage.addTenant()
    expect((await node.send(stationOf(tenant), ofOthers('80000000001'))).verdict).toBe('OK')
    expect(await stage.receipts(tenant)).toMatchObject([{ disposition: 'no-share' }])
    expect(await stage.suspense(tenant)).toBe(0n)
  })
})

describe('a refused receipt is kept word for word', () => {
  test.each([
    ['station', { idStation: '99999999990_99' }, 'PAA_STAZIONE_INT_ERRATA'],
    ['broker', { idBrokerPA: '60000000001' }, 'PAA_ID_INTERMEDIARIO_ERRATO'],
  ])('with a wrong %s, and taken when it comes the right way', async (_, wrong, verdict) => {
    const tenant = await stage.addTenant()
    const wallet = await stage.wallet(tenant)
    const notice = await stage.topUp(tenant, wallet, 5_000)
    const receipt = { ...notice, amountCents: 5_000, receiptId: newId() }
    const astray = receiptMessage({ ...stationOf(tenant), ...wrong }, receipt)
    expect((await node.call('paSendRTV2', astray)).verdict).toBe(verdict)
    expect((await node.call('paSendRTV2', astray)).verdict).toBe(verdict)
    expect(await stage.balance(tenant, wallet)).toBe(0n)
    const kept = await stage.unrouted(tenant.creditorFiscalCode)
    expect(kept.map(({ raw }) => raw.toString())).toEqual([astray])
    expect((await node.send(stationOf(tenant), receipt)).verdict).toBe('OK')
    expect(await stage.balance(tenant, wallet)).toBe(5_000n)
  })

  test('of a creditor that was never served here', async () => {
    const idPA = '60000000009'
    const station = { idPA, idBrokerPA: '99999999990', idStation: '99999999990_01' }
    const receipt = { fiscalCode: idPA, noticeNumber: '301000000001234519', amountCents: 100 }
    expect((await node.send(station, receipt)).verdict).toBe('PAA_ID_DOMINIO_ERRATO')
    expect(await stage.unrouted(idPA)).toHaveLength(1)
  })

  test.each([
    ['breaks the schema', (xml: string) => xml.replace('50.00', '50,00'), 'PAA_SINTASSI_XSD'],
    ['is cut off', (xml: string) => xml.slice(0, xml.length / 2), 'PAA_SINTASSI_EXTRAXSD'],
    ['bears a DOCTYPE', (xml: string) => xml.replace('?>', '?><!DOCTYPE x>'), 'PAA_SINTASSI_EXTRAXSD'],
  ])('that %s', async (_, spoil, verdict) => {
    const tenant = await stage.addTenant()
    const notice = await stage.topUp(tenant, await stage.wallet(tenant), 5_000)
    const spoilt = spoil(receiptMessage(stationOf(tenant), { ...notice, amountCents: 5_000 }))
    expect((await node.call('paSendRTV2', spoilt)).verdict).toBe(verdict)
    const kept = await stage.house.services.relay.selectFrom('unrouted_receipts').select('raw').execute()
    expect(kept.map(({ raw }) => raw.toString())).toContain(spoilt)
  })

  test('whose SOAPAction speaks of something else', async () => {
    const tenant = await stage.addTenant()
    const notice = await stage.topUp(tenant, await stage.wallet(tenant), 5_000)
    const message = receiptMessage(stationOf(tenant), { ...notice, amountCents: 5_000 })
    const answer = await node.call('paSendRTV2', message, { soapaction: 'paVerifyPaymentNotice' })
    expect(answer.verdict).toBe('PAA_SINTASSI_EXTRAXSD')
    expect(await stage.unrouted(tenant.creditorFiscalCode)).toHaveLength(1)
  })
})

test('every answer of this file is valid against the official schema', () => {
  expect(refusedByXsd('answers to foreign receipts', node.answers)).toEqual([])
})
