import { expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { checkCharacter } from '#core/fiscal-code.ts'
import type { Tenant } from '#core/tenant.ts'
import { addDays, romeDate } from '#core/clock.ts'
import { readList } from '#meals/class-list.ts'
import { classesOfDay } from '#meals/classes-of-day.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { openTestHouse } from './support/house.ts'
import { officeClient, type OfficeClient } from './support/office.ts'

const world = await openTestHouse()
const { clock, database } = world
const { services } = world.house
const today = romeDate(clock.now())
const year = schoolYearOf(today)

/** An evidently fictitious code: born nowhere (Z999). */
const codeOf = (body: string) => `${body}${checkCharacter(body)}`

async function post(office: OfficeClient, page: string, path: string, fields: Record<string, string>) {
  return office.post(path, { form: await office.formOf(page), ...fields })
}

async function entity(): Promise<{ tenant: Tenant; office: OfficeClient; schoolHref: string }> {
  const tenant = await world.addTenant()
  const office = await officeClient(world, tenant, 'clerk')
  const made = await post(office, '/scuole', '/scuole', { name: 'Primaria Dante', address: 'Via Volta 4' })
  expect(made.status).toBe(303)
  return { tenant, office, schoolHref: made.location.replace(`/${tenant.slug}/ufficio`, '') }
}

async function classesOf(tenant: Tenant): Promise<Record<string, string>> {
  const rows = await inTenant(services.db, tenant.id, (tx) =>
    tx.selectFrom('classes').select(['id', 'name']).where('tenant_id', '=', tenant.id).execute(),
  )
  return Object.fromEntries(rows.map(({ id, name }) => [name, id]))
}

async function addChild(office: OfficeClient, fields: Record<string, string>) {
  const answer = await post(office, '/alunni/nuovo', '/alunni/nuovo', fields)
  return { ...answer, childId: /alunni\/([0-9a-f-]{36})\/scheda/.exec(answer.text)?.[1] ?? '' }
}

test('schools and classes are added, renamed and closed, each act is in the log, and what a child’s card says follows', async () => {
  const { tenant, office, schoolHref } = await entity()
  await post(office, schoolHref, `${schoolHref}/classi`, { names: '1ª A, 1ª B; 2ª A, 1ª A' })
  const classes = await classesOf(tenant)
  expect(Object.keys(classes).toSorted()).toEqual(['1ª A', '1ª B', '2ª A'])
  const { childId } = await addChild(office, { firstName: 'Ada', lastName: 'Neri', class: classes['1ª A']! })
  const card = async () =>
    database.owner.selectFrom('children').select(['school', 'class_name']).where('id', '=', childId).execute()
  expect(await card()).toEqual([{ school: 'Primaria Dante', class_name: '1ª A' }])
  const renamed = { name: 'Primaria Dante Alighieri', code: 'PRIMARIA-DANTE' }
  expect((await post(office, schoolHref, schoolHref, renamed)).status).toBe(303)
  await post(office, schoolHref, `${schoolHref}/classi/nome`, { class: classes['1ª A']!, className: '1ª C' })
  expect(await card()).toEqual([{ school: 'Primaria Dante Alighieri', class_name: '1ª C' }])
  const taken = { class: classes['1ª B']!, className: '2ª A' }
  expect((await post(office, schoolHref, `${schoolHref}/classi/nome`, taken)).status).toBe(422)
  expect((await post(office, '/scuole', '/scuole', { name: 'Altra', code: 'primaria-dante' })).status).toBe(
    422,
  )
  await post(office, schoolHref, `${schoolHref}/chiusura`, { stato: 'chiusa' })
  const refused = await addChild(office, { firstName: 'Leo', lastName: 'Neri', class: classes['1ª B']! })
  expect([refused.status, refused.text.includes('Questa scuola è chiusa')]).toEqual([422, true])
  await post(office, schoolHref, `${schoolHref}/chiusura`, { stato: 'aperta' })
  expect(
    (await addChild(office, { firstName: 'Leo', lastName: 'Neri', class: classes['1ª B']! })).status,
  ).toBe(200)
  const log = await database.owner
    .selectFrom('audit_log')
    .select('action')
    .where('tenant_id', '=', tenant.id)
    .where('action', 'like', 'school.%')
    .orderBy('id')
    .execute()
  expect(log.map(({ action }) => action)).toEqual([
    'school.added',
    'school.changed',
    'school.closed',
    'school.reopened',
  ])
})

test('a school reads schools and changes none', async () => {
  const { tenant, schoolHref } = await entity()
  const school = await officeClient(world, tenant, 'school')
  const seen = await school.get(schoolHref)
  expect([seen.status, seen.text.includes('Primaria Dante')]).toEqual([200, true])
  expect(seen.text).not.toContain(`action="/${tenant.slug}/ufficio${schoolHref}/classi`)
  expect((await school.post(schoolHref, { name: 'Mia', code: 'MIA' })).status).toBe(403)
})

test('a child gets a class, a wallet for each service and a code by which its parents find it', async () => {
  const { tenant, office, schoolHref } = await entity()
  await post(office, schoolHref, `${schoolHref}/classi`, { names: '1ª A' })
  const classes = await classesOf(tenant)
  const fiscalCode = codeOf('NRADAA20A41Z999')
  const fields = { firstName: 'Ada', lastName: 'Neri', fiscalCode, class: classes['1ª A']! }
  const made = await addChild(office, { ...fields, 'service-REFEZIONE': 'si' })
  const code = /<span class="code">([0-9A-Z]{5}-[0-9A-Z]{5})<\/span>/.exec(made.text)?.[1]
  expect([made.status, code]).toEqual([200, expect.any(String)])
  const wallets = await database.owner
    .selectFrom('wallets')
    .select(['category', 'state'])
    .where('child_id', '=', made.childId)
    .execute()
  expect(wallets).toEqual([{ category: 'REFEZIONE', state: 'active' }])
  const row = await database.owner
    .selectFrom('children')
    .selectAll()
    .where('id', '=', made.childId)
    .executeTakeFirstOrThrow()
  expect(JSON.stringify(row)).not.toContain(fiscalCode)
  const again = await addChild(office, { ...fields, firstName: 'Adina', another: 'si' })
  expect([again.status, again.text.includes('ha già questo codice fiscale')]).toEqual([422, true])
  // A second click is the same name again: nobody is doubled without a word.
  const clicked = await addChild(office, { firstName: 'Àda', lastName: 'NERI' })
  expect([clicked.status, clicked.text.includes('È un’altra persona')]).toEqual([422, true])
  // Digits that letters stand for (omocodia) are right, a wrong check character is not.
  const same = codeOf('NRADAA20A41ZVVV')
  expect((await addChild(office, { firstName: 'Bea', lastName: 'Neri', fiscalCode: same })).status).toBe(200)
  const wrong = `${same.slice(0, 15)}${same.endsWith('A') ? 'B' : 'A'}`
  expect((await addChild(office, { firstName: 'Cleo', lastName: 'Neri', fiscalCode: wrong })).status).toBe(
    422,
  )
})

test('the office changes a child’s names, class and services, and an enrolment ends on a day of its year', async () => {
  const { tenant, office, schoolHref } = await entity()
  await post(office, schoolHref, `${schoolHref}/classi`, { names: '1ª A, 1ª B' })
  const classes = await classesOf(tenant)
  const { childId } = await addChild(office, { firstName: 'Ada', lastName: 'Neri' })
  const file = `/alunni/${childId}/scheda`
  await post(office, file, file, { firstName: 'Adele', lastName: 'Neri' })
  await post(office, file, `/alunni/${childId}/classe`, { class: classes['1ª B']! })
  const days = { startsOn: `${year.slice(0, 4)}-10-01`, endsOn: '' }
  const enrolled = { category: 'REFEZIONE', ...days }
  expect((await post(office, file, `/alunni/${childId}/servizi`, enrolled)).status).toBe(303)
  expect((await post(office, file, `/alunni/${childId}/servizi`, enrolled)).status).toBe(422)
  const page = await office.get(file)
  for (const text of ['Adele Neri', '1ª B', '01/10/']) expect(page.text).toContain(text)
  const enrolment = /name="enrolment" value="([^"]+)"/.exec(page.text)![1]!
  const end = (endsOn: string) =>
    post(office, file, `/alunni/${childId}/servizi/giorni`, { enrolment, ...days, endsOn })
  expect((await end(`${year.slice(5)}-08-01`)).status).toBe(422)
  expect((await end(`${year.slice(0, 4)}-09-30`)).status).toBe(422)
  expect((await end(`30/06/${year.slice(5)}`)).status).toBe(303)
  const [row] = await database.owner
    .selectFrom('enrolments')
    .select(['starts_on', 'ends_on'])
    .where('child_id', '=', childId)
    .execute()
  expect(row).toEqual({ starts_on: days.startsOn, ends_on: `${year.slice(5)}-06-30` })
})

