import { describe, expect, test } from 'vitest'
import { addDays, romeDate } from '#core/clock.ts'
import type { Tenant } from '#core/tenant.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import { door } from './support/door.ts'
import { openTestHouse, TEST_FAMILY_PASSWORD } from './support/house.ts'
import { hire, officeClient, TEST_STAFF_PASSWORD, withPhone } from './support/office.ts'
import { hiddenField, totpCode } from './support/second-factor.ts'

const world = await openTestHouse()
const { house, url, clock } = world

/** Posts the sign-in form of a face as a browser would. */
const signIn = (base: string, username: string, password: string) =>
  door(url, base).password(username, password)

/** Signs a new member of the staff in, with the code of a telephone. */
async function enter(tenant: Tenant, role: StaffRole) {
  const { accountId, username } = await hire(world, tenant, role)
  const secret = await withPhone(world, tenant, accountId)
  const office = door(url, `/${tenant.slug}/ufficio`)
  const asked = await office.password(username, TEST_STAFF_PASSWORD)
  return office.code(hiddenField(asked.text, 'step'), totpCode(secret, clock.now()))
}

describe('sign-in of the staff', () => {
  test('opens the office with a cookie of its own, and no page of the families', async () => {
    const tenant = await world.addTenant()
    const signed = await enter(tenant, 'clerk')
    expect([signed.status, signed.location]).toEqual([303, `/${tenant.slug}/ufficio/`])
    const { cookie } = signed
    expect(cookie).toMatch(new RegExp(`^borsellino_ufficio-${tenant.slug}=`))
    expect(signed.flags).toMatch(/HttpOnly/)
    const open = (path: string, sent = cookie) =>
      fetch(`${url}/${tenant.slug}${path}`, { headers: { cookie: sent }, redirect: 'manual' })
    expect((await open('/ufficio/')).status).toBe(200)
    expect((await open('/pagamenti')).status).toBe(303)
    const smuggled = cookie.replace('borsellino_ufficio-', 'borsellino-')
    expect((await open('/pagamenti', smuggled)).status).toBe(303)
  })

  test('a parent cannot enter the office, nor staff the families’ pages', async () => {
    const tenant = await world.addTenant()
    const family = await world.addFamily(tenant)
    const { username } = await hire(world, tenant, 'administrator')
    const parent = await signIn(`/${tenant.slug}/ufficio`, family.username, TEST_FAMILY_PASSWORD)
    const staff = await signIn(`/${tenant.slug}`, username, TEST_STAFF_PASSWORD)
    expect([parent.status, parent.cookie, staff.status, staff.cookie]).toEqual([401, '', 401, ''])
  })

  test('stays open to staff after the day on which the entity closes its parents’ passwords', async () => {
    const until = addDays(romeDate(clock.now()), -1)
    const tenant = await world.addTenant({ policies: { passwordLoginUntil: until } })
    const family = await world.addFamily(tenant)
    const { status, cookie } = await enter(tenant, 'clerk')
    expect(status).toBe(303)
    const inside = await fetch(`${url}/${tenant.slug}/ufficio/pagamenti`, {
      headers: { cookie },
      redirect: 'manual',
    })
    expect(inside.status).toBe(200)
    await expect((await fetch(`${url}/${tenant.slug}/accedi`)).text()).resolves.not.toContain(
      'name="password"',
    )
    const { token } = await house.sessions.begin(tenant.id, family.accountId, 'portal')
    const parent = await fetch(`${url}/${tenant.slug}/pagamenti`, {
      headers: { cookie: `borsellino-${tenant.slug}=${token}` },
      redirect: 'manual',
    })
    expect(parent.status).toBe(303)
  })

  test('slows down who guesses, whichever door is tried', async () => {
    clock.toNextMinute()
    const tenant = await world.addTenant()
    const { username } = await hire(world, tenant, 'clerk')
    const tries = []
    for (let n = 0; n < 5; n++) {
      tries.push((await signIn(`/${tenant.slug}/ufficio`, username, `sbagliata ${n}`)).status)
      tries.push((await signIn(`/${tenant.slug}`, username, `sbagliata ${n}`)).status)
    }
    expect(new Set(tries)).toEqual(new Set([401]))
    expect((await signIn(`/${tenant.slug}/ufficio`, username, TEST_STAFF_PASSWORD)).status).toBe(429)
  })

  test('signing out ends the session itself, and a link from outside leads nowhere else', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant)
    const form = await office.formOf('/')
    expect((await office.post('/esci', { form })).location).toBe(`/${tenant.slug}/ufficio/accedi`)
    expect((await office.get('/')).status).toBe(303)
    const there = await officeClient(world, tenant)
    for (const poi of ['https://example.org/', `/${tenant.slug}/pagamenti`, `/${tenant.slug}/ufficio//x`])
      expect((await there.get(`/accedi?poi=${encodeURIComponent(poi)}`)).location).toBe(
        `/${tenant.slug}/ufficio/`,
      )
  })
})
