import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { romeInstant } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { movementsPage } from '#core/ledger/movements.ts'
import { canteen, type Canteen } from '../../test/support/canteens.ts'
import { testDatabase } from '../../test/support/database.ts'
import { appPool } from '../../test/support/entities.ts'
import { absencePlans, announceAbsence } from './absences.ts'
import { chargeDay, takeBackMeal } from './charges.ts'
import { mealsOfMovements } from './meal-movements.ts'
import { recordAttendance, type AttendanceRow } from './record-attendance.ts'

const database = await testDatabase()
const { pool, db } = appPool(database.urls.app)
afterAll(() => pool.end())
/** A Tuesday. */
const DAY = '2026-11-24'
const at = (time: string, day = DAY) => romeInstant(`${day}T${time}:00`)
const RULES = { absenceUntil: '09:00' }

const record = ({ id }: Canteen, rows: readonly Partial<AttendanceRow>[]) =>
  inTenant(db, id, (tx) =>
    recordAttendance(
      tx,
      id,
      rows.map((row) => ({ category: 'REFEZIONE', day: DAY, childId: newId(), state: 'present', ...row })),
      { source: 'file', actor: { kind: 'system' }, first: '2026-11-17' },
      at('13:00'),
    ),
  )
const stored = ({ id }: Canteen) =>
  inTenant(db, id, (tx) =>
    tx
      .selectFrom('attendance')
      .select(['child_id', 'state', 'source', 'revision'])
      .where('tenant_id', '=', id)
      .orderBy('recorded_at')
      .execute(),
  )
async function guardian({ id, childIds }: Canteen): Promise<{ tenantId: string; accountId: string }> {
  const accountId = newId()
  await inTenant(db, id, async (tx) => {
    await sql`insert into accounts (tenant_id, id, kind, first_name, last_name, created_at)
      values (${id}, ${accountId}, 'guardian', 'Prova', 'Provetti', now())`.execute(tx)
    await sql`insert into guardianships (tenant_id, account_id, child_id, since)
      values (${id}, ${accountId}, ${childIds[0]!}, now())`.execute(tx)
  })
  return { tenantId: id, accountId }
}
const announce = (
  entity: Canteen,
  owner: { tenantId: string; accountId: string },
  now: Date,
  absent = true,
  day = DAY,
) =>
  inTenant(db, entity.id, (tx) =>
    announceAbsence(
      tx,
      owner,
      { childId: entity.childIds[0]!, category: 'REFEZIONE', day, absent },
      RULES,
      now,
    ),
  )

test('rows that are not right are named each, and then nothing is recorded', async () => {
  const entity = await canteen(db, 3)
  const [anna, bruno, carla] = entity.childIds as [string, string, string]
  await inTenant(db, entity.id, (tx) =>
    sql`update enrolments set ends_on = '2026-11-01' where tenant_id = ${entity.id} and child_id = ${carla}`.execute(
      tx,
    ),
  )
  const outcome = await record(entity, [
    { childId: anna },
    { childId: anna, state: 'absent' },
    { childId: newId() },
    { childId: bruno, day: '2026-11-25' },
    { childId: bruno, day: '2026-11-16' },
    { childId: bruno, day: '2026-11-22' },
    { childId: carla },
    { childId: bruno, day: '24/11/2026' },
  ])
  expect(outcome.refusals).toEqual([
    { row: 2, problem: 'repeated' },
    { row: 3, problem: 'unknown-child' },
    { row: 4, problem: 'future' },
    { row: 5, problem: 'too-long-ago' },
    { row: 6, problem: 'no-service' },
    { row: 7, problem: 'not-enrolled' },
    { row: 8, problem: 'not-a-day' },
  ])
  expect(await stored(entity)).toEqual([])
})

test('the same rows twice change nothing, and close the list so that the day can be charged', async () => {
  const entity = await canteen(db, 2)
  const rows = [{ childId: entity.childIds[0]! }, { childId: entity.childIds[1]!, state: 'absent' as const }]
  expect(await record(entity, rows)).toMatchObject({
    changed: 2,
    days: [{ category: 'REFEZIONE', day: DAY }],
  })
  expect(await record(entity, rows)).toMatchObject({ changed: 0, refusals: [] })
  const clock = { now: () => at('14:00') }
  const meal = { category: 'REFEZIONE', day: DAY }
  expect(await chargeDay({ db, clock }, entity.id, meal, { kind: 'system' })).toMatchObject({ charged: 1 })
})

