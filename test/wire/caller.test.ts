import { request } from 'node:http'
import { beforeAll, describe, expect, test } from 'vitest'
import { pagopaEndpoint } from '#pagopa/endpoint.ts'
import { readMessage, receiptMessage, stationOf } from '../support/soap.ts'
import { openStage } from './stage.ts'

/* A house that knows its callers. Loopback has room for a proxy, a neighbour of it and a stranger. */

const PROXY = '127.0.0.2'
const STRANGER = '127.0.0.9'
const FORWARDER = 'CN=forwarder.platform.pagopa.it,O=PagoPA S.p.A.,C=IT'
const stage = await openStage({
  PAGOPA_PROXIES: `${PROXY} 10.0.0.0/8`,
  PAGOPA_SUBJECTS: `forwarder.platform.pagopa.it; CN=Prossimo certificato,O=PagoPA S.p.A.,C=IT`,
  PAGOPA_ADDRESSES: '20.86.139.154 20.86.139.86',
})
const { house, url } = stage
const tenant = await stage.addTenant()
const station = stationOf(tenant)

let verifyMessage = ''
let sendMessage = ''
beforeAll(async () => {
  const notice = await stage.topUp(tenant, await stage.wallet(tenant), 5_000)
  verifyMessage = readMessage('paVerifyPaymentNotice', station, notice)
  sendMessage = receiptMessage(station, { ...notice, amountCents: 5_000 })
})

type Headers = Record<string, string | string[]>

/** What the proxy sends along when the Node calls. */
const vouched: Headers = {
  'x-client-verify': 'SUCCESS',
  'x-client-subject': FORWARDER,
  'x-forwarded-for': '20.86.139.154',
}

interface Call {
  from?: string
  method?: string
  path?: string
  headers?: Headers
  body?: string
}

/** One call from an address of our choice; headers given as a list are sent as often. */
function call({ from = PROXY, method = 'POST', path = '', headers = vouched, body }: Call) {
  return new Promise<{ status: number; text: string; type: string | undefined }>((done, fail) => {
    const options = {
      method,
      localAddress: from,
      headers: { 'content-type': 'text/xml', ...headers },
      timeout: 5_000,
      agent: false,
    }
    const sending = request(`${url}/webhooks/pagopa${path}`, options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () =>
        done({ status: response.statusCode!, text, type: response.headers['content-type'] }),
      )
    })
    sending.once('error', fail)
    sending.once('timeout', () => sending.destroy(new Error('no answer')))
    sending.end(method === 'POST' ? (body ?? verifyMessage) : undefined)
  })
}

const REFUSED = { status: 403, text: 'forbidden\n', type: 'text/plain; charset=UTF-8' }
const without = (name: string) => Object.fromEntries(Object.entries(vouched).filter(([key]) => key !== name))

describe('the Node is let in', () => {
  test.each<[string, Call]>([
    ['by the proxy that vouches for it', {}],
    [
      'with the certificate that comes next',
      { headers: { ...vouched, 'x-client-subject': 'CN=Prossimo certificato,O=PagoPA S.p.A.,C=IT' } },
    ],
    ['from its other address', { headers: { ...vouched, 'x-forwarded-for': '20.86.139.86' } }],
    [
      'behind another hop, which the proxy appended to',
      { headers: { ...vouched, 'x-forwarded-for': '1.2.3.4, 20.86.139.86' } },
    ],
    [
      'with names of headers in any case',
      {
        headers: {
          'X-CLIENT-VERIFY': 'SUCCESS',
          'X-Client-Subject': FORWARDER,
          'X-Forwarded-For': '20.86.139.154',
        },
      },
    ],
  ])('%s', async (_, one) => {
    const { status, text } = await call(one)
    expect([status, text]).toEqual([200, expect.stringContaining('<outcome>OK</outcome>')])
  })
})

