import { describe, expect, test } from 'vitest'
import { openTestHouse } from '../support/house.ts'
import { furnishedEntity, nothing, type Things } from '../support/things.ts'
import { createApp, type Call } from './client.ts'

const world = await openTestHouse()
const app = await createApp(world)
const [here, elsewhere] = [await furnishedEntity(world), await furnishedEntity(world)]
world.clock.forwardDays(4)

const email = { email: 'nonna@example.org' }

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
]

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

test('every route is weighed: it is over own things, of one’s own, or public', () => {
  const known = [...Object.keys(OWN_THINGS), ...OWN, ...PUBLIC]
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
    `/payments?childId=${here.things.childId}`,
  ]) {
    const { text } = await ask('GET', path, { token })
    for (const id of Object.values(here.things).filter((one) => one !== here.things.childId))
      expect(text).not.toContain(id)
  }
})
