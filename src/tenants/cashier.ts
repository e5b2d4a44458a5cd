import type {
  ChannelContext,
  DemandRequest,
  GuideStep,
  NextStep,
  Offer,
  Payer,
  PaymentChannel,
  Surface,
} from '#core/channel.ts'
import { channelContext } from '#core/desk.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { defineJob, type Job } from '#core/jobs/job.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { findBegun } from '#core/top-ups/begun.ts'
import type { OpenedTopUp, TopUpDraft } from '#core/top-ups/top-up.ts'
import { emailAddressOf } from './people/email-address.ts'
import { assertGuardianOf, rightToPay } from './people/rights.ts'
import type { TenantRegistry } from './registry.ts'

/** A channel as an entity's pages and app show it. */
export interface ChannelOffer {
  channel: PaymentChannel
  offer: Offer
  /** How to pay this way, step by step. */
  guide: readonly GuideStep[]
}

/** Where faces bring what a parent wants to pay, and the wire what a counter asks for. */
export interface Cashier {
  readonly channels: readonly PaymentChannel[]
  /** The channels of a surface that the entity has enabled, each offered or with the reason why not. */
  offers(tenant: Tenant, surface: Surface): Promise<ChannelOffer[]>
  /**
   * Starts a payment of a guardian's own wallets, or of those that an invited person may top up. The code for a counter
   * is the guardians' alone.
   * @throws DomainError channel.unknown, channel.not_offered, top_up.too_many, resource.not_found for a wallet that is
   *   not the payer's to pay, and what the channel throws
   */
  start(
    tenant: Tenant,
    channelId: string,
    payer: Payer,
    request: { walletId: string; drafts: readonly TopUpDraft[] },
  ): Promise<NextStep>
  /**
   * Starts a payment, or goes on with the same one that the payer began a short while ago and has not finished:
   * who comes back from Checkout and presses the button again means the payment that is open already.
   */
  startOrResume: Cashier['start']
  /**
   * Another attempt at open top-ups.
   * @throws DomainError channel.not_offered where the channel knows none, resource.not_found as for {@link start}
   */
  resume(tenant: Tenant, channelId: string, payer: Payer, topUpIds: readonly string[]): Promise<NextStep>
  /** Serves a counter. @throws DomainError channel.not_offered when no enabled channel does */
  demand(tenant: Tenant, request: DemandRequest): Promise<OpenedTopUp>
  /** What a channel may touch for an entity, for webhooks of its own. @throws DomainError tenant.unknown, channel.* */
  contextOf(tenantId: string, channelId: string): Promise<ChannelContext<unknown>>
  /** The channels' jobs, bound to their tenants. */
  readonly jobs: readonly Job[]
}

