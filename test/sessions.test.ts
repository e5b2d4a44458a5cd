import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { BY_PASSWORD, type Face } from '#tenants/sign-in/sessions.ts'
import { openTestHouse, TEST_FAMILY_PASSWORD } from './support/house.ts'

const world = await openTestHouse()
const { house, clock, url, addTenant, addFamily } = world
const { sessions, services } = house
const MINUTE = 1 / 1_440

const FACES = ['portal', 'app', 'office'] as const

async function begun(face: Face) {
  const tenant = await addTenant()
  const { accountId } = await addFamily(tenant, 1)
  const { token } = await sessions.begin(tenant.id, accountId, face)
  return {
    tenant,
    accountId,
    token,
    isAlive: async () => (await sessions.find(tenant.id, token, face)) !== undefined,
  }
}

/** What is stored of the sessions of an entity. */
function rowsOf(tenantId: string) {
  return inTenant(services.db, tenantId, (tx) =>
    tx.selectFrom('sessions').selectAll().where('tenant_id', '=', tenantId).orderBy('created_at').execute(),
  )
}

describe.each([
  ['portal', 60, 12],
  ['office', 30, 10],
] as const)('a session of the %s', (face, idleMinutes, hours) => {
  test('ends when it has not been used for its time, and no earlier', async () => {
    const { isAlive } = await begun(face)
    clock.forwardDays((idleMinutes - 1) * MINUTE)
    expect(await isAlive()).toBe(true)
    clock.forwardDays((idleMinutes - 1) * MINUTE)
    expect(await isAlive()).toBe(true)
    clock.forwardDays((idleMinutes + 1) * MINUTE)
    expect(await isAlive()).toBe(false)
  })

  test('ends after its hours however much it is used, whatever its row says', async () => {
    const { tenant, isAlive } = await begun(face)
    const steps = (hours * 60) / 10
    for (let step = 1; step < steps; step++) {
      clock.forwardDays(10 * MINUTE)
      if (!(await isAlive())) throw new Error(`it ended after ${step * 10} minutes`)
    }
    await inTenant(services.db, tenant.id, (tx) =>
      tx
        .updateTable('sessions')
        .set({ expires_at: new Date(clock.now().getTime() + 86_400_000) })
        .where('tenant_id', '=', tenant.id)
        .execute(),
    )
    clock.forwardDays(10 * MINUTE)
    expect(await isAlive()).toBe(false)
  })
})

test('an app’s token lives for an hour, used or not', async () => {
  const { isAlive } = await begun('app')
  for (let step = 1; step < 6; step++) {
    clock.forwardDays(10 * MINUTE)
    expect(await isAlive()).toBe(true)
  }
  clock.forwardDays(10 * MINUTE)
  expect(await isAlive()).toBe(false)
})

test.each(FACES)('a session of the %s is none at another face', async (face) => {
  const { tenant, token, isAlive } = await begun(face)
  for (const other of FACES.filter((one) => one !== face))
    expect(await sessions.find(tenant.id, token, other)).toBeUndefined()
  expect(await isAlive()).toBe(true)
})

test('use is written down at most every five minutes', async () => {
  const { tenant, isAlive } = await begun('portal')
  const [at] = await rowsOf(tenant.id)
  for (let minute = 0; minute < 4; minute++) {
    clock.forwardDays(MINUTE)
    await isAlive()
  }
  expect(await rowsOf(tenant.id)).toEqual([at])
  clock.forwardDays(2 * MINUTE)
  await isAlive()
  const [later] = await rowsOf(tenant.id)
  expect(later!.last_seen_at.getTime() - at!.last_seen_at.getTime()).toBeGreaterThanOrEqual(5 * 60_000)
})

test('what is over is deleted in every entity, and what lives is not', async () => {
  const [old, other] = [await begun('portal'), await begun('app')]
  clock.forwardDays(61 * MINUTE)
  const young = await begun('portal')
  await sessions.deleteExpired()
  expect(await rowsOf(old.tenant.id)).toEqual([])
  expect(await rowsOf(other.tenant.id)).toEqual([])
  expect(await young.isAlive()).toBe(true)
})

