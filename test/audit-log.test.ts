import { parse } from 'csv-parse/sync'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { audit, AUDIT_ACTIONS } from '#core/audit.ts'
import { inTenant } from '#core/db/tenant.ts'
import { LANGUAGES, loadCatalogue } from '#core/i18n.ts'
import { newId } from '#core/ids.ts'
import type { Tenant } from '#core/tenant.ts'
import { openTestHouse } from './support/house.ts'
import { hire, officeClient } from './support/office.ts'
import { furnishedEntity } from './support/things.ts'

const world = await openTestHouse()
const { house, clock } = world
const { db } = house.services
const furnished = await furnishedEntity(world)

/** What the log has of an entity, newest first. */
function actionsOf(tenant: Tenant) {
  return inTenant(db, tenant.id, (tx) =>
    tx
      .selectFrom('audit_log')
      .select(['action', 'actor_id', 'subject_kind', 'subject_id'])
      .where('tenant_id', '=', tenant.id)
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .execute(),
  )
}

describe('what is written down', () => {
  test('a raw receipt that was opened, and none that was not there', async () => {
    const { tenant, things } = furnished
    const office = await officeClient(world, tenant, 'clerk')
    expect((await office.get(`/ricevute/${things.receiptId}.xml`)).status).toBe(200)
    expect((await office.get(`/ricevute/${newId()}.xml`)).status).toBe(404)
    const read = (await actionsOf(tenant)).filter(({ action }) => action === 'receipt.raw_read')
    expect(read).toEqual([
      {
        action: 'receipt.raw_read',
        actor_id: office.accountId,
        subject_kind: 'receipt',
        subject_id: things.receiptId,
      },
    ])
  })

  test('a bank statement once, and an accepted difference, by whom', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant, 'accountant')
    const iuv = `${tenant.segregationCode}000000000000777`
    const bytes = `Data;Importo;Causale\n2026-11-20;1,00;/RFB/${iuv}/1.00`
    for (let times = 0; times < 2; times++) {
      const body = new FormData()
      body.set('form', await office.formOf('/riconciliazione/banca'))
      body.set('file', new File([bytes], 'banca.csv'))
      expect((await office.post('/riconciliazione/banca', body)).status).toBe(303)
    }
    const { text } = await office.get('/riconciliazione/differenze?stato=open')
    const id = /differenze\/([0-9a-f-]{36})/.exec(text)![1]!
    const form = await office.formOf(`/riconciliazione/differenze/${id}`)
    await office.post(`/riconciliazione/differenze/${id}/accetta`, { form, note: 'Chiarito' })
    const books = (await actionsOf(tenant)).filter(({ action }) => action.startsWith('reconciliation.'))
    expect(books).toEqual([
      {
        action: 'reconciliation.difference_accepted',
        actor_id: office.accountId,
        subject_kind: 'difference',
        subject_id: id,
      },
      {
        action: 'reconciliation.statement_uploaded',
        actor_id: office.accountId,
        subject_kind: 'bank_statement',
        subject_id: expect.any(String),
      },
    ])
  })

  test('signing out, once, at the office and at the families’ pages', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant, 'clerk')
    await office.post('/esci', { form: await office.formOf('/') })
    const { accountId } = await world.addFamily(tenant, 1)
    const { token } = await house.sessions.begin(tenant.id, accountId, 'portal')
    await house.sessions.end(token)
    await house.sessions.end(token)
    const ended = (await actionsOf(tenant)).filter(({ action }) => action === 'sign_in.ended')
    expect(ended.map(({ actor_id }) => actor_id)).toEqual([accountId, office.accountId])
  })

  test('cannot be changed or deleted by the role that the house works with', async () => {
    const tenant = await world.addTenant()
    await officeClient(world, tenant)
    const changed = inTenant(db, tenant.id, (tx) =>
      tx.updateTable('audit_log').set({ action: 'x.x' }).where('tenant_id', '=', tenant.id).execute(),
    )
    await expect(changed).rejects.toMatchObject({ code: '42501' })
    const deleted = inTenant(db, tenant.id, (tx) =>
      tx.deleteFrom('audit_log').where('tenant_id', '=', tenant.id).execute(),
    )
    await expect(deleted).rejects.toMatchObject({ code: '42501' })
  })
})

