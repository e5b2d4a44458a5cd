import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FISCAL_CODE, IBAN, noticeNumber, refusal, answer, payment } from '../testing/played-creditor.ts'
import { declaration, setStage, until } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'
import { STRANGER } from './extra-receipts.ts'
import { checkDigits } from './notice-number.ts'

let stage: Stage
beforeEach(async () => {
  stage = await setStage()
})
afterEach(() => stage.close())

const key = { fiscalCode: FISCAL_CODE, noticeNumber: noticeNumber(1) }
const receipts = () => stage.creditor.receivedOf('paSendRTV2')
const value = (xml: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
const ids = () => receipts().map((xml) => value(xml, 'receiptId'))
const arrived = (count: number) => until(() => (receipts().length >= count ? true : undefined))
async function pay(misbehaviour: object, details: object = {}) {
  await stage.call('POST', '/api/node/misbehaviour/next', misbehaviour)
  const { paymentToken } = (await stage.call('POST', '/api/node/activate', { ...key, ...details })).body
  return (await stage.call('POST', '/api/node/pay', { paymentToken })).body
}
const ledger = async (fiscalCode = FISCAL_CODE) =>
  (await stage.call('GET', `/api/node/ledger?fiscalCode=${fiscalCode}`)).body
const entry = async (segregationCode: string | null = '01') =>
  (await ledger()).entries.find(
    (found: { segregationCode: string | null }) => found.segregationCode === segregationCode,
  )

describe('told to misbehave, the Node', () => {
  test('sends fifty copies all at once', async () => {
    let together = 0
    let most = 0
    const { promise: all, resolve: release } = Promise.withResolvers<void>()
    const slow = await import('node:http').then(({ createServer }) =>
      createServer((incoming, outgoing) => {
        incoming.resume()
        most = Math.max(most, ++together)
        if (together === 51) release()
        void all.then(() => {
          const play = answer('paSendRTV2', '<outcome>OK</outcome>') as { body: string }
          outgoing.writeHead(200, { 'content-type': 'text/xml' }).end(play.body)
        })
      }),
    )
    await new Promise<void>((done) => slow.listen(0, '127.0.0.1', done))
    const { port } = slow.address() as { port: number }
    const { paymentToken } = (await stage.call('POST', '/api/node/activate', key)).body
    await stage.call(
      'PUT',
      `/api/creditors/${FISCAL_CODE}/01`,
      declaration(`http://127.0.0.1:${port}/webhooks/pagopa`),
    )
    await stage.call('POST', '/api/node/misbehaviour/next', { duplicates: 50, parallel: true })
    await stage.call('POST', '/api/node/pay', { paymentToken })
    await all
    expect(most).toBe(51)
    expect(await entry()).toMatchObject({ receipts: 1, paidCents: 2500 })
    slow.close()
    slow.closeAllConnections()
  })

  test('takes an answer for malformed and sends again', async () => {
    const { delivery } = await pay({ garbleAnswer: true })
    expect(delivery.attempts).toMatchObject([{ result: 'malformed' }])
    await arrived(2)
    expect(receipts()[1]).toBe(receipts()[0])
  })

  test('never sends a receipt, and still knows that the notice is paid', async () => {
    const { delivery } = await pay({ drop: true })
    expect(delivery).toMatchObject({ state: 'dropped', attempts: [] })
    expect((await stage.call('POST', '/api/node/verify', key)).body.fault.faultCode).toBe(
      'PPT_PAGAMENTO_DUPLICATO',
    )
    await new Promise((resolve) => setTimeout(resolve, 80))
    expect(receipts()).toEqual([])
    expect(await entry()).toMatchObject({ droppedCents: 2500, acceptedCents: 0, paidCents: 2500 })
    const sent = await stage.call('POST', `/api/node/receipts/${delivery.id}/retry`)
    expect(sent.body.state).toBe('delivered')
    expect(await entry()).toMatchObject({ droppedCents: 0, acceptedCents: 2500 })
  })

  test('sends a receipt once more later', async () => {
    await pay({ repeatAfterSeconds: 0.1 })
    expect(receipts()).toHaveLength(1)
    await arrived(2)
    expect(receipts()[1]).toBe(receipts()[0])
    expect(await entry()).toMatchObject({ receipts: 1 })
  })

  test('pays a notice a second time under another receiptId, which is more money', async () => {
    const { receiptId } = await pay({ secondReceipt: true })
    await arrived(2)
    expect(new Set(ids()).size).toBe(2)
    expect(ids()).toContain(receiptId)
    expect(new Set(receipts().map((xml) => value(xml, 'noticeNumber'))).size).toBe(1)
    await until(async () => ((await entry()).acceptedCents === 5000 ? true : undefined))
  })

  test('hands on the receipt of a notice that another intermediary serves', async () => {
    await pay({ broadcast: true })
    await arrived(2)
    const foreign = receipts().find((xml) => !xml.includes(`<noticeNumber>${key.noticeNumber}`))!
    expect(value(foreign, 'fiscalCode')).toBe(FISCAL_CODE)
    expect(value(foreign, 'noticeNumber')).toMatch(/^347/)
    await until(async () => (await entry('47'))?.acceptedCents || undefined)
    expect(await entry('47')).toMatchObject({ isRegistered: false, acceptedCents: 2500 })
    expect(await entry()).toMatchObject({ isRegistered: true, acceptedCents: 2500 })
  })

  test('hands on the receipt of another entity’s notice with a share for this creditor', async () => {
    await pay({ secondaryBeneficiary: true })
    await arrived(2)
    const other = receipts().find((xml) => xml.includes(`<fiscalCode>${STRANGER.fiscalCode}`))!
    expect(value(other, 'idPA')).toBe(FISCAL_CODE)
    expect(value(other, 'paymentAmount')).toBe('35.00')
    const number = value(other, 'noticeNumber')!
    expect(number.slice(16)).toBe(checkDigits(number.slice(0, 16)))
    await until(async () => (await entry(null))?.acceptedCents || undefined)
    expect(await entry(null)).toMatchObject({ acceptedCents: 2500 })
  })

  test.each([[{ duplicates: 51 }], [{ repeatAfterSeconds: -1 }], [{ drop: 'sì' }]])(
    'refuses %j',
    async (misbehaviour) => {
      expect((await stage.call('POST', '/api/node/misbehaviour/next', misbehaviour)).status).toBe(400)
    },
  )
})

test('a payment activated in the first version is receipted in the first, the second in the second, or as ordered', async () => {
  await pay({}, { version: 'V1' })
  expect([stage.creditor.receivedOf('paSendRT').length, receipts().length]).toEqual([1, 0])
  await pay({}, { version: 'V2' })
  await pay({ version: 'V1' }, { version: 'V2' })
  expect([stage.creditor.receivedOf('paSendRT').length, receipts().length]).toEqual([2, 1])
})

test('a station that listens to broadcasts gets the receipts in which its creditor has a share', async () => {
  const other = { fiscalCode: '00000000043', iban: 'IT00X0000000000000000000043' }
  const listens = { ...declaration(stage.creditor.endpoint), ibans: [other.iban], broadcast: true }
  await stage.call('PUT', `/api/creditors/${other.fiscalCode}/09`, listens)
  const shares = payment({ transfers: ['20.00', '5.00'] })
    .replace(
      `<transferAmount>5.00</transferAmount><fiscalCodePA>${FISCAL_CODE}`,
      `<transferAmount>5.00</transferAmount><fiscalCodePA>${other.fiscalCode}`,
    )
    .replace(new RegExp(`${IBAN}(?!.*${IBAN})`), other.iban)
  stage.creditor.on('paGetPaymentV2', () => answer('paGetPaymentV2', shares))
  await pay({})
  await arrived(2)
  expect(new Set(receipts().map((xml) => value(xml, 'idPA')))).toEqual(
    new Set([FISCAL_CODE, other.fiscalCode]),
  )
  await until(async () => (await ledger(other.fiscalCode)).entries[0]?.acceptedCents || undefined)
  expect((await ledger(other.fiscalCode)).entries).toMatchObject([
    { segregationCode: null, acceptedCents: 500 },
  ])
  expect(await entry()).toMatchObject({ acceptedCents: 2000 })
})

describe('the ledger', () => {
  test('tells what was accepted, refused and is under way, and that failed payments are worth nothing', async () => {
    await pay({})
    await pay({ outcomeKo: true })
    stage.creditor.on('paSendRTV2', () => refusal('paSendRTV2', 'PAA_SEMANTICA'))
    await pay({})
    stage.creditor.on('paSendRTV2', () => ({ status: 500, body: '' }))
    await pay({})
    expect(await entry()).toEqual({
      fiscalCode: FISCAL_CODE,
      segregationCode: '01',
      isRegistered: true,
      receipts: 3,
      paidCents: 7500,
      acceptedCents: 2500,
      droppedCents: 0,
      underWayCents: 2500,
      refusedCents: 2500,
      notToldCents: 0,
      koReceipts: 1,
    })
  })

  test('counts a receipt once, however often it is sent, and never takes back what was accepted', async () => {
    const { receiptId } = await pay({ duplicates: 3 })
    await arrived(4)
    stage.creditor.on('paSendRTV2', () => refusal('paSendRTV2', 'PAA_SEMANTICA'))
    await stage.call('POST', '/api/node/receipts', { ...key, amountCents: 9999, receiptId })
    expect(await entry()).toMatchObject({ receipts: 1, acceptedCents: 2500, paidCents: 2500 })
  })

  test('names the receipts behind its sums', async () => {
    const { receiptId } = await pay({ standIn: true })
    expect((await ledger()).receipts).toEqual([
      {
        receiptId,
        ownerFiscalCode: FISCAL_CODE,
        noticeNumber: key.noticeNumber,
        fiscalCode: FISCAL_CODE,
        segregationCode: '01',
        shareCents: 2500,
        outcome: 'OK',
        state: 'accepted',
        standIn: true,
        origin: 'payment',
        reported: false,
      },
    ])
  })
})

test('a creditor that is not there is asked again', async () => {
  const { paymentToken } = (await stage.call('POST', '/api/node/activate', key)).body
  const gone = 'http://127.0.0.1:9/webhooks/pagopa'
  await stage.call('PUT', `/api/creditors/${FISCAL_CODE}/01`, declaration(gone))
  const { delivery } = (await stage.call('POST', '/api/node/pay', { paymentToken })).body
  expect(delivery).toMatchObject({ state: 'pending', attempts: [{ result: 'unreachable' }] })
  await stage.call('PUT', `/api/creditors/${FISCAL_CODE}/01`, declaration(stage.creditor.endpoint))
  await arrived(1)
})
