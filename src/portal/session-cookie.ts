import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Config } from '#core/config.ts'
import type { PortalEnv } from './context.ts'

type PortalRequest = Context<PortalEnv>

/**
 * One cookie a tenant, so that two entities on one host never share a session. Over https its name carries
 * `__Host-`, which browsers accept only for a secure cookie of this very host.
 */
function cookieName(slug: string, config: Config): string {
  return isSecure(config) ? `__Host-borsellino-${slug}` : `borsellino-${slug}`
}

function isSecure({ PUBLIC_URL }: Config): boolean {
  return PUBLIC_URL.startsWith('https:')
}

/** The session's token, as the browser keeps it. */
export function sessionToken(context: PortalRequest, config: Config): string | undefined {
  return getCookie(context, cookieName(context.var.tenant.slug, config))
}

/** Gives the browser a session; it ends with the browser, or earlier on our side. */
export function keepSession(context: PortalRequest, config: Config, token: string): void {
  setCookie(context, cookieName(context.var.tenant.slug, config), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isSecure(config),
  })
}

/** Takes the session out of the browser. */
export function dropSession(context: PortalRequest, config: Config): void {
  deleteCookie(context, cookieName(context.var.tenant.slug, config), { path: '/', secure: isSecure(config) })
}
