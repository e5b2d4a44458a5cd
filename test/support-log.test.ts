import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { newId } from '#core/ids.ts'
import { askForChild } from '#tenants/people/child-requests.ts'
import { tellsOfFamilies } from '../src/backoffice/family-pages.ts'
import { mayUse, OFFICE_ROUTES, type OfficeRoute } from '../src/backoffice/routes.ts'
import { openTestHouse } from './support/house.ts'
import { operatorsAtWork } from './support/operators-at-work.ts'

const world = await openTestHouse()
const { house, database } = world
const { services } = house
const { opened, enter, officeOf, leaveOf, logsOf } = operatorsAtWork(world)

/** Pages for an operator's roles on which no family is named. */
const NAME_NOBODY = [
  '/',
  '/accessi',
  '/scuole',
  '/scuole/:id',
  '/anno-scolastico',
  '/alunni/nuovo',
  '/tariffe',
  '/tariffe/nuovo',
  '/tariffe/:id',
  '/tariffe/:id/csv',
  '/presenze',
  '/cucina',
  '/menu',
  '/calendario',
  '/addebiti',
  '/riconciliazione',
  '/riconciliazione/flussi',
  '/riconciliazione/flussi/:id',
  '/riconciliazione/differenze',
  '/riconciliazione/differenze/:id',
  '/riconciliazione/banca',
  '/foglio',
  '/foglio.pdf',
  '/importazioni',
  '/importazioni/nuova',
  '/importazioni/modello.csv',
  '/registro',
]

describe('an operator at work in an office', () => {
  test('changes nothing in an office that is not in both logs, with what came of it, and names no id in its own', async () => {
    const { tenant, operator, gestione } = await opened()
    const family = await world.addFamily(tenant, 1)
    const parent = { tenantId: tenant.id, accountId: family.accountId }
    const child = { firstName: 'Ada', lastName: 'Provetti', school: 'Dante', className: '1ª A' }
    const id = await askForChild(services, parent, { ...child, fiscalCode: null, note: '' })
    const office = officeOf(tenant, (await enter(gestione, tenant)).cookie)
    const form = /name="form" value="([^"]+)"/.exec((await office(`/richieste/${id}`)).text)![1]!
    const path = `/richieste/${id}/rifiuta`
    expect((await office(path, { form, reason: '' })).status).toBe(422)
    expect((await office(path, { form: 'inventato', reason: 'No' })).status).toBeGreaterThanOrEqual(400)
    expect((await office(path, { form, reason: 'Non risulta' })).status).toBe(303)
    // Somebody has answered already: nothing is changed, although no fault is told.
    expect((await office(path, { form, reason: 'Ancora' })).status).toBe(303)
    expect((await office('/personale/inviti', { form, email: 'x@example.org', role: 'clerk' })).status).toBe(
      403,
    )
    const { own, theirs } = await logsOf(tenant, operator.operatorId)
    const acts = <Line extends { action: string }>(all: Line[]) =>
      all.filter(({ action }) => /^support\.(tried|wrote|refused)$/.test(action))
    const outcomes = ['refused', 'refused', 'wrote', 'refused']
    expect(acts(own).map(({ action }) => action)).toEqual(
      outcomes.flatMap((outcome) => ['support.tried', `support.${outcome}`]),
    )
    const route = 'POST /richieste/:id/rifiuta'
    const leave = await leaveOf(tenant)
    expect(acts(own).slice(4, 6)).toMatchObject([
      { actor_id: operator.operatorId, subject_id: id, details: { route, leave } },
      { actor_id: operator.operatorId, subject_id: id, details: { route, leave, status: 303 } },
    ])
    expect(acts(theirs).map(({ action }) => action)).toEqual(acts(own).map(({ action }) => action))
    expect(
      acts(theirs)
        .slice(4, 6)
        .map(({ details }) => details),
    ).toEqual([{ route }, { route, status: 303 }])
  })

  test('opens no page that tells of families without a line: who, which child, by which leave, once a request', async () => {
    const { tenant, boss, operator, gestione } = await opened()
    const child = (await world.addFamily(tenant, 1)).children[0]!.childId
    const office = officeOf(tenant, (await enter(gestione, tenant)).cookie)
    for (const path of [`/alunni/${child}`, `/alunni/${child}/scheda`, '/pagamenti'])
      expect((await office(path)).status, path).toBe(200)
    for (const path of [`/alunni/${newId()}`, '/alunni/inventato', '/personale'])
      expect((await office(path)).status, path).toBeGreaterThanOrEqual(400)
    expect((await office('/scuole')).status).toBe(200)
    const { own, theirs } = await logsOf(tenant, operator.operatorId)
    const leave = await leaveOf(tenant)
    const by = { actor_kind: 'operator', actor_id: operator.operatorId }
    const about = { subject_kind: 'child', subject_id: child }
    const reads = own.filter(({ action }) => action === 'support.read')
    expect(reads).toEqual([
      { action: 'support.read', ...by, ...about, details: { route: 'GET /alunni/:id', leave, status: 200 } },
      {
        action: 'support.read',
        ...by,
        ...about,
        details: { route: 'GET /alunni/:id/scheda', leave, status: 200 },
      },
      {
        action: 'support.read',
        ...by,
        subject_kind: 'support_leave',
        subject_id: leave,
        details: { route: 'GET /pagamenti', status: 200 },
      },
    ])
    const told = theirs.filter(({ action }) => action === 'support.read')
    expect(told.map(({ details }) => details)).toEqual(
      ['GET /alunni/:id', 'GET /alunni/:id/scheda', 'GET /pagamenti'].map((route) => ({
        route,
        status: 200,
      })),
    )
    const log = (await boss.get('/registro')).text
    for (const text of [
      'Dati di famiglie letti dall’assistenza',
      'GET /alunni/:id',
      `/ufficio/alunni/${child}"`,
    ])
      expect(log).toContain(text)
    // A colleague's reading of the same page is no line.
    await boss.get(`/alunni/${child}`)
    expect(
      (await logsOf(tenant, operator.operatorId)).own.filter(({ action }) => action === 'support.read'),
    ).toEqual(reads)
  })

  test('sees nothing of a family where the line cannot be written', async () => {
    const { tenant, gestione } = await opened()
    const child = (await world.addFamily(tenant, 1)).children[0]!
    const office = officeOf(tenant, (await enter(gestione, tenant)).cookie)
    const path = `/alunni/${child.childId}`
    const [name] = /<h1[^>]*>[^<]+/.exec((await office(path)).text)!
    const { owner } = database
    await sql`alter table audit_log add constraint no_reads check (action <> 'support.read') not valid`.execute(
      owner,
    )
    const hidden = await office(path)
    await sql`alter table audit_log drop constraint no_reads`.execute(owner)
    expect(hidden.status).toBe(500)
    expect(hidden.text).not.toContain(name)
    expect((await office(path)).text).toContain(name)
  })

  test('can open no page of an office of which nobody has decided whether it tells of families', () => {
    const roles = ['clerk', 'accountant', 'school'] as const
    const silent = Object.keys(OFFICE_ROUTES)
      .map((route) => route as OfficeRoute)
      .filter((route) => route.startsWith('GET') && OFFICE_ROUTES[route].for !== 'anybody')
      .filter((route) => roles.some((role) => mayUse(role, route)) && !tellsOfFamilies(route))
    expect(silent.map((route) => route.slice('GET '.length))).toEqual(NAME_NOBODY)
  })
})
