import { DomainError } from '#core/errors.ts'
import { identityChoices, startHref } from '#pages/identity-choice.ts'
import { safeNext } from '#pages/password-form.ts'
import { passwordMethod } from '#tenants/sign-in/methods.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { viewerOf } from '../form.ts'
import { frame, page } from '../frame.ts'

/**
 * `/{slug}/passa-a-spid`: in the last fortnight whoever has signed in with a password is shown how to go on with SPID or
 * CIE, and keeps the same account by it. They may put it off.
 */
export function goodbyePasswordRoutes(app: PortalApp, parts: PortalParts): void {
  app.get('/:slug/passa-a-spid', async (context) => {
    const { tenant, language } = context.var
    const viewer = viewerOf(context)
    const next = safeNext(baseOf(tenant), context.req.query('poi'))
    const { availableUntil, daysLeft } = passwordMethod(tenant, parts.services.clock.now())
    if (viewer.method !== 'password' || availableUntil === null || daysLeft === null)
      return context.redirect(next, 303)
    const schemes = await identityChoices(
      parts.identity.federation,
      tenant.id,
      language,
      (scheme, provider) => startHref(tenant.slug, scheme, provider, { next, link: true }),
    )
    if (schemes.length === 0) throw new DomainError('identity.not_offered')
    return page(parts, context, 'goodbye-password', {
      ...frame(parts, context, null),
      schemes,
      ends: { until: availableUntil, daysLeft },
      next,
    })
  })
}

/** Where a sign-in by password leads: in its last fortnight by way of the page that offers SPID and CIE. */
export async function beforeTheEnd(
  { services, identity }: PortalParts,
  context: PortalContext,
  next: string,
): Promise<string> {
  const { tenant } = context.var
  if (!passwordMethod(tenant, services.clock.now()).isEnding) return next
  // Without SPID and CIE there is nothing to go on with.
  if ((await identity.federation.offered(tenant.id)).length === 0) return next
  return `${baseOf(tenant)}/passa-a-spid?poi=${encodeURIComponent(next)}`
}
