import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FISCAL_CODE, IBAN, noticeNumber, refusal } from '../testing/played-creditor.ts'
import { setStage, SUBSCRIBED } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'

let stage: Stage
let dataDir: string
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'))
  stage = await setStage({ now: () => new Date('2026-11-23T10:00:00Z'), dataDir })
})
afterEach(async () => {
  await stage.close()
  rmSync(dataDir, { recursive: true })
})

const nav = noticeNumber(1)
const position = {
  paFiscalCode: FISCAL_CODE,
  entityType: 'F',
  entityFiscalCode: 'ANONIMO',
  entityFullName: 'Anonimo',
  iuv: nav.slice(1),
  nav,
  amount: 2500,
  description: 'Ricarica refezione',
  expirationDate: '2026-12-31T23:59:59+01:00',
  iban: IBAN,
  switchToExpired: false,
  payStandIn: true,
}
const announce = (more: object = {}, headers: Record<string, string> = SUBSCRIBED) =>
  stage.call('POST', '/aca/v1/paCreatePosition', { ...position, ...more }, headers)
const known = async () =>
  (await stage.call('GET', `/api/aca/positions?fiscalCode=${FISCAL_CODE}&noticeNumber=${nav}`)).body.positions

test('a position is created, repeated, changed and closed, and its history says so', async () => {
  expect(await announce()).toMatchObject({
    status: 200,
    body: { nav, amount: 2500, companyName: 'Comune di Prova', status: 'VALID' },
  })
  await announce()
  await announce({ amount: 3000 })
  await announce({ amount: 3000, iban: undefined })
  expect((await announce({ amount: 0 })).body).toMatchObject({ status: 'INVALID', amount: 0 })
  expect((await announce({ amount: 0 })).status).toBe(200)
  const [only, ...others] = await known()
  expect(others).toEqual([])
  expect(only).toMatchObject({ status: 'INVALID', amountCents: 0, noticeNumber: nav })
  expect(
    only.history.map(({ action, amountCents }: Record<string, unknown>) => [action, amountCents]),
  ).toEqual([
    ['created', 2500],
    ['repeated', 2500],
    ['updated', 3000],
    ['updated', 3000],
    ['closed', 0],
    ['repeated', 0],
  ])
})

test('without a notice number it is 3 and the iuv', async () => {
  expect((await announce({ nav: undefined })).body.nav).toBe(nav)
})

test.each<[string, number, object]>([
  ['an amount below zero', 400, { amount: -1 }],
  ['a fraction of a cent', 400, { amount: 25.5 }],
  ['a due date without an offset', 400, { expirationDate: '2026-12-31T23:59:59' }],
  ['a short fiscal code', 400, { paFiscalCode: '1' }],
  ['a field that is not published', 400, { taxonomy: '9/0107101TS/' }],
  ['a short account', 400, { iban: 'IT1' }],
  ['no debtor', 400, { entityFullName: undefined }],
  ['an unknown creditor', 404, { paFiscalCode: '99999999999' }],
  ['a notice of a station that is not registered', 409, { nav: `344${nav.slice(3)}` }],
  ['a creation with amount 0', 422, { amount: 0 }],
])('%s is %i as published', async (_, status, more) => {
  const answer = await announce(more)
  expect(answer).toMatchObject({ status, body: { status, detail: expect.any(String) as string } })
  expect(await known()).toEqual([])
})

test('a closed position is not opened again', async () => {
  await announce()
  await announce({ amount: 0 })
  expect((await announce()).status).toBe(409)
})

test('without a subscription key it is 401, in the words of the gateway', async () => {
  expect(await announce({}, {})).toMatchObject({ status: 401, body: { statusCode: 401 } })
})

test('a sandbox with keys refuses all others', async () => {
  const strict = await setStage({ subscriptionKeys: ['giusta'] })
  const ask = (key: string) =>
    strict.call('POST', '/aca/v1/paCreatePosition', position, { 'Ocp-Apim-Subscription-Key': key })
  try {
    expect((await ask('sbagliata')).status).toBe(401)
    expect((await ask('giusta')).status).toBe(200)
  } finally {
    await strict.close()
  }
})

