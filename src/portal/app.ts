import { randomUUID } from 'node:crypto'
import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { getCookie, setCookie } from 'hono/cookie'
import { DomainError } from '#core/errors.ts'
import { faultCodeOf, faultText } from '#core/fault-text.ts'
import { isForeignOrigin } from '#core/origin.ts'
import { isLanguage, LANGUAGES, negotiateLanguage, type Language } from '#core/i18n.ts'
import { findSignedIn } from '#tenants/sign-in/sign-in.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalEnv, type PortalParts } from './context.ts'
import { frame, page } from './frame.ts'
import { entranceRoutes } from './pages/entrance.ts'
import { chooseEntityRoutes } from './pages/choose-entity.ts'
import { enrolmentRoutes } from './pages/enrolments.ts'
import { homeRoutes } from './pages/home.ts'
import { movementRoutes } from './pages/movements.ts'
import { noticeRoutes } from './pages/notice.ts'
import { paymentCodeRoutes } from './pages/payment-codes.ts'
import { paymentRoutes } from './pages/payment.ts'
import { paymentsRoutes } from './pages/payments.ts'
import { returnRoutes } from './pages/return.ts'
import { topUpRoutes } from './pages/top-up.ts'
import { verifyRoutes } from './pages/verify.ts'
import { sessionToken } from './session-cookie.ts'
import { emptyFrame } from './pages/empty-frame.ts'

const FORM_MAX_BYTES = 64 * 1024
const LANGUAGE_COOKIE = 'lingua'

/** The parents' pages: `/` to choose the entity, `/{slug}/…` for each. */
export function createPortal(parts: PortalParts): PortalApp {
  const app = new Hono<PortalEnv>()
  app.use(
    identify,
    securityHeaders(parts),
    sameOrigin(parts),
    bodyLimit({ maxSize: FORM_MAX_BYTES, onError: tooLarge }),
  )
  app.use(chooseLanguage(LANGUAGES))
  app.onError((error, context) => faultPage(parts, context, error))
  app.notFound((context) => faultPage(parts, context as PortalContext, new DomainError('resource.not_found')))
  chooseEntityRoutes(app, parts)
  returnRoutes(app, parts)
  app.use('/:slug', withTenant(parts))
  app.use('/:slug/*', withTenant(parts))
  entranceRoutes(app, parts)
  verifyRoutes(app, parts)
  const own = [
    homeRoutes,
    topUpRoutes,
    noticeRoutes,
    paymentsRoutes,
    paymentRoutes,
    movementRoutes,
    paymentCodeRoutes,
    enrolmentRoutes,
  ]
  for (const routes of own) routes(app, parts)
  return app
}

const identify: MiddlewareHandler<PortalEnv> = async (context, next) => {
  context.set('requestId', randomUUID())
  await next()
}

function tooLarge(): never {
  throw new DomainError('request.too_large')
}

/** Nothing may run, frame or load us but ourselves; forms may end at Checkout, whose page a redirect leads to. */
function securityHeaders({ services }: PortalParts): MiddlewareHandler<PortalEnv> {
  const { CHECKOUT_ORIGINS, PUBLIC_URL } = services.config
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `form-action 'self' ${CHECKOUT_ORIGINS}`.trim(),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  const secure = PUBLIC_URL.startsWith('https:')
  return async (context, next) => {
    await next()
    context.header('content-security-policy', policy)
    context.header('x-content-type-options', 'nosniff')
    context.header('referrer-policy', 'same-origin')
    context.header('cross-origin-opener-policy', 'same-origin')
    context.header('permissions-policy', 'camera=(), geolocation=(), microphone=()')
    if (secure) context.header('strict-transport-security', 'max-age=31536000; includeSubDomains')
  }
}

/** A form that another site posts here is refused. Very old browsers send no Origin: the form's token still guards them. */
function sameOrigin({ services }: PortalParts): MiddlewareHandler<PortalEnv> {
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
function chooseLanguage(offered: readonly Language[]): MiddlewareHandler<PortalEnv> {
  return async (context, next) => {
    const asked = context.req.query('lang')
    const kept = getCookie(context, LANGUAGE_COOKIE)
    const speaks = (language: string | undefined): language is Language =>
      isLanguage(language) && offered.includes(language)
    if (speaks(asked))
      setCookie(context, LANGUAGE_COOKIE, asked, {
        path: '/',
        sameSite: 'Lax',
        httpOnly: true,
        maxAge: 31_536_000,
      })
    const language = speaks(asked)
      ? asked
      : speaks(kept)
        ? kept
        : negotiateLanguage(context.req.header('accept-language'), offered)
    context.set('language', language)
    context.header('content-language', language)
    await next()
  }
}

function withTenant({ registry, sessions, services }: PortalParts): MiddlewareHandler<PortalEnv> {
  return async (context, next) => {
    if (context.var.tenant) return next()
    const tenant = await registry.bySlug(context.req.param('slug') ?? '')
    if (!tenant || tenant.state === 'draft' || tenant.state === 'closed')
      throw new DomainError('resource.not_found')
    context.set('tenant', tenant)
    if (!tenant.policies.languages.includes(context.var.language))
      context.set('language', tenant.policies.languages[0]!)
    context.set(
      'viewer',
      await findSignedIn(sessions, tenant, sessionToken(context, services.config), services.clock.now()),
    )
    await next()
  }
}

/** A fault as a page in plain words, with a way out and the request's id. */
function faultPage(parts: PortalParts, context: PortalContext, error: unknown): Response {
  const { tenant, viewer, language, requestId } = context.var
  const code = faultCodeOf(error)
  if (code === 'sign_in.required' && tenant) {
    const { pathname, search } = new URL(context.req.url)
    return context.redirect(`${baseOf(tenant)}/accedi?poi=${encodeURIComponent(pathname + search)}`, 303)
  }
  const text = faultText(error, language ?? 'it')
  if (text.status >= 500)
    parts.services.log.error({ error, requestId, path: context.req.routePath }, 'request failed')
  const around = tenant ? frame(parts, context, null) : emptyFrame(parts, context)
  const home = tenant ? `${baseOf(tenant)}/` : '/'
  return page(
    parts,
    context,
    'error',
    {
      ...around,
      status: text.status,
      title: text.title,
      detail: text.detail,
      kind: text.status >= 500 ? 'danger' : 'warning',
      requestId: requestId ?? '',
      wayOut:
        tenant && !viewer
          ? { href: `${home}accedi`, label: 'sign_in' }
          : { href: home, label: tenant ? 'home' : 'choose_entity' },
    },
    text.status as 404,
  )
}
