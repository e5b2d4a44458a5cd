import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { cents } from '#core/money.ts'
import { paymentsPage } from '#core/top-ups/read.ts'
import { payAtCounter } from './support/counter.ts'
import { openTestHouse, type TestFamily } from './support/house.ts'
import type { Tenant } from '#core/tenant.ts'

const { house, web, url, sandboxUrl, clock, addTenant, addFamily } = await openTestHouse()

/** An entity with two families; the first has one thing of every kind. */
async function entity() {
  const tenant = await addTenant()
  const owner = await addFamily(tenant)
  const neighbour = await addFamily(tenant)
  return { tenant, owner, neighbour, things: await thingsOf(tenant, owner) }
}

async function thingsOf(tenant: Tenant, { accountId, children }: TestFamily) {
  const { services, cashier } = house
  const payer = { accountId, email: null, language: 'it' as const }
  const walletId = children[0]!.walletId
  const draft = { walletId, drafts: [{ walletId, amountCents: cents(2_500) }] }
  const online = await cashier.start(tenant, 'pagopa-online', payer, draft)
  if (online.kind !== 'redirect') throw new Error('an online payment redirects')
  const opened = await paymentsPage(services.db, tenant.id, { walletIds: [walletId] })
  await payAtCounter(sandboxUrl, tenant.creditorFiscalCode, opened.items[0]!.noticeNumber)
  const notice = await cashier.start(tenant, 'psp-notice', payer, draft)
  if (notice.kind !== 'document') throw new Error('a notice is a document')
  for (let tries = 0; tries < 100; tries++) {
    const { items } = await paymentsPage(services.db, tenant.id, { walletIds: [walletId] })
    const receiptId = items.find(({ receipt }) => receipt)?.receipt?.id
    const printed = receiptId !== undefined && (await isPrinted(tenant.id, receiptId))
    if (printed)
      return {
        topUpId: notice.documentId,
        cartId: online.cartId,
        receiptId,
        walletId,
        childId: children[0]!.childId,
      }
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error('no receipt came')
}

async function isPrinted(tenantId: string, receiptId: string): Promise<boolean> {
  const row = await inTenant(house.services.db, tenantId, (tx) =>
    tx
      .selectFrom('receipt_copies')
      .select('receipt_id')
      .where('tenant_id', '=', tenantId)
      .where('receipt_id', '=', receiptId)
      .executeTakeFirst(),
  )
  return row !== undefined
}

const [here, elsewhere] = [await entity(), await entity()]
clock.forwardDays(4)

/** What stands in a route's place: a thing of the owner's, or a random id. */
type Things = typeof here.things
const nothing: Things = {
  topUpId: newId(),
  cartId: newId(),
  receiptId: newId(),
  walletId: newId(),
  childId: newId(),
}

/**
 * Every route that shows or changes something of one family, and what its place is filled with. A route of the table
 * that stands neither here nor among the public ones fails the test: a new one must be weighed.
 */
const OWN_THINGS: Record<string, (things: Things) => string> = {
  'GET /:slug/avvisi/:id': ({ topUpId }) => `/avvisi/${topUpId}`,
  'GET /:slug/avvisi/:id/avviso.pdf': ({ topUpId }) => `/avvisi/${topUpId}/avviso.pdf`,
  'POST /:slug/avvisi/:id/email': ({ topUpId }) => `/avvisi/${topUpId}/email`,
  'POST /:slug/avvisi/:id/annulla': ({ topUpId }) => `/avvisi/${topUpId}/annulla`,
  'GET /:slug/pagamenti/:id': ({ topUpId }) => `/pagamenti/${topUpId}`,
  'POST /:slug/pagamenti/:id/riprova': ({ topUpId }) => `/pagamenti/${topUpId}/riprova`,
  'POST /:slug/carrelli/:id/riprova': ({ cartId }) => `/carrelli/${cartId}/riprova`,
  'GET /:slug/carrelli/:id': ({ cartId }) => `/carrelli/${cartId}`,
  'GET /:slug/ricevute/:id': ({ receiptId }) => `/ricevute/${receiptId}`,
  'GET /:slug/movimenti/:wallet': ({ walletId }) => `/movimenti/${walletId}`,
  'POST /:slug/codici-pagamento/:wallet/rigenera': ({ walletId }) => `/codici-pagamento/${walletId}/rigenera`,
}

/** Pages of one's own without an id: they show the viewer's things whatever is asked, and nobody sees them unsigned. */
const OWN_PAGES = [
  'GET /:slug/ricarica',
  'POST /:slug/ricarica',
  'GET /:slug/pagamenti',
  'GET /:slug/codici-pagamento',
  'GET /:slug/iscrizioni',
  'POST /:slug/iscrizioni',
  'POST /:slug/iscrizioni/codice',
]

const PUBLIC = [
  'GET /',
  'GET /livez',
  'GET /readyz',
  'GET /metrics',
  'GET /theme/:file{[a-z0-9-]+\\.css}',
  'GET /logo/:file{[a-z0-9-]+\\.svg}',
  'GET /r/:token/:outcome',
  'GET /:slug',
  'GET /:slug/',
  'GET /:slug/accedi',
  'POST /:slug/accedi',
  'GET /:slug/registrati',
  'POST /:slug/registrati',
  'POST /:slug/esci',
  'POST /webhooks/pagopa',
]

const routes = [
  ...new Set(
    web.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`),
  ),
].filter(
  // The REST face has a matrix of its own, by the same rule (test/api-matrix.test.ts).
  (route) => !/^\S+ \/api\b/.test(route),
)

async function signIn(tenant: Tenant, family: TestFamily): Promise<string> {
  const session = await house.sessions.begin(tenant.id, family.accountId, 'portal')
  return session.token
}

interface Visitor {
  cookie?: string
  form?: string
}

/** A visitor with a cookie of the entity, and a form token that is its own: nothing else may be what refuses it. */
async function visitor(
  tenant: Tenant,
  family: TestFamily | undefined,
  tokenOf: Tenant = tenant,
): Promise<Visitor> {
  if (!family) return {}
  const cookie = `borsellino-${tenant.slug}=${await signIn(tokenOf, family)}`
  const page = await (await fetch(`${url}/${tenant.slug}/ricarica`, { headers: { cookie } })).text()
  return { cookie, form: /name="form" value="([^"]+)"/.exec(page)?.[1] ?? '' }
}

async function ask(tenant: Tenant, route: string, path: string, { cookie, form }: Visitor) {
  const [method = 'GET'] = route.split(' ')
  const headers: Record<string, string> = { ...(cookie && { cookie }), origin: url }
  const body = method === 'POST' ? new URLSearchParams({ form: form ?? '', email: 'a@example.org' }) : null
  const response = await fetch(`${url}/${tenant.slug}${path}`, { method, headers, body, redirect: 'manual' })
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    body: comparable(await response.text()),
  }
}

/** What differs in any two pages: tokens, ids of requests, and the id that was asked for. */
function comparable(body: string): string {
  return body
    .replace(/name="form" value="[^"]*"/g, 'form')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'id')
}

test('every route is weighed: it shows own things, is an own page, or is public', () => {
  const known = [...Object.keys(OWN_THINGS), ...OWN_PAGES, ...PUBLIC]
  expect(routes.filter((route) => !known.includes(route))).toEqual([])
  expect(known.filter((route) => !routes.includes(route))).toEqual([])
})

describe.each(Object.entries(OWN_THINGS))('%s', (route, path) => {
  test('serves its owner', async () => {
    const answer = await ask(here.tenant, route, path(here.things), await visitor(here.tenant, here.owner))
    // A notice cannot be tried again online: the owner gets the reason, not a 404.
    expect(route.endsWith('/riprova') ? [409] : [200, 303]).toContain(answer.status)
  })

  test('sends nobody to the sign-in page', async () => {
    const answer = await ask(here.tenant, route, path(here.things), {})
    expect([answer.status, answer.location]).toEqual([
      303,
      expect.stringContaining(`/${here.tenant.slug}/accedi?poi=`),
    ])
  })

  test('is the same 404 for another parent, for another entity’s thing, and for a thing that is none', async () => {
    const neighbour = await visitor(here.tenant, here.neighbour)
    const foreign = await ask(here.tenant, route, path(here.things), neighbour)
    const crossed = await ask(here.tenant, route, path(elsewhere.things), neighbour)
    const random = await ask(here.tenant, route, path(nothing), neighbour)
    expect(random.status).toBe(404)
    expect(foreign).toEqual(random)
    expect(crossed).toEqual(random)
  })

  test('does not know another entity’s session, even under its own name', async () => {
    const smuggled = await visitor(here.tenant, elsewhere.owner, elsewhere.tenant)
    const answer = await ask(here.tenant, route, path(here.things), smuggled)
    expect([answer.status, answer.location]).toEqual([303, expect.stringContaining('/accedi?poi=')])
  })
})

describe.each(OWN_PAGES)('%s', (route) => {
  const path = route.replace(/^\w+ \/:slug/, '')

  test('sends nobody, and whoever is signed in elsewhere, to the sign-in page', async () => {
    for (const who of [{}, await visitor(here.tenant, elsewhere.owner, elsewhere.tenant)]) {
      const answer = await ask(here.tenant, route, path, who)
      expect([answer.status, answer.location]).toEqual([303, expect.stringContaining('/accedi?poi=')])
    }
  })

  test('shows a neighbour nothing of the owner’s', async () => {
    const answer = await ask(here.tenant, route, path, await visitor(here.tenant, here.neighbour))
    for (const id of Object.values(here.things)) expect(answer.body).not.toContain(id)
  })
})

test('a page asked for another parent’s child shows none of it', async () => {
  const cookie = (await visitor(here.tenant, here.neighbour)).cookie!
  for (const query of [`ricarica?figlio=${here.things.childId}`, `pagamenti?figlio=${here.things.childId}`]) {
    const body = await (await fetch(`${url}/${here.tenant.slug}/${query}`, { headers: { cookie } })).text()
    expect(body).not.toContain(here.things.topUpId)
    expect(body).not.toContain(here.things.walletId)
  }
})
