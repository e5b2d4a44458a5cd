import { z } from 'zod'
import { DomainError, type FaultCode } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import { parseFiscalCode } from '#core/fiscal-code.ts'
import { remoteAddress } from '#core/remote-address.ts'
import { pendingAppRequest } from '#pages/app-request.ts'
import { formFields } from '#pages/form.ts'
import { arrive } from '#pages/arrive.ts'
import { accountOfForm, safeNext } from '#pages/password-form.ts'
import { dropSession, sessionToken } from '#pages/session-cookie.ts'
import { registerWithPassword } from '#tenants/sign-in/registration.ts'
import { BY_PASSWORD } from '#tenants/sign-in/sessions.ts'
import { identityChoices, startHref } from '#pages/identity-choice.ts'
import { assertPasswordOpen, isMethodOpen, passwordMethod } from '#tenants/sign-in/methods.ts'
import { PASSWORD_LENGTH } from '#tenants/sign-in/passwords.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { confirmAppPage } from './app-sign-in.ts'
import { beforeTheEnd } from './goodbye-password.ts'
import type { Alert, FieldErrors } from '#pages/view.ts'
import type { PasswordEnd, RegistrationField, RegisterView, SignInView } from '../views/entrance.ts'

/** Sign-in, registration and sign-out. The public page of an entity is home's, for who is not signed in. */
export function entranceRoutes(app: PortalApp, parts: PortalParts): void {
  const { services, sessions } = parts

  app.get('/:slug/accedi', async (context) => {
    const next = context.req.query('poi')
    const waiting = pendingAppRequest(services, context)
    if (context.var.viewer && waiting) return confirmAppPage(parts, context, waiting)
    if (context.var.viewer) return context.redirect(safeNext(baseOf(context.var.tenant), next), 303)
    const t = translator(context.var.language)
    const isChanged = context.req.query('fatto') === 'password'
    const alerts: Alert[] = isChanged ? [{ kind: 'success', text: t('passwords.changed') }] : []
    return page(parts, context, 'sign-in', await signInView(parts, context, { next: next ?? null }, alerts))
  })

  app.post('/:slug/accedi', async (context) => {
    const { language } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, '')
    try {
      const accountId = await accountOfForm(parts, context, fields, 'portal')
      const next = safeNext(baseOf(context.var.tenant), fields.next)
      const first = await beforeTheEnd(parts, context, next)
      return await arrive(parts, context, 'portal', { accountId, proof: BY_PASSWORD }, first)
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'sign_in.wrong') throw error
      const view = await signInView(parts, context, {
        next: fields.next || null,
        username: fields.username ?? '',
        errors: { username: faultText(error, language).detail },
      })
      return page(parts, context, 'sign-in', view, 401)
    }
  })

  app.get('/:slug/registrati', (context) =>
    page(parts, context, 'register', registerView(parts, context, {}, {})),
  )

  app.post('/:slug/registrati', async (context) => {
    const { tenant, language } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, '')
    const { person, errors } = readRegistration(fields, context)
    if (!person) return page(parts, context, 'register', registerView(parts, context, fields, errors), 422)
    try {
      const accountId = await registerWithPassword(
        services,
        parts.attempts,
        tenant,
        { ...person, language },
        remoteAddress(context),
      )
      const next = `${baseOf(tenant)}/iscrizioni`
      return await arrive(parts, context, 'portal', { accountId, proof: BY_PASSWORD }, next)
    } catch (error) {
      const field = error instanceof DomainError ? FIELD_OF_FAULT[error.code] : undefined
      if (!field) throw error
      const { detail, status } = faultText(error, language)
      const view = registerView(parts, context, fields, { [field]: detail })
      return page(parts, context, 'register', view, status as 409 | 422)
    }
  })

  app.post('/:slug/esci', async (context) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, context.var.viewer?.accountId ?? '')
    const token = sessionToken(context, 'portal', services.config)
    if (context.var.viewer && token) await sessions.end(token)
    dropSession(context, 'portal', services.config)
    return context.redirect(`${baseOf(context.var.tenant)}/`, 303)
  })
}

