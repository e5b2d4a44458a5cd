import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { changeRole } from '#tenants/staff/roles.ts'
import { disableOperator } from '#tenants/operators/accounts.ts'
import { openTestHouse } from './support/house.ts'
import { refusal } from './support/households.ts'
import { officeClient } from './support/office.ts'
import { operatorClient } from './support/operators.ts'
import { operatorsAtWork } from './support/operators-at-work.ts'

const world = await openTestHouse()
const { house, clock } = world
const { services } = house
const { db } = services
const { settled, opened, enter, officeOf, logsOf } = operatorsAtWork(world)

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
    const entries = theirs.filter(({ action }) => action === 'support.entered')
    expect(entries).toMatchObject([{ subject_id: tenant.id }])
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
