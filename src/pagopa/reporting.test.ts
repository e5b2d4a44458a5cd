import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createReceiptSource } from './biz-events.ts'
import { createReportingSource } from './fdr.ts'

/** Answers what a test lays ready, and remembers what was asked. */
const asked: { url: string; headers: IncomingMessage['headers'] }[] = []
let ready: { status?: number; body: string; stall?: boolean }
const server = createServer((request, response) => {
  asked.push({ url: request.url!, headers: request.headers })
  response.writeHead(ready.status ?? 200, { 'content-type': 'application/json' })
  if (!ready.stall) return response.end(ready.body)
  return response.write(ready.body)
}).listen(0, '127.0.0.1')
await new Promise((done) => server.once('listening', done))
const { port } = server.address() as AddressInfo
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => void asked.splice(0))

const options = { baseUrl: `http://127.0.0.1:${port}/v1`, subscriptionKey: 'a-key', timeoutMs: 400 }
const reporting = createReportingSource(options)
const receipts = createReceiptSource(options)
const creditor = '66666666666'
const name = { pspId: 'PSP 1/2', flowId: '2026-11-21 PSP/1?#%', revision: 2 }

describe('the reporting service', () => {
  test('is asked with both lower bounds, and with every name encoded', async () => {
    ready = { body: '{"metadata":{"totPage":3},"data":[]}' }
    const query = {
      creditorFiscalCode: creditor,
      publishedAfter: new Date('2026-11-20T10:00:00Z'),
      flowDateFrom: new Date('2025-11-20T10:00:00Z'),
      page: 2,
    }
    expect(await reporting.listFlows(query)).toEqual({ flows: [], unreadable: 0, pages: 3 })
    await reporting.readLines(creditor, name, 1)
    expect(asked.map(({ url }) => url)).toEqual([
      '/v1/organizations/66666666666/fdrs?publishedGt=2026-11-20T10%3A00%3A00.000Z&flowDate=2025-11-20T10%3A00%3A00.000Z&page=2&size=1000',
      '/v1/organizations/66666666666/fdrs/2026-11-21%20PSP%2F1%3F%23%25/revisions/2/psps/PSP%201%2F2/payments?page=1&size=1000',
    ])
    expect(asked[0]!.headers['ocp-apim-subscription-key']).toBe('a-key')
  })

  test('never makes a name climb up its path', async () => {
    ready = { body: '{"metadata":{"totPage":1},"data":[]}' }
    await reporting.readLines(creditor, { pspId: '..', flowId: '.', revision: 1 }, 1)
    expect(asked[0]!.url).toMatch(
      /^\/v1\/organizations\/66666666666\/fdrs\/%252E\/revisions\/1\/psps\/%252E%252E\/payments/,
    )
  })

  test('may have odd lines and entries: they are told, and the others are read', async () => {
    const good =
      '{"index":1,"iuv":"01000000000012345","iur":"a","idTransfer":1,"pay":1.0E7,"payStatus":"STAND_IN","payDate":"2026-11-20T23:30:00Z"}'
    const odd =
      '{"index":"x","iuv":"","iur":7,"idTransfer":9,"pay":1.234,"payStatus":"toString","payDate":"tomorrow"}'
    ready = { body: `{"metadata":{"totPage":1},"data":[${good},${odd},null,{"index":4,"pay":-3.5}]}` }
    const { lines } = await reporting.readLines(creditor, name, 2)
    expect(lines[0]).toEqual({
      place: 1001,
      index: 1,
      iuv: '01000000000012345',
      iur: 'a',
      idTransfer: 1,
      amountCents: 1_000_000_000n,
      code: 4,
      // Half past midnight in Rome.
      payDate: '2026-11-21',
      unreadable: undefined,
    })
    expect(lines.map(({ place, amountCents, unreadable }) => [place, amountCents, unreadable])).toEqual([
      [1001, 1_000_000_000n, undefined],
      [1002, 0n, 'index, iuv, idTransfer, pay, payStatus, payDate'],
      [1003, 0n, 'index, iuv, iur, idTransfer, pay, payStatus, payDate'],
      [1004, -350n, 'iuv, iur, idTransfer, payStatus, payDate'],
    ])
    const listed =
      '{"fdr":"f","pspId":"p","revision":1,"published":"2026-11-21T09:00:00Z","flowDate":"2026-11-21T09:00:00+01:00"}'
    ready = { body: `{"metadata":{"totPage":1},"data":[{"fdr":"f"},${listed}]}` }
    const at = new Date()
    const query = { creditorFiscalCode: creditor, publishedAfter: at, flowDateFrom: at, page: 1 }
    expect(await reporting.listFlows(query)).toMatchObject({ flows: [{ flowId: 'f' }], unreadable: 1 })
  })

  test('tells amounts to the cent, and nothing where it says nothing', async () => {
    const head = '"sender":{"pspName":"Banca"},"regulation":"TRN","regulationDate":"2026-11-23"'
    ready = { body: `{${head},"totPayments":3,"sumPayments":70368744177.66}` }
    expect(await reporting.readHeader(creditor, name)).toEqual({
      pspName: 'Banca',
      regulation: 'TRN',
      regulationDate: '2026-11-23',
      declaredCount: 3,
      declaredCents: 7_036_874_417_766n,
    })
    ready = { body: `{${head}}` }
    expect(await reporting.readHeader(creditor, name)).toMatchObject({ declaredCents: undefined })
    ready = { status: 404, body: '{}' }
    expect(await reporting.readHeader(creditor, name)).toBeUndefined()
  })

  test.each([
    ['broken', { status: 500, body: '' }, true],
    ['overloaded', { status: 429, body: '' }, true],
    ['refusing the key', { status: 401, body: '' }, true],
    ['refusing the request', { status: 400, body: '' }, false],
    ['no JSON', { body: 'hello' }, true],
    ['another JSON', { body: '[]' }, true],
    ['slow', { body: '{"metadata":', stall: true }, true],
  ])('when %s is an upstream failure', async (_, answer, retryable) => {
    ready = answer
    await expect(reporting.readLines(creditor, name, 1)).rejects.toMatchObject({
      name: 'UpstreamError',
      retryable,
    })
  })
})

