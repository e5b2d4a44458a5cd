import { getCookie, setCookie } from 'hono/cookie'
import type { Config } from '#core/config.ts'
import { newSecret } from '#core/ids.ts'
import type { PageContext } from '#pages/context.ts'

/** An answer takes fifteen minutes at most, and its code one more. */
const LIFE_SECONDS = 20 * 60

/** A cookie of the tenant's own on its host, as the session's. */
function cookieOf(slug: string, { PUBLIC_URL }: Config): { name: string; secure: boolean } {
  const secure = PUBLIC_URL.startsWith('https:')
  return { name: `${secure ? '__Host-' : ''}borsellino_accesso-${slug}`, secure }
}

/**
 * The secret that ties a sign-in to the browser that begins it, against one that somebody else planted. Sign-ins begun
 * in several windows share it.
 */
export function nonceOf(context: PageContext, config: Config): string {
  const { name, secure } = cookieOf(context.var.tenant.slug, config)
  const known = getCookie(context, name)
  const nonce = known !== undefined && /^[\w-]{20,60}$/.test(known) ? known : newSecret()
  setCookie(context, name, nonce, {
    path: '/',
    httpOnly: true,
    // The way back from a provider is a redirect of the browser's own: Lax lets it through, and nothing else.
    sameSite: 'Lax',
    secure,
    maxAge: LIFE_SECONDS,
  })
  return nonce
}

/** The secret that the browser brings back. It stays until its time is over: another window may be on its way too. */
export function nonceIn(context: PageContext, config: Config): string | undefined {
  return getCookie(context, cookieOf(context.var.tenant.slug, config).name)
}
