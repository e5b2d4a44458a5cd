import { afterEach, beforeEach, expect, test } from 'vitest'
import { FISCAL_CODE, noticeNumber } from '../testing/played-creditor.ts'
import { setStage, SUBSCRIBED } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'

let stage: Stage
let now: Date
beforeEach(async () => {
  now = new Date('2026-11-23T22:30:00Z')
  stage = await setStage({ now: () => now })
})
afterEach(() => stage.close())

/** The reference in the played creditor's payment. */
const IUV = '01000000000000100'

async function pay(misbehaviour: object = {}): Promise<string> {
  await stage.call('POST', '/api/node/misbehaviour/next', misbehaviour)
  const key = { fiscalCode: FISCAL_CODE, noticeNumber: noticeNumber(1) }
  const { paymentToken } = (await stage.call('POST', '/api/node/activate', key)).body
  return (await stage.call('POST', '/api/node/pay', { paymentToken, psp: 'SIMBANCA2', email: 'a@b.example' }))
    .body.receiptId
}
const ask = (iur: string, option = `/paymentoptions/${IUV}`, headers: Record<string, string> = SUBSCRIBED) =>
  stage.call(
    'GET',
    `/bizevents/service/v1/organizations/${FISCAL_CODE}/receipts/${encodeURIComponent(iur)}${option}`,
    undefined,
    headers,
  )

test('a receipt that was never sent is recovered here, with all that it would have said', async () => {
  const receiptId = await pay({ drop: true })
  expect(stage.creditor.receivedOf('paSendRTV2')).toEqual([])
  const { status, body } = await ask(receiptId)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    receiptId,
    noticeNumber: noticeNumber(1),
    fiscalCode: FISCAL_CODE,
    outcome: 'OK',
    creditorReferenceId: IUV,
    paymentAmount: 25,
    debtor: { entityUniqueIdentifierType: 'F', entityUniqueIdentifierValue: 'ANONIMO', fullName: 'ANONIMO' },
    idPSP: 'SIMBANCA2',
    pspCompanyName: 'Cassa Immaginaria',
    payer: { email: 'a@b.example' },
    fee: 1.3,
    paymentDateTime: '2026-11-23',
    paymentDateTimeFormatted: '2026-11-23T23:30:00',
  })
  expect(body.transferList).toMatchObject([{ idTransfer: 1, transferAmount: 25, fiscalCodePA: FISCAL_CODE }])
  expect((await ask(receiptId, '')).body.receiptId).toBe(receiptId)
})

test('what is unknown, of another reference, or no payment at all is 404', async () => {
  const [paid, failed] = [await pay(), await pay({ outcomeKo: true })]
  expect((await ask('mai visto/né sentito')).status).toBe(404)
  expect((await ask(paid, '/paymentoptions/01000000000000999')).status).toBe(404)
  expect((await ask(failed)).status).toBe(404)
  expect((await ask(paid, '', {})).status).toBe(401)
})

test('ten calls an hour are answered, the eleventh is 429 until the first is an hour old', async () => {
  const receiptId = await pay()
  for (let call = 0; call < 10; call++) {
    expect((await ask(call % 2 === 0 ? receiptId : 'ignoto')).status).toBe(call % 2 === 0 ? 200 : 404)
    now = new Date(now.getTime() + 60_000)
  }
  expect((await ask(receiptId)).status).toBe(429)
  expect((await ask(receiptId, '', { 'Ocp-Apim-Subscription-Key': 'altra' })).status).toBe(200)
  now = new Date(now.getTime() + 50 * 60_000 - 1)
  expect((await ask(receiptId)).status).toBe(429)
  now = new Date(now.getTime() + 1)
  expect((await ask(receiptId)).status).toBe(200)
  const { calls } = (await stage.call('GET', '/api/biz-events/calls')).body
  expect(
    calls.map(({ status }: { status: number }) => status).filter((status: number) => status === 429),
  ).toHaveLength(2)
  expect(JSON.stringify(calls)).not.toContain('una-chiave')
})

test('the limit is an option, and an ordered failure counts against it', async () => {
  const strict = await setStage({ bizEvents: { mostCalls: 1, windowMs: 60_000 } })
  const path = `/bizevents/service/v1/organizations/${FISCAL_CODE}/receipts/x`
  try {
    await strict.call('PUT', '/api/biz-events/failure', { status: 500, times: 1 })
    expect((await strict.call('GET', path, undefined, SUBSCRIBED)).status).toBe(500)
    expect((await strict.call('GET', path, undefined, SUBSCRIBED)).status).toBe(429)
  } finally {
    await strict.close()
  }
})
