import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { answer, FISCAL_CODE, noticeNumber, payment, refusal, VERIFIED } from '../testing/played-creditor.ts'
import type { Play } from '../testing/played-creditor.ts'
import { setStage } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await setStage()
})
afterEach(() => stage.close())

const key = { fiscalCode: FISCAL_CODE, noticeNumber: noticeNumber(1) }
const verify = () => stage.call('POST', '/api/node/verify', key)
const activate = (details: object = {}) => stage.call('POST', '/api/node/activate', { ...key, ...details })

test('verify tells amount, description and company', async () => {
  const { status, body } = await verify()
  expect(status).toBe(200)
  expect(body).toMatchObject({
    outcome: 'OK',
    amountCents: 2500,
    description: 'Ricarica refezione scolastica',
  })
  expect(body).toMatchObject({ companyName: 'Comune di Prova', dueDate: '2026-12-31+01:00', allCCP: false })
  expect(stage.creditor.received[0]!.xml).toContain('<idBrokerPA>00000000027</idBrokerPA>')
})

test('a refusal of the creditor reaches the PSP inside the fault of the Node', async () => {
  stage.creditor.on('paVerifyPaymentNotice', () =>
    refusal('paVerifyPaymentNotice', 'PAA_PAGAMENTO_DUPLICATO'),
  )
  expect((await verify()).body).toMatchObject({
    outcome: 'KO',
    fault: {
      faultCode: 'PPT_ERRORE_EMESSO_DA_PAA',
      originalFaultCode: 'PAA_PAGAMENTO_DUPLICATO',
      originalFaultString: 'Rifiuto',
      originalDescription: 'perché sì',
    },
  })
})

const ok = '<outcome>OK</outcome>'
const broken: Record<string, Play> = {
  'an empty answer': { body: '' },
  'no XML': { body: 'ciao' },
  'a DOCTYPE': { body: '<!DOCTYPE x><x/>' },
  'HTTP 500': { status: 500, body: '' },
  'another root element': answer(
    'paVerifyPaymentNotice',
    `${ok}${VERIFIED}`,
    'paVerifyPaymentNoticeResponse',
  ),
  'the answer of another operation': answer('paGetPaymentV2', payment()),
  'KO without a fault': answer('paVerifyPaymentNotice', '<outcome>KO</outcome>'),
  'an outcome that is neither': answer('paVerifyPaymentNotice', `<outcome>KKL</outcome>${VERIFIED}`),
  'OK without a payment list': answer(
    'paVerifyPaymentNotice',
    `${ok}${VERIFIED.replace(/<paymentList>.*<\/paymentList>/, '')}`,
  ),
  'OK without a company': answer(
    'paVerifyPaymentNotice',
    `${ok}${VERIFIED.replace(/<companyName>.*<\/companyName>/, '')}`,
  ),
  'elements out of order': answer('paVerifyPaymentNotice', `${VERIFIED}${ok}`),
  'an element that is too much': answer('paVerifyPaymentNotice', `${ok}${VERIFIED}<extra>x</extra>`),
  'a comma in the amount': answer('paVerifyPaymentNotice', `${ok}${VERIFIED.replace('25.00', '25,00')}`),
  'an amount of zero': answer('paVerifyPaymentNotice', `${ok}${VERIFIED.replace('25.00', '0.00')}`),
  'a qualified child': answer(
    'paVerifyPaymentNotice',
    `${ok}${VERIFIED.replaceAll('companyName', 'p:companyName')}`,
  ),
  'an unregistered creditor': answer(
    'paVerifyPaymentNotice',
    `${ok}${VERIFIED.replace(FISCAL_CODE, '99999999999')}`,
  ),
}
test.each(Object.entries(broken))('an answer with %s counts as an error of the station', async (_, play) => {
  stage.creditor.on('paVerifyPaymentNotice', () => play)
  expect((await verify()).body).toMatchObject({
    outcome: 'KO',
    fault: { faultCode: 'PPT_STAZIONE_INT_PA_ERRORE_RESPONSE' },
  })
})

test('a creditor that says nothing in time is a timeout of the station', async () => {
  stage.creditor.on('paVerifyPaymentNotice', () => 'silence')
  expect((await verify()).body.fault.faultCode).toBe('PPT_STAZIONE_INT_PA_TIMEOUT')
})

test('a creditor that is not there is an unreachable station', async () => {
  await stage.creditor.close()
  expect((await verify()).body.fault.faultCode).toBe('PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE')
})

test('an unknown creditor and an unknown station have faults of their own', async () => {
  const unknown = { ...key, fiscalCode: '99999999999' }
  expect((await stage.call('POST', '/api/node/verify', unknown)).body.fault.faultCode).toBe(
    'PPT_DOMINIO_SCONOSCIUTO',
  )
  const other = { ...key, noticeNumber: `344${noticeNumber(1).slice(3)}` }
  expect((await stage.call('POST', '/api/node/verify', other)).body.fault.faultCode).toBe(
    'PPT_STAZIONE_INT_PA_SCONOSCIUTA',
  )
})

