import { describe, expect, test } from 'vitest'
import { OPERATOR_ROUTES } from '../src/operator/access.ts'
import { OPERATOR_PATH } from '../src/operator/context.ts'
import { newId } from '#core/ids.ts'
import { disableOperator, resetOperator } from '#tenants/operators/accounts.ts'
import { createOperatorSessions } from '#tenants/operators/sessions.ts'
import { door } from './support/door.ts'
import { openTestHouse } from './support/house.ts'
import { hire } from './support/office.ts'
import { OPERATOR_PASSWORD, operatorsOf, type SettledOperator } from './support/operators.ts'
import { hiddenField, shownSecret, totpCode } from './support/second-factor.ts'

const world = await openTestHouse()
const { house, web, url, clock } = world
const { services } = house
const { db } = services
const gestione = door(url, OPERATOR_PATH)
const sessions = createOperatorSessions(db, clock)

const { created, settled, logOf } = operatorsOf(world)
const PASSWORD = OPERATOR_PASSWORD

async function enter({ username, code }: SettledOperator) {
  const asked = await gestione.password(username, PASSWORD)
  return gestione.code(hiddenField(asked.text, 'step'), code())
}

describe('the first sign-in of an operator', () => {
  test('asks for a password of one’s own and a telephone, and only then opens', async () => {
    const { username, password, operatorId } = await created()
    const asked = await gestione.password(username, password)
    expect([asked.status, asked.flags]).toEqual([200, ''])
    const [step, secret] = [hiddenField(asked.text, 'step'), shownSecret(asked.text)]
    const code = totpCode(secret, clock.now())
    const attempts: [Record<string, string>, number][] = [
      [{}, 422],
      [{ password: 'corta', repeated: 'corta' }, 422],
      [{ password: PASSWORD, repeated: 'un’altra frase' }, 422],
      [{ password, repeated: password }, 422],
    ]
    for (const [fields, status] of attempts)
      expect([fields, (await gestione.setUp(step, code, fields)).status]).toEqual([fields, status])
    const own = { password: PASSWORD, repeated: PASSWORD }
    expect((await gestione.setUp(step, totpCode(secret, clock.now(), 9), own)).status).toBe(401)
    const done = await gestione.setUp(step, code, own)
    expect([done.status, done.location]).toEqual([303, '/gestione/'])
    expect(done.cookie).toMatch(/^borsellino_gestione=/)
    expect(done.flags).toMatch(/HttpOnly.*SameSite=Strict/)
    expect((await gestione.open('/', done.cookie)).status).toBe(200)
    expect((await gestione.password(username, password)).status).toBe(401)
    expect((await gestione.setUp(step, totpCode(secret, clock.now(), 1), own)).status).toBe(409)
    expect((await logOf(operatorId)).map(({ action }) => action)).toEqual([
      'operator.created',
      'second_factor.set_up',
      'sign_in.succeeded',
      'sign_in.refused',
    ])
  })

  test('cannot wait longer than a week', async () => {
    const { username, password } = await created()
    clock.forwardDays(7)
    expect((await gestione.password(username, password)).status).toBe(401)
    clock.reset()
  })
})

describe('signing in as an operator', () => {
  test('takes the password and one code, each code once', async () => {
    const operator = await settled()
    const asked = await gestione.password(operator.username, PASSWORD)
    expect([asked.status, asked.flags]).toEqual([200, ''])
    const step = hiddenField(asked.text, 'step')
    const twice = await Promise.all([
      gestione.code(step, operator.code()),
      gestione.code(step, operator.code()),
    ])
    expect(twice.map(({ status }) => `${status}`).toSorted()).toEqual(['303', '401'])
    expect((await gestione.code(step, operator.code(3))).status).toBe(401)
    expect((await gestione.code(step, operator.code(1))).status).toBe(303)
  })

  test('a step of an entity’s office is none here, and leads nowhere else afterwards', async () => {
    const tenant = await world.addTenant()
    const { username } = await hire(world, tenant, 'clerk')
    const staff = await door(url, `/${tenant.slug}/ufficio`).password(username, 'parola-dell-ufficio')
    const step = hiddenField(staff.text, 'step')
    const code = totpCode(shownSecret(staff.text), clock.now())
    expect((await gestione.setUp(step, code, { password: PASSWORD, repeated: PASSWORD })).status).toBe(409)
    const operator = await settled()
    const asked = await gestione.password(operator.username, PASSWORD, 'https://example.org/')
    const entered = await gestione.code(hiddenField(asked.text, 'step'), operator.code())
    expect(entered.location).toBe('/gestione/')
  })
})

