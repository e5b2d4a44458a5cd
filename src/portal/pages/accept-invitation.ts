import { DomainError } from '#core/errors.ts'
import { remoteAddress } from '#core/remote-address.ts'
import { faultText } from '#core/fault-text.ts'
import { formFields } from '#pages/form.ts'
import { acceptInvitation } from '#tenants/people/invitations.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { AcceptInvitationView } from '../views/household.ts'
import { ownerOf } from './own.ts'

/** Where an invited person enters the code, signed in with an account of their own. */
export function acceptInvitationRoutes(app: PortalApp, parts: PortalParts): void {
  app.get('/:slug/inviti/accetta', (context) => {
    ownerOf(context)
    return page(parts, context, 'accept-invitation', view(parts, context, '', {}))
  })

  app.post('/:slug/inviti/accetta', async (context) => {
    const { tenant, language } = context.var
    const owner = ownerOf(context)
    const fields = await formFields(context)
    parts.forms.check(fields.form, owner.accountId)
    const code = (fields.code ?? '').trim()
    try {
      const guesser = {
        secret: 'invitation-code',
        account: owner.accountId,
        address: remoteAddress(context),
      } as const
      await parts.attempts.guess(tenant.id, guesser, () => acceptInvitation(parts.services, owner, code))
      return context.redirect(`${baseOf(tenant)}/inviti?fatto=accettato`, 303)
    } catch (error) {
      if (!(error instanceof DomainError) || !error.code.startsWith('invitation.')) throw error
      const { detail, status } = faultText(error, language)
      const shown = view(parts, context, code.slice(0, 40), { code: detail })
      return page(parts, context, 'accept-invitation', shown, status as 404)
    }
  })
}

function view(
  parts: PortalParts,
  context: PortalContext,
  code: string,
  errors: AcceptInvitationView['errors'],
): AcceptInvitationView {
  return { ...frame(parts, context, null), values: { code }, errors }
}
