import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { getCookie, setCookie } from 'hono/cookie'
import type { TenantState } from '#core/db/schema.ts'
import { policySource } from '#core/app-links.ts'
import { DomainError } from '#core/errors.ts'
import { isLanguage, LANGUAGES, negotiateLanguage, type Language } from '#core/i18n.ts'
import { isForeignOrigin } from '#core/origin.ts'
import { findSignedIn } from '#tenants/sign-in/sign-in.ts'
import type { PageEnv, PageParts } from './context.ts'
import { sessionToken, type CookieFace } from './session-cookie.ts'

/** What a form without files may weigh. */
export const FORM_MAX_BYTES = 64 * 1024
const LANGUAGE_COOKIE = 'lingua'

/** Gives each request the id by which a fault page and our log name it. */
export const identify: MiddlewareHandler<PageEnv> = async (context, next) => {
  context.set('requestId', randomUUID())
  await next()
}

/** Refuses a body of more bytes. @throws DomainError request.too_large */
export function limitBody(maxBytes: number): MiddlewareHandler<PageEnv> {
  return bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw new DomainError('request.too_large')
    },
  })
}

/** Nothing may run, frame or load us but ourselves; forms may end where a redirect leads: at Checkout, or in an app. */
export function securityHeaders({ services }: Pick<PageParts, 'services'>): MiddlewareHandler<PageEnv> {
  const { APP_LINKS, CHECKOUT_ORIGINS, PUBLIC_URL } = services.config
  const usual = ["'self'", ...CHECKOUT_ORIGINS.split(/\s+/), ...APP_LINKS.map(policySource)]
  const policy = (more: readonly string[]) => {
    const ends = new Set([...usual, ...more].filter((end) => end !== ''))
    return [
      "default-src 'none'",
      "style-src 'self'",
      "script-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      `form-action ${[...ends].join(' ')}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; ')
  }
  const secure = PUBLIC_URL.startsWith('https:')
  return async (context, next) => {
    await next()
    context.header('content-security-policy', context.var.policy ?? policy(context.var.formTargets ?? []))
    context.header('x-content-type-options', 'nosniff')
    context.header('referrer-policy', 'same-origin')
    context.header('cross-origin-opener-policy', 'same-origin')
    context.header('permissions-policy', 'camera=(), geolocation=(), microphone=()')
    if (secure) context.header('strict-transport-security', 'max-age=31536000; includeSubDomains')
  }
}

/**
 * A form that another site posts here is refused. Very old browsers send no Origin: the form's token still guards them.
 * @throws DomainError request.foreign_origin
 */
export function sameOrigin({ services }: Pick<PageParts, 'services'>): MiddlewareHandler<PageEnv> {
  return async (context, next) => {
    const { method } = context.req
    const header = (name: string) => context.req.header(name)
    const from = { origin: header('origin'), site: header('sec-fetch-site'), host: header('host') }
    const changes = method !== 'GET' && method !== 'HEAD'
    if (changes && isForeignOrigin(from, services.config.PUBLIC_URL))
      throw new DomainError('request.foreign_origin')
    await next()
  }
}

/** `?lang=`, then the cookie, then what the browser asks for. */
export const chooseLanguage: MiddlewareHandler<PageEnv> = async (context, next) => {
  const asked = context.req.query('lang')
  const kept = getCookie(context, LANGUAGE_COOKIE)
  if (isLanguage(asked))
    setCookie(context, LANGUAGE_COOKIE, asked, {
      path: '/',
      sameSite: 'Lax',
      httpOnly: true,
      maxAge: 31_536_000,
    })
  const language: Language = isLanguage(asked)
    ? asked
    : isLanguage(kept)
      ? kept
      : negotiateLanguage(context.req.header('accept-language'), LANGUAGES)
  context.set('language', language)
  context.header('content-language', language)
  await next()
}

/**
 * Finds the entity of the address and who is signed in to this face of it. The session of another face is none: a
 * parent's never opens the office, nor the other way round.
 * @param closedIn states in which the entity has no such pages yet; a closed one has none
 * @throws DomainError resource.not_found, tenant.closed with the entity's reason
 */
export function withTenant(
  { registry, sessions, services }: PageParts,
  face: CookieFace,
  closedIn: readonly TenantState[],
): MiddlewareHandler<PageEnv> {
  return async (context, next) => {
    if (context.var.tenant) return next()
    const tenant = await registry.bySlug(context.req.param('slug') ?? '')
    // A closed entity was known to everybody; a draft is known to nobody yet.
    if (tenant?.state === 'closed')
      throw new DomainError('tenant.closed', { entity: tenant.name, reason: tenant.stateReason ?? '' })
    if (!tenant || closedIn.includes(tenant.state)) throw new DomainError('resource.not_found')
    context.set('tenant', tenant)
    if (!tenant.policies.languages.includes(context.var.language))
      context.set('language', tenant.policies.languages[0]!)
    const token = sessionToken(context, face, services.config)
    context.set('viewer', await findSignedIn(sessions, tenant, token, face, services.clock.now()))
    await next()
  }
}
