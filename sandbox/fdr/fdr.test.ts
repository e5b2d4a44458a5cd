import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { answer, FISCAL_CODE, IBAN, noticeNumber, payment } from '../testing/played-creditor.ts'
import { declaration, setStage, SUBSCRIBED } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'

let stage: Stage
let now: Date
let dataDir: string
beforeEach(async () => {
  now = new Date('2026-11-23T10:00:00Z')
  dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'))
  stage = await setStage({ now: () => now, dataDir })
})
afterEach(async () => {
  await stage.close()
  rmSync(dataDir, { recursive: true })
})

const service = `/fdr-org/service/v1/organizations/${FISCAL_CODE}/fdrs`
const get = (path: string) => stage.call('GET', `${service}${path}`, undefined, SUBSCRIBED)
const order = (path: string, body: object) => stage.call('POST', `/api/fdr${path}`, body)
const fdrPath = ({ fdr, revision, pspId }: { fdr: string; revision: number; pspId: string }) =>
  `/${encodeURIComponent(fdr)}/revisions/${revision}/psps/${encodeURIComponent(pspId)}`

async function pay(count: number, psp: string, misbehaviour: object = {}): Promise<string> {
  await stage.call('POST', '/api/node/misbehaviour/next', misbehaviour)
  const key = { fiscalCode: FISCAL_CODE, noticeNumber: noticeNumber(count) }
  const { paymentToken } = (await stage.call('POST', '/api/node/activate', key)).body
  return (await stage.call('POST', '/api/node/pay', { paymentToken, psp })).body.receiptId
}
const line = (count: number, more: object = {}) => ({
  iuv: noticeNumber(count).slice(1),
  iur: `iur-${count}`,
  amountCents: 1010,
  ...more,
})

