import { request } from 'node:http'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { refusedByXsd } from '#pagopa/soap/test-reference.ts'
import { OPERATIONS, PAF, type Operation } from '../../sandbox/node/operations.ts'
import { readXml } from '../../sandbox/wire/xml.ts'
import { operationNames, readMessage, receiptMessage, stationOf } from '../support/soap.ts'
import { openStage } from './stage.ts'

const stage = await openStage()
const { node, url } = stage
const tenant = await stage.addTenant()
const station = stationOf(tenant)
let verifyMessage = ''
let sendMessage = ''
beforeAll(async () => {
  const notice = await stage.topUp(tenant, await stage.wallet(tenant), 5_000)
  verifyMessage = readMessage('paVerifyPaymentNotice', station, notice)
  sendMessage = receiptMessage(station, { ...notice, amountCents: 4_900 })
})

const isAlive = async () => (await fetch(`${url}/livez`)).status === 200
const inDoctype = (declarations: string, use: string) =>
  verifyMessage
    .replace('?>', `?><!DOCTYPE x [${declarations}]>`)
    .replace(/<idStation>.*<\/idStation>/, `<idStation>${use}</idStation>`)

const bomb = Array.from(
  { length: 12 },
  (_, level) => `<!ENTITY e${level} "${level === 0 ? 'ha' : `&e${level - 1};`.repeat(10)}">`,
).join('')

describe('a message that is an attack', () => {
  test.each<[string, () => string]>([
    ['an external entity', () => inDoctype('<!ENTITY e SYSTEM "file:///etc/hostname">', '&e;')],
    ['a parameter entity', () => inDoctype('<!ENTITY % e SYSTEM "http://127.0.0.1:9/x"> %e;', 'x')],
    ['an entity bomb', () => inDoctype(bomb, '&e11;')],
    ['an undeclared entity', () => verifyMessage.replace('<idStation>', '<idStation>&nbsp;')],
    ['a processing instruction', () => verifyMessage.replace('?>', '?><?php echo 1 ?>')],
    ['50 000 levels deep', () => `${'<a>'.repeat(30_000)}${'</a>'.repeat(20_000)}`],
    ['50 000 levels inside the body', () => verifyMessage.replace('<idPA>', `${'<a>'.repeat(50_000)}<idPA>`)],
    ['60 000 attributes', () => `<a ${Array.from({ length: 20_000 }, (_, i) => `b${i}="1"`).join(' ')}/>`],
    ['one that never ends', () => verifyMessage.slice(0, -20)],
    ['two roots', () => verifyMessage + verifyMessage.slice(verifyMessage.indexOf('<soapenv'))],
    ['unpaired surrogates', () => verifyMessage.replace('<idStation>', '<idStation>&#xD800;')],
    ['a control character', () => verifyMessage.replace('<idStation>', '<idStation>\u0000')],
  ])('%s is refused by a fault, at once', async (_, write) => {
    const answer = await node.call('paVerifyPaymentNotice', write())
    expect(answer.verdict).toBe('PAA_SINTASSI_EXTRAXSD')
    expect(answer.durationMs).toBeLessThan(1_000)
    expect(answer.text.length).toBeLessThan(2_000)
  })

  test('in UTF-7, with bytes that are no UTF-8, or under a false declaration is refused', async () => {
    const broken = Buffer.concat([Buffer.from(verifyMessage), Buffer.from([0xc3, 0x28])])
    const declared = Buffer.from(verifyMessage.replace('UTF-8', 'UTF-7'))
    for (const bytes of [broken, declared]) {
      const response = await node.post(bytes, { soapaction: 'paVerifyPaymentNotice' })
      expect([response.status, await response.text()]).toEqual([
        200,
        expect.stringContaining('PAA_SINTASSI_EXTRAXSD'),
      ])
    }
  })

  test.each(['with its length told', 'in chunks'])(
    'of 10 MB %s is refused while it arrives, 20 times over, without growing memory',
    async (manner) => {
      const before = process.memoryUsage().rss
      const started = performance.now()
      for (let index = 0; index < 20; index++) expect(await pour(manner === 'in chunks')).toBe(413)
      expect((performance.now() - started) / 20).toBeLessThan(1_000)
      expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
      expect(await isAlive()).toBe(true)
    },
  )
})