describe('signing in by the form', () => {
  /** Signs a browser in that already has a session of the entity and one of another, and answers its new cookie. */
  async function signInAgain() {
    const [here, elsewhere] = [await addTenant(), await addTenant()]
    const [family, foreign] = [await addFamily(here, 1), await addFamily(elsewhere, 1)]
    const former = await sessions.begin(here.id, family.accountId, 'portal')
    const untouched = await sessions.begin(elsewhere.id, foreign.accountId, 'portal')
    const cookies = `borsellino-${elsewhere.slug}=${untouched.token}`
    const shown = await fetch(`${url}/${here.slug}/accedi`, { headers: { cookie: cookies } })
    const form = /name="form" value="([^"]+)"/.exec(await shown.text())![1]!
    const headers = {
      cookie: `${cookies}; borsellino-${here.slug}=${former.token}`,
      origin: url,
      'user-agent':
        'Mozilla/5.0 (Linux; Android 16; Inventato 7) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36',
    }
    // The form is of somebody who is not signed in yet: the browser's old session comes with it all the same.
    const body = new URLSearchParams({ form, username: family.username, password: TEST_FAMILY_PASSWORD })
    const answer = await fetch(`${url}/${here.slug}/accedi`, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
    })
    const token = /borsellino-[^=]+=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')![1]!
    return { here, elsewhere, former, untouched, token }
  }

  test('gives the browser another session, ends the one it had, and leaves the other entity’s alone', async () => {
    const { here, elsewhere, former, untouched, token } = await signInAgain()
    expect(token).not.toBe(former.token)
    expect(await sessions.find(here.id, former.token, 'portal')).toBeUndefined()
    expect(await sessions.find(here.id, token, 'portal')).toBeDefined()
    expect(await sessions.find(elsewhere.id, untouched.token, 'portal')).toBeDefined()
  })

  test('keeps a short label of the browser, and nothing else of what it says of itself', async () => {
    const { here } = await signInAgain()
    const rows = await rowsOf(here.id)
    expect(rows.map(({ device }) => device)).toEqual(['Chrome · Android'])
    expect(JSON.stringify(rows)).not.toMatch(/Mozilla|Inventato|537/)
  })
})

describe('the list of one’s own sessions', () => {
  async function household() {
    const tenant = await addTenant()
    const [elena, other] = [await addFamily(tenant, 1), await addFamily(tenant, 1)]
    const begin = async (accountId: string, device: string) => {
      const { token } = await sessions.begin(tenant.id, accountId, 'portal', BY_PASSWORD, device)
      return (await sessions.find(tenant.id, token, 'portal'))!
    }
    return {
      tenant,
      elena,
      phone: await begin(elena.accountId, 'Chrome · Android'),
      desk: await begin(elena.accountId, 'Firefox · Windows'),
      stranger: await begin(other.accountId, 'Safari · macOS'),
    }
  }

  test('shows one’s own alone, this one first, and none that is over', async () => {
    const { phone, desk } = await household()
    const [first, second, ...rest] = await sessions.list(phone)
    expect(first).toMatchObject({ id: phone.sessionId, device: 'Chrome · Android', isCurrent: true })
    expect(second).toMatchObject({ id: desk.sessionId, device: 'Firefox · Windows', isCurrent: false })
    expect(rest).toEqual([])
    clock.forwardDays(61 * MINUTE)
    expect(await sessions.list(phone)).toEqual([])
  })

  test('ends one of one’s own, and writes it down', async () => {
    const { tenant, phone, desk, stranger } = await household()
    await sessions.endOne(phone, desk.sessionId)
    expect(await sessions.find(tenant.id, desk.token, 'portal')).toBeUndefined()
    expect(await sessions.find(tenant.id, phone.token, 'portal')).toBeDefined()
    expect(await auditOf(tenant.id, 'session.ended')).toMatchObject([
      { actor_id: phone.accountId, subject_id: desk.sessionId },
    ])
    const notFound = { code: 'resource.not_found' }
    await expect(sessions.endOne(phone, desk.sessionId)).rejects.toMatchObject(notFound)
    await expect(sessions.endOne(phone, stranger.sessionId)).rejects.toMatchObject(notFound)
    expect(await sessions.find(tenant.id, stranger.token, 'portal')).toBeDefined()
  })

  test('another entity’s session is none of one’s own, not even the same person’s', async () => {
    const [here, elsewhere] = [await household(), await household()]
    await expect(sessions.endOne(here.phone, elsewhere.phone.sessionId)).rejects.toMatchObject({
      code: 'resource.not_found',
    })
    expect(await sessions.endAll(here.tenant.id, elsewhere.elena.accountId)).toBe(0)
    expect(await sessions.find(elsewhere.tenant.id, elsewhere.phone.token, 'portal')).toBeDefined()
  })

  test('ends all but one, or all, of one account', async () => {
    const { tenant, elena, phone, desk, stranger } = await household()
    expect(await sessions.endAll(tenant.id, elena.accountId, phone.sessionId)).toBe(1)
    expect(await sessions.find(tenant.id, desk.token, 'portal')).toBeUndefined()
    expect(await sessions.find(tenant.id, phone.token, 'portal')).toBeDefined()
    expect(await sessions.endAll(tenant.id, elena.accountId)).toBe(1)
    expect(await sessions.find(tenant.id, phone.token, 'portal')).toBeUndefined()
    expect(await sessions.find(tenant.id, stranger.token, 'portal')).toBeDefined()
    expect((await auditOf(tenant.id, 'session.ended')).map(({ details }) => details)).toEqual([
      { count: 1, kept: true },
      { count: 1, kept: false },
    ])
  })
})

function auditOf(tenantId: string, action: string) {
  return inTenant(services.db, tenantId, (tx) =>
    tx
      .selectFrom('audit_log')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('action', '=', action)
      .orderBy('id')
      .execute(),
  )
}
