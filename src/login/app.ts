import { Hono, type MiddlewareHandler } from 'hono'
import { DomainError } from '#core/errors.ts'
import { createRateLimiter } from '#core/rate-limit.ts'
import { remoteAddress } from '#core/remote-address.ts'
import { faultPage } from '#pages/fault-page.ts'
import type { PageEnv } from '#pages/context.ts'
import { chooseLanguage, identify, limitBody, securityHeaders, withTenant } from '#pages/middleware.ts'
import { schemes } from '#identity/schemes.ts'
import { consumerRoute } from './consumer.ts'
import type { LoginApp, LoginParts } from './context.ts'
import { frame } from './frame.ts'
import { logoutRoutes } from './logout.ts'
import { metadataRoutes } from './metadata.ts'
import { finishRoute, startRoute } from './sign-in.ts'

/** A response has some 15 kB; in base64, in a form, with room for what the judge of messages refuses in its own words. */
const ANSWER_MAX_BYTES = 256 * 1024
/**
 * Beginning costs a signature and two rows, and only an answer to a request that was begun costs more (up to 50 ms of a
 * core): so it is here that a flood is stopped. A whole town may share one address of its mobile operator.
 */
const STARTS_A_MINUTE = 300

/**
 * Sign-in with SPID and CIE: metadata, the way to a provider and back, for every entity and for each face that people
 * sign in to. What providers post comes from other sites, and their cookies stay behind: nothing here believes either.
 */
export function createLogin(parts: LoginParts): LoginApp {
  const app = new Hono<PageEnv>()
  app.onError((error, context) => {
    const { tenant } = context.var
    const around = tenant ? { base: `/${tenant.slug}`, frame: frame(parts, context) } : undefined
    return faultPage(parts, context, error, around)
  })
  const page = [identify, securityHeaders(parts), chooseLanguage] as const
  const known = withTenant(parts, 'portal', ['draft'])
  const starts = limitedTo(STARTS_A_MINUTE, parts.services.clock)
  metadataRoutes(app, parts, page)
  for (const { id } of schemes) {
    app.use(`/${id}/acs`, ...page, limitBody(ANSWER_MAX_BYTES))
    consumerRoute(app, parts, id)
    app.use(`/${id}/slo/:slug`, ...page, limitBody(ANSWER_MAX_BYTES), known)
    logoutRoutes(app, parts, id)
    app.use(`/:slug/accedi/${id}`, ...page, starts, known)
    startRoute(app, parts, id)
  }
  app.use('/:slug/accedi/fine', ...page, known)
  finishRoute(app, parts)
  return app
}

/** At most so many requests a minute from one address. @throws DomainError request.too_many */
function limitedTo(limit: number, clock: LoginParts['services']['clock']): MiddlewareHandler<PageEnv> {
  const limiter = createRateLimiter(clock, limit)
  return async (context, next) => {
    const { allowed, resetSeconds } = limiter.take(remoteAddress(context))
    if (!allowed) throw new DomainError('request.too_many', { seconds: resetSeconds })
    await next()
  }
}
