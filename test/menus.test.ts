import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { addDays, romeInstant, type RomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { ensureSchool } from '#tenants/schools/schools.ts'
import { createApp } from './api/client.ts'
import { closeCanteen, openCanteen } from './support/canteen-entity.ts'
import { openTestHouse } from './support/house.ts'
import { officeClient } from './support/office.ts'
import { signIn } from './support/portal-client.ts'

const world = await openTestHouse()
const { clock, url, database } = world
const { services } = world.house
const app = await createApp(world)
/** A Tuesday, and its Monday. */
const DAY = '2026-11-24'
const WEEK = '2026-11-23'
clock.setTo(romeInstant(`${DAY}T08:00:00`))

const tenant = await world.addTenant()
const family = await world.addFamily(tenant, 1)
const stranger = await world.addFamily(tenant, 1)
const [{ childId, walletId }] = family.children as [(typeof family.children)[number]]
const { schoolId } = await openCanteen(world, tenant, [childId], DAY)
const rodari = await inTenant(services.db, tenant.id, (tx) =>
  ensureSchool(tx, tenant.id, { code: 'RODARI', name: 'Infanzia Rodari' }, clock.now()),
)
const office = await officeClient(world, tenant, 'clerk')
const parent = await signIn(world, tenant, family)
const token = await app.signIn(tenant.activationCode, family.username, family.password)
let form: string
beforeAll(async () => {
  form = await office.formOf('/menu')
})

/** The version of a week's menu as its page has it. */
async function versionOf(week: RomeDate, scuola: string): Promise<string> {
  const { text } = await office.get(`/menu?servizio=REFEZIONE&scuola=${scuola}&settimana=${week}`)
  return /name="versione" value="([^"]*)"/.exec(text)![1]!
}

/** Hands in a week with one course on one day. */
async function write(
  course: string,
  azione: 'salva' | 'pubblica' | 'ritira',
  {
    week = WEEK,
    day = DAY,
    scuola = '',
    ...more
  }: Record<string, string> & { week?: RomeDate; day?: RomeDate } = {},
) {
  const menu = { [`p-${day}-1`]: course, [`a-${day}-milk`]: 'si', [`a-${day}-gluten`]: 'si' }
  return office.post('/menu', {
    form,
    servizio: 'REFEZIONE',
    scuola,
    settimana: week,
    versione: await versionOf(week, scuola),
    azione,
    ...menu,
    ...more,
  })
}

const own = (query = '') => parent.page(`/${tenant.slug}/menu${query}`)
const rest = async (week: RomeDate = DAY) =>
  (await app.call('GET', `/wallets/${walletId}/menu?week=${week}`, { token })).body
const open = async (week: RomeDate = DAY) =>
  (await app.call('GET', `/tenants/${tenant.activationCode}/menus?week=${week}`)).body

test('families see a menu while it is published: on its page, on the home page and in the app', async () => {
  expect((await write('Risotto alla zucca', 'salva')).location).toContain('fatto=salvato')
  expect(await own()).toContain('Il menù di questa settimana non è ancora pubblicato.')
  expect(await rest()).toMatchObject({ week: WEEK, published: false })
  expect((await write('Risotto alla zucca', 'pubblica')).location).toContain('fatto=pubblicato')
  const page = await own()
  expect(page).toMatch(/martedì 24 novembre[\s\S]*Oggi[\s\S]*Risotto alla zucca/)
  expect(page).toContain('Allergeni: cereali con glutine, latte.')
  expect(await parent.page(`/${tenant.slug}/`)).toMatch(/Oggi a tavola[\s\S]*Risotto alla zucca/)
  const { days } = await rest()
  expect(days[1]).toEqual({
    day: DAY,
    service: 'open',
    reason: null,
    absence: null,
    courses: ['Risotto alla zucca'],
    allergens: ['gluten', 'milk'],
    courseAllergens: [[]],
  })
  // A saved change of a published menu is published.
  await write('Riso in bianco', 'salva')
  expect(await own()).toContain('Riso in bianco')
  await write('Riso in bianco', 'ritira')
  expect(await own()).not.toContain('Riso in bianco')
  expect(await parent.page(`/${tenant.slug}/`)).not.toContain('Riso in bianco')
  const log = await database.owner
    .selectFrom('audit_log')
    .select('details')
    .where('tenant_id', '=', tenant.id)
    .where('action', '=', 'menu.saved')
    .orderBy('id')
    .execute()
  expect(log.map(({ details }) => (details as { stateAfter: string }).stateAfter)).toEqual([
    'draft',
    'published',
    'published',
    'draft',
  ])
})

