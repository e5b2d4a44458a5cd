import { describe, expect, test } from 'vitest'
import { openTestHouse, type TestFamily } from './support/house.ts'
import { furnishedEntity, nothing, type OwnThings } from './support/things.ts'
import type { Tenant } from '#core/tenant.ts'

const world = await openTestHouse()
const { house, web, url, clock } = world

const [here, elsewhere] = [await furnishedEntity(world), await furnishedEntity(world)]
clock.forwardDays(4)

/**
 * Every route that shows or changes something of one family, and what its place is filled with. A route of the table
 * that stands neither here nor among the public ones fails the test: a new one must be weighed.
 */
const OWN_THINGS: Record<string, (things: OwnThings) => string> = {
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
  'POST /:slug/profilo/sessioni/:id/chiudi': ({ sessionId }) => `/profilo/sessioni/${sessionId}/chiudi`,
  'POST /:slug/iscrizioni/richieste/:id/risposta': ({ enrolmentRequestId }) =>
    `/iscrizioni/richieste/${enrolmentRequestId}/risposta`,
  'POST /:slug/diete/:id/nota': ({ dietId }) => `/diete/${dietId}/nota`,
  'POST /:slug/inviti/:id/termina': ({ invitationId }) => `/inviti/${invitationId}/termina`,
}

/** Pages of one's own without an id: they show the viewer's things whatever is asked, and nobody sees them unsigned. */
const OWN_PAGES = [
  'GET /:slug/ricarica',
  'POST /:slug/ricarica',
  'GET /:slug/pagamenti',
  'GET /:slug/assenze',
  'POST /:slug/assenze',
  'GET /:slug/diete',
  // Here the entity lets nobody read its menus without a sign-in; test/menus.test.ts has one that does.
  'GET /:slug/menu',
  'GET /:slug/codici-pagamento',
  'GET /:slug/iscrizioni',
  'POST /:slug/iscrizioni',
  'POST /:slug/iscrizioni/codice',
  'GET /:slug/passa-a-spid',
  'GET /:slug/primo-accesso',
  'POST /:slug/primo-accesso/profilo',
  'POST /:slug/primo-accesso/codice',
  'GET /:slug/email',
  'POST /:slug/email',
  'GET /:slug/profilo',
  'POST /:slug/profilo/sessioni/chiudi-altre',
  'POST /:slug/profilo/esci-ovunque',
  'GET /:slug/iscrizioni/richiesta',
  'POST /:slug/iscrizioni/richiesta',
  'GET /:slug/inviti',
  'POST /:slug/inviti',
  'GET /:slug/inviti/accetta',
  'POST /:slug/inviti/accetta',
]

const PUBLIC = [
  'GET /',
  'GET /livez',
  'GET /readyz',
  'GET /metrics',
  'GET /theme/:file{[a-z0-9-]+\\.css}',
  'GET /theme/anteprima/:file{[0-9a-f]{6}\\.css}',
  'GET /logo/:file{[a-z0-9-]+\\.(svg|png|jpg)}',
  'GET /r/:token/:outcome',
  'GET /app/accedi',
  'GET /:slug/verifica',
  'GET /:slug/verifica/:code',
  'GET /:slug/foglio',
  'GET /:slug/foglio.pdf',
  'GET /:slug',
  'GET /:slug/',
  'GET /:slug/accedi',
  'POST /:slug/accedi',
  'POST /:slug/accedi/app',
  'GET /:slug/registrati',
  'POST /:slug/registrati',
  'POST /:slug/esci',
  'GET /:slug/aiuto-accesso',
  'GET /pub-ag-full/:ipa',
  'GET /pub-ag-full/:ipa/:scheme',
  ...['spid', 'cie'].flatMap((scheme) => [
    `GET /:slug/accedi/${scheme}`,
    `POST /${scheme}/acs`,
    `GET /${scheme}/slo/:slug`,
    `POST /${scheme}/slo/:slug`,
  ]),
  'GET /:slug/accedi/fine',
  'GET /:slug/password-dimenticata',
  'POST /:slug/password-dimenticata',
  'GET /:slug/password-nuova',
  'POST /:slug/password-nuova',
  'GET /:slug/email/conferma',
  'POST /:slug/email/conferma',
  'POST /webhooks/pagopa',
]

const routes = [
  ...new Set(
    web.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`),
  ),
].filter(
  // The REST face and the office have matrices of their own, by the same rule: test/api/matrix.test.ts and
  // test/tenancy-matrix-office.test.ts. The operators' pages belong to no entity: test/operators.test.ts.
  (route) => !/^\S+ (\/api\b|\/:slug\/ufficio\b|\/gestione\b)/.test(route),
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
  const body =
    method === 'POST' ? new URLSearchParams({ form: form ?? '', email: 'a@example.org', note: 'Ecco' }) : null
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
    // A notice cannot be tried again online: the owner gets the reason, not a 404. What is paid leads to its receipt.
    expect(route.endsWith('/riprova') ? [303, 409] : [200, 303]).toContain(answer.status)
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
