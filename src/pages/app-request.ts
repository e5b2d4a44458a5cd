import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import type { Config } from '#core/config.ts'
import { deriveKey, open, seal } from '#core/crypto.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { PageContext } from './context.ts'

/** An app that has sent the browser here to sign in, and waits for it to come back (RFC 8252). */
export interface AppRequest {
  /** Where the app takes the browser back: one of APP_LINKS. */
  readonly redirectUri: string
  /** S256 of the app's verifier (RFC 7636 §4.2). */
  readonly challenge: string
  /** The app's own word, given back as it came; null where it gave none. */
  readonly state: string | null
}

/** Time enough to find the phone with the SPID app; after it the browser signs in for itself. */
const LIFE_MS = 15 * 60_000

const kept = z.object({
  redirectUri: z.string(),
  challenge: z.string(),
  state: z.string().nullable(),
  at: z.number(),
})

type Has = Pick<Services, 'config' | 'clock'>

/** Remembers in the browser, sealed, that an app waits. One cookie a tenant: see session-cookie.ts for its name. */
export function keepAppRequest(
  { config, clock }: Has,
  context: PageContext,
  tenant: Tenant,
  request: AppRequest,
): void {
  const text = JSON.stringify({ ...request, at: clock.now().getTime() })
  const value = seal(keyOf(config), tenant.id, text).toString('base64url')
  setCookie(context, nameOf(config, tenant), value, { ...attributes(config), maxAge: LIFE_MS / 1000 })
}

/** The app that waits for this browser's sign-in; undefined where there is none, or it has waited too long. */
export function pendingAppRequest({ config, clock }: Has, context: PageContext): AppRequest | undefined {
  const { tenant } = context.var
  const value = getCookie(context, nameOf(config, tenant))
  if (!value) return undefined
  const request = kept.safeParse(unsealed(config, tenant, value)).data
  if (!request) return undefined
  const { at, ...rest } = request
  const age = clock.now().getTime() - at
  return age >= 0 && age <= LIFE_MS && config.APP_LINKS.includes(rest.redirectUri) ? rest : undefined
}

/** Forgets it. */
export function dropAppRequest({ config }: Has, context: PageContext): void {
  deleteCookie(context, nameOf(config, context.var.tenant), attributes(config))
}

/** Where the browser goes back to the app, with the code and the app's own word as it gave it. */
export function appAddress({ redirectUri, state }: AppRequest, code: string): string {
  const given = state === null ? '' : `&state=${encodeURIComponent(state)}`
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}code=${encodeURIComponent(code)}${given}`
}

/** What is inside the cookie, or nothing: browsers may send anything. */
function unsealed(config: Config, tenant: Tenant, value: string): unknown {
  try {
    return JSON.parse(open(keyOf(config), tenant.id, Buffer.from(value, 'base64url')).toString('utf8'))
  } catch {
    return undefined
  }
}

function keyOf({ MASTER_KEY }: Config) {
  return deriveKey(MASTER_KEY, 'app-request')
}

function nameOf(config: Config, { slug }: Pick<Tenant, 'slug'>): string {
  return `${isSecure(config) ? '__Host-' : ''}borsellino_app-${slug}`
}

function attributes(config: Config) {
  return { path: '/', httpOnly: true, sameSite: 'Lax', secure: isSecure(config) } as const
}

function isSecure({ PUBLIC_URL }: Config): boolean {
  return PUBLIC_URL.startsWith('https:')
}
