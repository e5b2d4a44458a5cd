import { readLogout, type LogoutMessage } from '#identity/saml/logout-request.ts'
import { answerLogout } from '#identity/saml/logout-response.ts'
import { DomainError } from '#core/errors.ts'
import { endSessionsOfName } from '#tenants/identity/logout.ts'
import type { LoginApp, LoginContext, LoginParts } from './context.ts'
import { frame, page } from './frame.ts'

/**
 * `/{scheme}/slo/{slug}`: a provider wants the sessions of a sign-in to end (SPID technical rules, single logout). Only a
 * signed wish is heard; the address tells whose sessions are meant.
 */
export function logoutRoutes(app: LoginApp, parts: LoginParts, scheme: string): void {
  app.get(`/${scheme}/slo/:slug`, (context) =>
    answer(parts, context, scheme, { binding: 'redirect', query: new URL(context.req.url).search.slice(1) }),
  )
  app.post(`/${scheme}/slo/:slug`, async (context) => {
    const body: Record<string, unknown> = await context.req.parseBody().catch(() => ({}))
    const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
    const [SAMLRequest, RelayState] = [text(body.SAMLRequest), text(body.RelayState)]
    return answer(parts, context, scheme, { binding: 'post', SAMLRequest, RelayState })
  })
}

async function answer(
  parts: LoginParts,
  context: LoginContext,
  scheme: string,
  message: LogoutMessage,
): Promise<Response> {
  const { services, identity } = parts
  const { registrations, providers, now: wireTime } = identity.federation
  const { tenant } = context.var
  const registration = await registrations.active(tenant.id, scheme)
  if (!registration) throw new DomainError('identity.not_offered')
  const now = wireTime()
  const findProvider = (entityId: string) => providers.find(scheme, entityId)
  const outcome = await readLogout(message, { findProvider, logoutUrl: registration.logoutUrl, now })
  if (!outcome.accepted) {
    services.log.info({ scheme, reason: outcome.reason, tenantId: tenant.id }, 'logout refused')
    throw new DomainError('identity.logout_refused')
  }
  const { request } = outcome
  const ended = await endSessionsOfName(services, tenant.id, { ...request, scheme })
  services.log.info({ scheme, ended, tenantId: tenant.id }, 'sessions ended by a provider')
  const provider = (await providers.find(scheme, request.issuer))!
  const departure = answerLogout({ request, registration, provider, now })
  // The sessions are over either way; whoever's browser this is reads so.
  if (!departure) return page(parts, context, 'login/signed-out', frame(parts, context))
  if (departure.kind === 'redirect') return context.redirect(departure.url, 302)
  context.set('formTargets', [new URL(departure.action).origin])
  return page(parts, context, 'login/departure', {
    ...frame(parts, context),
    provider: '',
    action: departure.action,
    fields: Object.entries(departure.fields).map(([name, value]) => ({ name, value })),
  })
}
