import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Config } from '#core/config.ts'
import type { PageContext } from './context.ts'

/** A face whose sessions live in a browser's cookie. */
export type CookieFace = 'portal' | 'office'

/** No slug holds an underscore: the office of one entity never has the name of another entity's portal. */
const PREFIX: Record<CookieFace, string> = { portal: 'borsellino-', office: 'borsellino_ufficio-' }

/**
 * One cookie a tenant and face, so that two entities on one host never share a session, nor a parent's browser one
 * with the office. Over https its name carries `__Host-`, which browsers accept only for a secure cookie of this
 * very host.
 */
function cookieName(face: CookieFace, slug: string, config: Config): string {
  return `${isSecure(config) ? '__Host-' : ''}${PREFIX[face]}${slug}`
}

/** Whether cookies are for https alone. */
export function isSecure({ PUBLIC_URL }: Config): boolean {
  return PUBLIC_URL.startsWith('https:')
}

/** The session's token, as the browser keeps it. */
export function sessionToken(context: PageContext, face: CookieFace, config: Config): string | undefined {
  return getCookie(context, cookieName(face, context.var.tenant.slug, config))
}

/** Gives the browser a session; it ends with the browser, or earlier on our side. */
export function keepSession(context: PageContext, face: CookieFace, config: Config, token: string): void {
  setCookie(context, cookieName(face, context.var.tenant.slug, config), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isSecure(config),
  })
}

/** Takes the session out of the browser. */
export function dropSession(context: PageContext, face: CookieFace, config: Config): void {
  deleteCookie(context, cookieName(face, context.var.tenant.slug, config), {
    path: '/',
    secure: isSecure(config),
  })
}
