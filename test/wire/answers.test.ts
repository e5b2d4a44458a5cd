import { describe, expect, test } from 'vitest'
import { paymentCodeOf } from '#core/payment-codes.ts'
import { refusedByXsd } from '#pagopa/soap/test-reference.ts'
import { element } from '../../sandbox/wire/xml.ts'
import { operationNames, serviceOf, stationOf, textAt, topUpPayload } from '../support/soap.ts'
import { openStage } from './stage.ts'

const stage = await openStage()
const { node, house, clock } = stage
const postalIban = 'IT40P0760101600000012345678'
const tenant = await stage.addTenant({
  creditor: {
    name: 'Ente di prova & figli',
    brokerFiscalCode: '99999999990',
    stationId: '99999999990_01',
    iban: 'IT60X0542811101000000123456',
    postalIban,
  },
})
const walletId = await stage.wallet(tenant)
const station = stationOf(tenant)

describe('the six operations over HTTP', () => {
  test('verify tells the amount and the creditor, as text/xml', async () => {
    const notice = await stage.topUp(tenant, walletId, 5_000)
    const answer = await node.verify(station, notice)
    expect(answer).toMatchObject({ status: 200, verdict: 'OK' })
    expect(answer.contentType).toBe('text/xml; charset=utf-8')
    const at = (path: string) => textAt(answer.payload, path)
    expect(at('paymentList/paymentOptionDescription/amount')).toBe('50.00')
    expect(at('paymentList/paymentOptionDescription/options')).toBe('EQ')
    expect(at('fiscalCodePA')).toBe(tenant.creditorFiscalCode)
    expect(at('companyName')).toBe('Ente di prova & figli')
  })

  test.each(['V1', 'V2'] as const)(
    'get %s tells the position, and the same again when asked again',
    async (version) => {
      const notice = await stage.topUp(tenant, walletId, 12_345)
      const [first, second] = [
        await node.get(station, notice, [], version),
        await node.get(station, notice, [], version),
      ]
      expect(first.verdict).toBe('OK')
      expect(second.text).toBe(first.text)
      const data = (path: string) => textAt(first.payload, `data/${path}`)
      expect(data('creditorReferenceId')).toBe(notice.noticeNumber.slice(1))
      expect(data('paymentAmount')).toBe('123.45')
      expect(data('transferList/transfer/transferAmount')).toBe('123.45')
      expect(data('transferList/transfer/IBAN')).toBe(tenant.creditor.iban)
    },
  )

  test('get asked for POSTAL names the postal account, asked for PAGOPA mentions it', async () => {
    const notice = await stage.topUp(tenant, walletId, 5_000)
    const asked = (transferType: string) => node.get(station, notice, [element('transferType', transferType)])
    const [postal, pagopa] = [await asked('POSTAL'), await asked('PAGOPA')]
    expect(textAt(postal.payload, 'data/transferList/transfer/IBAN')).toBe(postalIban)
    expect(textAt(pagopa.payload, 'data/transferList/transfer/IBAN')).toBe(tenant.creditor.iban)
    expect(textAt(pagopa.payload, 'data/transferList/transfer/metadata/mapEntry/value')).toBe(postalIban)
  })

  test('demand makes a notice that verify and get then know', async () => {
    const { db, vault } = house.services
    const code = await paymentCodeOf(db, vault, tenant.id, walletId, clock.now())
    const answer = await node.demand(station, serviceOf(tenant), topUpPayload(code, 2_500))
    expect(answer.verdict).toBe('OK')
    const notice = {
      fiscalCode: textAt(answer.payload, 'qrCode/fiscalCode')!,
      noticeNumber: textAt(answer.payload, 'qrCode/noticeNumber')!,
    }
    const verified = await node.verify(station, notice)
    expect(textAt(verified.payload, 'paymentList/paymentOptionDescription/amount')).toBe('25.00')
    const got = await node.get(station, notice)
    expect(textAt(got.payload, 'data/debtor/uniqueIdentifier/entityUniqueIdentifierValue')).toBe('ANONIMO')
  })

  test.each(['V1', 'V2'] as const)('a receipt %s is taken and credits', async (version) => {
    const wallet = await stage.wallet(tenant)
    const notice = await stage.topUp(tenant, wallet, 4_000)
    const receipt = { ...notice, amountCents: 4_000, version }
    expect((await node.send(station, receipt)).verdict).toBe('OK')
    expect(await stage.balance(tenant, wallet)).toBe(4_000n)
  })

  test('a header, other prefixes, CDATA and white space change nothing', async () => {
    const notice = await stage.topUp(tenant, walletId, 5_000)
    const message = `<?xml version="1.0"?>
      <S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">
        <S:Header><t:Trace xmlns:t="urn:example">1</t:Trace></S:Header>
        <S:Body>
          <paVerifyPaymentNoticeReq xmlns="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd">
            <idPA xmlns="">${station.idPA}</idPA><idBrokerPA xmlns="">${station.idBrokerPA}</idBrokerPA>
            <idStation xmlns=""><![CDATA[${station.idStation}]]></idStation>
            <qrCode xmlns=""><fiscalCode>${notice.fiscalCode}</fiscalCode>
              <noticeNumber>${notice.noticeNumber}</noticeNumber></qrCode>
          </paVerifyPaymentNoticeReq>
        </S:Body>
      </S:Envelope>`
    const headers = { 'content-type': 'application/xml', soapaction: '' }
    expect((await node.call('paVerifyPaymentNotice', message, headers)).verdict).toBe('OK')
  })
})

test('every answer of this file is valid against the official schema', () => {
  expect(node.answers.length).toBeGreaterThan(2 * operationNames.length)
  expect(refusedByXsd('answers over HTTP', node.answers)).toEqual([])
})
