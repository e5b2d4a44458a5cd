import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { newId } from '#core/ids.ts'
import { cents } from '#core/money.ts'
import { enrolChild, newClaimCode } from '#tenants/people/children.ts'
import { openTestHouse } from '../support/house.ts'
import { createApp, type Answer, type Call } from './client.ts'

const house = await openTestHouse()
const app = await createApp(house)
const tenant = await house.addTenant()
const family = await house.addFamily(tenant)
const token = await app.signIn(tenant.activationCode, family.username, family.password)
const walletId = family.children[0]!.walletId

/** A problem without the name of its request. */
function told({ status, headers, body }: Answer) {
  const { requestId, ...rest } = body
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
  expect(rest).toMatchObject({ status, type: `/api/problems/${rest.code}` })
  return rest as { code: string; title: string; detail: string; errors?: { path: string; message: string }[] }
}

describe('what is not one’s own', () => {
  test('another parent’s, another entity’s and no thing at all are the same 404', async () => {
    const neighbours = await house.addFamily(tenant)
    const elsewhere = await house.addTenant()
    const strangers = await house.addFamily(elsewhere)
    const open = async (activationCode: string, parent: typeof family) => {
      const other = await app.signIn(activationCode, parent.username, parent.password)
      const items = [{ walletId: parent.children[0]!.walletId, amountCents: 1000 }]
      const { body } = await app.call('POST', '/top-ups', {
        token: other,
        json: { channel: 'psp-notice', items },
      })
      return body.topUps[0].id as string
    }
    const topUps = [
      await open(tenant.activationCode, neighbours),
      await open(elsewhere.activationCode, strangers),
      newId(),
      'none',
    ]
    const wallets = [neighbours.children[0]!.walletId, strangers.children[0]!.walletId, newId(), 'none']
    const email = { email: 'nonna@example.org' }
    const routes: [string, (id: string) => string, readonly string[], Call][] = [
      ['GET', (id) => `/wallets/${id}/movements`, wallets, {}],
      ['GET', (id) => `/wallets/${id}/payment-code`, wallets, {}],
      ['POST', (id) => `/wallets/${id}/payment-code`, wallets, {}],
      ['GET', (id) => `/top-ups/${id}`, topUps, {}],
      ['GET', (id) => `/top-ups/${id}/notice.pdf`, topUps, {}],
      ['POST', (id) => `/top-ups/${id}/notice-emails`, topUps, { json: email }],
      ['POST', (id) => `/top-ups/${id}/attempts`, topUps, {}],
      ['DELETE', (id) => `/top-ups/${id}`, topUps, {}],
      ['GET', (id) => `/receipts/${id}.pdf`, topUps, {}],
    ]
    for (const [method, path, ids, more] of routes) {
      for (const id of ids) {
        const problem = told(await app.call(method, path(id), { token, ...more }))
        expect(problem, `${method} ${path(id)}`).toMatchObject({ code: 'resource.not_found', status: 404 })
        expect(problem).toEqual(told(await app.call('GET', `/top-ups/${newId()}`, { token })))
      }
    }
    for (const id of wallets.slice(0, 3)) {
      const json = { channel: 'psp-notice', items: [{ walletId: id, amountCents: 1000 }] }
      expect(told(await app.call('POST', '/top-ups', { token, json })).code).toBe('resource.not_found')
    }
  })

  test('an address that is none is a problem too, and no page', async () => {
    for (const path of ['/nothing', '/wallets/x/y/z']) {
      expect(told(await app.call('GET', path, { token })).code).toBe('resource.not_found')
    }
    const outside = await house.web.request(`${house.url}/api/nothing`)
    expect(outside.headers.get('content-type')).toContain('application/problem+json')
  })

  test('an unknown activation code is told as such', async () => {
    for (const code of ['0000000000', '12', 'abc'])
      expect((await app.call('GET', `/tenants/${code}`)).status).toBe(404)
    expect(told(await app.call('GET', '/tenants/0000000000')).code).toBe('activation_code.unknown')
  })
})

