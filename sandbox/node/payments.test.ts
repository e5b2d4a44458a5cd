import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { answer, FISCAL_CODE, noticeNumber, refusal } from '../testing/played-creditor.ts'
import type { Play } from '../testing/played-creditor.ts'
import { setStage, until } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'
import { checkDigits } from './notice-number.ts'

let stage: Stage
let now: Date
let dataDir: string
beforeEach(async () => {
  now = new Date('2026-11-23T22:30:00Z')
  dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'))
  stage = await setStage({ now: () => now, dataDir })
})
afterEach(async () => {
  await stage.close()
  rmSync(dataDir, { recursive: true })
})

const key = { fiscalCode: FISCAL_CODE, noticeNumber: noticeNumber(1) }
const activate = async () => (await stage.call('POST', '/api/node/activate', key)).body
const pay = async (more: object = {}) => {
  const { paymentToken } = await activate()
  return (await stage.call('POST', '/api/node/pay', { paymentToken, ...more })).body
}
const receipts = () => stage.creditor.receivedOf('paSendRTV2')
const logged = async () => (await stage.call('GET', '/api/node/receipts')).body.receipts
const settled = () =>
  until(async () => {
    const log = await logged()
    return log.length > 0 && log.every(({ state }: { state: string }) => state !== 'pending')
      ? log
      : undefined
  })

test('a payment becomes a receipt that carries everything, in Roman time', async () => {
  const { paymentToken } = (
    await stage.call('POST', '/api/node/activate', { ...key, paymentNote: 'carrello-9' })
  ).body
  const { body } = await stage.call('POST', '/api/node/pay', {
    paymentToken,
    psp: 'SIMBANCA2',
    method: 'account',
    email: 'a@b.example',
  })
  expect(body).toMatchObject({
    outcome: 'OK',
    state: 'paid',
    late: false,
    receiptId: paymentToken,
    delivery: { state: 'delivered' },
  })
  const [xml] = receipts()
  expect(xml).toContain(
    `<receiptId>${paymentToken}</receiptId><noticeNumber>${key.noticeNumber}</noticeNumber>`,
  )
  expect(xml).toContain('<description>Ricarica &amp; mensa</description>')
  expect(xml).toContain(
    '<e-mail>a@b.example</e-mail></payer><paymentMethod>other</paymentMethod><paymentNote>carrello-9</paymentNote><fee>0.50</fee>',
  )
  expect(xml).toContain(
    '<paymentDateTime>2026-11-23T23:30:00</paymentDateTime><applicationDate>2026-11-23</applicationDate><transferDate>2026-11-24</transferDate>',
  )
})

test('a failed payment frees the notice and the creditor hears nothing', async () => {
  expect(await pay({ outcome: 'KO' })).toMatchObject({ outcome: 'OK', state: 'released' })
  expect((await activate()).outcome).toBe('OK')
  expect(receipts()).toEqual([])
})

test('an outcome counts once', async () => {
  const { receiptId } = await pay()
  const again = await stage.call('POST', '/api/node/pay', { paymentToken: receiptId })
  expect(again.body.fault.faultCode).toBe('PPT_ESITO_GIA_ACQUISITO')
  const unknown = await stage.call('POST', '/api/node/pay', { paymentToken: 'nessuno' })
  expect(unknown.body.fault.faultCode).toBe('PPT_TOKEN_SCONOSCIUTO')
  expect(receipts()).toHaveLength(1)
})

test('an expired token frees the notice, and an outcome that comes later is still a receipt', async () => {
  const { paymentToken } = await activate()
  now = new Date(now.getTime() + 30 * 60_000)
  expect((await stage.call('POST', '/api/node/verify', key)).body.outcome).toBe('OK')
  const { body } = await stage.call('POST', '/api/node/pay', { paymentToken })
  expect(body).toMatchObject({ late: true, delivery: { state: 'delivered' } })
})

test('an expired token is worthless once the notice was paid with another', async () => {
  const { paymentToken } = await activate()
  now = new Date(now.getTime() + 30 * 60_000)
  await pay()
  const { body } = await stage.call('POST', '/api/node/pay', { paymentToken })
  expect(body.fault.faultCode).toBe('PPT_PAGAMENTO_DUPLICATO')
})