test('a child that is taken out of its class stands on no list from the day after, and on those of before', async () => {
  const { tenant, office, schoolHref } = await entity()
  await post(office, schoolHref, `${schoolHref}/classi`, { names: '1ª A' })
  const classId = (await classesOf(tenant))['1ª A']!
  const { childId } = await addChild(office, { firstName: 'Ada', lastName: 'Neri' })
  const file = `/alunni/${childId}/scheda`
  const leave = (lastDay: string) => post(office, file, `/alunni/${childId}/classe/lascia`, { lastDay })
  expect((await leave(today)).status).toBe(404)
  await post(office, file, `/alunni/${childId}/classe`, { class: classId })
  await post(office, file, `/alunni/${childId}/servizi`, { category: 'REFEZIONE', startsOn: '', endsOn: '' })
  for (const wrong of ['ieri', addDays(today, 1), `${Number(year.slice(0, 4)) - 1}-11-20`])
    expect((await leave(wrong)).status, wrong).toBe(422)
  const lastDay = addDays(today, -1)
  expect((await leave(lastDay)).status).toBe(303)
  const onList = (day: string) =>
    inTenant(services.db, tenant.id, async (tx) => {
      const list = await readList(tx, tenant.id, { category: 'REFEZIONE', day, classId })
      const classes = await classesOfDay(services.db, tenant.id, { category: 'REFEZIONE', day })
      return [list.children.length, classes.flatMap((school) => school.classes)[0]?.children ?? 0]
    })
  expect([await onList(lastDay), await onList(today)]).toEqual([
    [1, 1],
    [0, 0],
  ])
  const card = () => database.owner.selectFrom('children').select('class_name').where('id', '=', childId)
  expect(await card().executeTakeFirst()).toEqual({ class_name: '' })
  expect((await office.get(file)).text).not.toContain('Ultimo giorno in classe')
  await post(office, file, `/alunni/${childId}/classe`, { class: classId })
  expect(await onList(today)).toEqual([1, 1])
  expect(await card().executeTakeFirst()).toEqual({ class_name: '1ª A' })
})

