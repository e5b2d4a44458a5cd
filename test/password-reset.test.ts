import { describe, expect, test } from 'vitest'
import { addDays, romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import { registerGuardian } from '#tenants/people/guardians.ts'
import { deleteEndedPasswords, PASSWORD_GRACE_DAYS } from '#tenants/sign-in/password-end.ts'
import { openTestHouse, type TestFamily } from './support/house.ts'
import { letterTo, lettersTo, linkIn } from './support/mailbox.ts'
import { hire, TEST_STAFF_PASSWORD } from './support/office.ts'
import { visitor } from './support/visitor.ts'

const world = await openTestHouse()
const { house, url, clock, database } = world
const { services, sessions } = house
const NEW_PASSWORD = 'quattro gatti viola'
const emailOf = ({ username }: TestFamily) => `${username}@example.org`

async function scene() {
  const tenant = await world.addTenant()
  const family = await world.addFamily(tenant, 1)
  const base = `/${tenant.slug}`
  return { tenant, family, base, guest: visitor(world) }
}

async function ask({ base, guest }: Awaited<ReturnType<typeof scene>>, account: string): Promise<string> {
  const page = `${base}/password-dimenticata`
  const answer = await guest.send(page, page, { account })
  expect([answer.status, answer.location]).toEqual([303, `${page}?fatto=1`])
  return (await guest.get(answer.location)).text
}

/** Asks for a link and answers where it leads. */
async function link(here: Awaited<ReturnType<typeof scene>>, count = 1): Promise<string> {
  await ask(here, here.family.username)
  return linkIn(await letterTo(world, emailOf(here.family), count))
}

const codeIn = (path: string) => new URLSearchParams(path.split('?')[1]).get('codice')!

async function api(path: string, json: unknown, token?: string) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const response = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(json),
  })
  return {
    status: response.status,
    body: (await response.json().catch(() => ({}))) as Record<string, unknown>,
  }
}

const enter = ({ activationCode }: Tenant, username: string, password: string) =>
  api('/sessions', { activationCode, username, password })

async function closeOn(tenant: Tenant, passwordLoginUntil: string | null) {
  await database.owner
    .updateTable('tenants')
    .set({ policies: JSON.stringify({ ...tenant.policies, passwordLoginUntil }) })
    .where('id', '=', tenant.id)
    .execute()
  house.registry.forget()
}

const today = () => romeDate(clock.now())
const audited = (tenant: Tenant, action: string) =>
  inTenant(services.db, tenant.id, (tx) =>
    tx
      .selectFrom('audit_log')
      .selectAll()
      .where('tenant_id', '=', tenant.id)
      .where('action', '=', action)
      .execute(),
  )

