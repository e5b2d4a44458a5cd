import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { createTenant } from '#tenants/create.ts'
import { entityFrom } from '#tenants/new-entity.ts'
import { changeState, STATE_GRAPH, statesAfter, TENANT_STATES, type Preflight } from '#tenants/states.ts'
import type { TenantState } from '#core/db/schema.ts'
import { findTopUp } from '#core/top-ups/read.ts'
import { payAtCounter } from './support/counter.ts'
import { openTestHouse } from './support/house.ts'
import { refusal } from './support/households.ts'
import { signIn } from './support/portal-client.ts'

const world = await openTestHouse()
const { house, url, clock, sandboxUrl } = world
const { services, registry, cashier } = house
const { db, vault } = services
const ready: Preflight = async () => []
const system = { kind: 'system' } as const

/** An entity in a state, by the ways of the graph. */
async function entityIn(state: TenantState) {
  const tenant = await world.addTenant({ state: 'draft' })
  const way: Record<TenantState, readonly TenantState[]> = {
    draft: [],
    rehearsal: ['rehearsal'],
    live: ['rehearsal', 'live'],
    suspended: ['rehearsal', 'live', 'suspended'],
    closed: ['closed'],
  }
  for (const to of way[state])
    await changeState(services, tenant.id, to, system, { reason: 'Prova', preflight: ready })
  registry.forget()
  return (await registry.byId(tenant.id))!
}