test('another entity’s child is no child', async () => {
  const [entity, other] = [await canteen(db, 1), await canteen(db, 1)]
  expect((await record(entity, [{ childId: other.childIds[0]! }])).refusals).toEqual([
    { row: 1, problem: 'unknown-child' },
  ])
})

test('a parent announces an absence until the entity’s hour, and takes it back until then', async () => {
  const entity = await canteen(db, 1)
  const owner = await guardian(entity)
  await announce(entity, owner, at('08:59'))
  await announce(entity, owner, at('08:59'))
  expect(await stored(entity)).toMatchObject([{ state: 'absent', source: 'parent', revision: 1 }])
  const [plan] = await absencePlans(db, owner, RULES, at('08:59'))
  expect(plan!.days[0]).toEqual({ day: DAY, isOpen: true, state: 'announced' })
  await expect(announce(entity, owner, at('09:00'), false)).rejects.toMatchObject({
    code: 'attendance.too_late',
  })
  await announce(entity, owner, at('08:59'), false)
  expect(await stored(entity)).toEqual([])
  await expect(announce(entity, owner, at('09:00'))).rejects.toMatchObject({ code: 'attendance.too_late' })
  // For tomorrow there is time.
  await announce(entity, owner, at('09:00'), true, '2026-11-25')
})

test('absences are refused to strangers, beyond two weeks, without service and once the list is closed', async () => {
  const entity = await canteen(db, 1)
  const [owner, stranger] = [await guardian(entity), { tenantId: entity.id, accountId: newId() }]
  const codeOf = (work: Promise<void>) =>
    work.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  const morning = at('08:00')
  expect(await codeOf(announce(entity, stranger, morning))).toBe('resource.not_found')
  expect(await absencePlans(db, stranger, RULES, morning)).toEqual([])
  expect(await codeOf(announce(entity, owner, morning, true, '2026-12-08'))).toBe('attendance.too_early')
  expect(await codeOf(announce(entity, owner, morning, true, '2026-11-28'))).toBe('attendance.no_service')
  await entity.attend(DAY, { [entity.childIds[0]!]: 'present' })
  expect(await codeOf(announce(entity, owner, morning))).toBe('attendance.list_closed')
  const none = inTenant(db, entity.id, (tx) =>
    announceAbsence(
      tx,
      owner,
      { childId: entity.childIds[0]!, category: 'REFEZIONE', day: DAY, absent: true },
      { absenceUntil: null },
      morning,
    ),
  )
  expect(await codeOf(none)).toBe('attendance.not_offered')
})

test('movements tell the day of a meal, and a correction its reason', async () => {
  const entity = await canteen(db, 1)
  const [anna] = entity.childIds as [string]
  const staffId = await entity.staff()
  const clock = { now: () => at('14:00') }
  const meal = { category: 'REFEZIONE', day: DAY }
  await entity.attend(DAY, { [anna]: 'present' })
  await chargeDay({ db, clock }, entity.id, meal, { kind: 'system' })
  await inTenant(db, entity.id, (tx) =>
    takeBackMeal(
      tx,
      entity.id,
      { ...meal, childId: anna, note: 'Uscita prima di pranzo' },
      staffId,
      at('15:00'),
    ),
  )
  const { id: walletId } = await inTenant(db, entity.id, (tx) =>
    tx.selectFrom('wallets').select('id').where('tenant_id', '=', entity.id).executeTakeFirstOrThrow(),
  )
  const { items } = await movementsPage(db, entity.id, walletId, {})
  const meals = await mealsOfMovements(db, entity.id, walletId, items)
  expect(items.map(({ transactionId }) => meals.get(transactionId))).toEqual([
    { day: DAY, reversal: { kind: 'office', note: 'Uscita prima di pranzo' } },
    { day: DAY, reversal: undefined },
  ])
})