test('a school’s own menu counts before that of all schools, and only there', async () => {
  await write('Pasta per tutti', 'pubblica')
  await write('Pasta della Rodari', 'pubblica', { scuola: rodari })
  expect(await own()).toContain('Pasta per tutti')
  expect((await office.get(`/menu?scuola=${schoolId}&settimana=${WEEK}`)).text).toContain(
    'vale il menù di tutte le scuole',
  )
  await write('Pasta della Dante', 'pubblica', { scuola: schoolId })
  const page = await own()
  expect([page.includes('Pasta della Dante'), page.includes('Pasta per tutti')]).toEqual([true, false])
  await write('Pasta della Dante', 'ritira', { scuola: schoolId })
  expect(await own()).toContain('Pasta per tutti')
})

test('a menu follows the calendar and the child: closed days say why and serve nothing, absences are shown', async () => {
  const next = addDays(WEEK, 7)
  const [monday, tuesday] = [next, addDays(next, 1)]
  const courses = { [`p-${tuesday}-1`]: 'Minestrone', [`p-${addDays(next, 2)}-1`]: 'Polenta' }
  await write('Gnocchi', 'pubblica', { week: next, day: monday, ...courses })
  await closeCanteen(world, tenant, tuesday)
  const page = `/${tenant.slug}/assenze`
  const away = { figlio: childId, servizio: 'REFEZIONE', giorno: monday, azione: 'assente' }
  await parent.post(page, { form: await parent.formOf(page), ...away })
  const text = await own(`?settimana=${tuesday}`)
  expect(text).toMatch(/lunedì 30 novembre[\s\S]*Assenza annunciata[\s\S]*Gnocchi/)
  expect(text).toMatch(/martedì 1 dicembre[\s\S]*Mensa chiusa: Sciopero del personale/)
  expect(text).not.toContain('Minestrone')
  expect(text).toMatch(/30 novembre\s–\s6 dicembre 2026/)
  const { days } = await rest(tuesday)
  expect(days.slice(0, 3)).toMatchObject([
    { absence: 'announced', courses: ['Gnocchi'] },
    { service: 'closed', reason: 'Sciopero del personale', courses: [] },
    { absence: null, courses: ['Polenta'] },
  ])
})

test('who is not signed in reads a menu only where the office lets everybody, and never a draft', async () => {
  const visit = async () => {
    const response = await fetch(`${url}/${tenant.slug}/menu`, { redirect: 'manual' })
    return { status: response.status, text: await response.text() }
  }
  expect((await visit()).status).toBe(303)
  expect((await open()).items).toEqual([])
  await write('Farro', 'pubblica', { pubblico: 'si' })
  expect(await open()).toEqual({
    week: WEEK,
    items: [
      {
        category: 'REFEZIONE',
        categoryLabel: expect.any(String) as string,
        school: null,
        days: [{ day: DAY, courses: ['Farro'], allergens: ['gluten', 'milk'], courseAllergens: [[]] }],
      },
    ],
  })
  const shown = await visit()
  expect(await (await fetch(`${url}/${tenant.slug}/`)).text()).toContain(`/${tenant.slug}/menu"`)
  expect([shown.status, shown.text.includes('Farro'), shown.text.includes('Rodari')]).toEqual([
    200,
    true,
    false,
  ])
  await write('Farro', 'ritira', { pubblico: 'si' })
  expect([(await open()).items, (await visit()).status]).toEqual([[], 303])
  expect(await (await fetch(`${url}/${tenant.slug}/`)).text()).not.toContain(`/${tenant.slug}/menu"`)
})

test('another family’s child has no menu, the same as one that does not exist', async () => {
  const other = await signIn(world, tenant, stranger)
  const ask = (figlio: string) => other.visit(`/${tenant.slug}/menu?figlio=${figlio}&servizio=REFEZIONE`)
  expect((await ask(childId)).status).toBe(404)
  expect((await ask('019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071')).status).toBe(404)
})

test('what cannot be saved is shown again as it was typed, and nothing is saved', async () => {
  const week = addDays(WEEK, 14)
  const day = addDays(week, 1)
  const long = await write('x'.repeat(121), 'pubblica', { week, day })
  expect([long.status, long.text.includes('x'.repeat(121))]).toEqual([422, true])
  const bare = await write('', 'pubblica', { week, day })
  expect([bare.status, bare.text.includes('Scrivi almeno una portata')]).toEqual([422, true])
  expect(await rest(week)).toMatchObject({ published: false })
  const unknown = await write('Pasta', 'pubblica', { scuola: childId })
  expect(unknown.status).toBe(404)
})