export function createCashier(
  services: Services,
  registry: TenantRegistry,
  channels: readonly PaymentChannel[],
): Cashier {
  async function contextOf(
    tenant: Tenant,
    channel: PaymentChannel,
    payer?: Payer,
  ): Promise<ChannelContext<unknown>> {
    const enabled = await registry.channelSettings(tenant.id, channel.id)
    if (!enabled) throw new DomainError('channel.not_offered', { channel: channel.id })
    return channelContext(services, tenant, channel, channel.settings.parse(enabled.settings), payer)
  }

  async function offered(tenant: Tenant, channelId: string, payer: Payer) {
    const channel = channels.find(({ id }) => id === channelId)
    if (!channel) throw new DomainError('channel.unknown')
    const context = await contextOf(tenant, channel, payer)
    if (!channel.offer(context).offered) throw new DomainError('channel.not_offered', { channel: channel.id })
    return { channel, context }
  }

  /** A right may have ended since the payment was begun. */
  async function assertMayResume(tenantId: string, accountId: string, topUpIds: readonly string[]) {
    if (topUpIds.length === 0) return
    const now = services.clock.now()
    await inTenant(services.db, tenantId, async (tx) => {
      const rows = await tx
        .selectFrom('top_ups')
        .select('wallet_id')
        .where('tenant_id', '=', tenantId)
        .where('id', 'in', topUpIds)
        .execute()
      for (const row of rows) await rightToPay(tx, tenantId, accountId, row.wallet_id, now)
    })
  }

  /** A third party that does not answer is the payer's trouble on screen, and the operator's in the log. */
  function told(step: NextStep, channelId: string): NextStep {
    if (step.kind === 'unavailable')
      services.log.warn({ error: step.cause, channel: channelId }, 'a channel is unavailable')
    return step
  }

  /** Checkout writes to the address that it is given: one that nobody has confirmed may be a stranger's. */
  async function reachable(tenant: Tenant, payer: Payer): Promise<Payer> {
    if (payer.email === null) return payer
    const { confirmed } = await emailAddressOf(services.db, tenant.id, payer.accountId)
    return confirmed ? payer : { ...payer, email: null }
  }

  const cashier: Cashier = {
    channels,
    async offers(tenant, surface) {
      const found: ChannelOffer[] = []
      for (const channel of channels.filter(({ surfaces }) => surfaces.includes(surface))) {
        const enabled = await registry.channelSettings(tenant.id, channel.id)
        if (!enabled) continue
        const context = await contextOf(tenant, channel)
        found.push({ channel, offer: channel.offer(context), guide: channel.guide?.(context) ?? [] })
      }
      return found
    },
    async start(tenant, channelId, who, { walletId, drafts }) {
      const payer = await reachable(tenant, who)
      const { channel, context } = await offered(tenant, channelId, payer)
      if (drafts.length > channel.maxTopUps)
        throw new DomainError('top_up.too_many', { maximum: channel.maxTopUps })
      const isCode = channel.maxTopUps === 0
      const now = services.clock.now()
      const own = await inTenant(services.db, tenant.id, async (tx) => {
        const { accountId } = payer
        const right = (wallet: string) => rightToPay(tx, tenant.id, accountId, wallet, now)
        if (isCode) await assertGuardianOf(tx, tenant.id, accountId, walletId)
        if (!isCode && drafts.every((draft) => draft.walletId !== walletId)) await right(walletId)
        const rightful: TopUpDraft[] = []
        for (const { walletId: wallet, amountCents } of drafts) {
          const invitationId = await right(wallet)
          rightful.push({ walletId: wallet, amountCents, accountId, ...(invitationId && { invitationId }) })
        }
        return rightful
      })
      return told(await channel.start({ walletId, drafts: own, payer }, context), channel.id)
    },
    async startOrResume(tenant, channelId, payer, request) {
      const channel = channels.find(({ id }) => id === channelId)
      const wanted = { accountId: payer.accountId, channelId, drafts: request.drafts }
      const begun = channel?.resume && (await findBegun(services.db, tenant.id, wanted, services.clock.now()))
      return begun
        ? cashier.resume(tenant, channelId, payer, begun)
        : cashier.start(tenant, channelId, payer, request)
    },
    async resume(tenant, channelId, who, topUpIds) {
      const payer = await reachable(tenant, who)
      const { channel, context } = await offered(tenant, channelId, payer)
      if (!channel.resume) throw new DomainError('channel.not_offered', { channel: channel.id })
      await assertMayResume(tenant.id, payer.accountId, topUpIds)
      return told(await channel.resume(topUpIds, payer, context), channel.id)
    },
    async demand(tenant, request) {
      for (const channel of channels) {
        if (!channel.onDemand || !(await registry.channelSettings(tenant.id, channel.id))) continue
        return channel.onDemand(request, await contextOf(tenant, channel))
      }
      throw new DomainError('channel.not_offered')
    },
    async contextOf(tenantId, channelId) {
      const tenant = await registry.byId(tenantId)
      if (!tenant) throw new DomainError('tenant.unknown')
      const channel = channels.find(({ id }) => id === channelId)
      if (!channel) throw new DomainError('channel.unknown')
      return contextOf(tenant, channel)
    },
    jobs: channels.flatMap((channel) =>
      channel.jobs.map((job) =>
        defineJob({
          ...job,
          run: async (data) => {
            const { tenantId } = data as { tenantId: string }
            await job.run(data, await cashier.contextOf(tenantId, channel.id))
          },
        }),
      ),
    ),
  }
  return cashier
}
