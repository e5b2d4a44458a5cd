import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import { changeRole, disableStaff } from '#tenants/staff/roles.ts'
import { door } from './support/door.ts'
import { openTestHouse } from './support/house.ts'
import { refusal } from './support/households.ts'
import { letterTo, lettersTo, linkIn } from './support/mailbox.ts'
import { hire, officeClient, withPhone } from './support/office.ts'
import { hiddenField, shownSecret, totpCode } from './support/second-factor.ts'

const world = await openTestHouse()
const { house, url, clock } = world
const { services } = house
const { db } = services
const PASSWORD = 'una frase tutta mia'
let serial = 0

const newAddress = () => `collega.${++serial}@example.org`

function logOf(tenant: Tenant) {
  return inTenant(db, tenant.id, (tx) =>
    tx
      .selectFrom('audit_log')
      .select(['action', 'actor_kind', 'actor_id', 'subject_id', 'details'])
      .where('tenant_id', '=', tenant.id)
      .orderBy('id')
      .execute(),
  )
}

/** Invites through the page, and waits for the letter. */
async function invited(tenant: Tenant, role: StaffRole = 'clerk') {
  const boss = await officeClient(world, tenant)
  const email = newAddress()
  const made = await boss.post('/personale/inviti', { form: await boss.formOf('/personale'), email, role })
  expect([made.status, made.location]).toEqual([303, `/${tenant.slug}/ufficio/personale?fatto=invitato`])
  return { boss, email, path: linkIn(await letterTo(world, email)) }
}

/** Follows a link, with or without posting what the page asks for. */
const look = (path: string) => fetch(url + path)
async function join(path: string, change: Record<string, string> = {}) {
  const form = hiddenField(await (await look(path.replace(/invito.*/, 'accedi'))).text(), 'form')
  const person = { firstName: 'Nina', lastName: 'Neri', username: `nina.${++serial}`, password: PASSWORD }
  const fields = { form, ...person, ...change }
  const options = { method: 'POST', body: new URLSearchParams(fields), headers: { origin: url } }
  const response = await fetch(url + path, { ...options, redirect: 'manual' })
  return { status: response.status, text: await response.text(), username: fields.username }
}

/** The buttons of the first invitation that waits. */
const waitingPath = (text: string) => /\/ufficio(\/personale\/inviti\/[0-9a-f-]{36})\//.exec(text)![1]!

