import { describe, expect, test } from 'vitest'
import { cents } from '#core/money.ts'
import type { Tenant } from '#core/tenant.ts'
import { openTopUps } from '#core/top-ups/open.ts'
import { hasValidCheckDigits, iuvOf, segregationCodeOf } from '#pagopa/notice-number.ts'
import { pagopaEndpoint } from '#pagopa/endpoint.ts'
import { readMessage, stationOf } from '../support/soap.ts'
import { openStage } from './stage.ts'

const stage = await openStage()
const { house, node, clock } = stage
const { db, scheme } = house.services

async function open(tenant: Tenant, walletId: string): Promise<string> {
  const drafts = [{ walletId, amountCents: cents(5_000) }]
  const [opened] = await openTopUps(
    db,
    scheme,
    tenant,
    drafts,
    { channelId: 'psp-notice', validDays: 30 },
    clock.now(),
  )
  return opened!.noticeNumber
}

describe('the numbers of notices', () => {
  test('never repeat, also where two hundred are opened at once at two tenants of one creditor', async () => {
    const first = await stage.addTenant({ segregationCode: '01' })
    const { creditorFiscalCode } = first
    const second = await stage.addTenant({ creditorFiscalCode, segregationCode: '45' })
    const wallets = [await stage.wallet(first), await stage.wallet(second)]
    const opened = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        index % 2 === 0 ? open(first, wallets[0]!) : open(second, wallets[1]!),
      ),
    )
    // An IUV is the creditor's, for ever: not even its two tenants may share one.
    expect(new Set(opened.map(iuvOf)).size).toBe(200)
    expect(new Set(opened.map(segregationCodeOf))).toEqual(new Set(['01', '45']))
    for (const number of opened)
      expect([number, hasValidCheckDigits(number), number[0]]).toEqual([number, true, '3'])
    // Each tenant counts by itself, without a gap: its sequence is the middle of the number.
    for (const code of ['01', '45']) {
      const sequences = opened
        .filter((number) => segregationCodeOf(number) === code)
        .map((number) => Number(number.slice(3, 16)))
      expect(sequences.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 100 }, (_, index) => index + 1),
      )
    }
  })

  test('go on after an opening that failed', async () => {
    const tenant = await stage.addTenant()
    const walletId = await stage.wallet(tenant)
    const number = await open(tenant, walletId)
    const unknown = '018f0000-0000-7000-8000-000000000000'
    await expect(open(tenant, unknown)).rejects.toMatchObject({ code: 'wallet.not_found' })
    const next = await open(tenant, walletId)
    expect(Number(next.slice(3, 16))).toBeGreaterThan(Number(number.slice(3, 16)))
  })
})

test('pagoPA’s probe, a number that nothing has, is answered at once and alarms nobody', async () => {
  const tenant = await stage.addTenant()
  const notice = { fiscalCode: tenant.creditorFiscalCode, noticeNumber: '311111111112222222' }
  const message = readMessage('paVerifyPaymentNotice', stationOf(tenant), notice)
  const alarms: unknown[] = []
  const alarm = (...what: unknown[]) => void alarms.push(what)
  const log = { ...house.services.log, warn: alarm, error: alarm, fatal: alarm }
  const services = { ...house.services, log: log as unknown as typeof house.services.log }
  const app = pagopaEndpoint(services, () => Promise.reject(new Error('not asked for')))
  const headers = { 'content-type': 'text/xml', soapaction: 'paVerifyPaymentNotice' }
  const started = performance.now()
  for (let times = 0; times < 20; times++) {
    const response = await app.request('/', { method: 'POST', headers, body: message })
    expect(await response.text()).toContain('PAA_PAGAMENTO_SCONOSCIUTO')
  }
  expect((performance.now() - started) / 20).toBeLessThan(200)
  expect(alarms).toEqual([])
  expect((await node.verify(stationOf(tenant), notice)).verdict).toBe('PAA_PAGAMENTO_SCONOSCIUTO')
})
