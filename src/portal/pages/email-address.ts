import { z } from 'zod'
import { translator } from '#core/i18n.ts'
import { remoteAddress } from '#core/remote-address.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import {
  addressToConfirm,
  confirmEmail,
  emailAddressOf,
  requestEmailConfirmation,
} from '#tenants/people/email-address.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { viewerOf } from '../form.ts'
import { frame, page } from '../frame.ts'
import type { EmailAddressView } from '../views/passwords.ts'
import { withLink } from './link-not-valid.ts'

/** The parent's address of e-mail: to confirm, to change, to be written to again. */
export function emailAddressRoutes(app: PortalApp, parts: PortalParts): void {
  const { services, attempts } = parts

  app.get('/:slug/email', async (context) => {
    const t = translator(context.var.language)
    const sent = context.req.query('fatto') === 'inviata'
    const alerts: Alert[] = sent ? [{ kind: 'success', text: t('passwords.email.sent') }] : []
    return page(parts, context, 'email-address', await addressView(parts, context, alerts, {}))
  })

  app.post('/:slug/email', async (context) => {
    const { tenant, language } = context.var
    const { accountId } = viewerOf(context)
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    const typed = fields.email?.trim() ?? ''
    const address = z.email().max(256).safeParse(typed)
    if (!address.success) {
      const errors = { email: translator(language)('portal.register.error.email') }
      const view = await addressView(parts, context, [], { typed: typed.slice(0, 256), errors })
      return page(parts, context, 'email-address', view, 422)
    }
    const goal = address.data.toLowerCase()
    await attempts.request(tenant.id, 'email-confirmation', goal, remoteAddress(context))
    await requestEmailConfirmation(services, tenant, accountId, address.data, language)
    return context.redirect(`${baseOf(tenant)}/email?fatto=inviata`, 303)
  })

  // Programs that look into mail open its links: only the button confirms.
  app.get('/:slug/email/conferma', (context) => {
    if (context.req.query('fatto') !== undefined) return confirmPage(parts, context, '', null)
    const code = context.req.query('codice') ?? ''
    return withLink(parts, context, 'email', async () =>
      confirmPage(parts, context, code, await addressToConfirm(services, context.var.tenant.id, code)),
    )
  })

  app.post('/:slug/email/conferma', async (context) => {
    const { tenant, viewer } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, viewer?.accountId ?? '')
    return withLink(parts, context, 'email', async () => {
      await confirmEmail(services, tenant.id, fields.codice ?? '')
      return context.redirect(`${baseOf(tenant)}/email/conferma?fatto=1`, 303)
    })
  })
}

function confirmPage(parts: PortalParts, context: PortalContext, code: string, address: string | null) {
  return page(parts, context, 'email-confirm', { ...frame(parts, context, null), code, address })
}

async function addressView(
  parts: PortalParts,
  context: PortalContext,
  alerts: readonly Alert[],
  { typed, errors = {} }: { typed?: string; errors?: EmailAddressView['errors'] },
): Promise<EmailAddressView> {
  const { accountId } = viewerOf(context)
  const { address, confirmed } = await emailAddressOf(parts.services.db, context.var.tenant.id, accountId)
  const proposed = confirmed ? '' : (address ?? '')
  return {
    ...frame(parts, context, null, alerts),
    address,
    confirmed,
    values: { email: typed ?? proposed },
    errors,
  }
}