describe('an invitation', () => {
  test('leads by letter to an account with a telephone and to the office, in a draft too', async () => {
    const tenant = await world.addTenant({ state: 'draft' })
    const { email, path } = await invited(tenant, 'accountant')
    const [letter] = await lettersTo(world, email)
    expect(letter!.text).toContain('Ragioneria')
    const page = await (await look(path)).text()
    expect(page).toContain('Tiene i conti')
    expect(page).not.toContain(email)
    const joined = await join(path)
    expect(joined.status).toBe(200)
    const office = door(url, `/${tenant.slug}/ufficio`)
    const code = totpCode(shownSecret(joined.text), clock.now())
    const entered = await office.setUp(hiddenField(joined.text, 'step'), code)
    const home = await office.open('/', entered.cookie)
    expect([home.status, await home.text()]).toEqual([200, expect.stringContaining('Nina')])
    expect((await office.password(joined.username, PASSWORD)).status).toBe(200)
    const account = await inTenant(db, tenant.id, (tx) =>
      tx
        .selectFrom('accounts')
        .select(['id', 'email', 'email_confirmed_at', 'staff_role'])
        .where('tenant_id', '=', tenant.id)
        .where('first_name', '=', 'Nina')
        .executeTakeFirstOrThrow(),
    )
    expect(account).toMatchObject({ email, staff_role: 'accountant' })
    expect(account.email_confirmed_at).not.toBeNull()
    const lines = await logOf(tenant)
    expect(lines.find(({ action }) => action === 'staff.joined')).toMatchObject({
      actor_id: account.id,
      details: { role: 'accountant', comes_back: false },
    })
    expect(JSON.stringify(lines)).not.toContain(email)
  })

  test('is used once, also by two who follow it together', async () => {
    const tenant = await world.addTenant()
    const { path } = await invited(tenant)
    const both = await Promise.all([join(path), join(path)])
    expect(both.map(({ status }) => `${status}`).toSorted()).toEqual(['200', '404'])
    expect((await look(path)).status).toBe(404)
  })

  test('is kept as a hash and sealed, and its token is nowhere in the database', async () => {
    const tenant = await world.addTenant()
    const { email, path } = await invited(tenant)
    const token = path.split('/').at(-1)!
    const rows = await inTenant(db, tenant.id, (tx) =>
      tx.selectFrom('staff_invitations').selectAll().where('tenant_id', '=', tenant.id).execute(),
    )
    const kept = rows.map((row) => JSON.stringify(row) + row.address_sealed.toString('latin1')).join()
    expect(kept).not.toContain(token)
    expect(kept).not.toContain(email)
  })

  test('runs out after seven days, and a letter sent again carries another link while the old one is dead', async () => {
    const tenant = await world.addTenant()
    const { boss, email, path } = await invited(tenant)
    clock.forwardDays(7)
    expect((await look(path)).status).toBe(404)
    expect((await join(path)).status).toBe(404)
    const again = await officeClient(world, tenant)
    const { text } = await again.get('/personale')
    expect(text).toContain('Scaduto')
    const form = await again.formOf('/personale')
    expect((await again.post(`${waitingPath(text)}/ancora`, { form })).status).toBe(303)
    const second = linkIn(await letterTo(world, email, 2))
    expect(second).not.toBe(path)
    expect((await look(path)).status).toBe(404)
    expect((await look(second)).status).toBe(200)
    clock.reset()
    expect((await boss.get('/personale')).text).toContain(email)
  })

  test('is taken back, and then neither opens nor can be sent again', async () => {
    const tenant = await world.addTenant()
    const { boss, path } = await invited(tenant)
    const one = waitingPath((await boss.get('/personale')).text)
    const form = await boss.formOf('/personale')
    expect((await boss.post(`${one}/revoca`, { form })).status).toBe(303)
    expect((await look(path)).status).toBe(404)
    expect((await boss.post(`${one}/ancora`, { form })).status).toBe(404)
    expect((await boss.post(`${one}/revoca`, { form })).status).toBe(404)
  })

  test('asks for a good password, a free name and whole names, and keeps what was typed', async () => {
    const tenant = await world.addTenant()
    const { path } = await invited(tenant)
    const { username } = await hire(world, tenant, 'clerk')
    const cases: [Record<string, string>, number, string][] = [
      [{ password: 'corta' }, 422, 'almeno 10 caratteri'],
      [{ password: 'password123' }, 422, 'password'],
      [{ username: username.toUpperCase() }, 409, 'Nina'],
      [{ username: 'a b' }, 422, 'almeno 3 caratteri'],
      [{ firstName: ' ' }, 422, 'Scrivi il tuo nome'],
    ]
    for (const [change, status, words] of cases) {
      const answer = await join(path, change)
      expect([change, answer.status]).toEqual([change, status])
      expect(answer.text).toContain(words)
      expect(answer.text).toContain('value="Neri"')
      expect(answer.text).not.toContain(PASSWORD)
    }
    expect((await join(path)).status).toBe(200)
  })

  test('goes once to an address, and the page says what is wrong with a form', async () => {
    const tenant = await world.addTenant()
    const { boss, email } = await invited(tenant)
    const form = await boss.formOf('/personale')
    const twice = await boss.post('/personale/inviti', { form, email: email.toUpperCase(), role: 'clerk' })
    expect([twice.status, twice.text.includes('C’è già un invito')]).toEqual([409, true])
    const wrong = await boss.post('/personale/inviti', { form, email: 'nessuno', role: 'capo' })
    expect([wrong.status, wrong.text.includes('value="nessuno"')]).toEqual([422, true])
    expect(wrong.text).toContain('Scegli un ruolo')
  })

  test('is guessed ten times a minute, and then by nobody from there', async () => {
    const tenant = await world.addTenant()
    const { path } = await invited(tenant)
    clock.hold()
    const wrong = path.replace(/[^/]+$/, 'AAAAAAAAAAAAAAAAAAAAAAAAAAA')
    const statuses = []
    for (let n = 0; n < 11; n++) statuses.push((await look(wrong)).status)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 404), 429])
    expect((await look(path)).status).toBe(429)
    clock.release()
    clock.reset()
  })
})