describe('a forgotten password', () => {
  test('is replaced through a link by e-mail, once; every session ends, and the address is told', async () => {
    const here = await scene()
    const { tenant, family, base, guest } = here
    const tokens = await Promise.all(
      (['app', 'portal'] as const).map(
        async (face) => (await sessions.begin(tenant.id, family.accountId, face)).token,
      ),
    )
    const path = await link(here)
    expect(path).toMatch(new RegExp(`^${base}/password-nuova\\?codice=[\\w-]{27}$`))
    const page = await guest.get(path)
    expect(page.text).toContain(`value="${family.username}"`)
    const set = (password: string) =>
      guest.send(path, `${base}/password-nuova`, { codice: codeIn(path), password })
    for (const [weak, reason] of [
      ['corta', 'almeno 10 caratteri'],
      ['Password-2026!', 'tra le prime che si provano'],
      [`${family.username}2026`, 'tra le prime che si provano'],
      [tenant.name, 'tra le prime che si provano'],
    ] as const) {
      const refused = await set(weak)
      expect([refused.status, refused.text.includes(reason)], weak).toEqual([422, true])
    }
    const form = await guest.formOf(path)
    const again = { form, codice: codeIn(path), password: NEW_PASSWORD }
    const both = await Promise.all([1, 2].map(() => guest.post(`${base}/password-nuova`, again)))
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 404])
    expect((await guest.get(path)).status).toBe(404)
    expect((await enter(tenant, family.username, family.password)).status).toBe(401)
    expect((await enter(tenant, family.username, NEW_PASSWORD)).status).toBe(201)
    expect(await sessions.find(tenant.id, tokens[0]!, 'app')).toBeUndefined()
    expect(await sessions.find(tenant.id, tokens[1]!, 'portal')).toBeUndefined()
    expect((await letterTo(world, emailOf(family), 2)).subject).toBe('La tua password è cambiata')
    expect(await audited(tenant, 'password.reset_requested')).toHaveLength(1)
    const [changed] = await audited(tenant, 'password.changed')
    expect(changed).toMatchObject({ subject_id: family.accountId, actor_kind: 'guardian' })
    const stored = await database.owner.selectFrom('password_resets').selectAll().execute()
    expect(JSON.stringify(stored)).not.toContain(codeIn(path))
  })

  test('of nobody is answered with the same words, and leaves nothing behind', async () => {
    const here = await scene()
    const [known, unknown] = [await ask(here, here.family.username), await ask(here, 'nessuno.qui')]
    const plain = (text: string) => text.replace(/name="form" value="[^"]*"/g, '')
    expect(plain(unknown)).toEqual(plain(known))
    await letterTo(world, emailOf(here.family))
    await expect
      .poll(() => database.owner.selectFrom('password_reset_requests').selectAll().execute(), {
        timeout: 15_000,
      })
      .toEqual([])
  })

  test('is asked for by a confirmed address, never by one that may be a stranger’s', async () => {
    const here = await scene()
    const { tenant, family } = here
    const { db, vault } = services
    const person = { firstName: 'Rosa', lastName: 'Provetti', fiscalCode: null, language: 'it' as const }
    const stranger = { ...person, email: 'sbagliata@example.org', username: 'rosa.p', password: NEW_PASSWORD }
    await registerGuardian(db, vault, tenant.id, stranger, clock.now())
    const both = { ...stranger, email: 'pure@example.org', username: 'pure@example.org' }
    await registerGuardian(db, vault, tenant.id, both, clock.now())
    await ask(here, 'Sbagliata@example.org')
    // An address that is the user name too is no less a stranger's.
    await ask(here, 'pure@example.org')
    await ask(here, emailOf(family).toUpperCase())
    await letterTo(world, emailOf(family))
    for (const address of ['sbagliata@example.org', 'pure@example.org'])
      expect(await lettersTo(world, address)).toEqual([])
    await ask(here, 'rosa.p')
    expect(linkIn(await letterTo(world, 'sbagliata@example.org'))).toContain('codice=')
  })

  test('has one living link, for half an hour', async () => {
    const here = await scene()
    const [first, last] = [await link(here), await link(here, 2)]
    expect([(await here.guest.get(first)).status, (await here.guest.get(last)).status]).toEqual([404, 200])
    const invalid = await here.guest.get(`${here.base}/password-nuova?codice=${'A'.repeat(27)}`)
    expect(invalid.text).toContain('Chiedi un link nuovo')
    clock.forwardDays(31 / 24 / 60)
    expect((await here.guest.get(last)).status).toBe(404)
  })

  test('is asked for five times an hour from one place, and its account is written to five times from anywhere', async () => {
    const here = await scene()
    const { activationCode } = here.tenant
    clock.hold()
    const asked = await Promise.all(
      Array.from({ length: 7 }, () =>
        api('/password-resets', { activationCode, account: here.family.username }),
      ),
    )
    clock.release()
    expect(asked.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      202, 202, 202, 202, 202, 429, 429,
    ])
    await letterTo(world, emailOf(here.family), 5)
    const from = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.5' }
    const body = JSON.stringify({ activationCode, account: here.family.username })
    const more = await fetch(`${url}/api/v1/password-resets`, { method: 'POST', headers: from, body })
    expect(more.status).toBe(202)
    await expect
      .poll(() => database.owner.selectFrom('password_reset_requests').selectAll().execute(), {
        timeout: 15_000,
      })
      .toEqual([])
    expect(await audited(here.tenant, 'password.reset_requested')).toHaveLength(5)
  })

  test('of the staff is none of the families’ pages’ business', async () => {
    const here = await scene()
    const { username, accountId } = await hire(world, here.tenant, 'clerk')
    // With an address, so that being staff is all that stands between them and a link.
    await database.owner
      .updateTable('accounts')
      .set({ email: 'ufficio@example.org', email_confirmed_at: clock.now() })
      .where('tenant_id', '=', here.tenant.id)
      .where('id', '=', accountId)
      .execute()
    await ask(here, username)
    await ask(here, 'ufficio@example.org')
    await expect
      .poll(() => database.owner.selectFrom('password_reset_requests').selectAll().execute(), {
        timeout: 15_000,
      })
      .toEqual([])
    expect(await audited(here.tenant, 'password.reset_requested')).toEqual([])
  })
})

