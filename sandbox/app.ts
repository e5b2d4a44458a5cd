import { Hono } from 'hono'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { html } from 'hono/html'
import { acaApi, acaOrdersApi } from './aca/api.ts'
import type { Positions } from './aca/positions.ts'
import { behaviourPages } from './behaviour/pages.ts'
import { bizEventsApi, bizEventsOrdersApi } from './biz-events/api.ts'
import type { Calls } from './biz-events/calls.ts'
import { cartsApi, checkoutApi } from './checkout/api.ts'
import type { Checkout } from './checkout/checkout.ts'
import { checkoutPages } from './checkout/pages.ts'
import { counterApi, counterPages } from './counter/counter.ts'
import type { Bank } from './fdr/bank.ts'
import type { Flows } from './fdr/flows.ts'
import { fdrOrdersApi } from './fdr/orders-api.ts'
import { fdrOrganizationApi } from './fdr/organization-api.ts'
import { identityApi } from './identity/api.ts'
import type { Identity } from './identity/identity.ts'
import { identityPages } from './identity/pages.ts'
import type { Mailbox } from './mailbox/mailbox.ts'
import { mailboxApi, mailboxPages } from './mailbox/routes.ts'
import { nodeApi } from './node/api.ts'
import { nodePages } from './node/pages.ts'
import type { PagopaNode } from './node/pagopa-node.ts'
import { phoneApi, phonePages } from './phone/routes.ts'
import { puntolisApi, puntolisPages } from './puntolis/routes.ts'
import { message } from './web/components.ts'
import type { Outage } from './web/outage.ts'
import { CONTENT_POLICY } from './web/policy.ts'
import { favicon, page, stylesheet } from './web/page.ts'
import type { Part } from './web/page.ts'
import { RequestError } from './web/request.ts'
import { creditorsApi, worldView } from './world/api.ts'
import type { Addresses } from './world/api.ts'
import { homePage } from './world/home-page.ts'
import type { Registry } from './world/registry.ts'

export interface World {
  readonly registry: Registry
  readonly positions: Positions
  readonly node: PagopaNode
  readonly checkout: Checkout
  readonly flows: Flows
  readonly bank: Bank
  readonly calls: Calls
  /** The orders to fail of the REST services. */
  readonly outages: Readonly<Record<'aca' | 'fdr' | 'bizEvents' | 'checkout', Outage>>
  readonly mailbox: Mailbox
  readonly identity: Identity
  readonly borsellinoUrl: string
  /** Known only once the ports are open. */
  readonly addresses: () => Addresses
  /** The accepted subscription keys; undefined accepts any. */
  readonly keys: readonly string[] | undefined
  readonly now: () => Date
}

const BODY_MOST = 256 * 1024
/** A flow by hand may have a hundred thousand lines. */
const FLOW_MOST = 32 * 1024 * 1024

/** All parts of the sandbox under one address. */
export function sandboxApp(world: World): Hono {
  const { registry, positions, node, checkout, mailbox, borsellinoUrl, addresses } = world
  const { flows, bank, calls, outages, identity, keys, now } = world
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    c.header('x-content-type-options', 'nosniff')
    c.header('referrer-policy', 'same-origin')
    if (!c.res.headers.has('content-security-policy'))
      c.header('content-security-policy', CONTENT_POLICY.plain)
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store')
  })
  const limited = (maxSize: number) =>
    bodyLimit({
      maxSize,
      onError: () => {
        throw new RequestError(413, 'Richiesta troppo grande', `Il contenuto supera ${maxSize / 1024} kB.`)
      },
    })
  const [usual, flow] = [limited(BODY_MOST), limited(FLOW_MOST)]
  app.use((c, next) => (c.req.path === '/api/fdr/flows' ? flow : usual)(c, next))
  app.onError(answerError)
  app.notFound((c) =>
    answerError(new RequestError(404, 'Pagina non trovata', 'A questo indirizzo non c’è nulla.'), c),
  )

  app.get('/', (c) => c.html(homePage(registry.all(), borsellinoUrl, addresses())))
  app.get('/world.json', (c) => c.json(worldView(registry, identity, addresses())))
  app.get('/sandbox.css', (c) =>
    c.body(stylesheet, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-cache' }),
  )
  app.get('/favicon.svg', (c) => c.body(favicon, 200, { 'content-type': 'image/svg+xml' }))
  app.get('/livez', (c) => c.text('ok'))
  app.route('/api/creditors', creditorsApi(registry))
  app.route('/api/node', nodeApi(node))
  app.route('/api/checkout', checkoutApi(checkout, outages.checkout))
  app.route('/api/counter', counterApi(node))
  app.route('/api/puntolis', puntolisApi(node))
  app.route('/api/mailbox', mailboxApi(mailbox))
  app.route('/api/identity', identityApi(identity))
  app.route('/api/phone', phoneApi(registry, now))
  app.route('/api/aca', acaOrdersApi(positions, outages.aca))
  app.route('/api/fdr', fdrOrdersApi({ flows, bank, node, outage: outages.fdr, now }))
  app.route('/api/biz-events', bizEventsOrdersApi(calls, outages.bizEvents))
  app.route('/aca/v1', acaApi(positions, outages.aca, keys))
  app.route('/fdr-org/service/v1', fdrOrganizationApi({ flows, registry, outage: outages.fdr, keys, now }))
  app.route(
    '/bizevents/service/v1',
    bizEventsApi({ paid: node.paid, calls, outage: outages.bizEvents, keys }),
  )
  app.route(
    '/checkout/ec/v2',
    cartsApi(checkout, { publicUrl: () => addresses().url, outage: outages.checkout, keys }),
  )
  app.route('/checkout/c', checkoutPages(checkout))
  app.route('/node', nodePages(node))
  app.route('/nodo', behaviourPages({ node, flows, positions, calls, outages, now }))
  app.route('/sportello', counterPages(node))
  app.route('/puntolis', puntolisPages(node))
  app.route('/posta', mailboxPages(mailbox))
  app.route(
    '/sandbox-idp',
    identityPages(identity, () => addresses().url),
  )
  app.route('/telefono', phonePages(registry, now))
  return app
}

/** A script gets a problem document, a person gets a page. */
function answerError(error: Error, c: Context): Response | Promise<Response> {
  const isKnown = error instanceof RequestError
  if (!isKnown) process.stderr.write(`sandbox: ${error.stack ?? error.message}\n`)
  const status = isKnown ? error.status : 500
  const title = isKnown ? error.title : 'Errore della sandbox'
  const detail = isKnown ? error.message : 'Qualcosa si è rotto nella simulazione: il registro dice che cosa.'
  if (/^\/(api|aca|fdr-org|bizevents|checkout\/ec)\//.test(c.req.path)) {
    const problem = { type: 'about:blank', title, status, detail }
    return c.body(JSON.stringify(problem), status, { 'content-type': 'application/problem+json' })
  }
  const part = partOf(c.req.path)
  const back = part === 'checkout' ? '' : html`<p><a href="/">Torna all’inizio</a></p>`
  return c.html(page({ title, part, narrow: true, main: html`${message('alert', detail)}${back}` }), status)
}

function partOf(path: string): Part {
  if (path.startsWith('/checkout/')) return 'checkout'
  return path.startsWith('/sandbox-idp') ? 'identity' : 'home'
}
