import { afterEach, beforeEach, expect, test } from 'vitest'
import { FISCAL_CODE, noticeNumber, refusal } from '../testing/played-creditor.ts'
import { setStage } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await setStage()
})
afterEach(() => stage.close())

const key = { fiscalCode: FISCAL_CODE, noticeNumber: noticeNumber(1) }
const qr = `PAGOPA|002|${key.noticeNumber}|${FISCAL_CODE}|2500`

test.each([
  ['the text of the QR', { qr }],
  [
    'the two codes, spaced as printed',
    { fiscalCode: FISCAL_CODE, noticeNumber: noticeNumber(1).replace(/(\d{4})/g, '$1 ') },
  ],
])('a notice is found by %s and paid', async (_, fields) => {
  const found = await stage.submit('/sportello', fields)
  expect(await found.text()).toMatch(/Comune di Prova[\s\S]*25,00/)
  const paid = await stage.submit('/sportello/paga', { ...key, psp: 'SIMBANCA1' })
  expect(await paid.text()).toContain('La ricevuta è arrivata')
  expect(stage.creditor.receivedOf('paSendRTV2')[0]).toContain('<paymentMethod>cash</paymentMethod>')
})

test('what is no notice is said at the field', async () => {
  const response = await stage.submit('/sportello', { qr: 'https://esempio.it' })
  expect(response.status).toBe(422)
  expect(await response.text()).toContain('aria-invalid="true"')
})

test('a refusal shows the words of the creditor', async () => {
  stage.creditor.on('paVerifyPaymentNotice', () => refusal('paVerifyPaymentNotice', 'PAA_PAGAMENTO_SCADUTO'))
  expect(await (await stage.submit('/sportello', key)).text()).toContain('PAA_PAGAMENTO_SCADUTO')
})

test('the JSON twin verifies and pays', async () => {
  const verified = await stage.call('POST', '/api/counter/verify', { qr })
  expect(verified.body).toMatchObject({ outcome: 'OK', ...key, amountCents: 2500 })
  const paid = await stage.call('POST', '/api/counter/pay', { qr, psp: 'SIMBANCA3', method: 'cash' })
  expect(paid.body).toMatchObject({ outcome: 'OK', feeCents: 200, delivery: { state: 'delivered' } })
  expect((await stage.call('POST', '/api/counter/verify', { qr: 'x' })).status).toBe(400)
  expect((await stage.call('POST', '/api/counter/pay', { ...key, psp: 'NESSUNO' })).status).toBe(422)
})
