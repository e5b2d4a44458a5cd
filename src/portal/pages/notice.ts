import { z } from 'zod'
import { qrSvg } from '#core/documents/qr.ts'
import { translator } from '#core/i18n.ts'
import { cancelTopUp } from '#core/top-ups/close.ts'
import { noticePdf, requestNoticeEmail } from '#core/top-ups/notice-copy.ts'
import { noticeDocumentOf } from '#core/top-ups/notice-document.ts'
import type { TopUp } from '#core/top-ups/top-up.ts'
import { timelineOf, wordTimeline } from '#core/top-ups/timeline.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { formFields } from '#pages/form.ts'
import { viewerOf } from '../form.ts'
import type { Alert } from '#pages/view.ts'
import type { NoticeView } from '../views/payment.ts'
import { noticeFacts } from './notice-facts.ts'
import { ownTopUp } from './own.ts'
import { stateOf } from './payment-texts.ts'

/** Informazioni utili: what a notice needs to be paid anywhere, on screen, as PDF and by e-mail. */
export function noticeRoutes(app: PortalApp, parts: PortalParts): void {
  const { services } = parts

  app.get('/:slug/avvisi/:id', async (context) => {
    const done = context.req.query('fatto')
    const t = translator(context.var.language)
    const alerts: Alert[] = done === 'email' ? [{ kind: 'success', text: t('portal.notice.email_sent') }] : []
    return page(
      parts,
      context,
      'notice',
      await view(parts, context, await ownTopUp(parts, context, 'pay'), alerts),
    )
  })

  app.get('/:slug/avvisi/:id/avviso.pdf', async (context) => {
    const topUp = await ownTopUp(parts, context, 'pay')
    const pdf = await noticePdf(services, context.var.tenant, topUp, context.var.language)
    context.header('cache-control', 'no-store')
    context.header('content-disposition', `attachment; filename="avviso-${topUp.noticeNumber}.pdf"`)
    return context.body(new Uint8Array(pdf), 200, { 'content-type': 'application/pdf' })
  })

  app.post('/:slug/avvisi/:id/email', async (context) => {
    const { tenant, language } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, viewerOf(context).accountId)
    const topUp = await ownTopUp(parts, context, 'pay')
    const address = z.email().max(256).safeParse(fields.email?.trim())
    if (!address.success) {
      const errors = { email: translator(language)('portal.notice.error.email') }
      const shown = {
        ...(await view(parts, context, topUp, [])),
        errors,
        values: { email: fields.email ?? '' },
      }
      return page(parts, context, 'notice', shown, 422)
    }
    await requestNoticeEmail(services, tenant.id, topUp, { address: address.data, language })
    return context.redirect(`${baseOf(tenant)}/avvisi/${topUp.id}?fatto=email`, 303)
  })

  app.post('/:slug/avvisi/:id/annulla', async (context) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, viewerOf(context).accountId)
    const topUp = await ownTopUp(parts, context, 'pay')
    await cancelTopUp(services.db, tenant.id, topUp.id, services.clock.now())
    return context.redirect(`${baseOf(tenant)}/avvisi/${topUp.id}`, 303)
  })
}

function document({ services }: PortalParts, context: PortalContext, topUp: TopUp) {
  return noticeDocumentOf(services, context.var.tenant, topUp.id, context.var.language)
}

async function view(
  parts: PortalParts,
  context: PortalContext,
  topUp: TopUp,
  alerts: readonly Alert[],
): Promise<NoticeView> {
  const { tenant, language } = context.var
  const now = parts.services.clock.now()
  const notice = await document(parts, context, topUp)
  const state = stateOf(topUp, now)
  const payable = state === 'open' || state === 'failed'
  const label = translator(language)('portal.notice.qr')
  return {
    ...frame(parts, context, 'payments', alerts),
    topUpId: topUp.id,
    state,
    amountCents: topUp.amountCents,
    description: topUp.description,
    noticeNumber: topUp.noticeNumber,
    ...noticeFacts(notice, language),
    childFirstName: topUp.childFirstName,
    payable,
    qrSvg: payable || state === 'waiting' ? qrSvg(notice.qrText, { label }) : null,
    values: { email: viewerOf(context).email ?? '' },
    errors: {},
    timeline: wordTimeline(await timelineOf(parts.services.db, tenant.id, topUp, now), language),
  }
}
