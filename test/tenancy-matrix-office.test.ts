import { describe, expect, test } from 'vitest'
import { romeDate } from '#core/clock.ts'
import type { Tenant } from '#core/tenant.ts'
import { createFormTokens } from '#pages/form-token.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import { OFFICE_PATH, OFFICE_ROUTES, type OfficeRoute } from '../src/backoffice/routes.ts'
import { openTestHouse } from './support/house.ts'
import { nothingLike, officeEntity, officeForm, officePath, ROLES } from './support/office-entity.ts'

// Every route of the office, asked as every role, as a parent, as another entity's staff and as nobody. The table of
// routes is the office's own (src/backoffice/access.ts): a route cannot exist without standing in it.
const world = await openTestHouse()
const { house, web, url, clock, config } = world
/** As the house's own pages carry them: read from a page for every visitor, they would be half of the requests below. */
const forms = createFormTokens(config.MASTER_KEY, clock)

const routes = Object.keys(OFFICE_ROUTES) as OfficeRoute[]
const allowed = (route: OfficeRoute): 'anybody' | readonly StaffRole[] => OFFICE_ROUTES[route].for

const [here, elsewhere] = [await officeEntity(world), await officeEntity(world)]
const nothing = nothingLike(here)

interface Visitor {
  cookie?: string
  form?: string
}

/** A visitor with a session under the office's cookie of an entity, and a form token of its own. */
async function visitor(tenant: Tenant, accountId: string): Promise<Visitor> {
  return { ...(await impostor(tenant, accountId)), form: forms.issue(accountId) }
}

/** A visitor whose session opens nothing in the office, with a form token such as the sign-in page gives to anybody. */
async function impostor(
  tenant: Tenant,
  accountId: string,
  { face = 'office', of = tenant }: { face?: 'office' | 'portal'; of?: Tenant } = {},
): Promise<Visitor> {
  const { token } = await house.sessions.begin(of.id, accountId, face)
  return { cookie: `borsellino_ufficio-${tenant.slug}=${token}`, form: forms.issue('') }
}

async function ask(route: OfficeRoute, path: string, { cookie, form = '' }: Visitor, tenant = here.tenant) {
  const [method = 'GET'] = route.split(' ')
  const body = officeForm(route, form, here, romeDate(clock.now()))
  const response = await fetch(`${url}/${tenant.slug}/ufficio${path}`, {
    method,
    headers: { ...(cookie && { cookie }), origin: url },
    body: method === 'POST' ? body : null,
    redirect: 'manual',
  })
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    body: (await response.text())
      .replace(/name="form" value="[^"]*"/g, 'form')
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id'),
  }
}

test('the table names every route of the office, and none that is not there', () => {
  const mounted = web.routes
    .filter(({ method, path }) => method !== 'ALL' && path.startsWith(OFFICE_PATH))
    .map(({ method, path }) => `${method} ${path.slice(OFFICE_PATH.length) || '/'}`)
  expect([...new Set(mounted)].toSorted()).toEqual(routes.toSorted())
})

test('who may what is what was decided: the matrix below believes the table', () => {
  const open = (role: StaffRole) => routes.filter((route) => allowed(route).includes(role))
  // A school looks up its children and classes, and hands out the families' leaflet.
  expect(open('school')).toEqual([
    'GET /',
    'GET /alunni/:id',
    'GET /scuole',
    'GET /scuole/:id',
    'GET /presenze',
    'GET /presenze/:id',
    'POST /presenze/:id',
    'GET /cucina',
    'GET /foglio',
    'GET /foglio.pdf',
  ])
  const forAdministrators = open('administrator').filter(
    (route) => !open('accountant').includes(route) && !open('clerk').includes(route),
  )
  // What the entity settles for itself is its administrators’ alone.
  expect(forAdministrators.filter((route) => route.includes('/avvio'))).toEqual(
    routes.filter((route) => route.includes('/avvio')),
  )
  expect(forAdministrators.filter((route) => !route.includes('/avvio'))).toEqual([
    'GET /personale',
    'POST /personale/inviti',
    'POST /personale/inviti/:id/ancora',
    'POST /personale/inviti/:id/revoca',
    'GET /personale/token',
    'POST /personale/token',
    'POST /personale/token/:id/revoca',
    'GET /personale/:id',
    'GET /personale/:id/secondo-fattore',
    'POST /personale/:id/secondo-fattore',
    'POST /personale/:id/ruolo',
    'POST /personale/:id/disattiva',
    'POST /personale/:id/invita',
    'GET /assistenza',
    'POST /assistenza',
    'POST /assistenza/fine',
    'GET /registro.csv',
  ])
  const forFamilies = open('clerk').filter((route) => !open('accountant').includes(route))
  const ofChildren =
    /\/(richieste|accessi|iscrizioni|anno-scolastico|presenze|cucina|menu|calendario|certificati)|^POST \/(scuole|tariffe)|\/tariffe\/(nuovo|fratelli)$|\/alunni(?!\/:id(\/crediti.*)?$)/
  expect(forFamilies).toEqual(routes.filter((route) => ofChildren.test(route)))
  expect(open('accountant').filter((route) => !open('administrator').includes(route))).toEqual([])
  const forBooks = open('accountant').filter((route) => !open('clerk').includes(route))
  expect(forBooks).toEqual([
    'POST /da-approvare/:id/approva',
    'POST /riconciliazione/differenze/:id/accetta',
    'POST /riconciliazione/banca',
    'POST /importazioni/:id/approva',
    'GET /registro',
  ])
  expect(routes.filter((route) => allowed(route) === 'anybody')).toEqual([
    'GET /accedi',
    'POST /accedi',
    'GET /accedi/codice',
    'POST /accedi/codice',
    'GET /accedi/secondo-fattore',
    'POST /accedi/secondo-fattore',
    'POST /esci',
    'GET /invito/:token',
    'POST /invito/:token',
  ])
})

