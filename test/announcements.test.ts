import { afterEach, describe, expect, test } from 'vitest'
import { listFailing } from '#core/jobs/outbox.ts'
import { cents } from '#core/money.ts'
import { announceTopUp, type AnnouncedPosition } from '#core/top-ups/announce.ts'
import { cancelTopUp } from '#core/top-ups/close.ts'
import { openTopUps } from '#core/top-ups/open.ts'
import { findTopUp } from '#core/top-ups/read.ts'
import { timelineOf } from '#core/top-ups/timeline.ts'
import type { Tenant } from '#core/tenant.ts'
import { changeWalletState } from '#tenants/books/wallet-states.ts'
import { payAtCounter } from './support/counter.ts'
import { openTestHouse } from './support/house.ts'
import { until } from './support/process.ts'

const { house, sandboxUrl, clock, addTenant, addFamily } = await openTestHouse()
const { services } = house
const { db } = services
afterEach(() => fail(null))

interface Position {
  noticeNumber: string
  amountCents: number
  status: string
  entityFiscalCode: string
  description: string
  expirationDate: string
  history: unknown[]
}

/** What the archive knows of a notice. */
async function position(tenant: Tenant, noticeNumber: string): Promise<Position | undefined> {
  const query = new URLSearchParams({ fiscalCode: tenant.creditorFiscalCode, noticeNumber })
  const answer = await fetch(`${sandboxUrl}/api/aca/positions?${query}`)
  return ((await answer.json()) as { positions: Position[] }).positions[0]
}

/** Orders the archive to fail, or not to. */
async function fail(failure: { status?: number; times?: number } | null): Promise<void> {
  await fetch(`${sandboxUrl}/api/aca/failure`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(failure),
  })
}

async function open(tenant: Tenant, amount = 2_500n) {
  const { accountId, children } = await addFamily(tenant, 1)
  const draft = { walletId: children[0]!.walletId, amountCents: cents(amount), accountId }
  const options = { channelId: 'psp-notice', validDays: 30 }
  const [opened] = await openTopUps(db, services.scheme, tenant, [draft], options, clock.now())
  return opened!
}

const amountIs = (tenant: Tenant, noticeNumber: string, amount: number) =>
  until(async () => (await position(tenant, noticeNumber))?.amountCents === amount)

describe('the archive of positions', () => {
  test('knows every new notice, with no child in its texts', async () => {
    const tenant = await addTenant()
    const { noticeNumber, expiresAt } = await open(tenant)
    await amountIs(tenant, noticeNumber, 2_500)
    const known = await position(tenant, noticeNumber)
    expect(known).toMatchObject({ entityFiscalCode: 'ANONIMO' })
    expect(known!.description).not.toMatch(/Sofia|Provetti/)
    expect(new Date(known!.expirationDate).getTime()).toBe(expiresAt.getTime())
  })

  test('is told that a notice is cancelled', async () => {
    const tenant = await addTenant()
    const { id, noticeNumber } = await open(tenant)
    await amountIs(tenant, noticeNumber, 2_500)
    expect(await cancelTopUp(db, tenant.id, id, clock.now())).toBe(true)
    await amountIs(tenant, noticeNumber, 0)
  })

  test('is told that a notice is paid, and the timeline tells of the announcement', async () => {
    const tenant = await addTenant()
    const { id, noticeNumber } = await open(tenant)
    await amountIs(tenant, noticeNumber, 2_500)
    await payAtCounter(sandboxUrl, tenant.creditorFiscalCode, noticeNumber)
    await until(async () => (await findTopUp(db, tenant.id, id))?.state === 'paid')
    await amountIs(tenant, noticeNumber, 0)
    const topUp = (await findTopUp(db, tenant.id, id))!
    const steps = await timelineOf(db, tenant.id, topUp, clock.now())
    expect(steps.find(({ step }) => step === 'announced')).toMatchObject({ source: 'archive' })
  })

  test('is told that a suspended wallet’s notice cannot be paid; once it can again the Node asks us', async () => {
    const tenant = await addTenant()
    const { id, noticeNumber, walletId } = await open(tenant)
    await amountIs(tenant, noticeNumber, 2_500)
    const by = { tenantId: tenant.id, accountId: (await findTopUp(db, tenant.id, id))!.accountId! }
    await changeWalletState(services, by, walletId, { state: 'suspended', reason: 'Documenti mancanti' })
    await amountIs(tenant, noticeNumber, 0)
    await changeWalletState(services, by, walletId, { state: 'active', reason: 'Documenti arrivati' })
    await payAtCounter(sandboxUrl, tenant.creditorFiscalCode, noticeNumber)
    await until(async () => (await findTopUp(db, tenant.id, id))?.state === 'paid')
    expect(await position(tenant, noticeNumber)).toMatchObject({ amountCents: 0 })
  })

  test('that fails is asked again until it knows', async () => {
    const tenant = await addTenant()
    await fail({ status: 503, times: 2 })
    const { noticeNumber } = await open(tenant)
    await amountIs(tenant, noticeNumber, 2_500)
    expect(await position(tenant, noticeNumber)).toMatchObject({ status: 'VALID' })
  })

  test('that refuses for good leaves the announcement for a person, where it is seen', async () => {
    const tenant = await addTenant()
    await fail({ status: 400 })
    await open(tenant)
    const mine = async () =>
      (await listFailing(services.relay)).find((entry) => entry.tenantId === tenant.id && entry.parkedAt)
    await until(async () => (await mine()) !== undefined)
    expect(await mine()).toMatchObject({
      job: 'top-up.announce',
      lastError: expect.stringContaining('HTTP 400') as string,
    })
  })

  test('hears the same thing once', async () => {
    const tenant = await addTenant()
    const { id, noticeNumber } = await open(tenant)
    await amountIs(tenant, noticeNumber, 2_500)
    const topUp = (await findTopUp(db, tenant.id, id))!
    const isNoted = async () =>
      (await timelineOf(db, tenant.id, topUp, clock.now())).some(({ step }) => step === 'announced')
    await until(isNoted)
    const told: AnnouncedPosition[] = []
    const listening = { announce: async (one: AnnouncedPosition) => void told.push(one) }
    await announceTopUp(services, listening, tenant.id, id)
    expect(told).toEqual([])
  })

  test('has the present state as its last word, though the change comes while we speak', async () => {
    const tenant = await addTenant()
    await fail({ status: 503 })
    const { id } = await open(tenant)
    const told: bigint[] = []
    const slow = {
      async announce({ amountCents }: AnnouncedPosition) {
        // Cancelled, and announced by somebody else, before our own word arrives.
        if (amountCents > 0n) {
          await cancelTopUp(db, tenant.id, id, clock.now())
          await announceTopUp(services, slow, tenant.id, id)
        }
        told.push(amountCents)
      },
    }
    await announceTopUp(services, slow, tenant.id, id)
    expect(told).toEqual([2_500n, 0n])
  })
})
