import { describe, expect, test } from 'vitest'
import { romeInstant } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { hashToken, newId } from '#core/ids.ts'
import { policiesSchema, type Policies } from '#core/tenant.ts'
import { takeBackMeal } from '#meals/charges.ts'
import { changeRole, disableStaff } from '#tenants/staff/roles.ts'
import { closeCanteen, openCanteen } from '../support/canteen-entity.ts'
import { openTestHouse } from '../support/house.ts'
import { machineToken } from '../support/machines.ts'
import { comesBack, hire, officeClient } from '../support/office.ts'
import { createApp, until } from './client.ts'

const world = await openTestHouse()
const { house, clock } = world
const { services } = house
const { call } = await createApp(world)
/** A Tuesday. */
const DAY = '2026-11-24'
clock.setTo(romeInstant(`${DAY}T08:00:00`))

const tenant = await world.addTenant()
const family = await world.addFamily(tenant, 2)
const [sofia, luca] = family.children.map(({ childId }) => childId) as [string, string]
const { classId } = await openCanteen(world, tenant, [sofia, luca], DAY)
const administrator = (await hire(world, tenant, 'administrator')).accountId
const { token } = await machineToken(world, tenant, administrator)
/** The tests move the clock further than a session lasts. */
const asParent = async () => ({
  token: (await house.sessions.begin(tenant.id, family.accountId, 'app')).token,
})

const listPath = (day = DAY) => `/attendance/REFEZIONE/${day}/classes/${classId}`
const absencePath = (day: string, childId = sofia) => `/children/${childId}/absences/REFEZIONE/${day}`
const states = (...absent: string[]) =>
  [sofia, luca].map((id) => ({ id, state: absent.includes(id) ? 'absent' : 'present' }))
const handIn = (version: string, children: unknown, close = true) =>
  call('PUT', listPath(), { token, json: { version, close, children } })
const statement = async () => {
  const { walletId } = family.children[0]!
  return (await call('GET', `/wallets/${walletId}/movements`, await asParent())).body.items
}
const logged = (action: string) =>
  inTenant(services.db, tenant.id, (tx) =>
    tx
      .selectFrom('audit_log')
      .select(['actor_id', 'subject_id', 'details'])
      .where('tenant_id', '=', tenant.id)
      .where('action', '=', action as never)
      .orderBy('id', 'desc')
      .execute(),
  )

describe('a parent', () => {
  test('announces an absence until the entity’s hour, sees it among the coming days, and takes it back', async () => {
    const days = async () => {
      const { body } = await call('GET', '/absences', await asParent())
      expect(body.until).toBe('09:00')
      return body.items.find((one: { child: { id: string } }) => one.child.id === sofia).days
    }
    expect((await days())[0]).toEqual({ day: DAY, state: 'expected', canChange: true })
    for (let twice = 0; twice < 2; twice++)
      expect((await call('PUT', absencePath(DAY), await asParent())).status).toBe(204)
    expect((await days())[0]).toEqual({ day: DAY, state: 'announced', canChange: true })
    const { body } = await call('GET', listPath(), { token })
    expect(body.children.find((one: { id: string }) => one.id === sofia)).toMatchObject({
      state: 'absent',
      source: 'parent',
    })
    expect((await call('DELETE', absencePath(DAY), await asParent())).status).toBe(204)
    expect((await days())[0].state).toBe('expected')
    const early = await call('PUT', absencePath('2026-12-08'), await asParent())
    expect([early.status, early.body.code]).toEqual([409, 'attendance.too_early'])
    clock.setTo(romeInstant(`${DAY}T09:00:00`))
    for (const method of ['PUT', 'DELETE']) {
      const late = await call(method, absencePath(DAY), await asParent())
      expect([late.status, late.body.code]).toEqual([409, 'attendance.too_late'])
      expect(late.body.detail).toContain('09:00')
    }
    expect((await days())[0].canChange).toBe(false)
  })
})

