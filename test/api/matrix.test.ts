import { describe, expect, test } from 'vitest'
import type { StaffScope } from '#core/db/token-tables.ts'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { readList } from '#meals/class-list.ts'
import { openCanteen } from '../support/canteen-entity.ts'
import { dayAfter, openTestHouse } from '../support/house.ts'
import { machinesOf } from '../support/machines.ts'
import { furnishedEntity, nothing, type Things } from '../support/things.ts'
import { STAFF_SCOPES } from '#tenants/staff/tokens.ts'
import { createApp, type Call } from './client.ts'

const world = await openTestHouse()
const app = await createApp(world)
const [here, elsewhere] = [await furnishedEntity(world), await furnishedEntity(world)]
world.clock.forwardDays(4)

for (const { tenant, things } of [here, elsewhere])
  await openCanteen(world, tenant, [things.childId], dayAfter(world.clock, 2))
const machines = await machinesOf(world, here.tenant)

const email = { email: 'nonna@example.org' }

/** The day after tomorrow: announced in time whatever the hour. */
const absence = ({ childId }: Things) => `/children/${childId}/absences/REFEZIONE/${dayAfter(world.clock, 2)}`

/** Every route over something of one family: where it is, and what is sent. Destructive ones come last. */
const OWN_THINGS: Record<string, [path: (things: Things) => string, json?: (things: Things) => unknown]> = {
  'GET /api/v1/wallets/:id/movements': [({ walletId }) => `/wallets/${walletId}/movements`],
  'GET /api/v1/wallets/:id/menu': [({ walletId }) => `/wallets/${walletId}/menu`],
  'GET /api/v1/wallets/:id/payment-code': [({ walletId }) => `/wallets/${walletId}/payment-code`],
  'POST /api/v1/wallets/:id/payment-code': [({ walletId }) => `/wallets/${walletId}/payment-code`],
  'POST /api/v1/top-ups': [
    () => '/top-ups',
    ({ walletId }) => ({ channel: 'psp-notice', items: [{ walletId, amountCents: 1_000 }] }),
  ],
  'GET /api/v1/top-ups/:id': [({ topUpId }) => `/top-ups/${topUpId}`],
  'GET /api/v1/top-ups/:id/notice.pdf': [({ topUpId }) => `/top-ups/${topUpId}/notice.pdf`],
  'POST /api/v1/top-ups/:id/notice-emails': [
    ({ topUpId }) => `/top-ups/${topUpId}/notice-emails`,
    () => email,
  ],
  'POST /api/v1/top-ups/:id/attempts': [({ topUpId }) => `/top-ups/${topUpId}/attempts`],
  'GET /api/v1/receipts/:fileName': [({ receiptId }) => `/receipts/${receiptId}.pdf`],
  'DELETE /api/v1/sessions/:id': [({ sessionId }) => `/sessions/${sessionId}`],
  'DELETE /api/v1/top-ups/:id': [({ topUpId }) => `/top-ups/${topUpId}`],
  'POST /api/v1/invitations': [() => '/invitations', ({ childId }) => ({ childId, label: 'Nonna Berta' })],
  'PUT /api/v1/children/:id/absences/:category/:day': [absence],
  'DELETE /api/v1/children/:id/absences/:category/:day': [absence],
  'DELETE /api/v1/invitations/:id': [({ invitationId }) => `/invitations/${invitationId}`],
}

/** Routes of one's own without an id. */
const OWN = [
  'DELETE /api/v1/sessions/current',
  'GET /api/v1/sessions',
  'GET /api/v1/me',
  'POST /api/v1/children',
  'POST /api/v1/children/claims',
  'GET /api/v1/invitations',
  'POST /api/v1/invitations/acceptances',
  'GET /api/v1/wallets',
  'GET /api/v1/payments',
  'GET /api/v1/absences',
]

/** Routes for machines of an entity: their scopes, where they are, and what is sent. */
const OF_MACHINES: Record<
  string,
  [scopes: readonly StaffScope[], path: (place: Place) => string, json?: (place: Place) => unknown]
> = {
  'GET /api/v1/attendance/:category/:day': [
    ['attendance:write', 'meals:read'],
    ({ day, category }) => `/attendance/${category}/${day}`,
  ],
  'GET /api/v1/kitchen/:category/:day': [
    ['meals:read'],
    ({ day, category }) => `/kitchen/${category}/${day}`,
  ],
  'GET /api/v1/attendance/:category/:day/classes/:id': [
    ['attendance:write'],
    ({ day, classId }) => `/attendance/REFEZIONE/${day}/classes/${classId}`,
  ],
  'PUT /api/v1/attendance/:category/:day/classes/:id': [
    ['attendance:write'],
    ({ day, classId }) => `/attendance/REFEZIONE/${day}/classes/${classId}`,
    ({ childId, version }) => ({ version, close: true, children: [{ id: childId, state: 'present' }] }),
  ],
  'POST /api/v1/attendance/records': [
    ['attendance:write'],
    () => '/attendance/records',
    ({ childId, day, category }) => ({
      records: [{ child: { id: childId }, category, day, state: 'present' }],
    }),
  ],
  'POST /api/v1/till/entries': [
    ['till:write'],
    () => '/till/entries',
    ({ childId, day }) => ({
      child: { id: childId },
      category: 'REFEZIONE',
      amountCents: 1_000,
      way: 'other',
      paidOn: day,
      slip: newId(),
    }),
  ],
}

interface Place {
  day: string
  category: string
  classId: string
  childId: string
  version: string
}

