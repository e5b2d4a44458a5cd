import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { DomainError } from '#core/errors.ts'
import { newClaimCode, enrolChild } from '#tenants/people/children.ts'
import { cents } from '#core/money.ts'
import type { Tenant } from '#core/tenant.ts'
import type { Guesser } from '#tenants/sign-in/attempts.ts'
import { passwordUpkeep } from '#tenants/sign-in/password-end.ts'
import { openSecondHouse, openTestHouse, TEST_FAMILY_PASSWORD } from './support/house.ts'
import { visitor } from './support/visitor.ts'

const world = await openTestHouse()
const second = await openSecondHouse(world)
const { clock, database } = world
const [here, there] = [world.house.attempts, second.house.attempts]
const DOORS = [world.url, second.url]

afterEach(() => clock.release())

/** Runs many at once, but not all: a guesser has some connections, not a thousand. */
async function all<Result>(
  count: number,
  one: (n: number) => Promise<Result>,
  atOnce = 40,
): Promise<Result[]> {
  const results: Result[] = []
  for (let first = 0; first < count; first += atOnce) {
    const numbers = Array.from({ length: Math.min(atOnce, count - first) }, (_, index) => first + index)
    results.push(...(await Promise.all(numbers.map(one))))
  }
  return results
}

const tally = (statuses: readonly number[]) =>
  Object.fromEntries(
    [...Map.groupBy(statuses, (status) => status)].map(([status, same]) => [status, same.length]),
  )

async function askApi(url: string, path: string, json: unknown, headers: Record<string, string> = {}) {
  const body = JSON.stringify(json)
  const sent = { 'content-type': 'application/json', ...headers }
  const response = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers: sent, body })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** A wrong guess, or one that comes out as told; answers how it ended. */
async function guess(
  attempts: typeof here,
  tenant: Tenant,
  guesser: Omit<Guesser, 'secret'>,
  outcome: () => Promise<unknown> = () => Promise.reject(new DomainError('sign_in.wrong')),
): Promise<string> {
  return attempts.guess(tenant.id, { secret: 'password', ...guesser }, outcome).then(
    () => 'right',
    (error: DomainError) => error.code,
  )
}

describe('a thousand guesses at two processes, portal and API in turn', () => {
  test('of a password: ten reach it in a minute, the rest learn when to come back', async () => {
    const tenant = await world.addTenant()
    const { username, password } = await world.addFamily(tenant, 1)
    const { activationCode, slug } = tenant
    const form = await visitor(world).formOf(`/${slug}/accedi`)
    clock.hold()
    const answers = await all(1000, (n) => {
      const door = DOORS[n % 2]!
      const wrong = { username: n % 3 ? username : ` ${username.toUpperCase()} `, password: `sbagliata ${n}` }
      return n % 4 < 2
        ? visitor(world, undefined, door).post(`/${slug}/accedi`, { form, ...wrong })
        : askApi(door, '/sessions', { activationCode, ...wrong })
    })
    expect(tally(answers.map(({ status }) => status))).toEqual({ 401: 10, 429: 990 })
    for (const { status, headers } of answers)
      if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    const right = { activationCode, username, password }
    expect((await askApi(DOORS[1]!, '/sessions', right)).status).toBe(429)
    // Somebody at another address is not held back, and a minute later nobody is.
    expect((await askApi(DOORS[0]!, '/sessions', right, { 'x-forwarded-for': '203.0.113.7' })).status).toBe(
      201,
    )
    clock.release()
    clock.toNextMinute()
    expect((await askApi(DOORS[1]!, '/sessions', right)).status).toBe(201)
  }, 120_000)

  test('of a school’s code: ten reach it in a minute', async () => {
    const tenant = await world.addTenant()
    const family = await world.addFamily(tenant, 1)
    const { db, vault } = world.house.services
    const code = newClaimCode()
    const entered = {
      firstName: 'Nino',
      lastName: 'Provetti',
      fiscalCode: null,
      school: 'Primaria Dante',
      className: '1ª A',
      category: 'REFEZIONE',
      schoolYear: '2026/2027',
      tariffCents: cents(490),
    }
    await enrolChild(db, vault, tenant.id, entered, undefined, clock.now(), code)
    const { sessions } = world.house
    const app = await sessions.begin(tenant.id, family.accountId, 'app')
    const portal = await sessions.begin(tenant.id, family.accountId, 'portal')
    const cookie = `borsellino-${tenant.slug}=${portal.token}`
    const form = await visitor(world, cookie).formOf(`/${tenant.slug}/iscrizioni`)
    const bearer = () => ({ authorization: `Bearer ${app.token}`, 'idempotency-key': randomUUID() })
    clock.hold()
    const answers = await all(1000, (n) => {
      const door = DOORS[n % 2]!
      const wrong = { code: newClaimCode() }
      return n % 4 < 2
        ? visitor(world, cookie, door).post(`/${tenant.slug}/iscrizioni/codice`, { form, ...wrong })
        : askApi(door, '/children/claims', wrong, bearer())
    })
    expect(tally(answers.map(({ status }) => status))).toEqual({ 404: 10, 429: 990 })
    expect((await askApi(DOORS[0]!, '/children/claims', { code }, bearer())).status).toBe(429)
    clock.release()
    clock.toNextMinute()
    expect((await askApi(DOORS[0]!, '/children/claims', { code }, bearer())).status).toBe(201)
  }, 120_000)
})