describe('a recovered receipt', () => {
  const answer = {
    receiptId: 'rt-1',
    noticeNumber: '301000000000012345',
    fiscalCode: creditor,
    outcome: 'OK',
    creditorReferenceId: '01000000000012345',
    paymentAmount: 50.1,
    description: 'Ricarica',
    companyName: 'Comune',
    debtor: { entityUniqueIdentifierType: 'F', entityUniqueIdentifierValue: 'ANONIMO', fullName: 'ANONIMO' },
    transferList: [
      { idTransfer: 1, transferAmount: 50.1, fiscalCodePA: creditor, iban: 'IT', mbdAttachment: '' },
    ],
    idPSP: 'PSP',
    pspCompanyName: 'Banca',
    pspFiscalCode: null,
    idChannel: 'canale',
    fee: 1.5,
    paymentDateTime: '2026-07-20',
    paymentDateTimeFormatted: '2026-07-20T23:30:00',
    applicationDate: '2026-07-21',
  }
  const query = { creditorFiscalCode: creditor, iuv: '01000000000012345', iur: 'rt-1' }

  test('has the facts of one that the Node sends, its time in Rome’s, its bytes as they came', async () => {
    ready = { body: JSON.stringify(answer) }
    const found = await receipts.fetchReceipt(query)
    expect(found).toMatchObject({
      kind: 'found',
      facts: {
        version: 'BIZ',
        receiptId: 'rt-1',
        idPa: creditor,
        amountCents: 5010n,
        ourAmountCents: 5010n,
        feeCents: 150n,
        paymentChannel: 'canale',
        paidAt: new Date('2026-07-20T21:30:00Z'),
        applicationDate: '2026-07-21',
        transferDate: undefined,
        irregularities: [],
      },
    })
    expect(found.kind === 'found' && found.raw.toString()).toBe(ready.body)
    expect(asked[0]!.url).toBe('/v1/organizations/66666666666/receipts/rt-1/paymentoptions/01000000000012345')
  })

  test('of a payment that failed is known apart from the one that then succeeds under the same token', async () => {
    const keys: string[] = []
    for (const outcome of ['KO', 'OK']) {
      ready = { body: JSON.stringify({ ...answer, outcome }) }
      const found = await receipts.fetchReceipt(query)
      if (found.kind === 'found') keys.push(found.facts.receiptId)
    }
    expect(keys).toEqual(['KO rt-1', 'rt-1'])
  })

  test('counts only our share, and names what is odd about its transfers', async () => {
    const [whole] = answer.transferList
    const transferList = [
      { ...whole, transferAmount: 30 },
      { ...whole, transferAmount: 20, fiscalCodePA: '77777777777' },
    ]
    ready = { body: JSON.stringify({ ...answer, transferList }) }
    expect(await receipts.fetchReceipt(query)).toMatchObject({
      facts: {
        ourAmountCents: 3000n,
        irregularities: ['transfers-sum', 'transfers-count', 'transfer-differs'],
      },
    })
  })

  test.each([
    ['of another payment', { ...answer, creditorReferenceId: '01000000000099999' }],
    ['without an amount', { ...answer, paymentAmount: undefined }],
    ['with a part of a cent', { ...answer, paymentAmount: 50.101 }],
    ['with a negative amount', { ...answer, paymentAmount: -50.1 }],
    ['with a strange outcome', { ...answer, outcome: 'MAYBE' }],
  ])('%s is not taken, and the failure names nobody', async (_, body) => {
    ready = { body: JSON.stringify({ ...body, payer: { fullName: 'Elena Provetti' } }) }
    const failure = await receipts.fetchReceipt(query).catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'UpstreamError', retryable: true })
    expect(String(failure)).not.toMatch(/Provetti|01000000000099999/)
  })

  test('is not there, or one call too many', async () => {
    ready = { status: 404, body: '' }
    expect(await receipts.fetchReceipt(query)).toEqual({ kind: 'not-there' })
    ready = { status: 429, body: '' }
    expect(await receipts.fetchReceipt(query)).toEqual({ kind: 'too-many' })
    expect(receipts.budget).not.toContain('a-key')
  })
})