describe('a colleague', () => {
  test('gets another role from the next page on, written down with before and after', async () => {
    const tenant = await world.addTenant()
    const boss = await officeClient(world, tenant)
    const clerk = await officeClient(world, tenant, 'clerk')
    expect((await clerk.get('/registro')).status).toBe(403)
    const page = `/personale/${clerk.accountId}`
    const form = await boss.formOf(page)
    expect((await boss.post(`${page}/ruolo`, { form, role: 'accountant' })).status).toBe(303)
    expect((await clerk.get('/registro')).status).toBe(200)
    expect((await boss.post(`${page}/ruolo`, { form, role: 'sindaco' })).status).toBe(422)
    const line = (await logOf(tenant)).find(({ action }) => action === 'staff.role_changed')
    expect(line).toMatchObject({
      actor_id: boss.accountId,
      subject_id: clerk.accountId,
      details: { from: 'clerk', to: 'accountant' },
    })
  })

  test('whose account is closed is out at once, keeps nothing to come in with, and comes back by an invitation', async () => {
    const tenant = await world.addTenant()
    const boss = await officeClient(world, tenant)
    const clerk = await officeClient(world, tenant, 'clerk')
    await withPhone(world, tenant, clerk.accountId)
    const page = `/personale/${clerk.accountId}`
    const form = await boss.formOf(page)
    expect((await boss.post(`${page}/disattiva`, { form })).status).toBe(303)
    expect((await clerk.get('/')).status).toBe(303)
    const left = await inTenant(db, tenant.id, async (tx) => {
      const count = async (table: 'passwords' | 'second_factors' | 'recovery_codes' | 'sessions') =>
        (
          await tx
            .selectFrom(table)
            .select('account_id')
            .where('tenant_id', '=', tenant.id)
            .where('account_id', '=', clerk.accountId)
            .execute()
        ).length
      return [
        await count('passwords'),
        await count('second_factors'),
        await count('recovery_codes'),
        await count('sessions'),
      ]
    })
    expect(left).toEqual([0, 0, 0, 0])
    const closed = (await logOf(tenant)).find(({ action }) => action === 'staff.disabled')
    expect(closed).toMatchObject({
      subject_id: clerk.accountId,
      details: { role: 'clerk', sessions_ended: 1, tokens_revoked: 0 },
    })
    expect((await boss.post(`${page}/disattiva`, { form })).status).toBe(404)
    const email = newAddress()
    expect((await boss.post(`${page}/invita`, { form, email, role: 'school' })).status).toBe(303)
    const joined = await join(linkIn(await letterTo(world, email)), { firstName: 'Ada' })
    expect(joined.status).toBe(200)
    const account = await inTenant(db, tenant.id, (tx) =>
      tx
        .selectFrom('accounts')
        .select(['staff_role', 'disabled_at'])
        .where('tenant_id', '=', tenant.id)
        .where('id', '=', clerk.accountId)
        .executeTakeFirstOrThrow(),
    )
    expect(account).toEqual({ staff_role: 'school', disabled_at: null })
  })

  test('nobody changes or closes their own account', async () => {
    const tenant = await world.addTenant()
    await hire(world, tenant, 'administrator')
    const boss = await officeClient(world, tenant)
    const page = `/personale/${boss.accountId}`
    expect((await boss.get(page)).text).not.toContain('/disattiva')
    const form = await boss.formOf(page)
    for (const [path, role] of [
      ['/ruolo', 'clerk'],
      ['/disattiva', ''],
    ]) {
      const answer = await boss.post(page + path, { form, role: role! })
      expect([answer.status, answer.text.includes('Non puoi farlo su di te')]).toEqual([409, true])
    }
  })

  test('the last administrator stays one, whoever asks, and however many ask at once', async () => {
    for (const act of ['lower', 'disable'] as const) {
      const tenant = await world.addTenant()
      const [one, other] = [
        await hire(world, tenant, 'administrator'),
        await hire(world, tenant, 'administrator'),
      ]
      const does = (by: string | null, accountId: string) => {
        const decision = { tenantId: tenant.id, by, accountId }
        return act === 'lower'
          ? changeRole(db, decision, 'clerk', clock.now())
          : disableStaff(db, decision, clock.now())
      }
      const each = [does(one.accountId, other.accountId), does(other.accountId, one.accountId)]
      const outcomes = await Promise.allSettled(each)
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      const left = await inTenant(db, tenant.id, (tx) =>
        tx
          .selectFrom('accounts')
          .select('id')
          .where('tenant_id', '=', tenant.id)
          .where('staff_role', '=', 'administrator')
          .where('disabled_at', 'is', null)
          .execute(),
      )
      expect(left).toHaveLength(1)
      expect(await refusal(does(null, left[0]!.id))).toBe('staff.last_administrator')
    }
  })
})