/** The end of password sign-in, where it is near enough to be said. */
export function passwordEnd(parts: PortalParts, context: PortalContext): PasswordEnd | null {
  const { availableUntil, daysLeft } = passwordMethod(context.var.tenant, parts.services.clock.now())
  return availableUntil !== null && daysLeft !== null ? { until: availableUntil, daysLeft } : null
}

/** Registration makes a password account: it closes with the password. */
export function isRegistrationOpen(parts: PortalParts, context: PortalContext): boolean {
  return isMethodOpen(context.var.tenant, 'password', parts.services.clock.now())
}

async function signInView(
  parts: PortalParts,
  context: PortalContext,
  form: { next: string | null; username?: string; errors?: SignInView['errors'] },
  alerts: readonly Alert[] = [],
): Promise<SignInView> {
  const { tenant, language } = context.var
  const { federation } = parts.identity
  const { open, availableUntil } = passwordMethod(tenant, parts.services.clock.now())
  const to = { next: form.next }
  return {
    ...frame(parts, context, null, alerts),
    schemes: await identityChoices(federation, tenant.id, language, (scheme, provider) =>
      startHref(tenant.slug, scheme, provider, to),
    ),
    password: open ? { until: availableUntil } : null,
    passwordEnds: passwordEnd(parts, context),
    passwordEndedOn: open ? null : availableUntil,
    registrationOpen: isRegistrationOpen(parts, context),
    values: { username: form.username ?? '' },
    errors: form.errors ?? {},
    forApp: pendingAppRequest(parts.services, context) !== undefined,
    next: form.next,
  }
}

/** What the person can mend in the form. */
const FIELD_OF_FAULT: Partial<Record<FaultCode, RegistrationField>> = {
  'registration.username_taken': 'username',
  'password.too_short': 'password',
  'password.too_common': 'password',
}

const registration = z.object({
  firstName: z.string().trim().min(1).max(60),
  lastName: z.string().trim().min(1).max(60),
  email: z.email().max(256),
  fiscalCode: z
    .string()
    .trim()
    .transform((text, check) => {
      const code = text === '' ? null : parseFiscalCode(text)
      if (code === undefined) check.addIssue('wrong fiscal code')
      return code ?? null
    }),
  username: z
    .string()
    .trim()
    .regex(/^[\p{L}\p{N}._@+-]{3,60}$/u),
  password: z.string().min(PASSWORD_LENGTH.minimum).max(PASSWORD_LENGTH.maximum),
  consent: z.literal('yes'),
})

function readRegistration(fields: Record<string, string>, context: PortalContext) {
  const parsed = registration.safeParse({ fiscalCode: '', ...fields })
  if (parsed.success) return { person: parsed.data, errors: {} }
  const t = translator(context.var.language)
  const names = new Set(parsed.error.issues.map(({ path }) => path[0] as RegistrationField))
  const errors = Object.fromEntries([...names].map((name) => [name, t(`portal.register.error.${name}`)]))
  return { person: undefined, errors: errors as FieldErrors<RegistrationField> }
}

function registerView(
  parts: PortalParts,
  context: PortalContext,
  fields: Record<string, string>,
  errors: FieldErrors<RegistrationField>,
): RegisterView {
  assertPasswordOpen(context.var.tenant, parts.services.clock.now())
  const value = (name: string) => fields[name] ?? ''
  return {
    ...frame(parts, context, null),
    values: {
      firstName: value('firstName'),
      lastName: value('lastName'),
      email: value('email'),
      fiscalCode: value('fiscalCode'),
      username: value('username'),
    },
    errors,
    passwordMinimum: PASSWORD_LENGTH.minimum,
  }
}