describe('at the end of a day', () => {
  test('there is one flow a PSP, with every payment once, also those whose receipt was never sent', async () => {
    const first = await pay(1, 'SIMBANCA1')
    const dropped = await pay(2, 'SIMBANCA1', { drop: true })
    const standIn = await pay(3, 'SIMBANCA2', { standIn: true })
    await pay(4, 'SIMBANCA2', { outcomeKo: true })
    const { flows } = (await order('/close-day', {})).body
    expect(flows).toHaveLength(2)
    const [one, two] = (await get('')).body.data
    expect(await get(fdrPath(one))).toMatchObject({
      status: 200,
      body: {
        status: 'PUBLISHED',
        fdr: '2026-11-23SIMBANCA1-0000001',
        revision: 1,
        fdrDate: now.toISOString(),
        regulationDate: '2026-11-24',
        sender: { pspId: 'SIMBANCA1', pspName: 'Banca Fittizia del Ponte' },
        receiver: { organizationId: FISCAL_CODE, organizationName: 'Comune di Prova' },
        totPayments: 2,
        computedTotPayments: 2,
        sumPayments: 50,
        computedSumPayments: 50,
      },
    })
    const lines = async (flow: Parameters<typeof fdrPath>[0]) =>
      (await get(`${fdrPath(flow)}/payments`)).body.data
    expect(await lines(one)).toMatchObject([
      { index: 1, iur: first, iuv: '01000000000000100', idTransfer: 1, pay: 25, payStatus: 'EXECUTED' },
      { index: 2, iur: dropped, payStatus: 'EXECUTED', payDate: now.toISOString() },
    ])
    expect(await lines(two)).toMatchObject([{ iur: standIn, payStatus: 'STAND_IN' }])
    expect((await order('/close-day', {})).body.flows).toEqual([])
  })

  test('only what was asked for is closed: creditor, PSP and day', async () => {
    await pay(1, 'SIMBANCA1')
    await pay(2, 'SIMBANCA2')
    const closed = async (wanted: object) =>
      (await order('/close-day', wanted)).body.flows.map(({ pspId }: { pspId: string }) => pspId)
    expect(await closed({ fiscalCode: '99999999999' })).toEqual([])
    expect(await closed({ date: '2026-11-22' })).toEqual([])
    expect(await closed({ pspId: 'SIMBANCA2' })).toEqual(['SIMBANCA2'])
    expect(await closed({ fiscalCode: FISCAL_CODE, date: '2026-11-23' })).toEqual(['SIMBANCA1'])
  })

  test('each creditor gets its own shares, and a receipt by hand counts once it was taken', async () => {
    const other = '00000000043'
    const otherIban = 'IT00X0000000000000000000043'
    await stage.call('PUT', `/api/creditors/${other}/01`, {
      ...declaration(stage.creditor.endpoint),
      ibans: [otherIban],
    })
    const transfers = [
      { amountCents: 1500, fiscalCodePA: FISCAL_CODE, iban: IBAN },
      { amountCents: 1000, fiscalCodePA: other, iban: otherIban },
    ]
    const direct = { fiscalCode: FISCAL_CODE, noticeNumber: noticeNumber(1), amountCents: 2500, transfers }
    stage.creditor.on('paSendRTV2', () => ({ status: 500, body: '' }))
    await stage.call('POST', '/api/node/receipts', { ...direct, receiptId: 'non presa' })
    stage.creditor.on('paSendRTV2', () => answer('paSendRTV2', '<outcome>OK</outcome>'))
    await stage.call('POST', '/api/node/receipts', { ...direct, receiptId: 'presa' })
    const { flows } = (await order('/close-day', {})).body
    expect(
      flows.map(({ organizationId, sumCents }: Record<string, unknown>) => [organizationId, sumCents]),
    ).toEqual([
      [FISCAL_CODE, 1500],
      [other, 1000],
    ])
  })

  test('what a restart finds is not reported a second time', async () => {
    await pay(1, 'SIMBANCA1')
    await order('/close-day', {})
    await stage.sandbox.close()
    const { startSandbox } = await import('../server.ts')
    const again = await startSandbox({ now: () => now, dataDir })
    try {
      const body = async (path: string, init: RequestInit = {}) =>
        (await fetch(again.url + path, init)).json() as Promise<{ flows: unknown[] }>
      expect((await body('/api/fdr/close-day', { method: 'POST', body: '{}' })).flows).toEqual([])
      expect((await body('/api/fdr/flows')).flows).toHaveLength(1)
    } finally {
      await again.close()
    }
  })
})

