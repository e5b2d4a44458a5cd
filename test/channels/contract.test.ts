import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Payer } from '#core/channel.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { LANGUAGES, translator } from '#core/i18n.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { cents } from '#core/money.ts'
import type { Tenant } from '#core/tenant.ts'
import { newId } from '#core/ids.ts'
import { walletsOfGuardian } from '#tenants/people/wallets.ts'
import { createCheckoutClient } from '#pagopa/checkout.ts'
import { createChannels } from '../../src/channels/index.ts'
import { payAtCounter } from '../support/counter.ts'
import { openTestHouse, type TestFamily } from '../support/house.ts'

const { house, sandboxUrl, addTenant, addFamily } = await openTestHouse()
const { cashier, services } = house
const outside = createCheckoutClient({
  baseUrl: `${sandboxUrl}/checkout/ec/v2`,
  subscriptionKey: 'sandbox',
  timeoutMs: 4_000,
})
const channels = createChannels({ checkout: outside, rehearsalCheckout: outside })

const enabled = Object.fromEntries(channels.map(({ id, settings }) => [id, z.parse(settings, {})]))
const tenant = await addTenant({ channels: enabled })
const family = await addFamily(tenant, 6)
const payer: Payer = { accountId: family.accountId, email: 'genitore@example.org', language: 'it' }
const otherTenant = await addTenant({ channels: enabled })
const otherFamily = await addFamily(otherTenant)
const neighbour = await addFamily(tenant)

/** What a start needs, as many drafts as the channel takes and no more than `count`. */
function request(maxTopUps: number, amountCents = 2_500, of: TestFamily = family, count = maxTopUps) {
  const wallets = of.children.slice(0, Math.max(count, 1)).map(({ walletId }) => walletId)
  const drafts = wallets.slice(0, count).map((walletId) => ({ walletId, amountCents: cents(amountCents) }))
  return { walletId: wallets[0]!, drafts }
}

