import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import { askForChild } from '#tenants/people/child-requests.ts'
import { changeRole } from '#tenants/staff/roles.ts'
import { disableOperator } from '#tenants/operators/accounts.ts'
import { openTestHouse } from './support/house.ts'
import { refusal } from './support/households.ts'
import { officeClient } from './support/office.ts'
import { operatorClient, operatorsOf } from './support/operators.ts'

const world = await openTestHouse()
const { house, url, clock } = world
const { services } = house
const { db } = services
const { settled } = operatorsOf(world)

/** An entity that lets the operators in, and an operator. */
async function opened(role = 'clerk', hours = '2') {
  const tenant = await world.addTenant()
  const boss = await officeClient(world, tenant)
  const given = await boss.post('/assistenza', { form: await boss.formOf('/assistenza'), role, hours })
  expect(given.status).toBe(303)
  const operator = await settled()
  const gestione = await operatorClient(world, operator.operatorId)
  return { tenant, boss, operator, gestione }
}

type Gestione = Awaited<ReturnType<typeof operatorClient>>
const enter = (gestione: Gestione, { slug }: Tenant) =>
  gestione.post(`/enti/${slug}/assistenza`, {}, `/enti/${slug}`)

/** The office, with the cookie that an operator was given. */
function officeOf({ slug }: Tenant, cookie: string) {
  return async (path: string, fields?: Record<string, string>) => {
    const response = await fetch(`${url}/${slug}/ufficio${path}`, {
      method: fields ? 'POST' : 'GET',
      headers: { cookie, origin: url },
      body: fields ? new URLSearchParams(fields) : null,
      redirect: 'manual',
    })
    return { status: response.status, text: await response.text() }
  }
}

async function logsOf(tenant: Tenant, operatorId: string) {
  const own = await inTenant(db, tenant.id, (tx) =>
    tx
      .selectFrom('audit_log')
      .select(['action', 'actor_kind', 'actor_id', 'details'])
      .where('tenant_id', '=', tenant.id)
      .orderBy('id')
      .execute(),
  )
  const theirs = await db
    .selectFrom('operator_audit_log')
    .select(['action', 'details', 'subject_id'])
    .where('operator_id', '=', operatorId)
    .orderBy('id')
    .execute()
  return { own, theirs }
}