const PUBLIC = [
  'GET /api/v1/status',
  'GET /api/v1/tenants/:activationCode',
  'GET /api/v1/tenants/:activationCode/menus',
  'POST /api/v1/sessions',
  'POST /api/v1/sessions/refresh',
  'POST /api/v1/sessions/exchange',
  'POST /api/v1/accounts',
  'POST /api/v1/password-resets',
  'GET /api/v1/openapi.json',
  'GET /api/docs',
  'GET /api/docs.css',
  'GET /api/problems/:code{[a-z_.]+}',
]

const table = world.web.routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api'))
const routes = [...new Set(table.map(({ method, path }) => `${method} ${path}`))]

const tokenOf = ({ tenant }: typeof here, { username, password }: (typeof here)['owner']) =>
  app.signIn(tenant.activationCode, username, password)

/** The answer without what names the request. */
async function ask(route: string, path: string, call: Call) {
  const { status, text } = await app.call(route.split(' ')[0]!, path, call)
  return { status, text: text.replace(/"requestId":"[^"]*"/, '') }
}

test('every route is weighed: it is over own things, of one’s own, a machine’s, or public', () => {
  const known = [...Object.keys(OWN_THINGS), ...OWN, ...Object.keys(OF_MACHINES), ...PUBLIC]
  expect(routes.filter((route) => !known.includes(route))).toEqual([])
  expect(known.filter((route) => !routes.includes(route))).toEqual([])
})

describe.each(Object.entries(OWN_THINGS))('%s', (route, [path, json]) => {
  const call = (things: Things, token?: string): [string, string, Call] => [
    route,
    path(things),
    { ...(token && { token }), ...(json && { json: json(things) }) },
  ]

  test('is the same 404 for another parent, for another entity’s thing, and for a thing that is none', async () => {
    const neighbour = await tokenOf(here, here.neighbour)
    const random = await ask(...call(nothing, neighbour))
    expect(random.status).toBe(404)
    expect(await ask(...call(here.things, neighbour))).toEqual(random)
    expect(await ask(...call(elsewhere.things, neighbour))).toEqual(random)
  })

  test('is closed to who is not signed in', async () => {
    expect((await ask(...call(here.things))).status).toBe(401)
  })

  test('serves its owner', async () => {
    const answer = await ask(...call(here.things, await tokenOf(here, here.owner)))
    // A notice cannot be tried again online: the owner gets the reason, not a 404.
    expect(route.endsWith('/attempts') ? [409] : [200, 201, 202, 204]).toContain(answer.status)
  })
})

describe.each(Object.entries(OF_MACHINES))('%s', (route, [scopes, path, json]) => {
  const day = dayAfter(world.clock, 0)
  const placeOf = async ({ tenant, things }: typeof here): Promise<Place> => {
    const key = { category: 'REFEZIONE', day }
    const { classId } = await openCanteen(world, tenant, [things.childId], day)
    const { version } = await inTenant(world.house.services.db, tenant.id, (tx) =>
      readList(tx, tenant.id, { ...key, classId }),
    )
    return { ...key, classId, childId: things.childId, version }
  }
  const call = (place: Place, token?: string): [string, string, Call] => [
    route,
    path(place),
    { ...(token && { token }), ...(json && { json: json(place) }) },
  ]

  test('serves a machine whose token has a scope for it, and no other', async () => {
    for (const scope of STAFF_SCOPES) {
      const { status } = await ask(...call(await placeOf(here), machines[scope]))
      expect([scope, status]).toEqual([scope, scopes.includes(scope) ? expect.toBeOneOf([200, 201]) : 403])
    }
  })

  test('is closed to who has no token, to a parent, and to a token that was revoked', async () => {
    const place = await placeOf(here)
    for (const token of [undefined, await tokenOf(here, here.owner), machines.revoked])
      expect((await ask(...call(place, token))).status).toBe(401)
  })

  test('is the same refusal for another entity’s thing and for one that is none', async () => {
    const [place, other] = [await placeOf(here), await placeOf(elsewhere)]
    const none = { ...place, category: 'NUOTO', classId: newId(), childId: newId() }
    const token = machines[scopes[0]!]
    const random = await ask(...call(none, token))
    expect(random.status).toBe(route.endsWith('/records') ? 422 : 404)
    if (/classes|till|records/.test(route)) {
      const { classId, childId } = other
      expect(await ask(...call({ ...place, classId, childId }, token))).toEqual(random)
    } else expect((await ask(...call(place, token))).text).not.toContain(other.classId)
  })
})

test('a machine’s token opens nothing of a parent', async () => {
  for (const route of OWN)
    expect(
      (
        await ask(route, route.replace(/^\w+ \/api\/v1/, ''), {
          token: machines['attendance:write'],
          ...(route.startsWith('POST') && { json: {} }),
        })
      ).status,
    ).toBe(401)
})

test.each(OWN)('%s is closed to who is not signed in', async (route) => {
  const call = route.startsWith('POST') ? { json: {} } : {}
  expect((await ask(route, route.replace(/^\w+ \/api\/v1/, ''), call)).status).toBe(401)
})

test('lists show a neighbour nothing of the owner’s', async () => {
  const token = await tokenOf(here, here.neighbour)
  for (const path of [
    '/wallets',
    '/payments',
    '/sessions',
    '/invitations',
    '/absences',
    `/payments?childId=${here.things.childId}`,
  ]) {
    const { text } = await ask('GET', path, { token })
    for (const id of Object.values(here.things).filter((one) => one !== here.things.childId))
      expect(text).not.toContain(id)
  }
})
