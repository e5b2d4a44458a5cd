import { expect, test } from 'vitest'
import { romeInstant } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { chargeDay } from '../src/meals/charges.ts'
import { recordAttendance } from '../src/meals/record-attendance.ts'
import { openCanteen } from './support/canteen-entity.ts'
import { openTestHouse } from './support/house.ts'
import { officeClient } from './support/office.ts'

const world = await openTestHouse()
const { house, clock } = world
const { services } = house
/** A Tuesday. */
const DAY = '2026-11-24'
clock.setTo(romeInstant(`${DAY}T14:30:00`))
const tenant = await world.addTenant()
const family = await world.addFamily(tenant, 2)
const [sofia, luca] = family.children.map(({ childId }) => childId) as [string, string]
await openCanteen(world, tenant, [sofia, luca], DAY)
const clerk = await officeClient(world, tenant, 'clerk')

const close = async (more: Record<string, string> = {}) =>
  clerk.post('/calendario/chiusure', {
    form: await clerk.formOf('/calendario'),
    servizio: 'REFEZIONE',
    dal: DAY,
    motivo: 'Sciopero',
    ...more,
  })
const reasons = () =>
  inTenant(services.db, tenant.id, (tx) =>
    tx.selectFrom('meal_charges').select('reversal_kind').where('tenant_id', '=', tenant.id).execute(),
  )

test('the kitchen is told numbers and no names', async () => {
  const row = { category: 'REFEZIONE', day: DAY }
  const origin = { source: 'file', actor: { kind: 'system' }, first: DAY } as const
  await inTenant(services.db, tenant.id, (tx) =>
    recordAttendance(
      tx,
      tenant.id,
      [
        { ...row, childId: sofia, state: 'present' },
        { ...row, childId: luca, state: 'absent' },
      ],
      origin,
      clock.now(),
    ),
  )
  const { text } = await (await officeClient(world, tenant, 'school')).get(`/cucina?giorno=${DAY}`)
  expect(text).toMatch(/Primaria Dante<\/h2>[\s\S]*?sheet-number">1<\/strong> pasto</)
  expect(text).not.toContain('Provetti')
})

test('closing a day with charged meals is told first, and gives them back once confirmed', async () => {
  await chargeDay(services, tenant.id, { category: 'REFEZIONE', day: DAY }, { kind: 'system' })
  const told = await close()
  expect(told.status).toBe(409)
  expect(told.text).toContain('1 pasti già addebitati')
  expect(await reasons()).toEqual([{ reversal_kind: null }])
  expect((await close({ conferma: 'si' })).status).toBe(303)
  await expect.poll(reasons, { timeout: 20_000 }).toEqual([{ reversal_kind: 'no-service' }])
  expect((await clerk.get('/calendario?mese=2026-11')).text).toContain('Sciopero')
})

test('a closure without a reason, and days in the wrong order, are shown again with what was typed', async () => {
  const answer = await close({ motivo: '', al: '2026-11-20' })
  expect(answer.status).toBe(422)
  expect(answer.text).toContain('Scrivi il motivo.')
  expect(answer.text).toContain('L’ultimo giorno viene prima del primo.')
  expect(answer.text).toContain(`value="${DAY}"`)
})