describe('the life of an entity', () => {
  test('reaches every state from a draft, ends when it is closed, and never goes back to rehearsal', () => {
    const reached = new Set<TenantState>(['draft'])
    for (const state of reached) for (const next of statesAfter(state)) reached.add(next)
    expect([...reached].toSorted()).toEqual([...TENANT_STATES].toSorted())
    expect(STATE_GRAPH.closed).toEqual([])
    const later = TENANT_STATES.filter((state) => !['draft', 'rehearsal'].includes(state))
    for (const state of later) {
      expect(statesAfter(state)).not.toContain('rehearsal')
      expect(statesAfter(state)).not.toContain('draft')
    }
  })

  test.each(TENANT_STATES)('goes from %s where the graph leads, and nowhere else', async (from) => {
    for (const to of TENANT_STATES) {
      const { id } = await entityIn(from)
      const change = changeState(services, id, to, system, { reason: 'Prova', preflight: ready })
      if (statesAfter(from).includes(to)) await change
      else expect(await refusal(change)).toBe('tenant.wrong_state')
      const row = await db
        .selectFrom('tenants')
        .select('state')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      expect(row.state).toBe(statesAfter(from).includes(to) ? to : from)
    }
  })

  test('is written into both logs, with the way and the reason', async () => {
    const { id } = await entityIn('live')
    await changeState(services, id, 'suspended', system, { reason: ' Cambio gestore ', preflight: ready })
    const lines = await inTenant(db, id, (tx) =>
      tx
        .selectFrom('audit_log')
        .select('details')
        .where('tenant_id', '=', id)
        .where('action', '=', 'tenant.state_changed')
        .orderBy('id')
        .execute(),
    )
    expect(lines.at(-1)!.details).toEqual({ from: 'live', to: 'suspended', reason: 'Cambio gestore' })
    const theirs = await db
      .selectFrom('operator_audit_log')
      .select('details')
      .where('subject_id', '=', id)
      .orderBy('id')
      .execute()
    expect(theirs.map(({ details }) => details)).toContainEqual({
      from: 'live',
      to: 'suspended',
      by: 'system',
    })
    expect((await registry.byId(id))!.stateReason).not.toBe('Cambio gestore')
    registry.forget()
    expect((await registry.byId(id))!.stateReason).toBe('Cambio gestore')
  })

  test('is suspended and closed for a reason alone', async () => {
    const { id } = await entityIn('live')
    for (const reason of [null, '   '])
      expect(
        await refusal(changeState(services, id, 'suspended', system, { reason, preflight: ready })),
      ).toBe('tenant.reason_missing')
    const long = 'x'.repeat(301)
    expect(
      await refusal(changeState(services, id, 'suspended', system, { reason: long, preflight: ready })),
    ).toBe('request.invalid')
  })

  test('of two changes at once only one is made', async () => {
    const { id } = await entityIn('suspended')
    const outcomes = await Promise.allSettled(
      (['live', 'closed'] as const).map((to) =>
        changeState(services, id, to, system, { reason: 'Prova', preflight: ready }),
      ),
    )
    // Live may still be closed by no way, and closed goes nowhere.
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('goes live only when nothing is missing, and goes on after a pause without being asked again', async () => {
    const { id } = await entityIn('rehearsal')
    const lacking: Preflight = async () => [{ key: 'links.privacy' }, { key: 'channels.none' }]
    const change = changeState(services, id, 'live', system, { reason: null, preflight: lacking })
    await expect(change).rejects.toMatchObject({
      code: 'tenant.not_ready',
      details: { count: 2, missing: 'links.privacy channels.none' },
    })
    const paused = await entityIn('suspended')
    await changeState(services, paused.id, 'live', system, { reason: null, preflight: lacking })
  })
})

describe('a draft', () => {
  const facts = { name: 'Comune di Prova', creditorFiscalCode: '02346730373', segregationCode: '11' }

  test('may lack its account, and without one never leaves the draft: the code and the database say so', async () => {
    const draft = { ...entityFrom({ ...facts, slug: 'senza-conto' }, 'draft', cashier.channels) }
    const { id } = await createTenant(db, vault, draft, clock.now())
    registry.forget()
    expect((await registry.byId(id))!.creditor.iban).toBe('')
    const change = changeState(services, id, 'rehearsal', system, { reason: null, preflight: ready })
    await expect(change).rejects.toMatchObject({
      code: 'tenant.not_ready',
      details: { missing: 'creditor.iban' },
    })
    for (const state of ['rehearsal', 'live', 'suspended'] as const)
      await expect(
        db.updateTable('tenants').set({ state }).where('id', '=', id).execute(),
      ).rejects.toMatchObject({ code: '23514' })
    await expect(
      createTenant(db, vault, { ...draft, state: 'live', slug: 'vivo-senza' }, clock.now()),
    ).rejects.toThrow('iban')
  })

  test('gets another activation code when a fresh one is taken, and says which name is taken', async () => {
    const taken = await world.addTenant()
    const codes = [taken.activationCode, taken.activationCode, '1234567890']
    const entity = entityFrom({ ...facts, slug: 'altro-codice', segregationCode: '12' }, 'draft', [])
    const made = await createTenant(db, vault, entity, clock.now(), { newCode: () => codes.shift()! })
    expect(made.activationCode).toBe('1234567890')
    const stuck = { newCode: () => taken.activationCode }
    const cases = [
      [{ ...entity, slug: taken.slug }, {}, 'slug'],
      [{ ...entity, slug: 'nuovo' }, {}, 'slug'],
      [{ ...entity, slug: 'doppio' }, {}, 'segregation_code'],
      [{ ...entity, slug: 'sfortunato', segregationCode: '13' }, stuck, 'activation_code'],
    ] as const
    for (const [input, options, field] of cases)
      await expect(createTenant(db, vault, input, clock.now(), options)).rejects.toMatchObject({
        code: 'tenant.conflict',
        details: { field },
      })
  })

  test('is known to no family, by no name and no code', async () => {
    const tenant = await entityIn('draft')
    expect((await fetch(`${url}/${tenant.slug}/`)).status).toBe(404)
    expect(await registry.search(tenant.name)).toEqual([])
    const byCode = await fetch(`${url}/?ente=${tenant.activationCode}`, { redirect: 'manual' })
    expect(byCode.status).toBe(200)
  })
})

describe('families of an entity', () => {
  test('that is suspended see their credit and the reason, and can neither top up nor pay a notice', async () => {
    const tenant = await world.addTenant()
    const family = await world.addFamily(tenant, 1)
    const client = await signIn(world, tenant, family)
    const base = `/${tenant.slug}`
    const form = await client.formOf(`${base}/ricarica`)
    const asked = {
      mode: 'single',
      child: family.children[0]!.childId,
      category: 'REFEZIONE',
      amount: '2500',
      channel: 'psp-notice',
    }
    const notice = await client.post(`${base}/ricarica`, { form, ...asked })
    const { noticeNumber } = (await findTopUp(db, tenant.id, notice.location.split('/').at(-1)!))!
    await changeState(services, tenant.id, 'suspended', system, {
      reason: 'Cambio del gestore',
      preflight: ready,
    })
    registry.forget()
    for (const path of ['/', '/pagamenti', '/ricarica'])
      expect(await client.page(base + path)).toContain('Cambio del gestore')
    expect(await client.page(`${base}/ricarica`)).not.toContain('PAGA ONLINE')
    const again = { form: await client.formOf(`${base}/`), ...asked }
    expect((await client.post(`${base}/ricarica`, again)).status).toBe(403)
    expect((await registry.search(tenant.name)).map(({ id }) => id)).toEqual([tenant.id])
    const byCode = await fetch(`${url}/?ente=${tenant.activationCode}`, { redirect: 'manual' })
    expect([byCode.status, byCode.headers.get('location')]).toEqual([303, `${base}/`])
    expect(noticeNumber).toMatch(/^\d{18}$/)
    // At the counter the Node is told no.
    await expect(payAtCounter(sandboxUrl, tenant.creditorFiscalCode, noticeNumber)).rejects.toThrow(
      'the counter refused',
    )
  })

  test('that is closed read why, at every page, and its staff too', async () => {
    const tenant = await entityIn('suspended')
    await changeState(services, tenant.id, 'closed', system, {
      reason: 'Servizio passato alla Regione',
      preflight: ready,
    })
    registry.forget()
    for (const path of ['/', '/accedi', '/ufficio/', '/ufficio/accedi']) {
      const response = await fetch(`${url}/${tenant.slug}${path}`)
      expect([path, response.status]).toEqual([path, 404])
      expect(await response.text()).toContain('Servizio passato alla Regione')
    }
    expect(await registry.search(tenant.name)).toEqual([])
  })
})
