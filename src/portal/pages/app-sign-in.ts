import { z } from 'zod'
import { DomainError } from '#core/errors.ts'
import { dropAppRequest, keepAppRequest, pendingAppRequest, type AppRequest } from '#pages/app-request.ts'
import { returnToApp } from '#pages/arrive.ts'
import { formFields } from '#pages/form.ts'
import { dropSession } from '#pages/session-cookie.ts'
import { proofOfSession } from '#tenants/sign-in/app-codes.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'

/**
 * `/app/accedi`: where an app opens the system's browser (RFC 8252), with the names of OAuth 2.0 and a challenge of
 * RFC 7636. Only S256: a plain challenge is the verifier itself, for whoever reads the address. What does not fit is said
 * here and sent nowhere: an address that nobody has listed gets no redirect.
 */
export function appSignInRoutes(app: PortalApp, { services, registry }: PortalParts): void {
  app.get('/app/accedi', async (context) => {
    const given = context.req.queries()
    const isTwice = Object.values(given).some((values) => values.length > 1)
    const asked = asking.safeParse(
      Object.fromEntries(Object.entries(given).map(([key, [one]]) => [key, one])),
    )
    const isListed = services.config.APP_LINKS.includes(asked.data?.redirect_uri ?? '')
    if (!asked.success || isTwice || !isListed) throw new DomainError('app_sign_in.refused')
    const { activation_code, redirect_uri, code_challenge, state = null } = asked.data
    const tenant = await registry.byActivationCode(activation_code)
    if (!tenant || tenant.state === 'draft' || tenant.state === 'closed')
      throw new DomainError('activation_code.unknown')
    keepAppRequest(services, context, tenant, {
      redirectUri: redirect_uri,
      challenge: code_challenge,
      state,
    })
    context.header('cache-control', 'no-store')
    return context.redirect(`${baseOf(tenant)}/accedi`, 303)
  })
}

/** `/{slug}/accedi/app`: what somebody decides whom the app's page asks. */
export function appChoiceRoutes(app: PortalApp, parts: PortalParts): void {
  const { services, sessions } = parts
  app.post('/:slug/accedi/app', async (context) => {
    const { viewer, tenant } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, viewer?.accountId ?? '')
    const request = pendingAppRequest(services, context)
    if (request && viewer && fields.choice === 'continue') {
      const proof = await proofOfSession(services.db, viewer)
      return returnToApp(parts, context, request, { accountId: viewer.accountId, proof })
    }
    if (request && viewer && fields.choice === 'other') {
      await sessions.end(viewer.token)
      dropSession(context, 'portal', services.config)
    }
    if (fields.choice === 'cancel') dropAppRequest(services, context)
    return context.redirect(`${baseOf(tenant)}/accedi`, 303)
  })
}

/**
 * Asks somebody who is signed in to the portal whether the app may sign in as them: no app gets in because a browser
 * happens to have a session.
 */
export function confirmAppPage(parts: PortalParts, context: PortalContext, app: AppRequest): Response {
  return page(parts, context, 'app-confirm', {
    ...frame(parts, context, null),
    returnsTo: new URL(app.redirectUri).host || new URL(app.redirectUri).protocol.slice(0, -1),
  })
}

/** Unknown parameters are left alone, as RFC 6749 §3.1 asks. */
const asking = z.object({
  activation_code: z.string().regex(/^\d{10}$/),
  redirect_uri: z.string().max(500),
  code_challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  code_challenge_method: z.literal('S256'),
  response_type: z.literal('code').optional(),
  state: z
    .string()
    .max(512)
    .regex(/^[ -~]*$/)
    .optional(),
})