describe('the office’s page of the log', () => {
  test('says where an act was done in part only', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant)
    const charged = (details: Record<string, number | boolean>) =>
      inTenant(db, tenant.id, (tx) =>
        audit(tx, tenant.id, { actor: { kind: 'system' }, action: 'meals.charged', details }, clock.now()),
      )
    const IN_PART = 'solo in parte: il resto segue alla prossima esecuzione'
    await charged({ charged: 3 })
    expect((await office.get('/registro')).text).not.toContain(IN_PART)
    await charged({ charged: 8, complete: false })
    expect((await office.get('/registro')).text).toContain(IN_PART)
  })

  test('names colleagues and no parent, newest first', async () => {
    const tenant = await world.addTenant()
    const { accountId } = await world.addFamily(tenant, 1)
    await house.sessions.begin(tenant.id, accountId, 'portal')
    const boss = await officeClient(world, tenant)
    const colleague = await hire(world, tenant, 'clerk')
    await note(tenant, { action: 'second_factor.reset', subjectId: colleague.accountId })
    const { text } = await boss.get('/registro')
    expect(text).not.toContain('Provetti')
    expect(text).toContain('Un genitore')
    expect(text).toContain(colleague.name)
    const order = [...text.matchAll(/scope="row">([^<]+)/g)].map(([, what]) => what)
    expect(order).toEqual(['Secondo fattore azzerato', 'Accesso', 'Accesso'])
  })

  test('is read page by page without a gap, also where many rows have one time', async () => {
    const tenant = await world.addTenant()
    const at = clock.now()
    await note(tenant, { action: 'receipt.raw_read', at, times: 120 })
    const boss = await officeClient(world, tenant)
    let path = '/registro?azione=receipt.raw_read'
    const counts = []
    for (;;) {
      const { text } = await boss.get(path)
      counts.push(text.match(/scope="row"/g)?.length ?? 0)
      const next = /href="([^"]+)" rel="next"/.exec(text)?.[1]
      if (!next) break
      path = next.replace(`/${tenant.slug}/ufficio`, '').replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')
      expect(counts.length).toBeLessThan(5)
    }
    expect(counts).toEqual([50, 50, 20])
  })

  test('is filtered by act and by Rome day, also as Italians write it', async () => {
    const tenant = await world.addTenant()
    // 23:30 and 00:30 in Rome, in winter.
    await note(tenant, { action: 'receipt.raw_read', at: new Date('2026-11-20T22:30:00Z') })
    await note(tenant, { action: 'audit.exported', at: new Date('2026-11-20T23:30:00Z') })
    const boss = await officeClient(world, tenant)
    const shown = async (query: string) => {
      const { text } = await boss.get(`/registro?${query}`)
      return [...text.matchAll(/scope="row">([^<]+)/g)].map(([, what]) => what)
    }
    expect(await shown('giorno=2026-11-20')).toEqual(['Ricevuta originale scaricata'])
    expect(await shown('giorno=21%2F11%2F2026')).toEqual(['Registro esportato'])
    expect(await shown('azione=audit.exported')).toEqual(['Registro esportato'])
    expect(await shown('azione=audit.exported&giorno=2026-11-20')).toEqual([])
    expect((await boss.get('/registro?giorno=ieri')).text).toContain('Scrivi il giorno come 23/11/2026.')
  })

  test('as a file has every row, is an act itself, and gives spreadsheets no formula', async () => {
    const tenant = await world.addTenant()
    await note(tenant, { action: 'receipt.raw_read', times: 1_003 })
    const person = { firstName: '=HYPERLINK("x")', lastName: '"Ada"; x' }
    const colleague = await hire(world, tenant, 'clerk')
    await inTenant(db, tenant.id, (tx) =>
      tx
        .updateTable('accounts')
        .set({ first_name: person.firstName, last_name: person.lastName })
        .where('tenant_id', '=', tenant.id)
        .where('id', '=', colleague.accountId)
        .execute(),
    )
    await note(tenant, { action: 'second_factor.reset', subjectId: colleague.accountId })
    const boss = await officeClient(world, tenant)
    const { response, text } = await boss.get('/registro.csv')
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('content-disposition')).toContain(`registro-${tenant.slug}.csv`)
    const rows = parse(text, { bom: true, delimiter: ';' })
    expect(rows).toHaveLength(1 + 1_003 + 1 + 2)
    expect(rows[1]![3]).toBe('audit.exported')
    expect(rows.find((row) => row[3] === 'second_factor.reset')![4]).toBe(`'=HYPERLINK("x") "Ada"; x`)
    const accountant = await officeClient(world, tenant, 'accountant')
    expect((await accountant.get('/registro.csv')).status).toBe(403)
    expect((await accountant.get('/registro')).text).not.toContain('registro.csv')
    const exported = (await actionsOf(tenant)).filter(({ action }) => action === 'audit.exported')
    expect(exported.map(({ actor_id }) => actor_id)).toEqual([boss.accountId])
  })

  test('has a text for every act', () => {
    for (const language of LANGUAGES)
      expect(AUDIT_ACTIONS.filter((action) => !loadCatalogue(language).has(`audit.${action}`))).toEqual([])
  })
})

/** Lines of the log that the system writes, all of one time. */
async function note(
  tenant: Tenant,
  line: { action: (typeof AUDIT_ACTIONS)[number]; at?: Date; subjectId?: string; times?: number },
): Promise<void> {
  const { action, at = clock.now(), subjectId, times = 1 } = line
  const kind = subjectId ? 'account' : 'receipt'
  await inTenant(db, tenant.id, (tx) =>
    sql`insert into audit_log (tenant_id, id, at, actor_kind, action, subject_kind, subject_id, details)
      select ${tenant.id}, gen_random_uuid(), ${at}, 'system', ${action}, ${kind}, ${subjectId ?? newId()}, '{}'
      from generate_series(1, ${times}::int)`.execute(tx),
  )
}
