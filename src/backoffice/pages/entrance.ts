import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { identityChoices, startHref } from '#pages/identity-choice.ts'
import { accountOfForm, safeNext } from '#pages/password-form.ts'
import { dropSession, sessionToken } from '#pages/session-cookie.ts'
import { publicRoute, staffOf, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { OfficeSignInView } from '../views/entrance.ts'
import { secondStepRoutes } from './second-step.ts'
import { staffInvitationRoutes } from './staff-invitation.ts'

/** Sign-in and sign-out of the staff. */
export function entranceRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services, sessions } = parts
  const askSecondStep = secondStepRoutes(app, parts)
  staffInvitationRoutes(app, parts, askSecondStep)

  publicRoute(app, 'GET /accedi', async (context) => {
    const next = context.req.query('poi')
    if (staffOf(context.var)) return context.redirect(safeNext(officeOf(context.var.tenant), next), 303)
    return page(parts, context, 'office/sign-in', await view(parts, context, { next: next ?? null }))
  })

  publicRoute(app, 'POST /accedi', async (context) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, '')
    try {
      const accountId = await accountOfForm(parts, context, fields, 'office')
      const next = safeNext(officeOf(context.var.tenant), fields.next)
      return await askSecondStep(context, { accountId, username: fields.username!.trim(), next })
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'sign_in.wrong') throw error
      const again = await view(parts, context, {
        next: fields.next || null,
        username: fields.username ?? '',
        errors: { username: faultText(error, context.var.language).detail },
      })
      return page(parts, context, 'office/sign-in', again, 401)
    }
  })

  publicRoute(app, 'POST /esci', async (context) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, context.var.viewer?.accountId ?? '')
    const token = sessionToken(context, 'office', services.config)
    if (context.var.viewer && token) await sessions.end(token)
    dropSession(context, 'office', services.config)
    return context.redirect(`${officeOf(context.var.tenant)}/accedi`, 303)
  })
}

async function view(
  parts: OfficeParts,
  context: PageContext,
  form: { next: string | null; username?: string; errors?: OfficeSignInView['errors'] },
): Promise<OfficeSignInView> {
  const { tenant, language } = context.var
  const to = { next: form.next, office: true }
  const hrefOf = (scheme: string, provider: string) => startHref(tenant.slug, scheme, provider, to)
  const schemes = tenant.policies.staffIdentitySignIn
    ? await identityChoices(parts.identity.federation, tenant.id, language, hrefOf)
    : []
  return {
    ...frame(parts, context, null),
    schemes,
    values: { username: form.username ?? '' },
    errors: form.errors ?? {},
    next: form.next,
  }
}
