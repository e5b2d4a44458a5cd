import { beforeEach, describe, expect, test } from 'vitest'
import { addDays, romeDate } from '#core/clock.ts'
import type { Tenant } from '#core/tenant.ts'
import { issueLinkCode } from '#tenants/people/merge-accounts.ts'
import { TEST_FAMILY_PASSWORD } from '../support/house.ts'
import { hire } from '../support/office.ts'
import { browserOf, openIdentityHouse, type Browser } from './house.ts'
import { enter, passwordFamily, somebody } from './people.ts'
import { NOW } from './world.ts'

const world = await openIdentityHouse()
const { house, url, clock, addRegistered } = world
const { services } = house
beforeEach(() => clock.setTo(NOW))

const cookieOf = (browser: Browser) => [...browser].map(([name, value]) => `${name}=${value}`).join('; ')
const page = async (browser: Browser, path: string) => {
  const response = await fetch(url + path, { headers: { cookie: cookieOf(browser) }, redirect: 'manual' })
  return { status: response.status, text: await response.text() }
}

/** Sends a form of a page that the browser sees. */
async function submit(browser: Browser, from: string, to: string, fields: Record<string, string>) {
  const form = /name="form" value="([^"]+)"/.exec((await page(browser, from)).text)![1]!
  const response = await fetch(url + to, {
    method: 'POST',
    headers: { cookie: cookieOf(browser), origin: url },
    body: new URLSearchParams({ form, ...fields }),
    redirect: 'manual',
  })
  for (const line of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    browser.set(name, value)
  }
  return { status: response.status, location: response.headers.get('location'), text: await response.text() }
}

const accountsOf = (tenant: Tenant) =>
  world.database.owner
    .selectFrom('accounts')
    .select(['id', 'fiscal_code_proof', 'disabled_at', 'identity_linked_at'])
    .where('tenant_id', '=', tenant.id)
    .where('kind', '=', 'guardian')
    .execute()

const auditOf = async (tenant: Tenant) =>
  (
    await world.database.owner
      .selectFrom('audit_log')
      .select(['action', 'details'])
      .where('tenant_id', '=', tenant.id)
      .orderBy('id')
      .execute()
  ).map(({ action, details }) => [action, details])

async function lettersTo(address: string): Promise<{ subject: string }[]> {
  const until = Date.now() + 15_000
  for (;;) {
    const response = await fetch(`${world.sandboxUrl}/api/mailbox?to=${encodeURIComponent(address)}`)
    const { messages } = (await response.json()) as { messages: { subject: string }[] }
    if (messages.length > 0 || Date.now() > until) return messages
    await new Promise((done) => setTimeout(done, 100))
  }
}

