import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { once } from '#core/idempotency.ts'
import type { TopUp } from '#core/top-ups/top-up.ts'
import { sumCents } from '#core/money.ts'
import { timelineOf, wordTimeline } from '#core/top-ups/timeline.ts'
import { mayPay, ownCart, ownReceiptCopy } from '#tenants/people/own.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { formFields } from '#pages/form.ts'
import { payerOf } from '../form.ts'
import type { Alert } from '#pages/view.ts'
import type { PaymentItem, PaymentState, PaymentView } from '../views/payment.ts'
import { ownerOf, ownTopUp } from './own.ts'
import { paidReceipt, stateOf } from './payment-texts.ts'
import { answerOf, REPEAT_WAIT_MS } from './top-up.ts'

const REFRESH_SECONDS = 3

/** The outcome of one top-up or of a cart; another attempt; the receipt's copy. */
export function paymentRoutes(app: PortalApp, parts: PortalParts): void {
  const { services } = parts

  app.get('/:slug/pagamenti/:id', async (context) => {
    return page(
      parts,
      context,
      'payment',
      await view(parts, context, [await ownTopUp(parts, context, 'see')], []),
    )
  })

  app.get('/:slug/carrelli/:id', async (context) => {
    const t = translator(context.var.language)
    const down = context.req.query('canale') === 'fermo'
    const alerts: Alert[] = down ? [{ kind: 'warning', text: t('portal.payment.unavailable') }] : []
    const topUps = await ownCart(services, ownerOf(context), context.req.param('id'), 'see')
    // Who comes back from an attempt that another one has replaced finds his payments, not a dead end.
    if (topUps.length === 0) return context.redirect(`${baseOf(context.var.tenant)}/pagamenti`, 303)
    return page(parts, context, 'payment', await view(parts, context, topUps, alerts))
  })

  app.post('/:slug/carrelli/:id/riprova', async (context) => {
    const topUps = await ownCart(services, ownerOf(context), context.req.param('id'), 'pay')
    if (topUps.length === 0) return context.redirect(`${baseOf(context.var.tenant)}/pagamenti`, 303)
    return retry(parts, context, topUps)
  })

  app.post('/:slug/pagamenti/:id/riprova', async (context) =>
    retry(parts, context, [await ownTopUp(parts, context, 'pay')]),
  )

  app.get('/:slug/ricevute/:id', async (context) => {
    const copy = await ownReceiptCopy(services, ownerOf(context), context.req.param('id'))
    context.header('cache-control', 'no-store')
    context.header('content-disposition', `attachment; filename="ricevuta-${copy.noticeNumber}.pdf"`)
    return context.body(new Uint8Array(copy.pdf), 200, { 'content-type': 'application/pdf' })
  })
}

/** Another attempt at those that are still open, as one payment. */
async function retry(
  parts: PortalParts,
  context: PortalContext,
  topUps: readonly TopUp[],
): Promise<Response> {
  const { services, forms, cashier } = parts
  const { tenant } = context.var
  const payer = payerOf(context)
  const fields = await formFields(context)
  const key = forms.check(fields.form, payer.accountId)
  const [first] = topUps
  const open = topUps.filter(({ state }) => state === 'open')
  const ids = (open.length > 0 ? open : topUps).map(({ id }) => id)
  const request = { tenantId: tenant.id, accountId: payer.accountId, key, content: ids.join() }
  const answer = await once(
    services.db,
    request,
    services.clock.now(),
    async () => {
      const step = await cashier.resume(tenant, first!.channelId, payer, ids)
      return answerOf(step, baseOf(tenant))
    },
    REPEAT_WAIT_MS,
  ).catch((error: unknown) => {
    if (!(error instanceof DomainError) || error.code !== 'top_up.already_paid') throw error
    // Paid while we asked: the receipt is there, or in the list where several were asked for.
    return { body: `${baseOf(tenant)}/pagamenti${ids.length > 1 ? '' : `/${ids[0]}`}` }
  })
  return context.redirect(answer.body as string, 303)
}

async function view(
  parts: PortalParts,
  context: PortalContext,
  topUps: readonly TopUp[],
  alerts: readonly Alert[],
): Promise<PaymentView> {
  const now = parts.services.clock.now()
  const items = await Promise.all(topUps.map((topUp) => item(parts, context, topUp, now)))
  const state = overall(items.map((one) => one.state))
  const gaveUp = state === 'failed' && topUps.every(({ returnedAs }) => returnedAs === 'annullato')
  const [only] = topUps
  const base = baseOf(context.var.tenant)
  const payable =
    only !== undefined &&
    (state === 'failed' || state === 'open') &&
    (await mayPay(parts.services, ownerOf(context), topUps))
  const resumable = parts.cashier.channels.some(
    ({ id, resume }) => id === only?.channelId && resume !== undefined,
  )
  // Several are tried again as one, and paid with notices one by one.
  const shown = items.map((one) =>
    payable && items.length > 1 && (one.state === 'failed' || one.state === 'open')
      ? { ...one, noticeHref: `${base}/avvisi/${one.topUpId}` }
      : one,
  )
  const place = topUps.length > 1 ? `carrelli/${only?.cartId}` : `pagamenti/${only?.id}`
  return {
    ...frame(parts, context, 'payments', alerts),
    state,
    words: gaveUp ? 'abandoned' : state,
    totalCents: sumCents(topUps.map(({ amountCents }) => amountCents)),
    items: shown,
    refreshSeconds: state === 'waiting' ? REFRESH_SECONDS : null,
    retryHref: payable && resumable ? `${base}/${place}/riprova` : null,
    noticeHref: payable && topUps.length === 1 ? `${base}/avvisi/${only.id}` : null,
  }
}

/** One word for several: what is awaited or failed comes before what is paid. */
function overall(states: readonly PaymentState[]): PaymentState {
  const order: readonly PaymentState[] = ['waiting', 'failed', 'open', 'expired', 'cancelled', 'paid']
  return order.find((state) => states.includes(state)) ?? 'open'
}

async function item(
  parts: PortalParts,
  context: PortalContext,
  topUp: TopUp,
  now: Date,
): Promise<PaymentItem> {
  const { tenant, language } = context.var
  return {
    topUpId: topUp.id,
    state: stateOf(topUp, now),
    childName: topUp.childFirstName,
    invitedLabel: topUp.invitation?.label ?? null,
    category: topUp.categoryLabel,
    amountCents: topUp.amountCents,
    noticeNumber: topUp.noticeNumber,
    channel: parts.services.channelLabel(topUp.channelId, language),
    creditor: { name: tenant.creditor.name, fiscalCode: tenant.creditorFiscalCode },
    receipt: paidReceipt(topUp, baseOf(tenant), now),
    timeline: wordTimeline(await timelineOf(parts.services.db, tenant.id, topUp, now), language),
  }
}
