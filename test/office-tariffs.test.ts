import { expect, test } from 'vitest'
import { addDays, romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { checkCharacter } from '#core/fiscal-code.ts'
import type { Tenant } from '#core/tenant.ts'
import { chargeDay } from '#meals/charges.ts'
import { recordAttendance } from '#meals/record-attendance.ts'
import { refreshPrices } from '#tenants/people/refresh-prices.ts'
import { openCanteen } from './support/canteen-entity.ts'
import { openTestHouse, type TestFamily } from './support/house.ts'
import { officeClient, type OfficeClient } from './support/office.ts'

const world = await openTestHouse()
const { clock, database } = world
const { services } = world.house
clock.setTo(new Date('2026-11-20T09:00:00Z'))
const today = romeDate(clock.now())
const tomorrow = addDays(today, 1)

async function post(office: OfficeClient, page: string, path: string, fields: Record<string, string>) {
  return office.post(path, { form: await office.formOf(page), ...fields })
}

async function entity(children = 2): Promise<{ tenant: Tenant; office: OfficeClient; family: TestFamily }> {
  const tenant = await world.addTenant()
  return {
    tenant,
    office: await officeClient(world, tenant, 'clerk'),
    family: await world.addFamily(tenant, children),
  }
}

const fresh = '/tariffe/nuovo?servizio=REFEZIONE'
/** Two bands, two siblings. */
const matrix = {
  bands: '1',
  columns: '2',
  blocks: '1',
  'sibling-0': '1',
  'sibling-1': '2',
  'band-0': '5.000',
  'p-0-0-0': '2,00',
  'p-0-0-1': '1,50',
  'p-0-1-0': '5,20',
  'p-0-1-1': '',
}
const flat = { bands: '0', columns: '1', blocks: '1', 'sibling-0': '1', 'p-0-0-0': '5,20' }

async function addPlan(office: OfficeClient, validFrom: string, fields: Record<string, string> = matrix) {
  return post(office, fresh, fresh, { azione: 'salva', validFrom, ...fields })
}

async function plans(tenant: Tenant) {
  return inTenant(services.db, tenant.id, (tx) =>
    tx
      .selectFrom('tariff_plans')
      .select(['id', 'valid_from'])
      .where('tenant_id', '=', tenant.id)
      .orderBy('valid_from')
      .execute(),
  )
}

async function tariffs(tenant: Tenant): Promise<string[]> {
  const rows = await inTenant(services.db, tenant.id, (tx) =>
    tx
      .selectFrom('enrolments')
      .select('tariff_cents')
      .where('tenant_id', '=', tenant.id)
      .orderBy('id')
      .execute(),
  )
  return rows.map(({ tariff_cents: tariff }) => String(tariff))
}

async function chargeMeal(tenant: Tenant, childId: string, day: string) {
  await openCanteen(world, tenant, [childId], day)
  const meal = { category: 'REFEZIONE', day }
  const rows = [{ ...meal, childId, state: 'present' as const }]
  const origin = { source: 'file', actor: { kind: 'system' }, first: day } as const
  await inTenant(services.db, tenant.id, (tx) => recordAttendance(tx, tenant.id, rows, origin, clock.now()))
  expect(await chargeDay(services, tenant.id, meal, origin.actor)).toMatchObject({ charged: 1 })
}

test('a matrix is written without a script: rows, columns and blocks grow, and nothing is stored before saving', async () => {
  const { tenant, office } = await entity()
  const school = await post(office, '/scuole', '/scuole', { name: 'Dante' })
  const schoolId = school.location.split('/').at(-1)!
  const grown = await post(office, fresh, fresh, { azione: 'fascia', ...flat })
  expect(grown.text).toContain('name="band-0"')
  expect(grown.text).toContain('name="p-0-1-0" value="5,20"')
  const wide = await post(office, fresh, fresh, { azione: 'figlio', ...flat })
  expect(wide.text).toContain('name="p-0-0-1"')
  const split = await post(office, fresh, fresh, {
    azione: 'blocco',
    newSchool: schoolId,
    newDay: 'Rientro',
    ...flat,
  })
  expect(split.text).toContain('name="p-1-0-0"')
  expect(split.text).toContain('Dante · Rientro')
  const wrong = { ...matrix, 'band-0': '', 'p-0-1-0': 'gratis' }
  const refused = await post(office, fresh, fresh, { azione: 'anteprima', validFrom: tomorrow, ...wrong })
  expect(refused.status).toBe(422)
  for (const id of ['#band-0', '#p-0-1-0']) expect(refused.text).toContain(`href="${id}"`)
  expect(refused.text).toContain('value="gratis"')
  expect(await plans(tenant)).toEqual([])
})

test('before saving one sees how many children change price, from what to what, and who would have none', async () => {
  const { tenant, office } = await entity(3)
  const preview = (fields: Record<string, string>) =>
    post(office, fresh, fresh, { azione: 'anteprima', validFrom: tomorrow, ...fields })
  const seen = await preview(matrix)
  expect(seen.status).toBe(200)
  for (const text of ['Cambia il prezzo di 3 alunni su 3', '4,90', '5,20']) expect(seen.text).toContain(text)
  const none = await preview({ ...matrix, 'p-0-1-0': '' })
  expect(none.text).toContain('3 alunni restano senza prezzo')
  expect(none.text).toContain('Provetti Sofia')
  expect(await plans(tenant)).toEqual([])
  expect(await tariffs(tenant)).toEqual(['490', '490', '490'])
})

test('a plan to come is changed and deleted; two of a service never begin on the same day', async () => {
  const { tenant, office } = await entity()
  expect((await addPlan(office, tomorrow)).status).toBe(303)
  const taken = await addPlan(office, tomorrow)
  expect([taken.status, taken.text.includes('comincia già in questo giorno')]).toEqual([422, true])
  const { id } = (await plans(tenant))[0]!
  const path = `/tariffe/${id}`
  const changed = { ...matrix, 'p-0-1-1': '4,00' }
  expect((await post(office, path, path, { azione: 'salva', note: 'Delibera 1', ...changed })).status).toBe(
    303,
  )
  expect((await office.get(path)).text).toContain('name="p-0-1-1" value="4,00"')
  expect((await post(office, path, `${path}/cancella`, {})).status).toBe(303)
  expect(await plans(tenant)).toEqual([])
})

test('a plan by which meals may have been charged is followed by a new one instead of changed', async () => {
  const { tenant, office, family } = await entity()
  const from = addDays(today, -10)
  await addPlan(office, from)
  const { id } = (await plans(tenant))[0]!
  expect((await office.get(`/tariffe/${id}`)).text).toContain('name="azione"')
  const form = await office.formOf(`/tariffe/${id}`)
  await chargeMeal(tenant, family.children[0]!.childId, addDays(today, -1))
  for (const path of [`/tariffe/${id}`, `/tariffe/${id}/cancella`])
    expect((await office.post(path, { form, azione: 'salva', ...flat })).status, path).toBe(409)
  expect((await office.get(`/tariffe/${id}`)).text).not.toContain('name="azione"')
  const past = await addPlan(office, addDays(today, -5))
  expect([past.status, past.text.includes('scegli un giorno futuro')]).toEqual([422, true])
  const copy = await office.get(`${fresh}&copia=${id}`)
  expect(copy.text).toContain('name="p-0-0-1" value="1,50"')
  expect((await addPlan(office, tomorrow)).status).toBe(303)
})

test('a plan’s prices go out as a file and come back from one, all or nothing, with the wrong rows named', async () => {
  const { tenant, office } = await entity()
  await post(office, '/scuole', '/scuole', { name: 'Dante', code: 'DANTE' })
  await addPlan(office, tomorrow)
  const { id } = (await plans(tenant))[0]!
  const file = (await office.get(`/tariffe/${id}/csv`)).text
  expect(file).toContain('"";"";"5000,00";"2";"1,50"')
  const read = async (text: string | Uint8Array<ArrayBuffer>) => {
    const body = new FormData()
    body.set('form', await office.formOf(fresh))
    body.set('azione', 'csv')
    body.set('file', new File([text], 'prezzi.csv'))
    return office.post(fresh, body)
  }
  const back = await read(file)
  expect(back.status).toBe(200)
  for (const cell of ['name="band-0" value="5000,00"', 'name="p-0-0-1" value="1,50"'])
    expect(back.text).toContain(cell)
  const commas = await read(
    new Uint8Array(Buffer.from('school,day_type,price\ndante,Giovedì,"4,80"\n', 'latin1')),
  )
  expect(commas.text).toContain('Dante · Giovedì')
  const wrong = await read('scuola;isee_fino_a;figlio;prezzo\nIGNOTA;x;0;-1\n;;;5\n;;1;6\n;;7\n')
  expect(wrong.status).toBe(422)
  for (const problem of ['Nessuna scuola ha questo codice', 'Non è un importo', 'da 1 a 20', 'fra 0 e 1.000'])
    expect(wrong.text).toContain(problem)
  expect(wrong.text).toContain('Stesso posto di una riga prima')
  expect(wrong.text).toContain('Numero di colonne diverso')
  for (const bad of ['', 'a;b\n1;2\n', new Uint8Array([80, 75, 3, 4, 0, 0]), 'prezzo\n"5'])
    expect((await read(bad)).status).toBe(422)
})

test('the price that an enrolment keeps follows plans, income and exemptions, also when they begin by themselves', async () => {
  const { tenant, office, family } = await entity()
  await addPlan(office, today)
  expect(await tariffs(tenant)).toEqual(['520', '520'])
  const { childId } = family.children[0]!
  const page = `/alunni/${childId}/tariffa`
  const isee = { amount: '4.800,00', from: today, until: addDays(today, 30) }
  expect((await post(office, page, `/alunni/${childId}/isee`, isee)).status).toBe(303)
  expect(await tariffs(tenant)).toEqual(['200', '520'])
  const exemption = {
    category: 'REFEZIONE',
    percent: '50',
    from: tomorrow,
    until: '31/07/2027',
    reason: 'Relazione',
  }
  expect((await post(office, page, `/alunni/${childId}/esenzioni`, exemption)).status).toBe(303)
  expect(await tariffs(tenant)).toEqual(['200', '520'])
  const refresh = (day: string) => inTenant(services.db, tenant.id, (tx) => refreshPrices(tx, tenant.id, day))
  expect(await refresh(tomorrow)).toBe(1)
  expect(await tariffs(tenant)).toEqual(['100', '520'])
  expect(await refresh(tomorrow)).toBe(0)
  // The declaration is over, the exemption is not.
  await refresh(addDays(today, 31))
  expect(await tariffs(tenant)).toEqual(['260', '520'])
  const shown = await office.get(page)
  for (const text of ['Fascia ISEE fino a', '1° figlio nel servizio', 'Senza classe'])
    expect(shown.text).toContain(text)
  const wrong = await post(office, page, `/alunni/${childId}/isee`, { amount: 'x', from: '', until: '' })
  expect(wrong.status).toBe(422)
  // Incomes are for who decides about families.
  const accountant = await officeClient(world, tenant, 'accountant')
  expect((await accountant.get(page)).status).toBe(403)
  const log = await database.owner
    .selectFrom('audit_log')
    .select('details')
    .where('action', '=', 'isee.recorded')
    .where('subject_id', '=', childId)
    .execute()
  expect(JSON.stringify(log)).not.toContain('4800')
})

test('a particular kind of day does not become the price that an enrolment keeps', async () => {
  const { tenant, office } = await entity()
  await inTenant(services.db, tenant.id, (tx) =>
    tx
      .insertInto('service_periods')
      .values(
        ['', 'Rientro'].map((dayType, n) => ({
          tenant_id: tenant.id,
          id: `00000000-0000-7000-8000-00000000000${n}`,
          category: 'REFEZIONE',
          school_id: null,
          first_day: '2026-09-01',
          last_day: '2027-06-30',
          // Today is a Friday.
          weekdays: dayType ? 0b0010000 : 0b0011111,
          day_type: dayType,
          created_at: clock.now(),
        })),
      )
      .execute(),
  )
  await addPlan(office, today, {
    ...flat,
    blocks: '2',
    'school-1': '',
    'day-1': 'Rientro',
    'p-1-0-0': '9,00',
  })
  expect(await tariffs(tenant)).toEqual(['520', '520'])
})

test('siblings are proposed from shared guardians, the eldest first, and count once somebody accepts', async () => {
  const { tenant, office, family } = await entity(2)
  const keys = await services.vault.of(tenant.id)
  const codes = ['PRVSFO20A41Z999', 'PRVLCU17A01Z999'].map((body) => body + checkCharacter(body))
  await inTenant(services.db, tenant.id, async (tx) => {
    for (const [index, { childId }] of family.children.entries())
      await tx
        .updateTable('children')
        .set({
          fiscal_code_sealed: keys.seal(codes[index]!),
          fiscal_code_hash: keys.lookUpHash(codes[index]!),
        })
        .where('tenant_id', '=', tenant.id)
        .where('id', '=', childId)
        .execute()
  })
  await world.addFamily(tenant, 1)
  await addPlan(office, today, { ...matrix, 'p-0-1-1': '3,00' })
  const path = '/tariffe/fratelli'
  const { text } = await office.get(path)
  expect(text).toContain('Una differenza')
  expect(text).toContain('Provetti Sofia')
  const box = /name="(fratello-[^"]+)" value="2"/.exec(text)![1]!
  const from = today
  const undated = await post(office, path, path, { [box]: '2', from: 'ieri' })
  expect([undated.status, undated.text.includes('Scrivi il giorno')]).toEqual([422, true])
  await post(office, path, path, { [box]: '3', from })
  expect((await office.get(path)).text).toContain('Una differenza')
  expect((await post(office, path, path, { [box]: '2', from })).status).toBe(303)
  expect((await office.get(path)).text).toContain('Niente da cambiare')
  expect(await tariffs(tenant)).toEqual(['300', '520', '520'])
})