describe('what is counted', () => {
  test('the right password in between works and is not counted, nor is what fails for another reason', async () => {
    const tenant = await world.addTenant()
    const { username } = await world.addFamily(tenant, 1)
    const { activationCode } = tenant
    const enter = (password: string) => askApi(world.url, '/sessions', { activationCode, username, password })
    clock.hold()
    for (let n = 0; n < 9; n++) expect((await enter(`sbagliata ${n}`)).status).toBe(401)
    for (let n = 0; n < 3; n++) expect((await enter(TEST_FAMILY_PASSWORD)).status).toBe(201)
    const other = { account: username, address: '127.0.0.1' }
    const broken = () => Promise.reject(new DomainError('service.overloaded'))
    for (let n = 0; n < 3; n++) expect(await guess(here, tenant, other, broken)).toBe('service.overloaded')
    expect((await enter('sbagliata 9')).status).toBe(401)
    expect((await enter(TEST_FAMILY_PASSWORD)).status).toBe(429)
  })

  test('sixty wrong ones in a minute from one address stop it at every account of the entity, and nobody else', async () => {
    const [tenant, neighbour] = [await world.addTenant(), await world.addTenant()]
    clock.hold()
    const spray = (n: number, address = '203.0.113.9') =>
      guess(n % 2 ? here : there, tenant, { account: `genitore ${n}`, address })
    const outcomes = await all(80, (n) => spray(n))
    expect(outcomes.filter((code) => code === 'sign_in.wrong')).toHaveLength(60)
    expect(await spray(81)).toBe('request.too_many')
    expect(await spray(82, '203.0.113.10')).toBe('sign_in.wrong')
    expect(await guess(here, neighbour, { account: 'genitore 1', address: '203.0.113.9' })).toBe(
      'sign_in.wrong',
    )
    clock.release()
    clock.toNextMinute()
    expect(await spray(83)).toBe('sign_in.wrong')
  })

  test('a hundred wrong ones in an hour at one account stop it for every address, and no other account', async () => {
    const tenant = await world.addTenant()
    clock.hold()
    const from = (n: number, account = 'vittima') =>
      guess(n % 2 ? here : there, tenant, { account, address: `198.51.${n >> 8}.${n & 255}` })
    const outcomes = await all(130, (n) => from(n))
    expect(outcomes.filter((code) => code === 'sign_in.wrong')).toHaveLength(100)
    expect(await from(500, 'altri')).toBe('sign_in.wrong')
    await here.forgive(tenant.id, 'password', 'vittima')
    expect(await from(501)).toBe('sign_in.wrong')
  })

  test('who is held back fills no wider count: an account is not locked by one stubborn address', async () => {
    const tenant = await world.addTenant()
    clock.hold()
    await all(300, (n) =>
      guess(n % 2 ? here : there, tenant, { account: 'vittima', address: '203.0.113.20' }),
    )
    expect(await guess(here, tenant, { account: 'altri', address: '203.0.113.20' })).toBe('sign_in.wrong')
    expect(
      await guess(there, tenant, { account: 'vittima', address: '203.0.113.21' }, () => Promise.resolve()),
    ).toBe('right')
  })

  test('an IPv6 network is one address, however its owner numbers the machines in it', async () => {
    const tenant = await world.addTenant()
    clock.hold()
    const outcomes = await all(12, (n) =>
      guess(here, tenant, { account: 'vittima', address: `2001:db8:1:2::${n.toString(16)}` }),
    )
    expect(outcomes.filter((code) => code === 'request.too_many')).toHaveLength(2)
    expect(await guess(here, tenant, { account: 'vittima', address: '2001:db8:1:3::1' })).toBe(
      'sign_in.wrong',
    )
  })

  test('no user name and no address lies in the database, and counts that are over are swept away', async () => {
    const tenant = await world.addTenant()
    await guess(here, tenant, { account: 'elena.provetti', address: '203.0.113.30' })
    const rows = await database.owner
      .selectFrom('guesses')
      .selectAll()
      .where('tenant_id', '=', tenant.id)
      .execute()
    expect(rows).toHaveLength(3)
    expect(JSON.stringify(rows)).not.toMatch(/elena|203\.0/)
    clock.forwardDays(1)
    await passwordUpkeep(world.house.services)
      .find(({ name }) => name === 'guess.purge')!
      .run()
    expect(await database.owner.selectFrom('guesses').selectAll().execute()).toEqual([])
  })

  test('user names are not told in bulk by the form that registers', async () => {
    const tenant = await world.addTenant()
    const { username } = await world.addFamily(tenant, 1)
    clock.hold()
    const person = {
      activationCode: tenant.activationCode,
      firstName: 'Rosa',
      lastName: 'Provetti',
      email: 'rosa@example.org',
      username,
      password: 'quattro gatti viola',
      privacyAccepted: true,
    }
    const answers = await all(14, (n) => askApi(DOORS[n % 2]!, '/accounts', person))
    expect(tally(answers.map(({ status }) => status))).toEqual({ 409: 10, 429: 4 })
  })
})