describe('nobody else is', () => {
  const subject = (value: string | string[]): Call => ({ headers: { ...vouched, 'x-client-subject': value } })
  const verified = (value: string | string[]): Call => ({ headers: { ...vouched, 'x-client-verify': value } })
  const address = (value: string | string[]): Call => ({ headers: { ...vouched, 'x-forwarded-for': value } })

  test.each<[string, Call, string]>([
    ['who calls the house itself with the proxy’s words', { from: STRANGER }, 'peer'],
    ['who says that it comes from the proxy', { from: STRANGER, ...address(PROXY) }, 'peer'],
    ['who has no certificate', verified('NONE'), 'certificate'],
    ['whose certificate failed', verified('FAILED:self-signed certificate'), 'certificate'],
    ['about whom the proxy is silent', { headers: without('x-client-verify') }, 'certificate'],
    ['who writes success another way', verified('success'), 'certificate'],
    ['who says success twice', verified(['SUCCESS', 'SUCCESS']), 'certificate'],
    ['who says success beside the proxy’s no', verified(['SUCCESS', 'NONE']), 'certificate'],
    ['who lists success', verified('NONE, SUCCESS'), 'certificate'],
    ['whose name is not told', { headers: without('x-client-subject') }, 'subject'],
    ['whose name is empty', subject(''), 'subject'],
    ['who is somebody else', subject('CN=evil.example'), 'subject'],
    ['who is called nearly so', subject('CN=forwarder.platform.pagopa.it.evil.example'), 'subject'],
    ['who brings the name along beside its own', subject(['CN=evil.example', FORWARDER]), 'subject'],
    ['who brings the name twice', subject([FORWARDER, FORWARDER]), 'subject'],
    ['who lists the name after its own', subject(`CN=evil.example, ${FORWARDER}`), 'subject'],
    [
      'who hides the name in another attribute',
      subject(String.raw`O=x\,CN=forwarder.platform.pagopa.it,CN=evil.example`),
      'subject',
    ],
    ['who writes the name in capitals', subject(FORWARDER.toUpperCase()), 'subject'],
    [
      'who writes the name with a foreign letter',
      subject(String.raw`CN=f\D0\BErwarder.platform.pagopa.it`),
      'subject',
    ],
    ['who writes the name in raw bytes', subject('CN=f\u00f2rwarder.platform.pagopa.it'), 'subject'],
    ['who calls from elsewhere', address('203.0.113.9'), 'address'],
    ['who calls from elsewhere and says otherwise', address('20.86.139.154, 203.0.113.9'), 'address'],
    ['of whom the proxy does not say whence', { headers: without('x-forwarded-for') }, 'address'],
  ])('%s', async (_, one, reason) => {
    const refused = async () => {
      const { values } = await house.services.metrics.refusedCallers.get()
      return values.find(({ labels }) => labels.reason === reason)?.value ?? 0
    }
    const before = await refused()
    expect(await call(one)).toEqual(REFUSED)
    expect(await refused()).toBe(before + 1)
  })

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('who asks by %s', async (method) => {
    expect(await call({ from: STRANGER, method })).toEqual(REFUSED)
  })

  test('who asks by HEAD, or below the address', async () => {
    expect(await call({ from: STRANGER, method: 'HEAD' })).toEqual({ ...REFUSED, text: '' })
    expect(await call({ from: STRANGER, path: '/x' })).toEqual(REFUSED)
  })
})

test('what a stranger sends is neither read nor stored, however much or broken it is', async () => {
  expect(await call({ from: STRANGER, body: sendMessage })).toEqual(REFUSED)
  expect(await call({ from: STRANGER, body: sendMessage.slice(0, -30) })).toEqual(REFUSED)
  const json = { from: STRANGER, headers: { ...vouched, 'content-type': 'application/json' } }
  expect(await call(json)).toEqual(REFUSED)
  expect(await stage.receipts(tenant)).toEqual([])
  expect(await stage.unrouted(tenant.creditorFiscalCode)).toEqual([])
  // The answer comes before the body: most of ten megabytes is announced and never sent.
  const status = await new Promise<number>((done, fail) => {
    const headers = { ...vouched, 'content-type': 'text/xml', 'content-length': String(10 * 1024 * 1024) }
    const sending = request(`${url}/webhooks/pagopa`, {
      method: 'POST',
      localAddress: STRANGER,
      headers,
      agent: false,
    })
    sending.once('response', (response) => {
      done(response.statusCode!)
      sending.destroy()
    })
    sending.once('error', fail)
    sending.write('<')
  })
  expect(status).toBe(403)
})

test('the log says what was missing, and of the message and its other headers not a word', async () => {
  const lines: unknown[] = []
  const note = (what: unknown) => void lines.push(what)
  const log = { ...house.services.log, warn: note, error: note, info: note }
  const services = { ...house.services, log: log as unknown as typeof house.services.log }
  const app = pagopaEndpoint(services, () => Promise.reject(new Error('not asked for')))
  const ask = (remoteAddress: string, headers: Record<string, string>) => {
    const headersDistinct = Object.fromEntries(Object.entries(headers).map(([name, one]) => [name, [one]]))
    const init = {
      method: 'POST',
      headers: { ...headers, authorization: 'Bearer segreto' },
      body: sendMessage,
    }
    return app.request('/', init, { incoming: { socket: { remoteAddress }, headersDistinct } })
  }
  const told = { 'x-client-verify': 'SUCCESS', 'x-client-subject': 'CN=Nuovo' }
  for (const [from, headers] of [
    [STRANGER, { ...told, 'x-client-subject': FORWARDER }],
    [PROXY, { ...told, 'x-client-verify': 'NONE' }],
    [PROXY, told],
    [`::ffff:${PROXY}`, { ...told, 'x-client-subject': FORWARDER, 'x-forwarded-for': '203.0.113.9' }],
  ] as const)
    expect((await ask(from, headers)).status).toBe(403)
  const rest = { seen: undefined, subject: undefined }
  expect(lines).toEqual([
    { ...rest, reason: 'peer', peer: STRANGER },
    { ...rest, reason: 'certificate', peer: PROXY },
    { ...rest, reason: 'subject', peer: PROXY, subject: 'CN=Nuovo' },
    { ...rest, reason: 'address', peer: PROXY, seen: '203.0.113.9' },
  ])
})

test('the same receipt is taken when the Node brings it', async () => {
  const { status, text } = await call({ body: sendMessage })
  expect([status, text]).toEqual([200, expect.stringContaining('<outcome>OK</outcome>')])
  expect(await stage.receipts(tenant)).toMatchObject([{ disposition: 'credited' }])
})