/** Sends 10 MB and answers the status, which may come before everything is sent. */
function pour(inChunks: boolean): Promise<number> {
  const piece = Buffer.alloc(64 * 1024, 'a')
  const pieces = 160
  const length = inChunks ? {} : { 'content-length': piece.length * pieces }
  return new Promise((done, fail) => {
    const headers = { 'content-type': 'text/xml', ...length }
    const sending = request(`${url}/webhooks/pagopa`, { method: 'POST', headers, timeout: 8_000 })
    sending.once('response', (response) => {
      done(response.statusCode!)
      sending.destroy()
    })
    sending.once('timeout', () => sending.destroy(new Error('no answer')))
    // After the answer the server hangs up on what is still being sent.
    sending.once('error', fail)
    let left = pieces
    const send = () => {
      while (left-- > 0) if (!sending.write(piece)) return void sending.once('drain', send)
      sending.end()
    }
    send()
  })
}

describe('the transport', () => {
  test.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'text/xmlish', ''])(
    'takes no content type "%s"',
    async (type) => {
      const response = await node.post(Buffer.from(verifyMessage), { 'content-type': type })
      expect(response.status).toBe(415)
    },
  )

  test.each(['GET', 'PUT', 'DELETE'])('knows no %s', async (method) => {
    expect((await fetch(`${url}/webhooks/pagopa`, { method })).status).toBe(404)
  })

  test('a SOAPAction that contradicts the body is a fault in the body’s own element', async () => {
    const headers = { soapaction: '"paGetPayment"' }
    const answer = await node.call('paVerifyPaymentNotice', verifyMessage, headers)
    expect(answer.verdict).toBe('PAA_SINTASSI_EXTRAXSD')
  })

  test.each([
    ['no body', ''],
    ['JSON', '{"idPA":1}'],
    [
      'an empty envelope',
      '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>',
    ],
  ])('%s without a SOAPAction is HTTP 500: there is no element to answer in', async (_, message) => {
    const response = await node.post(message, { soapaction: '' })
    expect(response.status).toBe(500)
    expect(await response.text()).toContain('<soapenv:Fault>')
  })
})

/** The operation whose element stands in the body, where a strict reader can find one. */
function operationInside(bytes: Buffer): Operation | undefined {
  try {
    const body = readXml(bytes.toString('utf8')).children.find(({ name }) => name === 'Body')
    const [message] = body?.children ?? []
    if (message?.uri !== PAF) return undefined
    return operationNames.find((name) => OPERATIONS[name].request === message.name)
  } catch {
    return undefined
  }
}

describe('whatever the bytes', () => {
  /** Cuts, doublings, noise and replaced characters in a valid message. */
  const spoilt = fc
    .tuple(
      fc.constantFrom('verify', 'send'),
      fc.array(
        fc.record({
          at: fc.nat(2_000),
          cut: fc.nat(30),
          put: fc.oneof(
            fc.string({ unit: 'binary', maxLength: 12 }),
            fc.constantFrom('<', '&', ']]>', '<![CDATA[', '</receipt>', '<!--', 'xmlns="x"', '&#0;', '99'),
          ),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    )
    .map(([which, edits]) => {
      let text = which === 'verify' ? verifyMessage : sendMessage
      for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut)
      return Buffer.from(text)
    })
  const noise = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes))

  test('the answer is valid, or the one HTTP 500 for what names no operation, and comes soon', async () => {
    const answers: string[] = []
    const question = fc.tuple(
      fc.oneof(noise, { arbitrary: spoilt, weight: 3 }),
      fc.constantFrom('', ...operationNames),
    )
    await fc.assert(
      fc.asyncProperty(question, async ([bytes, soapaction]) => {
        const started = performance.now()
        const response = await node.post(new Uint8Array(bytes), { soapaction })
        const text = await response.text()
        expect(performance.now() - started).toBeLessThan(3_000)
        if (response.status === 200) return void answers.push(text)
        expect([response.status, text.includes('<soapenv:Fault>')]).toEqual([500, true])
        // Where the header or the body says what is asked for, there is an element to answer in.
        if (soapaction !== '') expect(operationInside(bytes)).toBeUndefined()
      }),
      { numRuns: 600 },
    )
    expect(answers.length).toBeGreaterThan(300)
    expect(refusedByXsd('answers to noise', [...new Set(answers)])).toEqual([])
    expect(await isAlive()).toBe(true)
    expect(await stage.brokenRules(tenant)).toEqual([])
  }, 60_000)
})