describe('a known and an unknown account get the same', () => {
  /** What differs in any two answers, and what was typed. */
  function comparable(answer: { status: number; text: string; headers: Headers }, typed: string) {
    const volatile = /^(date|ratelimit-.*|set-cookie|content-length)$/
    return {
      status: answer.status,
      headers: [...answer.headers].filter(([name]) => !volatile.test(name)),
      text: answer.text
        .replaceAll(typed, 'typed')
        .replace(/name="form" value="[^"]*"/g, 'form')
        .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'id'),
    }
  }

  test('answer, by portal and API, to a wrong password and to a forgotten one', async () => {
    const tenant = await world.addTenant()
    const { username } = await world.addFamily(tenant, 1)
    const { activationCode, slug } = tenant
    const unknown = 'nessuno.qui'
    const form = await visitor(world).formOf(`/${slug}/accedi`)
    const ways: [string, (name: string) => Promise<{ status: number; text: string; headers: Headers }>][] = [
      [
        'portal sign-in',
        (name) => visitor(world).post(`/${slug}/accedi`, { form, username: name, password: 'x' }),
      ],
      [
        'API sign-in',
        (name) => askApi(world.url, '/sessions', { activationCode, username: name, password: 'x' }),
      ],
      [
        'portal reset',
        (name) => visitor(world).post(`/${slug}/password-dimenticata`, { form, account: name }),
      ],
      ['API reset', (name) => askApi(world.url, '/password-resets', { activationCode, account: name })],
    ]
    for (const [way, ask] of ways) {
      const [known, none] = [await ask(username), await ask(unknown)]
      expect([401, 303, 202], way).toContain(known.status)
      expect(comparable(known, username), way).toEqual(comparable(none, unknown))
    }
  })

  test.each([100_000, 30_000, 500])(
    'a password of %i characters is refused before any work',
    async (length) => {
      const tenant = await world.addTenant()
      const { username } = await world.addFamily(tenant, 1)
      const { activationCode, slug } = tenant
      const password = 'x'.repeat(length)
      const form = await visitor(world).formOf(`/${slug}/accedi`)
      for (const name of [username, 'nessuno.qui']) {
        const [page, api] = [
          await visitor(world).post(`/${slug}/accedi`, { form, username: name, password }),
          await askApi(world.url, '/sessions', { activationCode, username: name, password }),
        ]
        expect([page.status, api.status]).toEqual(length > 65_000 ? [413, 413] : [401, 422])
      }
    },
  )
})
