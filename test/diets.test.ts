import { expect, test } from 'vitest'
import { addDays, romeInstant } from '#core/clock.ts'
import { mergeChildren } from '#tenants/people/merge-children.ts'
import { DIET_KEPT_DAYS, forgetDiets } from '../src/meals/diet-upkeep.ts'
import { openCanteen } from './support/canteen-entity.ts'
import { openTestHouse } from './support/house.ts'
import { officeClient } from './support/office.ts'
import { signIn } from './support/portal-client.ts'
import { acceptInvitation, codeOfInvitation } from '#tenants/people/invitations.ts'
import { invite, recordedDiet } from './support/things.ts'

const world = await openTestHouse()
const { clock, database } = world
const { services } = world.house
/** A Tuesday. */
const DAY = '2026-11-24'
clock.setTo(romeInstant(`${DAY}T10:00:00`))

const tenant = await world.addTenant()
const family = await world.addFamily(tenant, 3)
const [sofia, luca, marta] = family.children.map(({ childId }) => childId) as [string, string, string]
const { classId } = await openCanteen(world, tenant, [sofia, luca, marta], DAY)
const clerk = await officeClient(world, tenant, 'clerk')
const NOTE = 'Reazione grave anche alle tracce'

async function logged(action: string) {
  return database.owner
    .selectFrom('audit_log')
    .select(['actor_kind', 'subject_kind', 'subject_id', 'details'])
    .where('tenant_id', '=', tenant.id)
    .where('action', '=', action as 'diet.added')
    .orderBy('id')
    .execute()
}

const stored = () =>
  database.owner
    .selectFrom('diets')
    .selectAll()
    .where('tenant_id', '=', tenant.id)
    .orderBy('recorded_at')
    .execute()

test('a diet is recorded with its note sealed, and the log tells neither child nor kind nor note', async () => {
  const path = `/alunni/${sofia}/dieta`
  const form = await clerk.formOf(path)
  const wrong = await clerk.post(path, { form, tipo: 'pizza', dal: DAY, al: '2026-11-01', nota: NOTE })
  expect(wrong.status).toBe(422)
  for (const text of ['Scegli il tipo di dieta.', 'finirebbe prima di cominciare', NOTE])
    expect(wrong.text).toContain(text)
  const diet = { form, tipo: 'nut-free', dal: DAY, al: '2027-07-31', certificato: '2026-12-31', nota: NOTE }
  expect((await clerk.post(path, diet)).status).toBe(303)
  const [row] = await stored()
  expect(row).toMatchObject({ child_id: sofia, kind: 'nut-free', certificate_until: '2026-12-31' })
  expect(row!.note_sealed!.includes('tracce')).toBe(false)
  const [line] = await logged('diet.added')
  expect(line).toMatchObject({ subject_kind: 'diet', subject_id: row!.id, details: { hasNote: true } })
  expect(JSON.stringify(line)).not.toMatch(/nut-free|tracce|Reazione/)
  expect(JSON.stringify(line)).not.toContain(sofia)
})

test('the note is on no page until somebody opens it, and each opening stays in the log', async () => {
  const path = `/alunni/${sofia}/dieta`
  const page = await clerk.get(path)
  expect(page.text).toContain('Senza frutta a guscio')
  expect(page.text).not.toContain(NOTE)
  const dieta = (await stored())[0]!.id
  const form = await clerk.formOf(path)
  expect((await clerk.post(`${path}/nota`, { form, dieta })).text).toContain(NOTE)
  // Under another child's address it is not there.
  expect((await clerk.post(`/alunni/${luca}/dieta/nota`, { form, dieta })).status).toBe(404)
  const parent = await signIn(world, tenant, family)
  const own = await parent.page(`/${tenant.slug}/diete`)
  expect([own.includes('Senza frutta a guscio'), own.includes(NOTE)]).toEqual([true, false])
  const opened = await parent.post(`/${tenant.slug}/diete/${dieta}/nota`, {
    form: await parent.formOf(`/${tenant.slug}/diete`),
  })
  expect(opened.text).toContain(NOTE)
  expect(
    (await logged('diet.note_read')).map(({ actor_kind, subject_id }) => [actor_kind, subject_id]),
  ).toEqual([
    ['staff', dieta],
    ['guardian', dieta],
  ])
})

test('whoever was invited to top up a child sees nothing of its diets', async () => {
  const grandmother = await world.addFamily(tenant, 0)
  const invitation = await invite(world, tenant, family, sofia)
  const owner = { tenantId: tenant.id, accountId: grandmother.accountId }
  await acceptInvitation(services, owner, await codeOfInvitation(services, tenant.id, invitation))
  const dieta = (await stored())[0]!.id
  const client = await signIn(world, tenant, grandmother)
  const page = `/${tenant.slug}/diete`
  expect(await client.page(page)).not.toContain('frutta a guscio')
  const form = await client.formOf(`/${tenant.slug}/ricarica`)
  expect((await client.post(`${page}/${dieta}/nota`, { form })).status).toBe(404)
})