const metadata = (entries: number) =>
  `<metadata>${'<mapEntry><key>k</key><value>v</value></mapEntry>'.repeat(entries)}</metadata>`
const STAMP =
  '<richiestaMarcaDaBollo><hashDocumento>aGFzaA==</hashDocumento><tipoBollo>01</tipoBollo><provinciaResidenza>VA</provinciaResidenza></richiestaMarcaDaBollo>'

test('a demand answered with the notice of an unregistered creditor counts as an error of the station', async () => {
  const qr = `<qrCode><fiscalCode>99999999999</fiscalCode><noticeNumber>${noticeNumber(7)}</noticeNumber></qrCode>`
  stage.creditor.on('paDemandPaymentNotice', () => answer('paDemandPaymentNotice', `${ok}${qr}${VERIFIED}`))
  const service = { idServizio: '00009', idSoggettoServizio: '00035', code: 'A'.repeat(26), amountCents: 5 }
  expect((await stage.call('POST', '/api/node/demand', service)).body.fault).toMatchObject({
    faultCode: 'PPT_STAZIONE_INT_PA_ERRORE_RESPONSE',
    description: expect.stringContaining('99999999999') as string,
  })
})

describe('activation', () => {
  test('asks with the second version and hands out a token with the data of the payment', async () => {
    const { body } = await activate({ paymentNote: 'carrello-1', transferType: 'PAGOPA' })
    expect(body).toMatchObject({ outcome: 'OK', amountCents: 2500, description: 'Ricarica & mensa' })
    expect(body.paymentToken).toMatch(/^[0-9a-f]{32}$/)
    expect(stage.creditor.receivedOf('paGetPaymentV2')[0]).toContain(
      '<paymentNote>carrello-1</paymentNote><transferType>PAGOPA</transferType>',
    )
  })

  test.each([
    ['transfers that do not sum up to the amount', payment({ transfers: ['20.00', '4.99'] })],
    ['an account that is not registered', payment({ iban: 'IT99X9999999999999999999999' })],
    ['a share for an unknown creditor', payment({ fiscalCodePA: '99999999999' })],
    ['six transfers', payment({ amount: '6.00', transfers: Array<string>(6).fill('1.00') })],
    ['no data', ok],
    ['sixteen entries of metadata', payment({ metadata: metadata(16) })],
    [
      'two shares of the same number',
      payment({ transfers: ['20.00', '5.00'] }).replace('<idTransfer>2', '<idTransfer>1'),
    ],
    ['an account and a stamp', payment().replace('</IBAN>', `</IBAN>${STAMP}`)],
    ['neither account nor stamp', payment().replace(/<IBAN>.*<\/IBAN>/, '')],
    ['a date on no calendar', payment().replace('2026-12-31', '2026-02-30')],
    ['a text that is too long', payment().replace('Ricarica &amp; mensa', 'x'.repeat(141))],
    ['an empty element', payment().replace('Ricarica &amp; mensa', '')],
  ])('is refused with %s, and the Node says why', async (_, content) => {
    stage.creditor.on('paGetPaymentV2', () => answer('paGetPaymentV2', content))
    expect((await activate()).body).toMatchObject({
      outcome: 'KO',
      fault: {
        faultCode: 'PPT_STAZIONE_INT_PA_ERRORE_RESPONSE',
        description: expect.stringMatching(/^paGetPaymentV2: .{20}/) as string,
      },
    })
  })

  test('takes fifteen entries of metadata', async () => {
    stage.creditor.on('paGetPaymentV2', () => answer('paGetPaymentV2', payment({ metadata: metadata(15) })))
    expect((await activate()).body.outcome).toBe('OK')
  })

  test('gives one of two payers at the same time a token, the other "in progress"', async () => {
    const outcomes = await Promise.all([activate(), activate()])
    expect(new Set(outcomes.map(({ body }) => body.fault?.faultCode ?? 'token'))).toEqual(
      new Set(['token', 'PPT_PAGAMENTO_IN_CORSO']),
    )
    expect((await verify()).body.fault.faultCode).toBe('PPT_PAGAMENTO_IN_CORSO')
  })

  test('a refused activation leaves the notice free', async () => {
    stage.creditor.on('paGetPaymentV2', () => refusal('paGetPaymentV2', 'PAA_SYSTEM_ERROR'))
    await activate()
    stage.creditor.on('paGetPaymentV2', () => answer('paGetPaymentV2', payment()))
    expect((await activate()).body.outcome).toBe('OK')
  })
})

test('a body that is no JSON, or not as described, is a 400 that says why', async () => {
  const response = await fetch(`${stage.sandbox.url}/api/node/verify`, { method: 'POST', body: '{' })
  expect(response.status).toBe(400)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const { status, body } = await stage.call('POST', '/api/node/verify', { fiscalCode: '1' })
  expect(status).toBe(400)
  expect(body.detail).toContain('noticeNumber')
})