describe('who may call', () => {
  test.each([
    ['no token', {}],
    ['another scheme', { authorization: `Basic ${token}` }],
    ['an invented secret', { authorization: `Bearer ${tenant.id}.${'a'.repeat(27)}` }],
    ['a token of another entity', { authorization: `Bearer ${newId()}.${token.split('.')[1]}` }],
    ['a cookie', { cookie: `__Host-${tenant.slug}=${token}; sessione-${tenant.slug}=${token}` }],
  ])('%s opens nothing, and learns nothing of what a call must look like', async (_, headers) => {
    const answer = await app.call('POST', '/top-ups', {
      headers,
      json: {},
    })
    expect(told(answer).code).toBe('sign_in.required')
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  test('a browser’s session is none of an app', async () => {
    const { token: browser } = await house.house.sessions.begin(tenant.id, family.accountId, 'portal')
    expect((await app.call('GET', '/wallets', { token: browser })).status).toBe(401)
  })

  test('a page of another site is refused', async () => {
    for (const headers of [
      { origin: 'https://altrove.example' },
      { 'sec-fetch-site': 'cross-site' },
    ] as const) {
      const answer = await app.call('POST', '/top-ups', { token, headers, json: {} })
      expect(told(answer).code).toBe('request.foreign_origin')
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
    const own = await app.call('DELETE', `/top-ups/${newId()}`, { token, headers: { origin: house.url } })
    expect(own.status).toBe(404)
  })

  test('after the entity’s last day of passwords neither a password, a registration nor an old token works', async () => {
    const closing = await house.addTenant({ policies: { passwordLoginUntil: '2099-12-31' } })
    const parent = await house.addFamily(closing, 1)
    const old = await app.signIn(closing.activationCode, parent.username, parent.password)
    await house.database.owner
      .updateTable('tenants')
      .set({ policies: { ...closing.policies, passwordLoginUntil: '2022-03-31' } })
      .where('id', '=', closing.id)
      .execute()
    house.house.registry.forget()
    const { activationCode } = closing
    const credentials = { activationCode, username: parent.username, password: parent.password }
    expect(told(await app.call('POST', '/sessions', { json: credentials })).code).toBe(
      'sign_in.method_closed',
    )
    const person = {
      firstName: 'Rosa',
      lastName: 'Provetti',
      email: 'rosa@example.org',
      privacyAccepted: true,
    }
    const json = { ...person, ...credentials, username: 'nuova.utente' }
    expect(told(await app.call('POST', '/accounts', { json })).code).toBe('sign_in.method_closed')
    expect((await app.call('GET', '/wallets', { token: old })).status).toBe(401)
    const { body } = await app.call('GET', `/tenants/${activationCode}`)
    expect(body.signInMethods).toEqual([{ id: 'password', open: false, availableUntil: '2022-03-31' }])
  })

  test('guessing a password stops after ten tries in a minute, for that user name alone', async () => {
    house.clock.toNextMinute()
    const { activationCode } = tenant
    const victim = await house.addFamily(tenant, 1)
    const guess = (username: string, password: string) =>
      app.call('POST', '/sessions', { json: { activationCode, username, password } })
    // The minute may turn between two tries: twenty in a row pass ten in one of its minutes.
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => guess(victim.username, `sbagliata-${n}`)),
    )
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(told(refused[0]!).code).toBe('request.too_many')
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await guess(victim.username, victim.password)).status).toBe(429)
    expect((await guess(family.username, family.password)).status).toBe(201)
  })
})