test('told to fail it fails so often, slowly or with garbage, and then works again', async () => {
  const order = (failure: unknown) => stage.call('PUT', '/api/aca/failure', failure)
  await order({ status: 503, times: 2 })
  expect((await announce()).status).toBe(503)
  expect((await announce()).status).toBe(503)
  expect((await announce()).status).toBe(200)
  await order({ timeoutMs: 120 })
  const started = performance.now()
  expect((await announce({ amount: 2600 })).status).toBe(200)
  expect(performance.now() - started).toBeGreaterThan(100)
  await order({ garbage: true })
  await expect(announce()).rejects.toThrow('JSON')
  expect((await order(null)).body).toEqual({ failure: null })
  expect((await announce()).status).toBe(200)
  expect((await order({ status: 200 })).status).toBe(400)
})

test('what was announced survives a restart', async () => {
  await announce()
  await stage.sandbox.close()
  const { startSandbox } = await import('../server.ts')
  const again = await startSandbox({ dataDir })
  try {
    const answer = await fetch(`${again.url}/api/aca/positions`)
    expect(await answer.json()).toMatchObject({ positions: [{ nav, amountCents: 2500 }] })
  } finally {
    await again.close()
  }
})

describe('in stand-in the Node pays an announced position', () => {
  const key = { fiscalCode: FISCAL_CODE, noticeNumber: nav }
  const activate = async () => (await stage.call('POST', '/api/node/activate', key)).body
  const pay = async () => {
    const { paymentToken } = await activate()
    return (await stage.call('POST', '/api/node/pay', { paymentToken })).body
  }
  const mode = (wanted: string) => stage.call('PUT', '/api/node/stand-in', { mode: wanted })

  test('when its creditor is down: verified, paid, receipt marked, position out of the creditor’s hands', async () => {
    await announce()
    for (const operation of ['paVerifyPaymentNotice', 'paGetPaymentV2'] as const)
      stage.creditor.on(operation, () => ({ status: 503, body: '' }))
    expect((await stage.call('POST', '/api/node/verify', key)).body).toMatchObject({ amountCents: 2500 })
    expect((await pay()).delivery.state).toBe('delivered')
    const [xml] = stage.creditor.receivedOf('paSendRTV2')
    expect(xml).toContain('<standIn>true</standIn>')
    expect(xml).toContain(`<creditorReferenceId>${nav.slice(1)}</creditorReferenceId>`)
    expect((await known())[0].status).toBe('PAID')
    expect((await announce({ amount: 0 })).status).toBe(409)
  })

  test('by order without asking the creditor at all', async () => {
    await announce()
    await mode('always')
    expect((await pay()).delivery.state).toBe('delivered')
    expect(stage.creditor.receivedOf('paGetPaymentV2')).toEqual([])
  })

  test.each<[string, object, string]>([
    ['was closed', { amount: 0 }, 'when-down'],
    ['may not be paid so', { payStandIn: false }, 'when-down'],
    ['ran out', { switchToExpired: true, expirationDate: '2026-11-22T00:00:00Z' }, 'when-down'],
    ['is there but stand-in is off', {}, 'off'],
  ])('but not one that %s', async (_, more, wanted) => {
    await announce()
    await announce(more)
    await mode(wanted)
    await stage.creditor.close()
    expect((await activate()).fault.faultCode).toBe('PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE')
  })

  test('but not when the creditor answers for itself, and be it with a refusal', async () => {
    await announce()
    stage.creditor.on('paGetPaymentV2', () => refusal('paGetPaymentV2', 'PAA_SYSTEM_ERROR'))
    expect((await activate()).fault.originalFaultCode).toBe('PAA_SYSTEM_ERROR')
  })
})
