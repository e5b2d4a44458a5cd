import { afterEach, beforeEach, expect, test } from 'vitest'
import { FISCAL_CODE, noticeNumber, refusal } from '../testing/played-creditor.ts'
import { setStage } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await setStage()
})
afterEach(() => stage.close())

const qr = '00009|00035|7K3M9Q2XW4T8ZB6HJ0VNRCDPGY'

test('scan, amount, pre-receipt, confirmation, receipt', async () => {
  const asked = await (await stage.submit('/puntolis/richiesta', { qr, amount: '37,50' })).text()
  expect(asked).toMatch(/Pre-scontrino[\s\S]*Comune di Prova[\s\S]*Ricarica refezione scolastica/)
  expect(stage.creditor.receivedOf('paSendRTV2')).toEqual([])
  const confirmed = await stage.submit('/puntolis/conferma', {
    fiscalCode: FISCAL_CODE,
    noticeNumber: noticeNumber(77),
  })
  expect(await confirmed.text()).toMatch(/La ricevuta è arrivata[\s\S]*27,00/)
  expect(stage.creditor.receivedOf('paSendRTV2')).toHaveLength(1)
})

test('the demand carries code and amount in the XML of the service', async () => {
  await stage.call('POST', '/api/puntolis/demand', { qr, amountCents: 5000 })
  const [xml] = stage.creditor.receivedOf('paDemandPaymentNotice')
  expect(xml).toContain('<idServizio>00009</idServizio><idSoggettoServizio>00035</idSoggettoServizio>')
  const payload = Buffer.from(/Request>([A-Za-z0-9+/=]+)</.exec(xml!)![1]!, 'base64').toString('utf8')
  expect(payload).toBe(
    '<rm:ricaricaMensa xmlns:rm="http://PuntoAccessoPSP.spcoop.gov.it/ricaricaMensa"><rm:codicePagamento>7K3M9Q2XW4T8ZB6HJ0VNRCDPGY</rm:codicePagamento><rm:importo>50.00</rm:importo></rm:ricaricaMensa>',
  )
})

test.each([
  [{ qr: 'https://esempio.it', amount: '25' }, 'non è un codice pagamento'],
  [{ qr, amount: '0' }, 'Scrivi un importo'],
  [{ qr, amount: '12,345' }, 'Scrivi un importo'],
])('the terminal does not send %o', async (fields, words) => {
  const response = await stage.submit('/puntolis/richiesta', fields)
  expect(response.status).toBe(422)
  expect(await response.text()).toContain(words)
  expect(stage.creditor.received).toEqual([])
})

test('a service that nobody offers is refused by the Node', async () => {
  const { body } = await stage.call('POST', '/api/puntolis/demand', {
    qr: qr.replace('00035', '99999'),
    amountCents: 100,
  })
  expect(body.fault.faultCode).toBe('PPT_SERVIZIO_SCONOSCIUTO')
})

test('a code that the creditor refuses is said in its words', async () => {
  stage.creditor.on('paDemandPaymentNotice', () =>
    refusal('paDemandPaymentNotice', 'PAA_PAGAMENTO_ANNULLATO'),
  )
  expect(await (await stage.submit('/puntolis/richiesta', { qr, amount: '25' })).text()).toContain(
    'PAA_PAGAMENTO_ANNULLATO',
  )
})

test('the JSON twin demands and confirms', async () => {
  const { body } = await stage.call('POST', '/api/puntolis/demand', { qr, amountCents: 2500 })
  expect(body).toMatchObject({
    outcome: 'OK',
    noticeNumber: noticeNumber(77),
    feeCents: 200,
    totalCents: 2700,
  })
  const confirmed = await stage.call('POST', '/api/puntolis/confirm', body)
  expect(confirmed.body).toMatchObject({ outcome: 'OK', delivery: { state: 'delivered' } })
})