describe('what does not have the right shape', () => {
  const item = { walletId, amountCents: 1000 }
  test.each([
    ['an amount with a fraction', { items: [{ ...item, amountCents: 10.5 }] }, 'items.0.amountCents'],
    ['an amount of nothing', { items: [{ ...item, amountCents: 0 }] }, 'items.0.amountCents'],
    ['a negative amount', { items: [{ ...item, amountCents: -1000 }] }, 'items.0.amountCents'],
    ['an endless amount', { items: [{ ...item, amountCents: 1e308 }] }, 'items.0.amountCents'],
    ['an amount as text', { items: [{ ...item, amountCents: '10€' }] }, 'items.0.amountCents'],
    ['nobody to pay for', { items: [] }, 'items'],
    ['six at once', { items: Array.from({ length: 6 }, () => item) }, 'items'],
    ['no channel', { channel: undefined }, 'channel'],
    ['an entity of one’s choice', { tenantId: newId() }, 'tenantId'],
    ['a payment declared as paid', { items: [{ ...item, state: 'paid' }] }, 'items.0.state'],
  ])('%s is refused with the field’s name', async (_, change, path) => {
    const json = { channel: 'psp-notice', items: [item], ...change }
    const problem = told(await app.call('POST', '/top-ups', { token, json }))
    expect(problem.code).toBe('request.invalid')
    expect(problem.errors!.map((error) => error.path)).toContain(path)
  })

  test.each(['{', '', '[]', 'null', '"x"', '{"channel":', '[[[[[[', '\u0000'])(
    'a body %j is no request',
    async (json) => {
      const { status } = await app.call('POST', '/top-ups', { token, json })
      expect([400, 422]).toContain(status)
    },
  )

  test('unreadable JSON is told apart from wrong data', async () => {
    expect(told(await app.call('POST', '/top-ups', { token, json: '{"channel":' })).code).toBe(
      'request.malformed',
    )
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await app.call('POST', '/sessions', { headers: form, json: 'username=x' })
    expect(told(answer).code).toBe('request.malformed')
  })

  test('a name with control characters, which no database takes, is refused', async () => {
    const child = { lastName: 'Provetti', school: 'Dante', className: '1ª A', category: 'REFEZIONE' }
    const json = { ...child, firstName: 'Ni\u0000no' }
    expect(told(await app.call('POST', '/children', { token, json })).errors![0]!.path).toBe('firstName')
  })

  test('a wrong codice fiscale and a wrong code of the school are told', async () => {
    const child = {
      firstName: 'Nino',
      lastName: 'P',
      school: 'Dante',
      className: '1ª A',
      category: 'REFEZIONE',
    }
    const wrong = await app.call('POST', '/children', {
      token,
      json: { ...child, fiscalCode: 'AAAAAA00A00A000A' },
    })
    expect(told(wrong).errors).toEqual([{ path: 'fiscalCode', message: 'non è scritto come richiesto' }])
    const claim = await app.call('POST', '/children/claims', { token, json: { code: 'ZZZZZ-ZZZZZ' } })
    expect(told(claim).code).toBe('enrolment.unknown_code')
  })

  test('a child of one’s own is enrolled only where the entity lets parents do so', async () => {
    const strict = await house.addTenant({ policies: { selfEnrolment: false } })
    const parent = await house.addFamily(strict, 0)
    const bearer = await app.signIn(strict.activationCode, parent.username, parent.password)
    const child = {
      firstName: 'Nino',
      lastName: 'Provetti',
      school: 'Dante',
      className: '1ª A',
      category: 'REFEZIONE',
    }
    const refused = await app.call('POST', '/children', { token: bearer, json: child })
    expect(told(refused)).toMatchObject({ code: 'enrolment.closed', status: 409 })
    const { db, vault } = house.house.services
    const code = newClaimCode()
    const entered = { ...child, fiscalCode: null, schoolYear: '2026/2027', tariffCents: cents(490) }
    const { childId, walletId } = await enrolChild(db, vault, strict.id, entered, undefined, new Date(), code)
    const claimed = await app.call('POST', '/children/claims', {
      token: bearer,
      json: { code: code.toLowerCase() },
    })
    expect(claimed).toMatchObject({ status: 201, body: { childId } })
    const { items } = (await app.call('GET', '/wallets', { token: bearer })).body
    expect(items.map((wallet: { id: string }) => wallet.id)).toEqual([walletId])
  })

  test.each(['limit=0', 'limit=101', 'limit=x', 'cursor=%00', 'state=maybe', 'limit=1&limit=2', 'other=1'])(
    'a list asked with %s is refused',
    async (query) => {
      expect(told(await app.call('GET', `/payments?${query}`, { token })).code).toBe('request.invalid')
    },
  )

  test('a body of more than 64 kB is refused', async () => {
    const json = { channel: 'x'.repeat(70_000), items: [item] }
    const answer = await app.call('POST', '/top-ups', { token, json })
    expect(told(answer)).toMatchObject({ code: 'request.too_large', status: 413 })
  })
})

test('a problem is told in the caller’s language under a name that stays', async () => {
  const ask = async (language: string) =>
    told(
      await app.call('POST', '/top-ups', {
        token,
        key: randomUUID(),
        headers: { 'accept-language': language },
        json: { channel: 'psp-notice', items: [{ walletId, amountCents: 100 }] },
      }),
    )
  const [italian, english] = [await ask('it-IT,it;q=0.9'), await ask('en-GB')]
  expect(italian).toMatchObject({ type: '/api/problems/amount.below_minimum', title: 'Importo troppo basso' })
  expect(english).toMatchObject({ type: italian.code && '/api/problems/amount.below_minimum' })
  expect(english.title).toBe('Amount too low')
  const page = await house.web.request(`${house.url}/api/problems/amount.below_minimum`)
  expect(page.headers.get('location')).toBe('/api/docs#amount.below_minimum')
})
