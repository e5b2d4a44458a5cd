import { expect, test } from 'vitest'
import { romeInstant } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { askForDueCharges } from '../src/meals/meal-jobs.ts'
import { createApp } from './api/client.ts'
import { closeCanteen, openCanteen } from './support/canteen-entity.ts'
import { openTestHouse } from './support/house.ts'
import { machineToken } from './support/machines.ts'
import { officeClient } from './support/office.ts'

const world = await openTestHouse()
const { house, clock } = world
const { services } = house
/** A Tuesday. */
const DAY = '2026-11-24'
clock.setTo(romeInstant(`${DAY}T10:00:00`))

const tenant = await world.addTenant()
const family = await world.addFamily(tenant, 3)
const [sofia, luca, marta] = family.children.map(({ childId }) => childId) as [string, string, string]
const { classId } = await openCanteen(world, tenant, [sofia, luca, marta], DAY)
const school = await officeClient(world, tenant, 'school')
const clerk = await officeClient(world, tenant, 'clerk')
const path = (day = DAY) => `/presenze/${classId}?servizio=REFEZIONE&giorno=${day}`
const versionOf = (text: string) => /name="versione" value="([^"]+)"/.exec(text)![1]!

async function handIn(
  client: typeof school,
  absent: readonly string[],
  { version, day = DAY, azione = 'chiudi' }: { version?: string; day?: string; azione?: string } = {},
) {
  const { text } = await client.get(path(day))
  const states = [sofia, luca, marta].map((id) => [
    `stato-${id}`,
    absent.includes(id) ? 'assente' : 'presente',
  ])
  return client.post(path(day), {
    form: await client.formOf(path(day)),
    versione: version ?? versionOf(text),
    azione,
    ...(Object.fromEntries(states) as Record<string, string>),
  })
}
const stored = (day = DAY) =>
  inTenant(services.db, tenant.id, async (tx) =>
    Object.fromEntries(
      (
        await tx
          .selectFrom('attendance')
          .select(['child_id', 'state'])
          .where('tenant_id', '=', tenant.id)
          .where('day', '=', day)
          .execute()
      ).map(({ child_id, state }) => [child_id, state]),
    ),
  )

test('a class is to do until its list is saved, open until it is closed, and everybody is proposed as present', async () => {
  expect((await school.get('/presenze')).text).toMatch(/3ª B[\s\S]*Da fare/)
  const { text } = await school.get(path())
  expect(text.match(/value="presente" checked/g)).toHaveLength(3)
  expect((await handIn(school, [luca], { azione: 'salva' })).status).toBe(303)
  expect((await school.get('/presenze')).text).toMatch(/3ª B[\s\S]*1? ?un assente[\s\S]*Aperto/)
  expect((await handIn(school, [luca])).location).toContain('fatto=chiuso')
  expect((await school.get('/presenze')).text).toMatch(/3ª B[\s\S]*Chiuso/)
  expect(await stored()).toEqual({ [sofia]: 'present', [luca]: 'absent', [marta]: 'present' })
})

test('whoever saves over a newer list is shown what differs, keeps what was typed, and may save again', async () => {
  const seen = versionOf((await clerk.get(path())).text)
  await handIn(school, [luca, marta])
  const answer = await handIn(clerk, [sofia], { version: seen })
  expect(answer.status).toBe(409)
  expect(answer.text).toContain('Nel frattempo l’elenco è cambiato')
  expect(answer.text.match(/Adesso risulta: Assente/g)).toHaveLength(2)
  expect(answer.text).toMatch(new RegExp(`stato-${sofia}" value="assente" checked`))
  expect(await stored()).toEqual({ [sofia]: 'present', [luca]: 'absent', [marta]: 'absent' })
  expect((await handIn(clerk, [sofia], { version: versionOf(answer.text) })).status).toBe(303)
  expect(await stored()).toEqual({ [sofia]: 'absent', [luca]: 'present', [marta]: 'present' })
})

test('of two who save at the same time one is heard, and the other is told', async () => {
  const version = versionOf((await clerk.get(path())).text)
  const answers = await Promise.all([
    handIn(school, [luca], { version }),
    handIn(clerk, [marta], { version }),
  ])
  expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([303, 409])
})

test('days without service, the future and days too long ago are refused with the reason', async () => {
  await closeCanteen(world, tenant, '2026-11-23')
  const closed = await school.get(path('2026-11-23'))
  expect([closed.status, closed.text.includes('Sciopero del personale')]).toEqual([409, true])
  expect((await school.get('/presenze?giorno=2026-11-23&lang=en')).text).toContain('Monday 23 November')
  expect((await school.get('/presenze?giorno=2026-11-23')).text).toContain(
    'Servizio sospeso: Sciopero del personale',
  )
  expect((await school.get(path('2026-11-25'))).text).toContain('Gli elenchi si compilano dal')
  expect((await school.get(path('2026-11-10'))).status).toBe(409)
  const administrator = await officeClient(world, tenant, 'administrator')
  expect((await administrator.get(path('2026-11-10'))).status).toBe(200)
})

