import { afterAll, beforeAll, expect, test } from 'vitest'
import { answer, FISCAL_CODE, noticeNumber, payment } from '../testing/played-creditor.ts'
import { hasSchemas, schemaProblems } from '../testing/schema.ts'
import { setStage } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'
import { OPERATIONS } from './operations.ts'
import { ricaricaMensa } from './ricarica-mensa.ts'

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage.close())

async function pay(count: number, details: object = {}): Promise<void> {
  const key = { fiscalCode: FISCAL_CODE, noticeNumber: noticeNumber(count) }
  const { body } = await stage.call('POST', '/api/node/activate', { ...key, ...details })
  expect(body.outcome).toBe('OK')
  await stage.call('POST', '/api/node/pay', {
    paymentToken: body.paymentToken,
    email: 'chi.paga@posta.example',
  })
}

async function playEverything(): Promise<void> {
  const { creditor } = stage
  const metadata = '<metadata><mapEntry><key>IBANAPPOGGIO</key><value>IT00</value></mapEntry></metadata>'
  creditor.on('paGetPaymentV2', () =>
    answer('paGetPaymentV2', payment({ transfers: ['20.00', '5.00'], metadata })),
  )
  const key = { fiscalCode: FISCAL_CODE, noticeNumber: noticeNumber(1) }
  await stage.call('POST', '/api/node/verify', key)
  await stage.call('POST', '/api/node/demand', {
    idServizio: '00009',
    idSoggettoServizio: '00035',
    code: 'A'.repeat(26),
    amountCents: 5,
  })
  await pay(1)
  await pay(2, {
    amountCents: 2500,
    paymentNote: 'cart <1> & "2"',
    transferType: 'PAGOPA',
    dueDate: '2026-12-31',
  })
  await pay(3, { version: 'V1', transferType: 'POSTAL' })
  for (const misbehaviour of [
    { version: 'V1', standIn: true },
    { outcomeKo: true },
    { amountCents: 1 },
    { unknownNotice: true },
  ]) {
    await stage.call('POST', '/api/node/misbehaviour/next', misbehaviour)
    await pay(4)
  }
  for (const version of ['V1', 'V2']) {
    await stage.call('POST', '/api/node/receipts', {
      ...key,
      amountCents: 99_999_999_999,
      version,
      paymentNote: 'x',
      standIn: true,
    })
  }
}

test.skipIf(!hasSchemas)('every request of the Node is valid against the official schema', async () => {
  await playEverything()
  const { received } = stage.creditor
  expect(new Set(received.map(({ operation }) => operation))).toEqual(new Set(Object.keys(OPERATIONS)))
  for (const { operation, xml, contentType } of received) {
    expect(schemaProblems(xml), xml).toBe('')
    // The schema lets an unknown body element pass, so the root is asserted on its own.
    expect(xml).toContain(`<soapenv:Body><paf:${OPERATIONS[operation].request}>`)
    expect(contentType).toMatch(/^text\/xml/)
  }
})

test.skipIf(!hasSchemas)('the schema check would notice a broken request', () => {
  const xml = stage.creditor.receivedOf('paSendRTV2')[0]!
  expect(schemaProblems(xml.replace(/<fee>.*<\/fee>/, '<fee>1,00</fee>'))).toContain('fee')
})

test.skipIf(!hasSchemas)('the payload of a demand is valid against the schema of the service', () => {
  expect(schemaProblems(ricaricaMensa('7K3M9Q2XW4T8ZB6HJ0VNRCDPGY', 5000), 'ricarica_mensa_1_0_0.xsd')).toBe(
    '',
  )
})