describe('the creditor is asked again', () => {
  test.each<[string, Play]>([
    ['it answers HTTP 500', { status: 500, body: '' }],
    [
      'it answers HTTP 500 with a valid KO',
      { ...(refusal('paSendRTV2', 'PAA_SYSTEM_ERROR') as { body: string }), status: 500 },
    ],
    ['its answer is malformed', answer('paSendRTV2', '<outcome>KKL</outcome>')],
    ['its KO has no fault', answer('paSendRTV2', '<outcome>KO</outcome>')],
    ['it says nothing', 'silence'],
  ])('when %s', async (_, play) => {
    stage.creditor.on('paSendRTV2', () =>
      receipts().length === 1 ? play : answer('paSendRTV2', '<outcome>OK</outcome>'),
    )
    const body = await pay()
    expect(body.delivery.state).toBe('pending')
    now = new Date(now.getTime() + 1000)
    const [delivery] = await settled()
    expect(delivery).toMatchObject({ state: 'delivered' })
    expect(receipts()).toHaveLength(2)
    expect(receipts()[1]).toBe(receipts()[0])
  })

  test('but not after a well-formed KO, which is final', async () => {
    stage.creditor.on('paSendRTV2', () => refusal('paSendRTV2', 'PAA_SEMANTICA'))
    expect((await pay()).delivery).toMatchObject({
      state: 'refused',
      attempts: [{ result: 'ko', faultCode: 'PAA_SEMANTICA' }],
    })
    await new Promise((resolve) => setTimeout(resolve, 80))
    expect(receipts()).toHaveLength(1)
  })

  test('but not after PAA_RECEIPT_DUPLICATA, which means that it has the receipt', async () => {
    stage.creditor.on('paSendRTV2', () => refusal('paSendRTV2', 'PAA_RECEIPT_DUPLICATA'))
    expect((await pay()).delivery).toMatchObject({ state: 'delivered', attempts: [{ result: 'duplicate' }] })
  })

  test('only so often; then a person must ask for one more try', async () => {
    stage.creditor.on('paSendRTV2', () => ({ status: 503, body: '' }))
    await pay()
    const [delivery] = await settled()
    expect(delivery).toMatchObject({ state: 'stuck' })
    expect(delivery.attempts).toHaveLength(4)
    stage.creditor.on('paSendRTV2', () => answer('paSendRTV2', '<outcome>OK</outcome>'))
    const retried = await stage.call('POST', `/api/node/receipts/${delivery.id}/retry`)
    expect(retried.body.state).toBe('delivered')
  })
})

test('until the creditor has the receipt, the Node itself says that the notice is paid', async () => {
  await stage.call('POST', '/api/node/misbehaviour/next', { delaySeconds: 3600 })
  const { delivery } = await pay()
  const verify = async () => (await stage.call('POST', '/api/node/verify', key)).body
  expect((await verify()).fault.faultCode).toBe('PPT_PAGAMENTO_DUPLICATO')
  await stage.call('POST', `/api/node/receipts/${delivery.id}/retry`)
  expect((await verify()).outcome).toBe('OK')
})

test('a receipt that waits survives a restart', async () => {
  await stage.call('PUT', '/api/node/misbehaviour/always', { delaySeconds: 3600 })
  const { receiptId } = await pay()
  await stage.sandbox.close()
  now = new Date(now.getTime() + 3_600_000)
  const { startSandbox } = await import('../server.ts')
  const again = await startSandbox({ now: () => now, dataDir })
  try {
    const xml = await until(() => receipts()[0])
    expect(xml).toContain(`<receiptId>${receiptId}</receiptId>`)
  } finally {
    await again.close()
  }
})

