import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FISCAL_CODE, noticeNumber, refusal } from '../testing/played-creditor.ts'
import { setStage, until } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'

let stage: Stage
let now: Date
beforeEach(async () => {
  now = new Date('2026-11-23T10:00:00Z')
  stage = await setStage({ now: () => now })
})
afterEach(() => stage.close())

const notice = (count: number) => ({
  noticeNumber: noticeNumber(count),
  fiscalCode: FISCAL_CODE,
  amount: 2500,
  companyName: 'Comune di Prova',
  description: 'Ricarica <b>refezione</b>',
})
const returnUrls = {
  returnOkUrl: 'https://portale.example/esito/abc?stato=ok&x=%20',
  returnCancelUrl: 'https://portale.example/esito/abc?stato=annullato',
  returnErrorUrl: 'https://portale.example/esito/abc?stato=errore',
  returnWaitingUrl: 'https://portale.example/esito/abc?stato=attesa',
}
const cart = (more: object = {}) => ({
  paymentNotices: [notice(1)],
  returnUrls,
  idCart: 'carrello-1',
  ...more,
})
const post = (body: unknown, headers: Record<string, string> = { 'Ocp-Apim-Subscription-Key': 'k' }) =>
  fetch(`${stage.sandbox.url}/checkout/ec/v2/carts`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    redirect: 'manual',
  })
async function open(more: object = {}): Promise<string> {
  const response = await post(cart(more))
  expect(response.status).toBe(302)
  return new URL(response.headers.get('location')!).pathname
}

describe('POST /carts', () => {
  test('answers 302 with its own payment page', async () => {
    const response = await post(cart())
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toMatch(`${stage.sandbox.url}/checkout/c/`)
  })

  test('without a subscription key is 401', async () => {
    expect((await post(cart(), {})).status).toBe(401)
  })

  test.each<[string, number, object]>([
    ['no notice', 400, { paymentNotices: [] }],
    ['a short notice number', 400, { paymentNotices: [{ ...notice(1), noticeNumber: '3' }] }],
    ['a fraction of a cent', 400, { paymentNotices: [{ ...notice(1), amount: 1.5 }] }],
    ['no waiting address', 400, { returnUrls: { ...returnUrls, returnWaitingUrl: undefined } }],
    ['a relative address', 400, { returnUrls: { ...returnUrls, returnOkUrl: '/esito' } }],
    ['a script as address', 400, { returnUrls: { ...returnUrls, returnOkUrl: 'javascript:alert(1)' } }],
    ['six notices', 422, { paymentNotices: [1, 2, 3, 4, 5, 6].map(notice) }],
    ['one notice twice', 422, { paymentNotices: [notice(1), notice(1)] }],
  ])('with %s is %i', async (_, status, more) => {
    const response = await post(cart(more))
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ status, detail: expect.any(String) as string })
    expect(stage.creditor.received).toEqual([])
  })

  test('with a notice that the creditor refuses is 422', async () => {
    stage.creditor.on('paVerifyPaymentNotice', () =>
      refusal('paVerifyPaymentNotice', 'PAA_PAGAMENTO_DUPLICATO'),
    )
    const response = await post(cart())
    expect(response.status).toBe(422)
    expect(((await response.json()) as { detail: string }).detail).toContain('PAA_PAGAMENTO_DUPLICATO')
  })
})

describe('told to fail, POST /carts', () => {
  const order = (failure: unknown) => stage.call('PUT', '/api/checkout/failure', failure)

  test('is down so often, and no cart is made', async () => {
    await order({ status: 502, times: 1 })
    expect((await post(cart())).status).toBe(502)
    expect(stage.creditor.received).toEqual([])
    expect((await post(cart())).status).toBe(302)
  })

  test('is slow', async () => {
    await order({ timeoutMs: 100 })
    const started = performance.now()
    expect((await post(cart())).status).toBe(302)
    expect(performance.now() - started).toBeGreaterThan(95)
  })

  test('answers garbage', async () => {
    await order({ garbage: true })
    const response = await post(cart())
    expect([response.status, response.headers.get('location')]).toEqual([200, null])
    await expect(response.json()).rejects.toThrow('JSON')
  })
})

test('a notice that is being paid, or is paid and not yet delivered, cannot be put into a cart', async () => {
  const key = { fiscalCode: FISCAL_CODE, noticeNumber: noticeNumber(1) }
  const { paymentToken } = (await stage.call('POST', '/api/node/activate', key)).body
  const inProgress = await post(cart())
  expect(inProgress.status).toBe(422)
  expect(await inProgress.json()).toMatchObject({
    title: 'Invalid payment notice data',
    detail: expect.stringContaining('PPT_PAGAMENTO_IN_CORSO') as string,
  })
  await stage.call('POST', '/api/node/misbehaviour/next', { drop: true })
  await stage.call('POST', '/api/node/pay', { paymentToken })
  const paid = await post(cart())
  expect([paid.status, await paid.text()]).toEqual([422, expect.stringContaining('PPT_PAGAMENTO_DUPLICATO')])
})