test('closed lists are charged at the entity’s hour, and a list that is corrected later at once', async () => {
  await handIn(school, [luca])
  const charged = async () =>
    (
      await inTenant(services.db, tenant.id, (tx) =>
        tx
          .selectFrom('meal_charges')
          .select(['child_id', 'reversal_kind'])
          .where('tenant_id', '=', tenant.id)
          .orderBy('child_id')
          .execute(),
      )
    ).map(({ child_id, reversal_kind }) => [child_id, reversal_kind])
  expect(await askForDueCharges(services)).toBe(0)
  clock.setTo(romeInstant(`${DAY}T14:00:00`))
  expect(await askForDueCharges(services)).toBe(1)
  await expect.poll(charged, { timeout: 20_000 }).toEqual([sofia, marta].toSorted().map((id) => [id, null]))
  // The lists are marked once all of them are charged, a moment after the charges themselves.
  await expect.poll(() => askForDueCharges(services), { timeout: 20_000 }).toBe(0)
  // Four hours later everybody has been signed out.
  await handIn(await officeClient(world, tenant, 'school'), [sofia, luca])
  await expect.poll(charged, { timeout: 20_000 }).toContainEqual([sofia, 'absent'])
  expect(await checkLedger(services.db, tenant.id)).toEqual([])
})

test('the office sees what a day was charged, and who ate without being charged; the school does not', async () => {
  const client = await officeClient(world, tenant, 'accountant')
  const day = `/addebiti?servizio=REFEZIONE&giorno=${DAY}`
  expect((await client.get('/addebiti')).text).toContain('24/11/2026')
  expect((await client.get(day)).text).toContain('uno storno')
  // Of a batch, a child's page tells its own line: what it was for, and why it was taken back.
  const child = await (await officeClient(world, tenant, 'clerk')).get(`/alunni/${sofia}`)
  expect(child.text).toContain('del 24/11/2026')
  expect(child.text).toContain('del pasto del 24/11/2026: risulta assente')
  const again = { form: await client.formOf(day), servizio: 'REFEZIONE', giorno: DAY }
  expect((await client.post('/addebiti', again)).status).toBe(303)
  expect((await (await officeClient(world, tenant, 'school')).get('/addebiti')).status).toBe(403)
})

test('a reader that knows children and no classes records them by any code: all or nothing, the same twice once', async () => {
  const { call } = await createApp(world)
  const { token } = await machineToken(world, tenant, clerk.accountId, ['attendance:write'])
  await inTenant(services.db, tenant.id, (tx) =>
    tx
      .updateTable('children')
      .set({ external_id: '77' })
      .where('tenant_id', '=', tenant.id)
      .where('id', '=', luca)
      .execute(),
  )
  const day = '2026-11-22'
  const send = (...records: object[]) => call('POST', '/attendance/records', { token, json: { records } })
  const of = (child: object, change: object = {}) => ({
    child,
    category: 'REFEZIONE',
    day,
    state: 'present',
    ...change,
  })
  const wrong = await send(
    of({ id: sofia }),
    of({ externalId: '78' }),
    of({ externalId: '77' }, { day: '2026-11-23' }),
    of({ id: sofia }, { state: 'absent' }),
    of({ id: marta }, { day: '2026-11-10' }),
    of({ id: marta }, { category: 'NUOTO' }),
  )
  expect(wrong.status).toBe(422)
  expect(wrong.body.errors.map(({ path: field }: { path: string }) => field)).toEqual([
    'records.1.child',
    'records.2.day',
    'records.3.child',
    'records.4.day',
    'records.5.category',
  ])
  expect(await stored(day)).toEqual({})
  const right = [of({ id: sofia }), of({ externalId: '77' }, { state: 'absent' })]
  expect((await send(...right)).body).toEqual({ records: 2, changed: 2 })
  expect((await send(...right)).body).toEqual({ records: 2, changed: 0 })
  expect(await stored(day)).toEqual({ [sofia]: 'present', [luca]: 'absent' })
  const charged = () =>
    inTenant(services.db, tenant.id, (tx) =>
      tx
        .selectFrom('meal_charges')
        .select('child_id')
        .where('tenant_id', '=', tenant.id)
        .where('day', '=', day)
        .execute(),
    )
  await expect.poll(charged, { timeout: 20_000 }).toEqual([{ child_id: sofia }])
})