describe('an operator', () => {
  test('has no way into an office without the entity’s leave', async () => {
    const tenant = await world.addTenant()
    const { operatorId } = await settled()
    const gestione = await operatorClient(world, operatorId)
    expect((await gestione.get(`/enti/${tenant.slug}`)).text).toContain('non ha aperto il suo ufficio')
    const tried = await gestione.post(`/enti/${tenant.slug}/assistenza`, {}, `/enti/${tenant.slug}`)
    expect([tried.status, tried.cookie]).toEqual([403, ''])
  })

  test('enters by leave, in its role, under a banner on every page, told in both logs', async () => {
    const { tenant, operator, gestione } = await opened()
    const entered = await enter(gestione, tenant)
    expect([entered.status, entered.location]).toEqual([303, `/${tenant.slug}/ufficio/`])
    const office = officeOf(tenant, entered.cookie)
    for (const path of ['/', '/pagamenti', '/richieste', '/inventata']) {
      const { text } = await office(path)
      expect(text, path).toContain('Assistenza: stai lavorando')
      expect(text, path).toContain('Operatore di sportello')
    }
    expect((await office('/personale')).status).toBe(403)
    expect((await office('/assistenza')).status).toBe(403)
    expect((await office('/registro')).status).toBe(403)
    const { own, theirs } = await logsOf(tenant, operator.operatorId)
    expect(own.filter(({ action }) => action === 'support.entered')).toMatchObject([
      { actor_kind: 'operator', actor_id: operator.operatorId },
    ])
    expect(own.find(({ action }) => action === 'sign_in.succeeded')).toBeDefined()
    expect(theirs.at(-1)).toMatchObject({ action: 'support.entered', subject_id: tenant.id })
  })

  test('writes nothing in an office that is not in both logs, and names no id there', async () => {
    const { tenant, operator, gestione } = await opened()
    const family = await world.addFamily(tenant, 1)
    const parent = { tenantId: tenant.id, accountId: family.accountId }
    const child = { firstName: 'Ada', lastName: 'Provetti', school: 'Dante', className: '1ª A' }
    const id = await askForChild(services, parent, { ...child, fiscalCode: null, note: '' })
    const office = officeOf(tenant, (await enter(gestione, tenant)).cookie)
    const form = /name="form" value="([^"]+)"/.exec((await office(`/richieste/${id}`)).text)![1]!
    const refused = await office(`/richieste/${id}/rifiuta`, { form, reason: 'Non risulta' })
    expect(refused.status).toBe(303)
    expect((await office('/personale/inviti', { form, email: 'x@example.org', role: 'clerk' })).status).toBe(
      403,
    )
    const { own, theirs } = await logsOf(tenant, operator.operatorId)
    const wrote = { route: 'POST /richieste/:id/rifiuta' }
    const lines = (all: { action: string; details: unknown }[]) =>
      all.filter(({ action }) => action === 'support.wrote').map(({ details }) => details)
    expect(lines(own)).toEqual([wrote])
    expect(lines(theirs)).toEqual([wrote])
  })

  test('is out when the leave ends, by itself or at once, and when the operator is disabled', async () => {
    const timed = await opened('clerk', '1')
    const first = officeOf(timed.tenant, (await enter(timed.gestione, timed.tenant)).cookie)
    for (let minutes = 0; minutes < 58; minutes += 29) {
      expect((await first('/')).status).toBe(200)
      clock.forwardDays(29 / 1440)
    }
    expect((await first('/')).status).toBe(200)
    clock.forwardDays(3 / 1440)
    expect((await first('/')).status).toBe(303)
    clock.reset()

    const ended = await opened()
    const second = officeOf(ended.tenant, (await enter(ended.gestione, ended.tenant)).cookie)
    const form = await ended.boss.formOf('/assistenza')
    expect((await ended.boss.post('/assistenza/fine', { form })).status).toBe(303)
    expect((await second('/')).status).toBe(303)
    expect((await enter(ended.gestione, ended.tenant)).status).toBe(403)
    expect((await ended.boss.post('/assistenza/fine', { form })).status).toBe(403)

    const dismissed = await opened()
    const third = officeOf(dismissed.tenant, (await enter(dismissed.gestione, dismissed.tenant)).cookie)
    await disableOperator(db, dismissed.operator.username, clock.now())
    expect((await third('/')).status).toBe(303)
  })

  test('does not come back with the session of a leave that ran out, when another one is given', async () => {
    const { tenant, boss, gestione } = await opened('clerk', '1')
    const office = officeOf(tenant, (await enter(gestione, tenant)).cookie)
    clock.forwardDays(61 / 1440)
    const again = await officeClient(world, tenant)
    const fields = { form: await again.formOf('/assistenza'), role: 'accountant', hours: '1' }
    expect((await again.post('/assistenza', fields)).status).toBe(303)
    expect((await office('/')).status).toBe(303)
    clock.reset()
    expect(boss.accountId).not.toBe(again.accountId)
  })
})

describe('the entity', () => {
  test('gives one leave at a time, for hours and roles of the page alone', async () => {
    const { boss } = await opened()
    const form = await boss.formOf('/assistenza')
    expect((await boss.post('/assistenza', { form, role: 'clerk', hours: '2' })).status).toBe(409)
    await boss.post('/assistenza/fine', { form })
    for (const [role, hours] of [
      ['administrator', '2'],
      ['clerk', '25'],
      ['clerk', '0'],
    ])
      expect((await boss.post('/assistenza', { form, role: role!, hours: hours! })).status).toBe(422)
  })

  test('sees the operators among its colleagues nowhere, and can make their account no administrator', async () => {
    const { tenant, boss } = await opened()
    expect((await boss.get('/personale')).text).not.toContain('Assistenza Borsellino')
    const { account_id: accountId } = await inTenant(db, tenant.id, (tx) =>
      tx
        .selectFrom('support_leaves')
        .select('account_id')
        .where('tenant_id', '=', tenant.id)
        .executeTakeFirstOrThrow(),
    )
    expect((await boss.get(`/personale/${accountId}`)).status).toBe(404)
    const decision = { tenantId: tenant.id, by: boss.accountId, accountId }
    expect(await refusal(changeRole(db, decision, 'administrator', clock.now()))).toBe('resource.not_found')
  })
})