/** What those may be answered who may; the first that fits counts. */
const outcomes: readonly (readonly [RegExp, readonly number[]])[] = [
  // What was accepted, unlinked, revoked or reset cannot be so again: whoever comes second is told that it is gone.
  [
    /\/(accetta|scollega|cancella|lascia|revoca|ancora|togli|errori\.csv|resoconto\.csv|unisci\/conferma)$|^POST .*\/secondo-fattore$/,
    [303, 404],
  ],
  // Deleted by whoever comes first.
  [/^POST .*\/dieta\/(nota|modifica)$/, [200, 303, 404]],
  // A new diet needs its kind: without one what is missing is said beside its field.
  [/^POST .*\/dieta$/, [303, 422]],
  // A menu is saved with the version that was read, a rotation needs its weeks.
  [/^POST \/menu$/, [303, 409]],
  [/^POST \/menu\/ripeti$/, [422]],
  // The forms of the settings are posted empty here: what is missing in them is said in words.
  [/^POST \/avvio/, [200, 303, 409, 422]],
  // A list is handed in with the version that was read: without one it is shown again.
  [/^POST \/presenze/, [303, 409]],
  // Whoever is invited already is not invited twice.
  [/\/personale\/:id\/invita$/, [303, 409]],
  // An old address of a page.
  [/^GET \/richieste\/alunni/, [301]],
  // What is there already, or in that state, is told beside its field.
  [/^POST (\/scuole(\/:id)?|.*\/(servizi|fine|stato)|\/iscrizioni\/.*)$/, [200, 303, 422]],
  [/./, [200, 303]],
]

describe.each(routes.filter((route) => allowed(route) !== 'anybody'))('%s', (route) => {
  test.each(ROLES)('as %s', async (role) => {
    const answer = await ask(
      route,
      officePath(route, here),
      await visitor(here.tenant, here.staff.get(role)!),
    )
    const may = outcomes.find(([routes]) => routes.test(route))![1]
    expect(allowed(route).includes(role) ? may : [403]).toContain(answer.status)
    if (!allowed(route).includes(role)) expect(answer.body).toContain('Pagina riservata ad altri ruoli')
  })

  test('sends nobody, a parent and another entity’s staff to the sign-in page of the office', async () => {
    const strangers: Visitor[] = [
      {},
      await impostor(here.tenant, here.owner.accountId),
      await impostor(here.tenant, here.owner.accountId, { face: 'portal' }),
      await impostor(here.tenant, here.staff.get('administrator')!, { face: 'portal' }),
      await impostor(here.tenant, elsewhere.staff.get('administrator')!, { of: elsewhere.tenant }),
    ]
    for (const stranger of strangers) {
      const answer = await ask(route, officePath(route, here), stranger)
      const signIn = `/${here.tenant.slug}/ufficio/accedi?poi=`
      expect([answer.status, answer.location]).toEqual([303, expect.stringContaining(signIn)])
    }
  })

  test('shows nothing of another entity: its thing is the same 404 as one that is none', async () => {
    // A channel is the installation’s and no entity’s thing.
    if (!/:(?!channel)/.test(route)) return expect(officePath(route, elsewhere)).toBe(officePath(route, here))
    const staff = await visitor(here.tenant, here.staff.get('administrator')!)
    const crossed = await ask(route, officePath(route, elsewhere), staff)
    const random = await ask(route, officePath(route, nothing), staff)
    expect(random.status).toBe(404)
    expect(crossed).toEqual(random)
  })
})

test.each(routes.filter((route) => allowed(route) === 'anybody'))(
  '%s is open to everybody',
  async (route) => {
    const answer = await ask(route, officePath(route, here), {})
    expect([200, 303, 401, 409]).toContain(answer.status)
  },
)

test('an address that is none is the office’s own 404', async () => {
  const staff = await visitor(here.tenant, here.staff.get('clerk')!)
  const answer = await ask('GET /', '/inventata', staff)
  expect([answer.status, answer.body.includes(`/${here.tenant.slug}/ufficio/esci`)]).toEqual([404, true])
})

test('a list shows none of another entity’s things', async () => {
  const staff = await visitor(here.tenant, here.staff.get('administrator')!)
  for (const path of [
    '/pagamenti',
    '/sospesi',
    '/riconciliazione/flussi',
    '/riconciliazione/differenze',
    '/personale',
    '/personale/token',
    '/registro',
    '/registro.csv',
    '/richieste',
    '/scuole',
    '/alunni',
    '/tariffe',
    '/iscrizioni',
    '/importazioni',
    '/sportello',
    '/da-approvare',
    '/',
  ]) {
    const response = await fetch(`${url}/${here.tenant.slug}/ufficio${path}`, {
      headers: { cookie: staff.cookie! },
    })
    const text = await response.text()
    const { tenant: _tenant, today: _today, owner, staff: colleagues, ...things } = elsewhere
    for (const id of [...Object.values(things), owner.accountId, ...colleagues.values()])
      expect(text).not.toContain(id)
  }
})