test('whoever saves over a newer menu is told, keeps what was typed, and may save again; of two who begin one is heard', async () => {
  const week = addDays(WEEK, 28)
  const day = addDays(week, 1)
  const begun = await Promise.all([
    write('Lasagne', 'pubblica', { week, day, versione: '' }),
    write('Tortellini', 'pubblica', { week, day, versione: '' }),
  ])
  expect(begun.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([303, 409])
  const late = await write('Crespelle', 'salva', { week, day, versione: '2026-01-01T00:00:00.000Z' })
  expect(late.status).toBe(409)
  expect(late.text).toMatch(/Nel frattempo qualcun altro[\s\S]*value="Crespelle"/)
  expect(JSON.stringify(await rest(week))).not.toContain('Crespelle')
  expect((await write('Crespelle', 'salva', { week, day })).status).toBe(303)
  expect(JSON.stringify(await rest(week))).toContain('Crespelle')
})

test('another week’s menu fills the form day by day, and is not saved by that', async () => {
  const target = addDays(WEEK, 21)
  await write('Orzotto', 'salva')
  const { text } = await office.get(`/menu?servizio=REFEZIONE&settimana=${target}&da=${WEEK}`)
  expect(text).toContain(`name="p-${addDays(target, 1)}-1" value="Orzotto"`)
  expect((await office.get(`/menu?servizio=REFEZIONE&settimana=${target}`)).text).not.toContain('Orzotto')
})

test('a rotation repeats its weeks in order, keeps what is written and passes over weeks without service', async () => {
  const [first, second] = [WEEK, addDays(WEEK, 7)]
  await write('Prima', 'pubblica', { week: first, day: first })
  await write('Seconda', 'pubblica', { week: second, day: second })
  const written = addDays(second, 7)
  await write('Già scritta', 'pubblica', { week: written, day: written })
  const idle = addDays(second, 21)
  for (let index = 0; index < 7; index++) await closeCanteen(world, tenant, addDays(idle, index), 'Vacanze')
  const until = addDays(second, 40)
  const repeat = { form, servizio: 'REFEZIONE', scuola: '', settimana: second, settimane: '2', fino: until }
  expect((await office.post('/menu/ripeti', { ...repeat, settimane: '0' })).status).toBe(422)
  expect((await office.post('/menu/ripeti', repeat)).location).toContain('fatto=ripetuto')
  const dishes: (string | undefined)[] = []
  for (let ahead = 1; ahead <= 6; ahead++)
    dishes.push((await rest(addDays(second, 7 * ahead))).days[0].courses[0])
  expect(dishes).toEqual(['Già scritta', 'Seconda', undefined, 'Prima', 'Seconda', undefined])
  expect((await office.post('/menu/ripeti', repeat)).location).toContain('fatto=niente')
})

test('allergens are named of a course by their numbers, and a day’s are their sum with what is of the day alone', async () => {
  const week = addDays(WEEK, 70)
  const more = { [`p-${week}-2`]: 'Merluzzo', [`n-p-${week}-1`]: '9, 1', [`n-p-${week}-2`]: '4' }
  const ask = { week, day: week, ...more }
  expect((await write('Passato con crostini', 'pubblica', ask)).status).toBe(303)
  const [monday] = (await rest(week)).days
  expect(monday).toMatchObject({
    courses: ['Passato con crostini', 'Merluzzo'],
    // Milk and gluten were ticked for the day.
    allergens: ['gluten', 'fish', 'milk', 'celery'],
    courseAllergens: [['gluten', 'celery'], ['fish']],
  })
  const page = await own(`?settimana=${week}`)
  expect(page).toMatch(
    /Passato con crostini\s*<span[^>]*><span[^>]*>Allergeni: <\/span>cereali con glutine, sedano</,
  )
  expect(page).toContain('Allergeni: cereali con glutine, pesce, latte, sedano.')
  const { text } = await office.get(`/menu?settimana=${week}`)
  expect(text).toContain(`name="n-p-${week}-1" value="1, 9"`)
  // Whoever reads the sum alone reads it whole.
  const { rows } = await sql<{ allergens: number; apart: number }>`
    select allergens, day_allergens as apart from menu_days where tenant_id = ${tenant.id} and day = ${week}`.execute(
    database.owner,
  )
  expect(rows).toEqual([{ allergens: 0b101001001, apart: 0b1000001 }])
  for (const numbers of ['15', '1, sette']) {
    const wrong = await write('Passato', 'salva', { ...ask, [`n-p-${week}-1`]: numbers })
    expect([wrong.status, wrong.text.includes(`value="${numbers}"`)]).toEqual([422, true])
  }
  const nameless = await write('', 'salva', ask)
  expect([nameless.status, nameless.text.includes('Scrivi la portata')]).toEqual([422, true])
})

test('a menu from before, with allergens of the day alone, reads as it did and keeps them when it is saved again', async () => {
  const week = addDays(WEEK, 77)
  await write('Orzotto', 'pubblica', { week, day: week })
  await sql`update menu_days set course_allergens = default, day_allergens = default
    where tenant_id = ${tenant.id} and day = ${week}`.execute(database.owner)
  const before = await rest(week)
  expect(before.days[0]).toMatchObject({ allergens: ['gluten', 'milk'], courseAllergens: [[]] })
  const { text } = await office.get(`/menu?settimana=${week}`)
  expect(text).toMatch(new RegExp(`name="a-${week}-milk" value="si" checked`))
  expect((await write('Orzotto', 'salva', { week, day: week })).status).toBe(303)
  expect(await rest(week)).toEqual(before)
})