describe('an operator’s session', () => {
  test('ends after thirty minutes of rest, after ten hours in all, and at sign-out', async () => {
    const operator = await settled()
    const token = await sessions.begin(operator.operatorId)
    for (let n = 0; n < 20; n++) {
      clock.forwardDays(29 / 1440)
      expect(await sessions.find(token)).toMatchObject({ operatorId: operator.operatorId })
    }
    clock.forwardDays(29 / 1440)
    expect(await sessions.find(token)).toBeUndefined()
    clock.reset()
    const idle = await sessions.begin(operator.operatorId)
    clock.forwardDays(31 / 1440)
    expect(await sessions.find(idle)).toBeUndefined()
    clock.reset()
    const { cookie } = await enter(operator)
    const page = await (await gestione.open('/', cookie)).text()
    const body = new URLSearchParams({ form: hiddenField(page, 'form') })
    const headers = { cookie, origin: url }
    const out = await fetch(`${url}/gestione/esci`, { method: 'POST', body, headers, redirect: 'manual' })
    expect([out.status, out.headers.get('location')]).toEqual([303, '/gestione/accedi'])
    expect((await gestione.open('/', cookie)).status).toBe(303)
    expect((await logOf(operator.operatorId)).at(-1)!.action).toBe('sign_in.ended')
  })

  test('ends at once when the operator is disabled or reset, who then cannot come back with the old password', async () => {
    for (const end of [disableOperator, resetOperator]) {
      const operator = await settled()
      const { cookie } = await enter(operator)
      await end(db, operator.username, clock.now())
      expect((await gestione.open('/', cookie)).status).toBe(303)
      expect((await gestione.password(operator.username, PASSWORD)).status).toBe(401)
    }
    await expect(disableOperator(db, 'nessuno', clock.now())).rejects.toThrow('resource.not_found')
  })

  test('is kept as a hash, and neither it nor the secret can be read in the database', async () => {
    const operator = await settled()
    const { cookie } = await enter(operator)
    const token = cookie.split('=')[1]!
    const kept = await db.selectFrom('operator_sessions').select('token_hash').execute()
    expect(kept.map(({ token_hash }) => token_hash)).not.toContain(token)
  })
})

describe('who may open what', async () => {
  const tenant = await world.addTenant()
  const family = await world.addFamily(tenant, 1)
  const { accountId } = await hire(world, tenant, 'administrator')
  const staff = await house.sessions.begin(tenant.id, accountId, 'office')
  const parent = await house.sessions.begin(tenant.id, family.accountId, 'portal')
  const operator = await settled()
  const own = await sessions.begin(operator.operatorId)
  const VISITORS = {
    operator: `borsellino_gestione=${own}`,
    staff: `borsellino_ufficio-${tenant.slug}=${staff.token}`,
    'staff with the cookie’s name changed': `borsellino_gestione=${staff.token}`,
    parent: `borsellino-${tenant.slug}=${parent.token}; borsellino_gestione=${parent.token}`,
    nobody: '',
  }
  const routes = Object.entries(OPERATOR_ROUTES)

  test('the table names every route, and none that is not there', () => {
    const mounted = web.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith(OPERATOR_PATH))
      .map(({ method, path }) => `${method} ${path.slice(OPERATOR_PATH.length) || '/'}`)
    expect([...new Set(mounted)].toSorted()).toEqual(Object.keys(OPERATOR_ROUTES).toSorted())
  })

  describe.each(routes)('%s', (route, allowed) => {
    test.each(Object.entries(VISITORS))('as %s', async (visitor, cookie) => {
      const [method = '', path = ''] = route.split(' ')
      const place = path.replace(':slug', tenant.slug).replace(':id', newId()).replace('*', 'api/queues')
      const query = path.endsWith('/stato') ? '?a=suspended' : ''
      const response = await fetch(url + OPERATOR_PATH + place + query, {
        method,
        headers: { ...(cookie && { cookie }), origin: url },
        body: method === 'POST' ? new URLSearchParams({ form: 'x' }) : null,
        redirect: 'manual',
      })
      const answer = [response.status, response.headers.get('location')?.split('?')[0] ?? '']
      const signIn = [303, '/gestione/accedi']
      // What an operator posts without the form's own token is refused.
      const opened = [method === 'POST' ? 409 : 200, '']
      if (allowed === 'operator') expect(answer).toEqual(visitor === 'operator' ? opened : signIn)
      else if (method === 'POST') expect(answer).toEqual([409, ''])
      else if (path !== '/accedi') expect(answer).toEqual(signIn)
      else expect(answer).toEqual(visitor === 'operator' ? [303, '/gestione/'] : [200, ''])
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    })
  })

  test('an operator’s session opens no office, and no page of the families', async () => {
    for (const name of [`borsellino_ufficio-${tenant.slug}`, `borsellino-${tenant.slug}`]) {
      const cookie = `${name}=${tenant.id}.${own}; borsellino_gestione=${own}`
      for (const path of ['/ufficio/', '/pagamenti']) {
        const response = await fetch(`${url}/${tenant.slug}${path}`, {
          headers: { cookie },
          redirect: 'manual',
        })
        expect(response.status).toBe(303)
      }
    }
  })

  test('a form of another site is refused, and an address that is none is a 404 of this place', async () => {
    const foreign = await fetch(`${url}/gestione/accedi`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'x' }),
      headers: { origin: 'https://example.org' },
    })
    expect(foreign.status).toBe(403)
    const lost = await gestione.open('/inventata', VISITORS.operator)
    expect([lost.status, (await lost.text()).includes('/gestione/esci')]).toEqual([404, true])
    expect((await gestione.open('/ufficio/accedi', VISITORS.operator)).status).toBe(404)
  })

  test('the pages show entities and operators’ acts, and no family', async () => {
    const entities = await (await gestione.open('/', VISITORS.operator)).text()
    expect(entities).toContain(tenant.name)
    expect(entities).toContain(tenant.activationCode)
    const log = await (await gestione.open('/registro', VISITORS.operator)).text()
    expect(log).toContain('Gestore creato')
    expect(log).toContain(operator.name)
    for (const text of [entities, log]) expect(text).not.toContain('Provetti')
  })

  test('nobody can change or delete a row of the operators’ log', async () => {
    await expect(db.updateTable('operator_audit_log').set({ action: 'x.x' }).execute()).rejects.toMatchObject(
      {
        code: '42501',
      },
    )
    await expect(db.deleteFrom('operator_audit_log').execute()).rejects.toMatchObject({ code: '42501' })
    await expect(db.deleteFrom('operators').execute()).rejects.toMatchObject({ code: '42501' })
  })
})