describe('a flow by hand', () => {
  const write = async (more: object) =>
    (await order('/flows', { fiscalCode: FISCAL_CODE, ...more })).body.flow

  test('may have any name, header and lines', async () => {
    const fdr = '2026-11-23 A/B#?%2F+è'
    const lines = [
      line(1),
      line(2, { payStatus: 'REVOKED', idTransfer: 2 }),
      line(3, { payStatus: 'NO_RPT' }),
    ]
    await write({ fdr, pspId: 'PSP/1', lines, totPayments: 7, sumCents: 1 })
    const [listed] = (await get('')).body.data
    expect(listed).toMatchObject({ fdr, pspId: 'PSP/1', revision: 1 })
    expect((await get(fdrPath(listed))).body).toMatchObject({
      fdr,
      totPayments: 7,
      sumPayments: 0.01,
      computedTotPayments: 3,
      computedSumPayments: 30.3,
    })
    const { data } = (await get(`${fdrPath(listed)}/payments`)).body
    expect(
      data.map(({ payStatus, idTransfer, pay }: Record<string, unknown>) => [payStatus, idTransfer, pay]),
    ).toEqual([
      ['EXECUTED', 1, 10.1],
      ['REVOKED', 2, 10.1],
      ['NO_RPT', 1, 10.1],
    ])
  })

  test('may be a changed copy: a further revision, listed alone, with no second credit at the bank', async () => {
    const first = await write({ lines: [line(1), line(2), line(3)] })
    const second = await write({
      copyOf: { fdr: first.fdr },
      changes: [
        { index: 1, omit: true },
        { index: 2, amountCents: 999, iur: 'altro' },
      ],
      extraLines: [line(9, { payStatus: 'STAND_IN_NO_RPT' })],
    })
    expect(second).toMatchObject({ fdr: first.fdr, revision: 2, bank: null, sumCents: 999 + 1010 + 1010 })
    expect(second.lines.map(({ iur }: { iur: string }) => iur)).toEqual(['altro', 'iur-3', 'iur-9'])
    expect((await get('')).body.data).toMatchObject([{ fdr: first.fdr, revision: 2 }])
    expect((await get(fdrPath(first))).body.computedTotPayments).toBe(3)
    expect((await write({ copyOf: { fdr: 'ignoto' } })) ?? 404).toBe(404)
  })

  test('may use a name again on another date, which is other money', async () => {
    const first = await write({ fdr: 'riusato', flowDate: '2026-11-20T20:00:00Z', lines: [line(1)] })
    const second = await write({ fdr: 'riusato', flowDate: '2026-11-23T08:00:00Z', lines: [line(2)] })
    expect([first.revision, second.revision]).toEqual([1, 2])
    expect(second.bank).toMatchObject({ amountCents: 1010, date: '2026-11-24' })
  })

  test.each([
    [{}],
    [{ lines: [], copyOf: { fdr: 'x' } }],
    [{ lines: [line(1, { payStatus: 'PAID' })] }],
    [{ lines: [], unknown: true }],
  ])('is refused as %j', async (more) => {
    expect((await order('/flows', { fiscalCode: FISCAL_CODE, ...more })).status).toBe(400)
  })
})

describe('the list', () => {
  test('holds what was published and dated after the given instants, by default a month ago', async () => {
    const write = (fdr: string, flowDate: string, published: string) =>
      order('/flows', { fiscalCode: FISCAL_CODE, fdr, flowDate, published, lines: [line(1)] })
    await write('vecchio', '2026-10-20T00:00:00Z', '2026-11-20T00:00:00Z')
    await write('tardi', '2026-11-01T00:00:00Z', '2026-11-20T00:00:00Z')
    await write('presto', '2026-11-02T00:00:00Z', '2026-11-03T00:00:00Z')
    const names = async (query: string) =>
      (await get(query)).body.data.map(({ fdr }: { fdr: string }) => fdr) as string[]
    expect(await names('')).toEqual(['tardi', 'presto'])
    expect(await names('?flowDate=2026-10-01T00:00:00Z')).toEqual(['vecchio', 'tardi', 'presto'])
    expect(await names('?publishedGt=2026-11-03T00:00:00Z')).toEqual(['tardi'])
    expect(await names('?publishedGt=2026-11-02T23:59:59Z&pspId=SIMBANCA2')).toEqual([])
    expect((await get('?page=2&size=1')).body).toEqual({
      metadata: { pageSize: 1, pageNumber: 2, totPage: 2 },
      count: 1,
      data: [expect.objectContaining({ fdr: 'presto' })],
    })
  })

  test.each([
    ['without a key', 401, '', {}],
    ['with pages of more than a thousand', 400, '?size=1001', SUBSCRIBED],
    ['with page zero', 400, '?page=0', SUBSCRIBED],
    ['with a date that is none', 400, '?publishedGt=2026-11-23', SUBSCRIBED],
  ])('%s is %i', async (_, status, query, headers) => {
    expect((await stage.call('GET', service + query, undefined, headers)).status).toBe(status)
  })

  test('of nobody is 400 and a flow of nobody 404, in the service’s own words', async () => {
    const nobody = service.replace(FISCAL_CODE, '99999999999')
    expect(await stage.call('GET', nobody, undefined, SUBSCRIBED)).toMatchObject({
      status: 400,
      body: { httpStatusCode: 400, appErrorCode: 'FDR-2008' },
    })
    expect(await get('/x/revisions/1/psps/y')).toMatchObject({
      status: 404,
      body: { appErrorCode: 'FDR-3001' },
    })
  })

  test('fails when told to', async () => {
    await stage.call('PUT', '/api/fdr/failure', { status: 500 })
    expect(await get('')).toMatchObject({ status: 500, body: { httpStatusCode: 500 } })
  })
})