test('a change keeps a note that nobody typed anew, replaces one that somebody did, and is told before and after', async () => {
  const path = `/alunni/${sofia}/dieta`
  const dieta = (await stored())[0]!.id
  const form = await clerk.formOf(path)
  const keys = await services.vault.of(tenant.id)
  const note = async () => keys.open((await stored())[0]!.note_sealed!)
  const change = (nota: string, al = '2027-06-30') =>
    clerk.post(`${path}/modifica`, { form, dieta, al, certificato: '', nota })
  expect((await change('')).status).toBe(303)
  expect(await note()).toBe(NOTE)
  expect((await change('Solo nocciole')).status).toBe(303)
  expect(await note()).toBe('Solo nocciole')
  const before = await change('', '2026-11-01')
  expect([before.status, before.text.includes('finirebbe prima di cominciare')]).toEqual([422, true])
  expect((await logged('diet.changed')).map(({ details }) => details)).toEqual([
    {
      untilBefore: '2027-07-31',
      untilAfter: '2027-06-30',
      certificateBefore: '2026-12-31',
      certificateAfter: null,
      noteChanged: false,
    },
    {
      untilBefore: '2027-06-30',
      untilAfter: '2027-06-30',
      certificateBefore: null,
      certificateAfter: null,
      noteChanged: true,
    },
  ])
})

test('the school sees on the class’s list what to serve on that day, and neither note nor certificate', async () => {
  const school = await officeClient(world, tenant, 'school')
  await recordedDiet(world, tenant, family, sofia, { kind: 'no-pork', note: '' })
  await recordedDiet(world, tenant, family, luca, { kind: 'vegan', validFrom: addDays(DAY, 1) })
  const { text } = await school.get(`/presenze/${classId}?servizio=REFEZIONE&giorno=${DAY}`)
  expect(text).toMatch(/Senza frutta a guscio e arachidi[\s\S]*Senza maiale/)
  expect(text).not.toMatch(/Vegana|nocciole|certificato/)
})

test('the kitchen reads numbers: a child with two diets is one meal with both, who stays away is none, nobody is named', async () => {
  const school = await officeClient(world, tenant, 'school')
  const cook = async (day = DAY) => {
    const { text } = await school.get(`/cucina?giorno=${day}`)
    return /<section class="panel sheet">[\s\S]*?<\/section>/.exec(text)![0].replace(/<[^>]+>|\s+/g, ' ')
  }
  const today = await cook()
  expect(today).toMatch(/Primaria Dante.* 3 +pasti/)
  expect(today).toMatch(/ 1 +Senza frutta a guscio e arachidi \+ Senza maiale/)
  expect(today).not.toMatch(/Vegana| 1 +Senza maiale/)
  for (const { firstName } of family.children) expect(today).not.toContain(firstName)
  expect(await cook(addDays(DAY, 1))).toMatch(/ 1 +Vegana/)
  const parent = await signIn(world, tenant, family)
  const away = { figlio: sofia, servizio: 'REFEZIONE', giorno: addDays(DAY, 1), azione: 'assente' }
  const page = `/${tenant.slug}/assenze`
  expect((await parent.post(page, { form: await parent.formOf(page), ...away })).status).toBe(303)
  expect(await cook(addDays(DAY, 1))).toMatch(/ 2 +pasti/)
  expect(await cook(addDays(DAY, 1))).not.toMatch(/maiale/)
})

test('whoever keeps the books learns from the log that a diet was read, not whose and not which', async () => {
  const accountant = await officeClient(world, tenant, 'accountant')
  const { text } = await accountant.get('/registro?azione=diet.note_read')
  expect(text.match(/>Una dieta</g)).toHaveLength(2)
  const administrator = await officeClient(world, tenant, 'administrator')
  const csv = (await administrator.get('/registro.csv')).text
  expect(csv.match(/diet\.note_read/g)).toHaveLength(2)
  for (const whole of [text, csv]) expect(whole).not.toMatch(/nocciole|Senza|nut-free|no-pork/)
  expect(csv.split('\n').filter((line) => line.includes('diet.') && line.includes(sofia))).toEqual([])
  expect((await accountant.get(`/alunni/${sofia}`)).text).not.toMatch(/Senza maiale|frutta a guscio/)
})

test('diets follow their child when two rows become one', async () => {
  const owner = { tenantId: tenant.id, accountId: family.accountId }
  const id = await recordedDiet(world, tenant, family, marta, { kind: 'egg-free' })
  await mergeChildren(services, owner, { stays: luca, goes: marta })
  expect((await stored()).find((row) => row.id === id)).toMatchObject({ child_id: luca })
})

test('a diet is forgotten a year after its last day, not before, and what was entered by mistake at once', async () => {
  const ended = await recordedDiet(world, tenant, family, luca, {
    kind: 'bland',
    validUntil: addDays(DAY, 4),
  })
  const ids = async () => (await stored()).map(({ id }) => id)
  const forget = (day: string) => forgetDiets(services.db, tenant.id, romeInstant(`${day}T04:00:00`))
  expect(await forget(addDays(DAY, 4 + DIET_KEPT_DAYS))).toBe(0)
  expect(await ids()).toContain(ended)
  expect(await forget(addDays(DAY, 5 + DIET_KEPT_DAYS))).toBeGreaterThan(0)
  expect(await ids()).not.toContain(ended)
  const mistake = await recordedDiet(world, tenant, family, luca)
  const path = `/alunni/${luca}/dieta`
  const form = await clerk.formOf(path)
  expect((await clerk.post(`${path}/cancella`, { form, dieta: mistake })).status).toBe(303)
  expect(await ids()).not.toContain(mistake)
  expect((await logged('diet.deleted')).map(({ actor_kind }) => actor_kind)).toEqual(['system', 'staff'])
})