describe('a machine', () => {
  test('hands in the list of a class, which is charged; the same list twice is one', async () => {
    clock.setTo(romeInstant(`${DAY}T15:00:00`))
    const { version, state, children } = (await call('GET', listPath(), { token })).body
    expect([state, children.map((one: { state: null }) => one.state)]).toEqual(['new', [null, null]])
    const first = await handIn(version, states(luca))
    expect([first.status, first.body.state]).toEqual([200, 'closed'])
    expect((await handIn(version, states(luca))).body).toEqual(first.body)
    expect(await logged('attendance.saved')).toHaveLength(1)
    const classes = (await call('GET', `/attendance/REFEZIONE/${DAY}`, { token })).body.schools[0].classes
    expect(classes).toEqual([{ id: classId, name: '3ª B', children: 2, absent: 1, state: 'closed' }])
    const kitchen = (await call('GET', `/kitchen/REFEZIONE/${DAY}`, { token })).body.schools[0]
    expect(kitchen).toMatchObject({ meals: 1, openClasses: 0, classes: [{ name: '3ª B', meals: 1 }] })
    const [meal] = await until(statement, (items) => items.length > 0)
    expect(meal).toMatchObject({ kind: 'meal', amountCents: -490, meal: { day: DAY, reversal: null } })
    const [entry] = await logged('attendance.saved')
    expect(entry).toMatchObject({
      actor_id: administrator,
      details: { changed: 2, token: expect.any(String) },
    })
  })

  test('is told when somebody else has changed the list, and corrects charges with a corrected list', async () => {
    const { version } = (await call('GET', listPath(), { token })).body
    const corrected = await handIn(version, states(sofia))
    expect(corrected.status).toBe(200)
    const stale = await handIn(version, states())
    expect([stale.status, stale.body.code]).toEqual([409, 'attendance.list_changed'])
    for (const wrong of [
      [states()[0]],
      [...states(), { id: newId(), state: 'present' }],
      [...states(), states()[0]],
    ])
      expect((await handIn(corrected.body.version, wrong)).status).toBe(409)
    const [back] = await until(statement, (items) => items.length > 1)
    expect(back).toMatchObject({
      kind: 'reversal',
      meal: { day: DAY, reversal: { kind: 'absent', note: null } },
    })
  })

  test('keeps to the days of the page: none to come, none without service, none too long ago for its maker', async () => {
    await closeCanteen(world, tenant, '2026-11-20')
    const clerk = await hire(world, tenant, 'clerk')
    const { token: clerks } = await machineToken(world, tenant, clerk.accountId)
    const codeOf = async (day: string, as = token) =>
      (await call('GET', listPath(day), { token: as })).body.code
    expect(await codeOf('2026-11-25')).toBe('attendance.too_far')
    expect(await codeOf('2026-11-20')).toBe('attendance.closed')
    expect(await codeOf('2026-09-15')).toBeUndefined()
    expect(await codeOf('2026-09-15', clerks)).toBe('attendance.too_far')
  })
})

test('a meal that the office took back tells the parent its reason', async () => {
  const { version } = (await call('GET', listPath(), { token })).body
  await handIn(version, states())
  await until(statement, (items) => items.length === 3)
  const meal = { category: 'REFEZIONE', day: DAY, childId: sofia, note: 'Uscita prima di pranzo' }
  await inTenant(services.db, tenant.id, (tx) =>
    takeBackMeal(tx, tenant.id, meal, administrator, clock.now()),
  )
  const [movement] = await statement()
  expect(movement.meal).toEqual({ day: DAY, reversal: { kind: 'office', note: 'Uscita prima di pranzo' } })
})

describe('the till', () => {
  const entry = {
    child: { id: luca },
    category: 'REFEZIONE',
    amountCents: 2_500,
    way: 'postal-slip',
    paidOn: DAY,
    slip: 'B 1/2026',
  }
  const record = (json: object, key?: string) =>
    call('POST', '/till/entries', { token, json, ...(key && { key }) })
  const policies = async (change: Partial<Policies>) => {
    await services.db
      .updateTable('tenants')
      .set({ policies: JSON.stringify(policiesSchema.parse({ ...tenant.policies, ...change })) })
      .where('id', '=', tenant.id)
      .execute()
    house.registry.forget()
  }

  test('records a payment once: the same key gets the same answer, the same paper is refused', async () => {
    const first = await record(entry, 'key-1')
    expect(first).toMatchObject({
      status: 201,
      body: { number: '1/2026', slip: 'B 1/2026', amountCents: 2_500 },
    })
    expect((await record(entry, 'key-1')).text).toBe(first.text)
    expect((await record({ ...entry, amountCents: 1 }, 'key-1')).body.code).toBe('idempotency.reused')
    const again = await record({ ...entry, slip: 'b1-2026' })
    expect([again.status, again.body.code]).toEqual([409, 'till.slip_known'])
    const [line] = await logged('till.recorded')
    expect(line!.details).toMatchObject({ cents: 2_500, token: expect.any(String) })
  })

  test('takes a child by any one of its codes, and no day to come', async () => {
    const later = await record({ ...entry, slip: '2', paidOn: '2026-11-25' })
    expect([later.status, later.body.errors]).toEqual([
      422,
      [{ path: 'paidOn', message: 'non può essere un giorno che deve ancora venire' }],
    ])
    await inTenant(services.db, tenant.id, (tx) =>
      tx
        .updateTable('children')
        .set({ external_id: '1024' })
        .where('tenant_id', '=', tenant.id)
        .where('id', '=', sofia)
        .execute(),
    )
    expect((await record({ ...entry, slip: '3', child: { externalId: '1024' } })).status).toBe(201)
    expect((await record({ ...entry, slip: '4', child: { fiscalCode: 'PRVSFO18E41Z999Q' } })).status).toBe(
      404,
    )
    for (const child of [{}, { id: sofia, externalId: '1024' }])
      expect((await record({ ...entry, slip: '5', child })).status).toBe(422)
  })

  test('is closed from the day on which only pagoPA counts, with the reason', async () => {
    await policies({ pagopaOnlyFrom: DAY })
    const { status, body } = await record({ ...entry, slip: '6' })
    expect([status, body.code, body.detail.includes('24/11/2026')]).toEqual([409, 'office_till.closed', true])
    await policies({})
  })
})

