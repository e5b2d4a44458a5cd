import { fileURLToPath } from 'node:url'
import { relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono, type MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { sql } from 'kysely'
import { createApi } from './api/app.ts'
import { createOffice } from './backoffice/app.ts'
import { readLogo } from './core/logo.ts'
import { themeCss } from './core/theme.ts'
import type { House } from './house.ts'
import { pagopaEndpoint } from './pagopa/endpoint.ts'
import { createLogin } from './login/app.ts'
import { createOperatorPages } from './operator/app.ts'
import { createPortal } from './portal/app.ts'
import { loadAssets, officeAssets } from './pages/assets.ts'
import { createFormTokens } from './pages/form-token.ts'
import { shield } from './pages/shield.ts'
import { createLeaflets } from './tenants/leaflet/leaflets.ts'
import { LOGO_TYPES } from './tenants/onboarding/logo.ts'
import { createPreflight } from './tenants/onboarding/preflight.ts'
import { createOperatorAttempts } from './tenants/operators/attempts.ts'
import { createOperatorSessions } from './tenants/operators/sessions.ts'

const READY_WITHIN_MS = 1_000

const publicFolder = fileURLToPath(new URL('../public', import.meta.url))

/** Every face of the house on one server: probes, assets, webhooks, REST, operators, the office, and the parents' pages last. */
export function createWeb(house: House): Hono {
  const { services, registry, sessions, cashier, attempts, identity } = house
  const app = new Hono()
  app.use(measure(house))
  probes(app, house)
  staticFiles(app, house)
  app.route(
    '/webhooks/pagopa',
    pagopaEndpoint(services, (tenant, request) => cashier.demand(tenant, request)),
  )
  channelWebhooks(app, house)
  app.route('/api', createApi({ attempts, services, registry, sessions, cashier, identity }))
  const forms = createFormTokens(services.config.MASTER_KEY, services.clock)
  const assets = loadAssets()
  const parts = { attempts, services, registry, sessions, forms, assets, identity }
  const preflight = createPreflight(services, cashier.channels)
  app.route(
    '/',
    createOperatorPages({
      services,
      forms,
      assets: officeAssets(assets),
      sessions: createOperatorSessions(services.db, services.clock),
      attempts: createOperatorAttempts(services.clock),
      registry,
      queues: house.queues,
      preflight: preflight.missing,
      channels: cashier.channels,
      office: { sessions, attempts },
    }),
  )
  // Before the portal, whose addresses of an entity take in all that lies under its name.
  app.route('/', createLogin(parts))
  const leaflets = createLeaflets(services, cashier, identity.federation)
  app.route(
    '/',
    createOffice({
      ...parts,
      assets: officeAssets(assets),
      leaflets,
      channels: cashier.channels,
      preflight,
      rehearsal: house.rehearsal,
    }),
  )
  const portal = createPortal({ ...parts, cashier, leaflets })
  app.route('/', portal)
  // A mounted app's own page for what it does not know is never reached: ask it again, whole.
  app.notFound((context) => portal.fetch(context.req.raw, context.env))
  return app
}

/** Time and status of every request by its route: never by its address, which may name a person's things. */
function measure({ services }: House): MiddlewareHandler {
  return async (context, next) => {
    const started = performance.now()
    await next()
    const seconds = (performance.now() - started) / 1000
    const route = routePath(context, -1)
    const { method } = context.req
    const { status } = context.res
    services.metrics.requests.observe({ route, method, status }, seconds)
    services.log.info({ route, method, status, ms: Math.round(seconds * 1000) }, 'request')
  }
}

/** Alive: the process answers. Ready: what it needs answers too. */
function probes(app: Hono, { services, queues }: House): void {
  app.get('/livez', (context) => context.json({ alive: true }))
  app.get('/readyz', async (context) => {
    const [database, queue] = await Promise.all([
      answersInTime(sql`select 1`.execute(services.db)),
      answersInTime(queues.isReachable()),
    ])
    // Without the queue payments are still taken: the outbox keeps what is to be done.
    return context.json({ ready: database, database, queue }, database ? 200 : 503)
  })
  app.get('/metrics', async (context) =>
    context.text(await services.metrics.registry.metrics(), 200, {
      'content-type': services.metrics.registry.contentType,
    }),
  )
}

/** A probe that waits for what does not answer is no probe. */
function answersInTime(call: Promise<unknown>): Promise<boolean> {
  const yes = call.then(
    (answer) => answer !== false,
    () => false,
  )
  return Promise.race([yes, sleep(READY_WITHIN_MS, false, { ref: false })])
}

function staticFiles(app: Hono, { registry, services }: House): void {
  const immutable = 'public, max-age=31536000, immutable'
  app.use('/assets/*', async (context, next) => {
    await next()
    if (context.res.status === 200) context.header('cache-control', immutable)
    context.header('x-content-type-options', 'nosniff')
  })
  app.use('/assets/*', serveStatic({ root: relative(process.cwd(), publicFolder), precompressed: true }))
  // A colour as it would look, before anybody has chosen it: it colours the preview alone.
  app.get('/theme/anteprima/:file{[0-9a-f]{6}\\.css}', (context) =>
    context.body(themeCss({ primary: `#${context.req.param('file').slice(0, 6)}` }, '.look-preview'), 200, {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': immutable,
      'x-content-type-options': 'nosniff',
    }),
  )
  app.get('/theme/:file{[a-z0-9-]+\\.css}', async (context) => {
    const tenant = await tenantOfFile(registry, context.req.param('file'))
    if (!tenant) return context.notFound()
    return context.body(themeCss({ primary: tenant.branding.primaryColor }), 200, {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': immutable,
    })
  })
  app.get('/logo/:file{[a-z0-9-]+\\.(svg|png|jpg)}', async (context) => {
    const tenant = await tenantOfFile(registry, context.req.param('file'))
    if (!tenant) return context.notFound()
    const logo = await readLogo(services.db, tenant)
    const body = logo ? new Uint8Array(logo.bytes) : shield(tenant.branding)
    return context.body(body, 200, {
      'content-type': LOGO_TYPES[logo?.kind ?? 'svg'],
      'cache-control': immutable,
      'x-content-type-options': 'nosniff',
      // A picture that somebody handed in, opened for itself: it runs nothing and reaches nothing.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    })
  })
}

/** The slug stands before the hash, which is only there for caches. */
function tenantOfFile(registry: House['registry'], file: string) {
  return registry.bySlug(file.replace(/-[0-9a-f]+\.\w+$/, ''))
}

/** Routes that a channel brings along, under its own name. */
function channelWebhooks(app: Hono, { cashier }: House): void {
  for (const channel of cashier.channels) {
    if (!channel.routes) continue
    const own = new Hono()
    channel.routes(own, (tenantId) => cashier.contextOf(tenantId, channel.id))
    app.route(`/webhooks/${channel.id}`, own)
  }
}