describe('after the entity’s last day of passwords', () => {
  test('every path is refused with the day, also a link issued before', async () => {
    const here = await scene()
    const { tenant, family, base, guest } = here
    const { activationCode } = tenant
    const path = await link(here)
    const portal = await sessions.begin(tenant.id, family.accountId, 'portal')
    const app = await sessions.begin(tenant.id, family.accountId, 'app')
    const form = await guest.formOf(`${base}/accedi`)
    await ask(here, family.username)
    const yesterday = addDays(today(), -1)
    await closeOn(tenant, yesterday)
    const [year, month, day] = yesterday.split('-')
    const said = `${day}/${month}/${year}`
    const person = {
      firstName: 'Rosa',
      lastName: 'Provetti',
      email: 'rosa@example.org',
      username: 'rosa.nuova',
      password: NEW_PASSWORD,
    }
    for (const page of [
      await guest.get(`${base}/password-dimenticata`),
      await guest.post(`${base}/password-dimenticata`, { form, account: family.username }),
      await guest.get(path),
      await guest.post(`${base}/password-nuova`, { form, codice: codeIn(path), password: NEW_PASSWORD }),
      await guest.get(`${base}/registrati`),
      await guest.post(`${base}/registrati`, { form, ...person, consent: 'yes' }),
      await guest.post(`${base}/accedi`, { form, username: family.username, password: family.password }),
    ])
      expect([page.status, page.text.includes(said)]).toEqual([403, true])
    for (const answer of [
      await enter(tenant, family.username, family.password),
      await api('/password-resets', { activationCode, account: family.username }),
      await api('/accounts', { activationCode, ...person, privacyAccepted: true }),
    ])
      expect(answer).toMatchObject({ status: 403, body: { code: 'sign_in.method_closed' } })
    const living = visitor(world, `borsellino-${tenant.slug}=${portal.token}`)
    const sent = await living.get(`${base}/pagamenti`)
    expect(sent.location).toContain(`${base}/accedi?poi=`)
    expect((await living.get(sent.location)).text).toContain('L’accesso con nome utente e password è finito')
    expect((await api('/children/claims', { code: 'x' }, app.token)).status).toBe(401)
  })

  test('hashes live for the grace, in which another date opens all again, and are deleted after it: the staff’s stay', async () => {
    const [here, open] = [await scene(), await scene()]
    const { tenant, family } = here
    const staff = await hire(world, tenant, 'clerk')
    await link(here)
    await closeOn(tenant, addDays(today(), -PASSWORD_GRACE_DAYS))
    expect(await deleteEndedPasswords(services)).toBe(0)
    await closeOn(tenant, addDays(today(), 5))
    expect((await enter(tenant, family.username, family.password)).status).toBe(201)
    await closeOn(tenant, addDays(today(), -PASSWORD_GRACE_DAYS - 1))
    expect(await deleteEndedPasswords(services)).toBe(1)
    expect(await deleteEndedPasswords(services)).toBe(0)
    const left = await database.owner
      .selectFrom('passwords')
      .select('account_id')
      .where('tenant_id', '=', tenant.id)
      .execute()
    expect(left).toEqual([{ account_id: staff.accountId }])
    const resets = database.owner.selectFrom('password_resets').selectAll().where('tenant_id', '=', tenant.id)
    expect(await resets.execute()).toEqual([])
    const deleted = await audited(tenant, 'password.deleted')
    expect(deleted.map(({ actor_kind, details }) => [actor_kind, details])).toEqual([
      ['system', { count: 1 }],
    ])
    const office = visitor(world)
    const fields = { username: staff.username, password: TEST_STAFF_PASSWORD }
    const door = `/${tenant.slug}/ufficio/accedi`
    const asked = await office.send(door, door, fields)
    // The password was right: the telephone is asked for.
    expect([asked.status, asked.text.includes('name="step"')]).toEqual([200, true])
    expect((await enter(open.tenant, open.family.username, open.family.password)).status).toBe(201)
    // Even a date moved on again brings nothing back.
    await closeOn(tenant, null)
    expect((await enter(tenant, family.username, family.password)).status).toBe(401)
  })
})
