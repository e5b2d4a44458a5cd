import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import { remoteAddress } from '#core/remote-address.ts'
import { formFields } from '#pages/form.ts'
import { assertPasswordOpen } from '#tenants/sign-in/methods.ts'
import { RESET_LINK_MINUTES } from '#tenants/sign-in/password-jobs.ts'
import { findReset, requestPasswordReset, setNewPassword } from '#tenants/sign-in/password-reset.ts'
import { PASSWORD_LENGTH } from '#tenants/sign-in/passwords.ts'
import { asUsername } from '#tenants/sign-in/sign-in.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { PasswordForgottenView, PasswordNewView } from '../views/passwords.ts'
import { withLink } from './link-not-valid.ts'

const ACCOUNT_MAX_LENGTH = 256

/** Who has forgotten the password asks for a link by e-mail, and sets a new one behind it. */
export function passwordResetRoutes(app: PortalApp, parts: PortalParts): void {
  const { services, attempts } = parts

  app.get('/:slug/password-dimenticata', (context) => {
    assertPasswordOpen(context.var.tenant, services.clock.now())
    const sent = context.req.query('fatto') !== undefined
    return page(parts, context, 'password-forgotten', forgottenView(parts, context, { sent }))
  })

  app.post('/:slug/password-dimenticata', async (context) => {
    const { tenant, language } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, context.var.viewer?.accountId ?? '')
    assertPasswordOpen(tenant, services.clock.now())
    const account = fields.account?.trim() ?? ''
    if (account === '' || account.length > ACCOUNT_MAX_LENGTH) {
      const errors = { account: translator(language)('passwords.forgotten.error') }
      const view = forgottenView(parts, context, { account: account.slice(0, ACCOUNT_MAX_LENGTH), errors })
      return page(parts, context, 'password-forgotten', view, 422)
    }
    await attempts.request(tenant.id, 'password-reset', asUsername(account), remoteAddress(context))
    await requestPasswordReset(services, tenant, account)
    return context.redirect(`${baseOf(tenant)}/password-dimenticata?fatto=1`, 303)
  })

  app.get('/:slug/password-nuova', (context) => {
    const code = context.req.query('codice') ?? ''
    return withLink(parts, context, 'password', () => newPassword(parts, context, code, {}))
  })

  app.post('/:slug/password-nuova', async (context) => {
    const { tenant, language } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, context.var.viewer?.accountId ?? '')
    const { codice: code = '', password = '' } = fields
    return withLink(parts, context, 'password', async () => {
      try {
        await setNewPassword(services, attempts, tenant, { code, password })
        return context.redirect(`${baseOf(tenant)}/accedi?fatto=password`, 303)
      } catch (error) {
        if (!(error instanceof DomainError) || !error.code.startsWith('password.')) throw error
        return newPassword(parts, context, code, { password: faultText(error, language).detail })
      }
    })
  })
}

function forgottenView(
  parts: PortalParts,
  context: PortalContext,
  form: { sent?: boolean; account?: string; errors?: PasswordForgottenView['errors'] },
): PasswordForgottenView {
  return {
    ...frame(parts, context, null),
    sent: form.sent ?? false,
    minutes: RESET_LINK_MINUTES,
    values: { account: form.account ?? '' },
    errors: form.errors ?? {},
  }
}

async function newPassword(
  parts: PortalParts,
  context: PortalContext,
  code: string,
  errors: PasswordNewView['errors'],
): Promise<Response> {
  const { services } = parts
  const { username } = await findReset(services.db, context.var.tenant, code, services.clock.now())
  const view = {
    ...frame(parts, context, null),
    code,
    username,
    passwordMinimum: PASSWORD_LENGTH.minimum,
    errors,
  }
  return page(parts, context, 'password-new', view, errors.password === undefined ? 200 : 422)
}