test('a flow of 100,000 lines is made at once and read page by page, each line once', async () => {
  const started = performance.now()
  const made = await order('/bulk', {
    fiscalCode: FISCAL_CODE,
    count: 100_000,
    segregationCode: '02',
    firstBase: 500,
    iurPrefix: 'massa-',
    amountCents: 1000,
    amountCycle: 3,
    changes: [{ index: 99_999, amountCents: 1, payStatus: 'NO_RPT' }],
  })
  const { flow } = made.body
  expect(flow).toMatchObject({ lineCount: 100_000, totPayments: 100_000 })
  const seen = new Set<string>()
  let cents = 0
  for (let page = 1; page <= 100; page++) {
    const { body } = await get(`${fdrPath(flow)}/payments?page=${page}`)
    expect(body.metadata).toEqual({ pageSize: 1000, pageNumber: page, totPage: 100 })
    for (const { iur, pay } of body.data) {
      seen.add(iur)
      cents += Math.round(pay * 100)
    }
  }
  expect(seen.size).toBe(100_000)
  expect(cents).toBe(flow.computedSumCents)
  const last = (await get(`${fdrPath(flow)}/payments?page=100`)).body.data.at(-2)
  expect(last).toMatchObject({ index: 99_999, iur: 'massa-0000099999', pay: 0.01, payStatus: 'NO_RPT' })
  // iuv: segregation code, base in 13 digits, check digits.
  expect(last.iuv).toMatch(/^020000000100498\d\d$/)
  expect(performance.now() - started).toBeLessThan(15_000)
})

test('the bank tells of each flow in its own way, among movements that are none of pagoPA', async () => {
  stage.creditor.on('paGetPaymentV2', () =>
    answer('paGetPaymentV2', payment({ amount: '1250.50', transfers: ['1250.50'] })),
  )
  for (const psp of ['SIMBANCA1', 'SIMBANCA2', 'SIMBANCA3']) await pay(Number(psp.at(-1)), psp)
  const { flows } = (await order('/close-day', {})).body
  await order('/bank-movements', {
    fiscalCode: FISCAL_CODE,
    date: '2026-11-25',
    amountCents: -5,
    text: 'a mano; con "virgolette"',
  })
  const statement = await fetch(`${stage.sandbox.url}/api/fdr/bank-statement.csv?fiscalCode=${FISCAL_CODE}`)
  expect(statement.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  const [head, ...rows] = (await statement.text()).trimEnd().split('\r\n')
  expect(head).toBe('Data contabile;Data valuta;Importo;Causale/Descrizione')
  for (const { fdr } of flows)
    expect(
      rows.filter((row) => row.startsWith('24/11/2026;24/11/2026;1.250,50;') && row.includes(fdr)),
    ).toHaveLength(1)
  const text = rows.join('\n')
  expect(text).toContain(`/PUR/LGPE-RIVERSAMENTO/URI/${flows[0].fdr}`)
  expect(text).toContain(` PUR LGPE-RIVERSAMENTO URI ${flows[1].fdr}`)
  expect(text).toContain(`/PUR/LGPE-RIVERSAMENTO/TXT/1/URI/${flows[2].fdr}`)
  expect(text).toContain('25/11/2026;25/11/2026;-0,05;"a mano; con ""virgolette"""')
  expect(rows.filter((row) => !row.includes('LGPE')).length).toBeGreaterThan(2)
})