async function topUpsOf({ id }: Tenant): Promise<number> {
  const rows = await inTenant(services.db, id, (tx) =>
    tx.selectFrom('top_ups').select('id').where('tenant_id', '=', id).execute(),
  )
  return rows.length
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no fault',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  )

describe.each(channels)('$id keeps the channel contract', (channel) => {
  test('is called in every language, and its closed door has a reason in words', () => {
    for (const language of LANGUAGES) {
      expect(channel.label[language].length).toBeGreaterThan(2)
      expect(channel.note[language].length).toBeGreaterThan(2)
    }
    const closed = channel.offer({
      tenant: { serviceId: null, serviceSubjectId: null },
      settings: z.parse(channel.settings, {}),
    } as never)
    if (!closed.offered) expect(translator('en')(closed.because).length).toBeGreaterThan(5)
  })

  test('tells families how to pay, step by step, in words of every language', async () => {
    const offer = (await cashier.offers(tenant, 'portal')).find((one) => one.channel.id === channel.id)
    for (const { key, values } of offer?.guide ?? [])
      for (const language of LANGUAGES)
        expect(
          translator(language)(key, { label: '…', top_up: '…', payment_codes: '…', ...values }),
        ).not.toBe('')
  })

  test('refuses settings that it did not ask for', () => {
    expect(channel.settings.safeParse({ unasked: true }).success).toBe(false)
  })

  test('says how many top-ups one start may open, and no more are opened', async () => {
    expect(channel.maxTopUps).toBeGreaterThanOrEqual(0)
    expect(channel.maxTopUps).toBeLessThanOrEqual(5)
    const before = await topUpsOf(tenant)
    const tooMany = request(channel.maxTopUps, 2_500, family, channel.maxTopUps + 1)
    expect(await codeOf(cashier.start(tenant, channel.id, payer, tooMany))).toBe('top_up.too_many')
    expect(await topUpsOf(tenant)).toBe(before)
  })

  test('opens what it is asked for and says what happens next', async () => {
    const before = await topUpsOf(tenant)
    const step = await cashier.start(tenant, channel.id, payer, request(channel.maxTopUps))
    expect(await topUpsOf(tenant)).toBe(before + channel.maxTopUps)
    if (step.kind === 'redirect') expect(step.url.protocol).toMatch(/^https?:$/)
    if (step.kind === 'document') expect(step.noticeNumber).toMatch(/^3\d{17}$/)
    if (step.kind === 'code') expect(step.payload).not.toMatch(/Provetti|Sofia|Elena/)
    expect(step.kind === 'code').toBe(channel.maxTopUps === 0)
  })

  test('opens nothing over an amount that the entity does not take', async () => {
    if (channel.maxTopUps === 0) return expect(channel.onDemand).toBeDefined()
    const before = await topUpsOf(tenant)
    expect(await codeOf(cashier.start(tenant, channel.id, payer, request(channel.maxTopUps, 1)))).toBe(
      'amount.below_minimum',
    )
    expect(
      await codeOf(cashier.start(tenant, channel.id, payer, request(channel.maxTopUps, 9_999_999))),
    ).toBe('amount.above_maximum')
    expect(await topUpsOf(tenant)).toBe(before)
  })

  test('never serves the wallet of another parent, of another entity, or of nobody', async () => {
    const { accountId, ...rest } = payer
    const foreign = [neighbour.children[0]!.walletId, otherFamily.children[0]!.walletId, newId()]
    for (const walletId of foreign) {
      const drafts = channel.maxTopUps === 0 ? [] : [{ walletId, amountCents: cents(2_500) }]
      expect(
        await codeOf(cashier.start(tenant, channel.id, { accountId, ...rest }, { walletId, drafts })),
      ).toBe('resource.not_found')
    }
  })

  test('is closed where the entity has not enabled it', async () => {
    const without = await addTenant({ channels: {} })
    const own = await addFamily(without)
    const start = cashier.start(
      without,
      channel.id,
      { ...payer, accountId: own.accountId },
      request(channel.maxTopUps, 2_500, own, Math.min(channel.maxTopUps, 2)),
    )
    expect(await codeOf(start)).toBe('channel.not_offered')
    expect(await cashier.offers(without, 'portal')).toEqual([])
  })

  test('shows the entity nothing of another one', async () => {
    const before = await topUpsOf(otherTenant)
    await cashier.start(tenant, channel.id, payer, request(Math.min(channel.maxTopUps, 1)))
    expect(await topUpsOf(otherTenant)).toBe(before)
  })

  test('is paid through the Node and credits what was asked, once', async () => {
    const child = family.children[0]!
    const balance = async () =>
      (await walletsOfGuardian(services.pool, tenant.id, family.accountId)).find(
        ({ id }) => id === child.walletId,
      )!.balanceCents
    const before = await balance()
    const noticeNumber = await openOne(channel.id, channel.maxTopUps, child.walletId)
    await payAtCounter(sandboxUrl, tenant.creditorFiscalCode, noticeNumber)
    expect(await balance()).toBe(before + 2_500n)
    expect(await checkLedger(services.db, tenant.id)).toEqual([])
  })

  test('declares jobs that carry ids alone', () => {
    for (const job of channel.jobs) {
      expect(job.data.safeParse({ tenantId: 'no id' }).success).toBe(false)
      expect(job.data.safeParse({}).success).toBe(false)
    }
  })

  test('refuses an unknown or revoked code at a counter, where it serves one', async () => {
    if (!channel.onDemand) return expect(channel.maxTopUps).toBeGreaterThan(0)
    const context = await cashier.contextOf(tenant.id, channel.id)
    const amountCents = cents(2_500)
    expect(await codeOf(channel.onDemand({ paymentCode: '0'.repeat(27), amountCents }, context))).toBe(
      'payment_code.unknown',
    )
    const paymentCode = await context.desk.paymentCode(family.children[1]!.walletId)
    const [first, second] = [
      await channel.onDemand({ paymentCode, amountCents }, context),
      await channel.onDemand({ paymentCode, amountCents }, context),
    ]
    expect(first.noticeNumber).not.toBe(second.noticeNumber)
  })
})

/** A notice of this channel over 25 euro, whichever way the channel makes one. */
async function openOne(channelId: string, maxTopUps: number, walletId: string): Promise<string> {
  if (maxTopUps > 0) {
    await cashier.start(tenant, channelId, payer, {
      walletId,
      drafts: [{ walletId, amountCents: cents(2_500) }],
    })
  } else {
    const context = await cashier.contextOf(tenant.id, channelId)
    await cashier.demand(tenant, {
      paymentCode: await context.desk.paymentCode(walletId),
      amountCents: cents(2_500),
    })
  }
  const row = await inTenant(services.db, tenant.id, (tx) =>
    tx
      .selectFrom('top_ups')
      .select('notice_number')
      .where('tenant_id', '=', tenant.id)
      .where('channel_id', '=', channelId)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow(),
  )
  return row.notice_number
}