test('the list is filtered, paged without a name in an address, and searched by name or fiscal code', async () => {
  const { tenant, office, schoolHref } = await entity()
  await post(office, schoolHref, `${schoolHref}/classi`, { names: '1ª A' })
  const classId = (await classesOf(tenant))['1ª A']!
  await inTenant(services.db, tenant.id, async (tx) => {
    const names = Array.from({ length: 60 }, (_, n) => `Alunno ${String(n).padStart(2, '0')}`)
    const rows = names.map((last_name, n) => ({
      tenant_id: tenant.id,
      id: `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
      first_name: 'Prova',
      last_name,
      fiscal_code_sealed: null,
      fiscal_code_hash: null,
      claim_code_hash: null,
      created_at: clock.now(),
    }))
    await tx.insertInto('children').values(rows).execute()
  })
  const fiscalCode = codeOf('NRADAA20A41Z999')
  const child = { firstName: 'Ada', lastName: 'D’Àngelo', fiscalCode, class: classId }
  const { childId } = await addChild(office, { ...child, 'service-REFEZIONE': 'si' })
  const rowsOf = (text: string) =>
    [...text.matchAll(/scope="row"><a href="[^"]*">([^<]*)</g)].map(([, name]) => name)
  const first = await office.get('/alunni')
  expect(rowsOf(first.text)).toHaveLength(50)
  const next = /href="([^"]*dopo[^"]*)" rel="next"/.exec(first.text)![1]!
  expect(next).not.toContain('Alunno')
  const second = await office.get(
    next
      .replaceAll('&#x3D;', '=')
      .replaceAll('&amp;', '&')
      .replace(/^.*\/ufficio/, ''),
  )
  expect([...rowsOf(first.text), ...rowsOf(second.text)]).toHaveLength(61)
  expect(rowsOf(second.text).at(-1)).toBe('D’Àngelo Ada')
  expect(rowsOf((await office.get(`/alunni?classe=${classId}`)).text)).toEqual(['D’Àngelo Ada'])
  expect(rowsOf((await office.get('/alunni?servizio=REFEZIONE')).text)).toEqual(['D’Àngelo Ada'])
  expect(rowsOf((await office.get('/alunni?senza=classe')).text)).not.toContain('D’Àngelo Ada')
  expect(rowsOf((await office.get('/alunni?senza=servizi&dopo=x')).text)).toHaveLength(50)
  expect(rowsOf((await office.get('/alunni?senza=genitori')).text)).toHaveLength(50)
  for (const search of ['dangelo', "D'ANGELO ada", 'ada d', fiscalCode.toLowerCase()])
    expect(rowsOf((await post(office, '/alunni', '/alunni', { search })).text), search).toEqual([
      'D’Àngelo Ada',
    ])
  for (const search of ['angelo', '%', 'alunno_0'])
    expect(rowsOf((await post(office, '/alunni', '/alunni', { search })).text), search).toEqual([])
  const other = await officeClient(world, await world.addTenant(), 'clerk')
  expect((await other.get(`/alunni/${childId}/scheda`)).status).toBe(404)
})