test('a person walks from the cart to the way back, one plain form a step', async () => {
  const path = await open()
  const page = async (step = '') => (await fetch(stage.sandbox.url + path + step)).text()
  expect(await page()).toContain('Ricarica &lt;b&gt;refezione&lt;/b&gt;')
  expect((await stage.submit(`${path}/contact`, { email: 'no' })).status).toBe(422)
  const steps: [string, Record<string, string>, string][] = [
    ['/contact', { email: 'io@posta.example' }, '/method'],
    ['/method', { method: 'account' }, '/psp'],
    ['/psp', { psp: 'SIMBANCA2' }, '/summary'],
  ]
  for (const [step, fields, next] of steps) {
    const response = await stage.submit(path + step, fields)
    expect([response.status, response.headers.get('location')]).toEqual([303, path + next])
  }
  expect(await page('/summary')).toMatch(
    /Importo<\/dt>\s*<dd>25,00.€[\s\S]*Commissione<\/dt>\s*<dd>0,50.€[\s\S]*Totale<\/dt>\s*<dd>25,50.€/,
  )
  const paid = await stage.submit(`${path}/pay`)
  expect([paid.status, paid.headers.get('location')]).toEqual([303, returnUrls.returnOkUrl])
  expect(stage.creditor.receivedOf('paGetPaymentV2')[0]).toContain('<paymentNote>carrello-1</paymentNote>')
  expect(stage.creditor.receivedOf('paSendRTV2')[0]).toContain('<fee>0.50</fee>')
  const again = await stage.submit(`${path}/pay`)
  expect(again.headers.get('location')).toBe(returnUrls.returnOkUrl)
  expect(stage.creditor.receivedOf('paSendRTV2')).toHaveLength(1)
})

test('the receipt is there before the browser returns, unless told to come after', async () => {
  const first = await open()
  await stage.submit(`${first}/pay`)
  expect(stage.creditor.receivedOf('paSendRTV2')).toHaveLength(1)
  await stage.call('POST', '/api/node/misbehaviour/next', { timing: 'after-return' })
  const second = await open({ paymentNotices: [notice(2)] })
  await stage.submit(`${second}/pay`)
  expect(stage.creditor.receivedOf('paSendRTV2')).toHaveLength(1)
  await until(() => (stage.creditor.receivedOf('paSendRTV2').length === 2 ? true : undefined))
})

test('the four endings over JSON go to the four addresses, and only paying makes a receipt', async () => {
  const end = async (ending: string, count: number, body?: object) => {
    const path = await open({ paymentNotices: [notice(count)] })
    return (await stage.call('POST', `/api${path.replace('/c/', '/carts/')}/${ending}`, body)).body
  }
  expect(await end('cancel', 1)).toMatchObject({
    redirectUrl: returnUrls.returnCancelUrl,
    state: 'cancelled',
  })
  expect(await end('fail', 2)).toMatchObject({ redirectUrl: returnUrls.returnErrorUrl, state: 'failed' })
  expect(stage.creditor.receivedOf('paSendRTV2')).toHaveLength(0)
  expect(await end('wait', 3)).toMatchObject({ redirectUrl: returnUrls.returnWaitingUrl, state: 'waiting' })
  expect(stage.creditor.receivedOf('paSendRTV2')).toHaveLength(0)
  await until(() => stage.creditor.receivedOf('paSendRTV2')[0])
  const choice = { email: 'a@b.example', method: 'card', psp: 'SIMPAGA04' }
  expect(await end('pay', 4, choice)).toMatchObject({ redirectUrl: returnUrls.returnOkUrl, state: 'paid' })
})

test('five notices are five receipts with one fee', async () => {
  const path = await open({ paymentNotices: [1, 2, 3, 4, 5].map(notice) })
  await stage.submit(`${path}/pay`)
  const fees = stage.creditor.receivedOf('paSendRTV2').map((xml) => /<fee>(.*)<\/fee>/.exec(xml)![1])
  expect(fees.filter((fee) => fee === '0.00')).toHaveLength(4)
  expect(fees.filter((fee) => fee === '0.95')).toHaveLength(1)
})

test('a payment that the creditor refuses ends in an error, with the reason kept', async () => {
  stage.creditor.on('paGetPaymentV2', () => refusal('paGetPaymentV2', 'PAA_PAGAMENTO_SCADUTO'))
  const path = await open()
  const response = await stage.submit(`${path}/pay`)
  expect(response.headers.get('location')).toBe(returnUrls.returnErrorUrl)
  expect(stage.creditor.receivedOf('paSendRTV2')).toEqual([])
  const { body } = await stage.call('GET', `/api${path.replace('/c/', '/carts/')}`)
  expect(body.fault.originalFaultCode).toBe('PAA_PAGAMENTO_SCADUTO')
})

test('a cart is paid as a whole or not at all: a refused notice frees the ones before it', async () => {
  const path = await open({ paymentNotices: [notice(1), notice(2)] })
  const usual = { fiscalCode: FISCAL_CODE, noticeNumber: noticeNumber(2) }
  await stage.call('POST', '/api/node/activate', usual)
  await stage.submit(`${path}/pay`)
  expect(stage.creditor.receivedOf('paSendRTV2')).toEqual([])
  const { body } = await stage.call('POST', '/api/node/activate', { ...usual, noticeNumber: noticeNumber(1) })
  expect(body.outcome).toBe('OK')
})

test('a cart lives ten minutes', async () => {
  const path = await open()
  now = new Date(now.getTime() + 10 * 60_000)
  expect((await fetch(stage.sandbox.url + path)).status).toBe(410)
  expect((await stage.submit(`${path}/pay`)).status).toBe(410)
  expect(stage.creditor.receivedOf('paGetPaymentV2')).toEqual([])
})

test('an unknown cart is a page that says so', async () => {
  const response = await fetch(`${stage.sandbox.url}/checkout/c/nessuno`)
  expect(response.status).toBe(404)
  expect(await response.text()).toContain('Carrello sconosciuto')
})