describe('a token', () => {
  const opens = async (one: string) => (await call('GET', `/kitchen/REFEZIONE/${DAY}`, { token: one })).status

  test('is made on the office’s page, shown once, stored as a hash, and ended there', async () => {
    const office = await officeClient(world, tenant)
    const form = await office.formOf('/personale/token')
    const wrong = await office.post('/personale/token', { form, name: 'Cucina', days: '366' })
    expect([
      wrong.status,
      wrong.text.includes('value="Cucina"'),
      wrong.text.includes('id="scopes-error"'),
    ]).toEqual([422, true, true])
    const fields = { form, name: 'Cucina', days: '30', 'ambito-meals-read': 'si' }
    const shown = (await office.post('/personale/token', fields)).text
    const [made] = /borsellino_[0-9a-f]{32}_[\w-]{27}/.exec(shown)!
    expect((await office.post('/personale/token', fields)).location).toContain('fatto=gia-creato')
    const { text } = await office.get('/personale/token')
    expect([text.includes(made), text.includes('Mai usato')]).toEqual([false, true])
    const stored = await inTenant(services.db, tenant.id, (tx) =>
      tx
        .selectFrom('staff_tokens')
        .selectAll()
        .where('tenant_id', '=', tenant.id)
        .where('name', '=', 'Cucina')
        .execute(),
    )
    expect(stored).toMatchObject([{ token_hash: hashToken(made), scopes: ['meals:read'] }])
    expect(JSON.stringify(stored)).not.toContain(made.slice(-20))
    expect(await opens(made)).toBe(200)
    expect((await call('GET', listPath(), { token: made })).body).toMatchObject({
      status: 403,
      code: 'staff_token.scope',
    })
    expect((await office.get('/personale/token')).text).toMatch(/Cucina[\s\S]{0,900}<time/)
    const revoke = `/personale/token/${stored[0]!.id}/revoca`
    expect((await office.post(revoke, { form })).location).toContain('fatto=revocato')
    expect(await opens(made)).toBe(401)
    const acts = [await logged('staff_token.made'), await logged('staff_token.revoked')]
    for (const [act] of acts)
      expect(act).toMatchObject({ actor_id: office.accountId, subject_id: stored[0]!.id })
  })

  test('ends on its day, and with the account of who made it, also when they come back', async () => {
    const colleague = await hire(world, tenant, 'administrator')
    const { token: theirs } = await machineToken(world, tenant, colleague.accountId)
    expect(await opens(theirs)).toBe(200)
    const decision = { tenantId: tenant.id, by: administrator, accountId: colleague.accountId }
    await disableStaff(services.db, decision, clock.now())
    expect(await opens(theirs)).toBe(401)
    await comesBack(world, tenant, colleague.accountId)
    expect(await opens(theirs)).toBe(401)
    const { token: fresh } = await machineToken(world, tenant, colleague.accountId)
    expect(await opens(fresh)).toBe(200)
    clock.forwardDays(366)
    expect(await opens(fresh)).toBe(401)
    clock.forwardDays(-366)
  })

  test('may no more than its maker may now', async () => {
    const colleague = await hire(world, tenant, 'administrator')
    const { token: theirs } = await machineToken(world, tenant, colleague.accountId)
    const decision = { tenantId: tenant.id, by: administrator, accountId: colleague.accountId }
    await changeRole(services.db, decision, 'accountant', clock.now())
    expect(await opens(theirs)).toBe(403)
  })

  test('has a quota of its own', async () => {
    const [one, other] = [
      await machineToken(world, tenant, administrator),
      await machineToken(world, tenant, administrator),
    ]
    clock.hold()
    const left = async (as: string) =>
      (await call('GET', `/kitchen/REFEZIONE/${DAY}`, { token: as })).headers.get('ratelimit-remaining')
    expect([await left(one.token), await left(one.token), await left(other.token)]).toEqual([
      '599',
      '598',
      '599',
    ])
    clock.release()
  })
})
