import type { ChannelContext, ChannelTenant, Payer, PaymentChannel, PaymentDesk } from './channel.ts'
import { DomainError } from './errors.ts'
import { enqueue } from './jobs/outbox.ts'
import { inTenant } from './db/tenant.ts'
import { paymentCodeOf, walletOfPaymentCode } from './payment-codes.ts'
import { deliverEmail } from './emails.ts'
import type { Services } from './services.ts'
import { themeColours } from './theme.ts'
import type { EmailEntity } from './templates.ts'
import { isRehearsing, type Tenant } from './tenant.ts'
import { createCart } from './top-ups/carts.ts'
import { noticeDocumentOf, noticeToPrint } from './top-ups/notice-document.ts'
import { openTopUps } from './top-ups/open.ts'
import { findTopUp } from './top-ups/read.ts'
import type { OpenedTopUp, TopUp } from './top-ups/top-up.ts'

/** The desk at which one channel serves one entity, on behalf of a payer or of nobody in particular. */
export function openDesk(services: Services, tenant: Tenant, channelId: string, payer?: Payer): PaymentDesk {
  const { db, vault, scheme, clock, config, documents } = services
  const printer = { db, vault, scheme }
  return {
    open: (drafts, options) => openTopUps(db, scheme, tenant, drafts, { channelId, ...options }, clock.now()),
    async openCart(topUpIds) {
      const { id, token } = await createCart(db, tenant.id, topUpIds, payer?.accountId, clock.now())
      const back = (as: string) => new URL(`/r/${token}/${as}`, config.PUBLIC_URL)
      return {
        id,
        returnUrls: {
          ok: back('ok'),
          annullato: back('annullato'),
          errore: back('errore'),
          attesa: back('attesa'),
        },
      }
    },
    openOnes: (topUpIds) => Promise.all(topUpIds.map((id) => openOne(services, tenant, id))),
    async findWalletByCode(paymentCode) {
      return { walletId: await walletOfPaymentCode(db, tenant.id, paymentCode) }
    },
    paymentCode: (walletId) => paymentCodeOf(db, vault, tenant.id, walletId, clock.now()),
    noticeDocument: (topUpId, language) => noticeDocumentOf(printer, tenant, topUpId, language),
    noticePdf: async (topUpId, language) =>
      documents.notice(await noticeToPrint(printer, tenant, topUpId, language)),
    deliverEmail: (emailId, compose) => deliverEmail(services, tenant.id, emailId, compose),
  }
}

async function openOne({ db, clock }: Services, tenant: Tenant, id: string): Promise<OpenedTopUp> {
  const topUp = await findTopUp(db, tenant.id, id)
  if (!topUp) throw new DomainError('top_up.not_found')
  assertPayable(topUp, tenant, clock.now())
  return topUp
}

/** @throws DomainError top_up.already_paid, top_up.cancelled, top_up.expired (unless the entity takes late payments) */
export function assertPayable(
  { state, expiresAt }: Pick<TopUp, 'state' | 'expiresAt'>,
  tenant: Tenant,
  now: Date,
): void {
  if (state === 'paid') throw new DomainError('top_up.already_paid')
  if (state === 'cancelled') throw new DomainError('top_up.cancelled')
  const expired = state === 'expired' || expiresAt <= now
  if (expired && !tenant.policies.latePaymentAllowed) throw new DomainError('top_up.expired')
}

/** Everything one channel may touch for one entity. */
export function channelContext(
  services: Services,
  tenant: Tenant,
  channel: PaymentChannel,
  settings: unknown,
  payer?: Payer,
): ChannelContext<unknown> {
  const { db, clock, templates } = services
  return {
    tenant: channelTenant(tenant, services.config.PUBLIC_URL),
    settings,
    now: clock.now(),
    desk: openDesk(services, tenant, channel.id, payer),
    render: (template, view, language) => templates.render(template, view, language),
    async enqueue(job, data) {
      const entry = { tenantId: tenant.id, job, data: { ...data, tenantId: tenant.id } }
      await inTenant(db, tenant.id, (tx) => enqueue(tx, entry, clock.now()))
      services.nudge()
    },
  }
}

/** How an entity signs its e-mails. */
export function letterheadOf({ name, branding }: Pick<Tenant, 'name' | 'branding'>): EmailEntity {
  return {
    name,
    primary: themeColours({ primary: branding.primaryColor }).primary,
    contact: branding.email || branding.phone || null,
  }
}

function channelTenant(tenant: Tenant, publicUrl: string): ChannelTenant {
  return {
    id: tenant.id,
    slug: tenant.slug,
    name: tenant.name,
    fiscalCode: tenant.creditorFiscalCode,
    creditorName: tenant.creditor.name,
    hasPostalAccount: tenant.creditor.postalIban !== undefined,
    isRehearsing: isRehearsing(tenant),
    serviceId: tenant.serviceId,
    serviceSubjectId: tenant.serviceSubjectId,
    noticeValidityDays: tenant.policies.noticeValidityDays,
    latePaymentAllowed: tenant.policies.latePaymentAllowed,
    publicUrl,
    letterhead: letterheadOf(tenant),
  }
}
