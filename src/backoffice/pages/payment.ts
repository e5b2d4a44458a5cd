import { DomainError } from '#core/errors.ts'
import { translator, type Language } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { receiptsOfTopUp, type ReceiptDossier } from '#core/office/payment.ts'
import { personName } from '#core/office/people.ts'
import { readRawReceipt } from '#core/receipts/verification.ts'
import { lastDay } from '#core/top-ups/notice-document.ts'
import { findTopUp, topUpsOfCart } from '#core/top-ups/read.ts'
import type { TopUp } from '#core/top-ups/top-up.ts'
import { timelineOf, wordTimeline } from '#core/top-ups/timeline.ts'
import type { PageContext } from '#pages/context.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { PaymentDossierView, ReceiptView } from '../views/payments.ts'
import { dispositionBadge, irregularityWords, rawHref, stateBadge } from './payment-words.ts'

/** One payment with everything about it, and the receipts as they came. */
export function paymentRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services } = parts

  officeRoute(app, 'GET /pagamenti/:id', async (context) => {
    const topUp = await findTopUp(services.db, context.var.tenant.id, idFrom(context.req.param('id')))
    if (!topUp) throw new DomainError('resource.not_found')
    return page(parts, context, 'office/payment', await dossier(parts, context, topUp))
  })

  officeRoute(app, 'GET /ricevute/:file', async (context, { accountId }) => {
    const { tenant } = context.var
    const id = idFrom(/^(.+)\.xml$/.exec(context.req.param('file') ?? '')?.[1])
    const raw = await readRawReceipt(services.db, tenant.id, id, accountId, services.clock.now())
    if (!raw) throw new DomainError('resource.not_found')
    context.header('cache-control', 'no-store')
    context.header('content-disposition', `attachment; filename="${raw.fileName}"`)
    return context.body(new Uint8Array(raw.bytes), 200, { 'content-type': raw.contentType })
  })
}

async function dossier(parts: OfficeParts, context: PageContext, topUp: TopUp): Promise<PaymentDossierView> {
  const { db, clock, channelLabel } = parts.services
  const { tenant, language } = context.var
  const base = officeOf(tenant)
  const [receipts, steps, cart, debtorName] = await Promise.all([
    receiptsOfTopUp(db, tenant.id, topUp.id),
    timelineOf(db, tenant.id, topUp, clock.now()),
    topUp.cartId ? topUpsOfCart(db, tenant.id, topUp.cartId) : [],
    topUp.accountId ? personName(db, tenant.id, topUp.accountId) : undefined,
  ])
  const booked = receipts.filter(({ disposition }) => BOOKED.includes(disposition))
  return {
    ...frame(parts, context, 'payments'),
    parentHref: `${base}/pagamenti`,
    childName: nameOf(topUp),
    category: topUp.categoryLabel,
    debtorName: debtorName ?? null,
    state: stateBadge(topUp.state, language),
    channel: channelLabel(topUp.channelId, language),
    noticeNumber: topUp.noticeNumber,
    askedCents: topUp.amountCents,
    receivedCents: booked.reduce((sum, { ourCents }) => sum + ourCents, 0n),
    createdAt: topUp.createdAt,
    payableUntil: lastDay(topUp.expiresAt),
    description: topUp.description,
    together: cart
      .filter(({ id }) => id !== topUp.id)
      .map((other) => ({
        href: `${base}/pagamenti/${other.id}`,
        childName: nameOf(other),
        cents: other.amountCents,
      })),
    receipts: receipts.map((receipt, index) => receiptView(receipt, index, base, language)),
    timeline: wordTimeline(steps, language),
  }
}

/** What is in the ledger: the wallet's, or in suspense. */
const BOOKED: readonly ReceiptDossier['disposition'][] = [
  'credited',
  'suspense-paid-twice',
  'suspense-unknown',
]

function nameOf({ childFirstName, childLastName }: TopUp): string {
  return `${childFirstName} ${childLastName}`
}

function receiptView(receipt: ReceiptDossier, index: number, base: string, language: Language): ReceiptView {
  const t = translator(language)
  return {
    id: receipt.id,
    title: t('office.payment.receipt', { number: index + 1 }),
    disposition: dispositionBadge(receipt.disposition, language),
    irregularities: irregularityWords(receipt.irregularities, language),
    amountCents: receipt.amountCents,
    ourCents: receipt.ourCents,
    feeCents: receipt.feeCents ?? null,
    psp: `${receipt.pspName} (${receipt.pspId})`,
    way: [receipt.paymentMethod, receipt.paymentChannel].filter(Boolean).join(', '),
    receiptId: receipt.receiptId,
    iuv: receipt.creditorReference,
    description: receipt.description,
    paidAt: receipt.paidAt ?? null,
    applicationDate: receipt.applicationDate ?? null,
    transferDate: receipt.transferDate ?? null,
    arrivedAt: receipt.arrivedAt,
    copyAvailableOn: receipt.copyAvailableOn,
    told: t(`office.told.${receipt.version}`) + (receipt.standIn ? `, ${t('office.told.stand_in')}` : ''),
    balanceAfterCents: receipt.balanceAfterCents ?? null,
    settledAt: receipt.settledAt ?? null,
    flow: receipt.flow
      ? { href: `${base}/riconciliazione/flussi/${receipt.flow.id}`, name: receipt.flow.flowId }
      : null,
    openDifferences: receipt.openDifferences,
    rawHref: rawHref(base, receipt.id),
  }
}