describe('told to misbehave, the Node', () => {
  const next = (misbehaviour: object) => stage.call('POST', '/api/node/misbehaviour/next', misbehaviour)

  test('sends copies of one receipt, once', async () => {
    await next({ duplicates: 2 })
    await pay()
    await until(() => (receipts().length === 3 ? true : undefined))
    expect(new Set(receipts()).size).toBe(1)
    await settled()
    await pay()
    await settled()
    expect(receipts()).toHaveLength(4)
  })

  test('sends the copies once, however often the first one is tried', async () => {
    await next({ duplicates: 1, loseAnswer: true })
    await pay()
    await until(() => (receipts().length >= 3 ? true : undefined))
    await settled()
    expect(receipts()).toHaveLength(3)
  })

  test('loses an answer and sends again', async () => {
    await next({ loseAnswer: true })
    expect((await pay()).delivery.attempts[0].result).toBe('answer-lost')
    const [delivery] = await settled()
    expect(delivery.attempts.map(({ result }: { result: string }) => result)).toEqual(['answer-lost', 'ok'])
  })

  test('waits before it sends', async () => {
    await next({ delaySeconds: 0.2 })
    expect((await pay()).delivery).toMatchObject({ state: 'pending', attempts: [] })
    expect(receipts()).toEqual([])
    expect((await settled())[0].state).toBe('delivered')
  })

  test('sends late, after the token has expired', async () => {
    await next({ timing: 'late' })
    const { delivery } = await pay()
    expect(Date.parse(delivery.nextAttemptAt) - now.getTime()).toBe(30 * 60_000 + 1000)
  })

  test('changes outcome, amount, notice, version and stand-in of the receipt', async () => {
    await next({ outcomeKo: true, amountCents: 2600, standIn: true, unknownNotice: true })
    await pay()
    const [xml] = receipts()
    expect(xml).toContain('<outcome>KO</outcome>')
    expect(xml).toContain('<paymentAmount>26.00</paymentAmount>')
    expect(xml).toContain('<transferAmount>26.00</transferAmount>')
    expect(xml).toContain('<standIn>true</standIn>')
    const named = /<noticeNumber>(\d{18})</.exec(xml!)![1]!
    expect(named).not.toBe(key.noticeNumber)
    expect(named.slice(0, 3)).toBe('301')
    expect(named.slice(16)).toBe(checkDigits(named.slice(0, 16)))
    await next({ version: 'V1' })
    await pay()
    expect(stage.creditor.receivedOf('paSendRT')).toHaveLength(1)
  })

  test('keeps an order for the notice that it names', async () => {
    await next({ version: 'V1', noticeNumber: noticeNumber(2) })
    await pay()
    expect(receipts()).toHaveLength(1)
    expect((await stage.call('GET', '/api/node/misbehaviour')).body.next).toHaveLength(1)
  })

  test('refuses orders that it does not know', async () => {
    expect((await next({ explode: true })).status).toBe(400)
  })
})

describe('a receipt out of thin air', () => {
  const send = (more: object = {}) =>
    stage.call('POST', '/api/node/receipts', { ...key, amountCents: 1234, receiptId: 'r-1', ...more })

  test('is sent once and tells what came back', async () => {
    expect((await send()).body).toMatchObject({
      outcome: 'OK',
      result: 'ok',
      httpStatus: 200,
      receiptId: 'r-1',
    })
    expect(receipts()[0]).toContain('<receiptId>r-1</receiptId>')
    stage.creditor.on('paSendRTV2', () => refusal('paSendRTV2', 'PAA_RECEIPT_DUPLICATA'))
    expect((await send()).body).toMatchObject({ outcome: 'KO', faultCode: 'PAA_RECEIPT_DUPLICATA' })
    stage.creditor.on('paSendRTV2', () => ({ status: 500, body: '' }))
    expect((await send()).body).toMatchObject({
      outcome: null,
      result: 'http-error',
      delivery: { state: 'stuck' },
    })
    expect(receipts()).toHaveLength(3)
  })

  test('can name a secondary beneficiary, a wrong station and a date', async () => {
    await send({
      idPA: FISCAL_CODE,
      fiscalCode: '88888888888',
      idStation: 'altra',
      paymentDateTime: '2026-11-01T10:00:00',
    })
    expect(receipts()[0]).toContain(
      `<idPA>${FISCAL_CODE}</idPA><idBrokerPA>00000000027</idBrokerPA><idStation>altra</idStation>`,
    )
    expect(receipts()[0]).toContain('<fiscalCode>88888888888</fiscalCode>')
    expect(receipts()[0]).toContain('<paymentDateTime>2026-11-01T10:00:00</paymentDateTime>')
  })

  test('needs a registered creditor', async () => {
    expect((await send({ fiscalCode: '99999999999' })).status).toBe(404)
  })
})