describe('an identity finds its account', () => {
  test('by the fiscal code that the registry holds, with the children, whether by SPID or by CIE', async () => {
    const tenant = await addRegistered()
    const person = somebody()
    const family = await passwordFamily(world, tenant, { fiscalCode: person.fiscalCode, proof: 'registry' })
    const first = await enter(world, tenant, person)
    expect([first.status, first.path]).toEqual([200, `/${tenant.slug}/`])
    expect(first.text).toContain(family.childName)
    const second = await enter(world, tenant, person, { scheme: 'cie' })
    expect(second.text).toContain(family.childName)
    const linked = (await auditOf(tenant)).filter(([action]) => action === 'account.linked')
    expect(linked).toEqual([['account.linked', { scheme: 'spid', how: 'registry' }]])
    expect(await lettersTo(`${family.username}@example.org`)).toEqual([
      expect.objectContaining({ subject: 'Ora entri con SPID o CIE' }),
    ])
  })

  test('but none that somebody only declared: that one loses the code and keeps its children', async () => {
    const tenant = await addRegistered()
    const victim = somebody()
    const impostor = await passwordFamily(world, tenant, { fiscalCode: victim.fiscalCode, proof: 'declared' })
    const entered = await enter(world, tenant, victim)
    expect([entered.status, entered.path]).toEqual([200, `/${tenant.slug}/primo-accesso`])
    expect((await page(entered.browser, `/${tenant.slug}/`)).text).not.toContain(impostor.childName)
    const accounts = await accountsOf(tenant)
    expect(accounts.find(({ id }) => id === impostor.accountId)).toMatchObject({ fiscal_code_proof: null })
  })

  test('of this entity alone: the next one knows nobody', async () => {
    const [here, there] = [await addRegistered(), await addRegistered()]
    const person = somebody()
    await passwordFamily(world, here, { fiscalCode: person.fiscalCode, proof: 'registry' })
    expect((await enter(world, there, person)).path).toBe(`/${there.slug}/primo-accesso`)
    expect((await enter(world, here, person)).path).toBe(`/${here.slug}/`)
  })

  test('and only once when two browsers bring the same newcomer together', async () => {
    const tenant = await addRegistered()
    const person = somebody()
    const both = await Promise.all([1, 2, 3, 4].map(() => enter(world, tenant, person)))
    expect(both.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(await accountsOf(tenant)).toHaveLength(1)
  })

  test.each([
    ['nobody under 18', '12E', 403, 'almeno 18 anni'],
    ['who came of age', '08A', 200, ''],
    ['a code with letters for digits', 'U0A', 200, ''],
  ])('%s (%s) → %i', async (_, born, status, text) => {
    const tenant = await addRegistered()
    const entered = await enter(world, tenant, somebody(born))
    expect(entered.status).toBe(status)
    expect(entered.text).toContain(text)
    expect(entered.browser.has(`borsellino-${tenant.slug}`)).toBe(status === 200)
  })

  test('but none that was deactivated', async () => {
    const tenant = await addRegistered()
    const person = somebody()
    await enter(world, tenant, person)
    await world.database.owner
      .updateTable('accounts')
      .set({ disabled_at: NOW })
      .where('tenant_id', '=', tenant.id)
      .execute()
    expect((await enter(world, tenant, person)).status).toBe(403)
  })
})

describe('the account of before is found again', () => {
  async function newcomer(tenant: Tenant) {
    const person = somebody()
    const { browser } = await enter(world, tenant, person)
    return { person, browser }
  }
  const path = (tenant: Tenant, rest = '') => `/${tenant.slug}/primo-accesso${rest}`

  test('with its password, once: the children come along and the fresh account ends', async () => {
    const tenant = await addRegistered()
    const family = await passwordFamily(world, tenant, undefined)
    const { person, browser } = await newcomer(tenant)
    const before = cookieOf(browser)
    const done = await submit(browser, path(tenant), path(tenant, '/profilo'), {
      username: family.username,
      password: TEST_FAMILY_PASSWORD,
    })
    expect([done.status, done.location]).toEqual([303, `/${tenant.slug}/`])
    expect((await page(browser, `/${tenant.slug}/`)).text).toContain(family.childName)
    const headers = { cookie: before }
    const former = await fetch(`${url}/${tenant.slug}/pagamenti`, { headers, redirect: 'manual' })
    expect(former.status).toBe(303)
    const living = world.database.owner.selectFrom('sessions').select(['provider', 'name_id_hash'])
    // The provider's logout finds the session that goes on.
    expect(await living.where('account_id', '=', family.accountId).execute()).toEqual([
      { provider: expect.stringContaining('http'), name_id_hash: expect.any(String) },
    ])
    expect((await enter(world, tenant, person)).text).toContain(family.childName)
    expect((await auditOf(tenant)).map(([action]) => action)).toContain('account.merged')
    expect((await accountsOf(tenant)).filter(({ disabled_at }) => disabled_at === null)).toHaveLength(1)
  })

  test('never when its fiscal code is another’s, whoever knows its password', async () => {
    for (const proof of ['declared', 'registry'] as const) {
      const tenant = await addRegistered()
      const family = await passwordFamily(world, tenant, { fiscalCode: somebody().fiscalCode, proof })
      const { browser } = await newcomer(tenant)
      const refused = await submit(browser, path(tenant), path(tenant, '/profilo'), {
        username: family.username,
        password: TEST_FAMILY_PASSWORD,
      })
      expect(refused.status).toBe(409)
      expect(refused.text).toContain('un altro codice fiscale')
      expect((await page(browser, `/${tenant.slug}/`)).text).not.toContain(family.childName)
    }
  })

  test('not with a wrong password, and guessing is slowed', async () => {
    const tenant = await addRegistered()
    clock.toNextMinute()
    const family = await passwordFamily(world, tenant, undefined)
    clock.setTo(NOW)
    const { browser } = await newcomer(tenant)
    clock.toNextMinute()
    const statuses = []
    for (let n = 0; n < 12; n++) {
      const fields = { username: family.username, password: `sbagliata ${n}` }
      statuses.push((await submit(browser, path(tenant), path(tenant, '/profilo'), fields)).status)
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
  })

  test('with a code from the office, also after the entity’s date, once and for a fortnight', async () => {
    const until = addDays(romeDate(NOW), -1)
    const tenant = await addRegistered({ policies: { passwordLoginUntil: until } })
    const family = await passwordFamily(world, tenant, undefined)
    const { accountId: clerk } = await hire(world, tenant, 'clerk')
    const voided = await issueLinkCode(services, tenant.id, family.accountId, clerk)
    const code = await issueLinkCode(services, tenant.id, family.accountId, clerk)
    const { browser } = await newcomer(tenant)
    const use = (who: Browser, one: string) =>
      submit(who, path(tenant), path(tenant, '/codice'), { code: one })
    expect((await use(browser, voided)).status).toBe(404)
    expect((await use(browser, code.toLowerCase().replace('-', ' '))).status).toBe(303)
    expect((await page(browser, `/${tenant.slug}/`)).text).toContain(family.childName)
    // Somebody else may know the password of before.
    const left = world.database.owner.selectFrom('passwords').where('account_id', '=', family.accountId)
    expect(await left.selectAll().execute()).toEqual([])
    const second = await newcomer(tenant)
    expect((await use(second.browser, code)).status).toBe(404)
    const other = await passwordFamily(world, tenant, undefined)
    const late = await issueLinkCode(services, tenant.id, other.accountId, clerk)
    clock.forwardDays(15)
    const { browser: third } = await newcomerNow(tenant)
    expect((await use(third, late)).status).toBe(404)
  })

  /** A newcomer on the clock's own day: sessions live in real time, answers in the clock's. */
  async function newcomerNow(tenant: Tenant) {
    const { accountId } = await identityAccount(tenant)
    const { token } = await house.sessions.begin(tenant.id, accountId, 'portal', { method: 'spid', level: 2 })
    return { browser: new Map([[`borsellino-${tenant.slug}`, token]]) }
  }

  async function identityAccount(tenant: Tenant) {
    const shown = clock.now()
    clock.setTo(NOW)
    const { browser } = await enter(world, tenant, somebody())
    const session = await house.sessions.find(tenant.id, browser.get(`borsellino-${tenant.slug}`)!, 'portal')
    clock.setTo(shown)
    return session!
  }

  test('not with a password after the entity’s date: the form is gone, and posting it is refused', async () => {
    const until = addDays(romeDate(NOW), -1)
    const tenant = await addRegistered({ policies: { passwordLoginUntil: until } })
    const family = await passwordFamily(world, tenant, undefined)
    const { browser } = await newcomer(tenant)
    expect((await page(browser, path(tenant))).text).not.toContain('name="password"')
    const fields = { username: family.username, password: TEST_FAMILY_PASSWORD }
    expect((await submit(browser, path(tenant), path(tenant, '/profilo'), fields)).status).toBe(403)
  })

  test('by whoever is signed in with the password and goes on with SPID in the same browser', async () => {
    const tenant = await addRegistered()
    const family = await passwordFamily(world, tenant, undefined)
    const person = somebody()
    const linkAccountId = family.accountId
    const going = async () => ({ linkAccountId, browser: await withPassword(tenant, linkAccountId) })
    const linked = await enter(world, tenant, person, await going())
    expect([linked.status, linked.path]).toEqual([200, `/${tenant.slug}/`])
    expect(linked.text).toContain(family.childName)
    expect((await enter(world, tenant, person)).text).toContain(family.childName)
    expect((await enter(world, tenant, somebody(), await going())).status).toBe(409)
  })

  test('but not by whoever comes back when that session is over, or is another’s', async () => {
    const tenant = await addRegistered()
    const [family, other] = [await world.addFamily(tenant, 1), await world.addFamily(tenant, 1)]
    const linkAccountId = family.accountId
    const browser = await withPassword(tenant, linkAccountId)
    await house.sessions.end(browser.get(`borsellino-${tenant.slug}`)!)
    expect((await enter(world, tenant, somebody(), { linkAccountId, browser })).status).toBe(403)
    const another = await withPassword(tenant, other.accountId)
    expect((await enter(world, tenant, somebody(), { linkAccountId, browser: another })).status).toBe(403)
    const linked = (await accountsOf(tenant)).filter((account) => account.identity_linked_at !== null)
    expect(linked).toEqual([])
  })

  /** A browser that is signed in with the account's password. */
  async function withPassword(tenant: Tenant, accountId: string): Promise<Browser> {
    const { token } = await house.sessions.begin(tenant.id, accountId, 'portal')
    return new Map([...browserOf(tenant), [`borsellino-${tenant.slug}`, token]])
  }

  test('and a password session has no such page', async () => {
    const tenant = await addRegistered()
    const { accountId } = await passwordFamily(world, tenant, undefined)
    const { token } = await house.sessions.begin(tenant.id, accountId, 'portal')
    const browser = new Map([[`borsellino-${tenant.slug}`, token]])
    expect((await page(browser, path(tenant))).status).toBe(404)
  })
})

test('a sign-in gives the browser another session, and the former one is dead', async () => {
  const tenant = await addRegistered()
  const person = somebody()
  const browser = browserOf(tenant)
  await enter(world, tenant, person, { browser })
  const former = browser.get(`borsellino-${tenant.slug}`)!
  browser.set(`borsellino_accesso-${tenant.slug}`, browserOf(tenant).values().next().value!)
  await enter(world, tenant, person, { browser })
  expect(browser.get(`borsellino-${tenant.slug}`)).not.toBe(former)
  expect(await house.sessions.find(tenant.id, former, 'portal')).toBeUndefined()
})
