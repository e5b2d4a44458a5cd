import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { romeInstant } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { policiesSchema, type Tenant } from '#core/tenant.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import { bringFile } from '../../test/support/bring-file.ts'
import { canteen, type Canteen } from '../../test/support/canteens.ts'
import { testDatabase } from '../../test/support/database.ts'
import { appPool } from '../../test/support/entities.ts'
import { workbook } from '../../test/support/workbook.ts'
import { attendanceImport } from './attendance-import.ts'
import { chargeDay } from './charges.ts'

const database = await testDatabase()
const { pool, db } = appPool(database.urls.app)
afterAll(() => pool.end())
const DAY = '2026-11-24'
const now = romeInstant(`${DAY}T15:00:00`)
const clock = { now: () => now }

/** A canteen whose children have the entity's own codes 1, 2, 3… */
async function coded(children: number) {
  const entity = await canteen(db, children)
  await inTenant(db, entity.id, async (tx) => {
    for (const [index, childId] of entity.childIds.entries())
      await sql`update children set external_id = ${String(index + 1)}
        where tenant_id = ${entity.id} and id = ${childId}`.execute(tx)
  })
  return { ...entity, staffId: await entity.staff() }
}
type Coded = Canteen & { staffId: string }

const bring = (entity: Coded, file: string | Uint8Array, role: StaffRole = 'clerk') =>
  bringFile(db, attendanceImport, file, {
    now,
    by: { accountId: entity.staffId, role },
    tenant: { id: entity.id, policies: policiesSchema.parse({ attendanceDaysBack: 7 }) } as Tenant,
  })
const header = 'Codice alunno;Giorno;Presenza'
const csv = (...rows: string[]) => [header, ...rows].join('\n')
const balances = ({ id, childIds }: Coded) =>
  inTenant(db, id, (tx) =>
    tx.selectFrom('wallets').select(['child_id', 'balance_cents']).where('tenant_id', '=', id).execute(),
  ).then((rows) => childIds.map((child) => rows.find((one) => one.child_id === child)!.balance_cents))
const charge = ({ id }: Coded) =>
  chargeDay({ db, clock }, id, { category: 'REFEZIONE', day: DAY }, { kind: 'system' })
const asked = ({ id }: Coded) =>
  inTenant(db, id, (tx) => tx.selectFrom('outbox').select('job').where('tenant_id', '=', id).execute()).then(
    (rows) => rows.map(({ job }) => job),
  )

test('a file is charged, the same file changes nothing, a corrected one corrects the charges', async () => {
  const entity = await coded(3)
  const file = csv('1;24/11/2026;P', '2;24/11/2026;A', '3;24/11/2026;sì')
  const first = await bring(entity, file)
  expect(first.counts).toEqual([3, 0, 0])
  expect(first.plan.outcomes[0]).toEqual({
    row: 2,
    outcome: 'new',
    about: 'Provetti Prova, 24/11/2026, Mensa scolastica',
    changes: [{ what: 'present', before: '', after: '1ª A, Dante' }],
  })
  expect(await asked(entity)).toEqual(['meals.charge'])
  await charge(entity)
  expect(await balances(entity)).toEqual([-450n, 0n, -450n])
  expect((await bring(entity, file)).counts).toEqual([0, 0, 3])
  const corrected = await bring(entity, csv('1;24/11/2026;A', '2;24/11/2026;P', '3;24/11/2026;P'))
  expect(corrected.counts).toEqual([0, 2, 1])
  await charge(entity)
  expect(await balances(entity)).toEqual([0n, -450n, -450n])
})

test('a workbook with days and numbers as a spreadsheet stores them is read as well', async () => {
  const entity = await coded(2)
  const file = workbook([
    ['Matricola', 'Data', 'Presente'],
    [1, { day: 46_350 }, 1],
    [2, { day: 46_350 }, 0],
  ])
  expect((await bring(entity, file)).counts).toEqual([2, 0, 0])
  await charge(entity)
  expect(await balances(entity)).toEqual([-450n, 0n])
})

test('mistakes are told by row and column, and then nothing is written', async () => {
  const entity = await coded(5)
  await entity.close('2026-11-23')
  await inTenant(db, entity.id, async (tx) => {
    await sql`delete from placements where tenant_id = ${entity.id} and child_id = ${entity.childIds[3]!}`.execute(
      tx,
    )
    await sql`update enrolments set ends_on = '2026-11-01'
      where tenant_id = ${entity.id} and child_id = ${entity.childIds[4]!}`.execute(tx)
  })
  const { wrong } = await bring(
    entity,
    csv(
      '1;24/11/2026;P',
      '99;24/11/2026;P',
      '1;24/11/2026;A',
      '2;25/11/2026;P',
      '2;10/11/2026;P',
      '2;22/11/2026;P',
      '2;23/11/2026;P',
      '4;24/11/2026;P',
      '5;24/11/2026;P',
      '3;24/11/2026;forse',
      '3;domani;P',
      '3;;',
      ';24/11/2026;P',
    ),
  )
  expect(wrong).toEqual([
    '3 external_id unknown-child',
    '4 null twice',
    '5 attendance_day future-day',
    '6 attendance_day too-long-ago',
    '7 attendance_day no-service',
    '8 attendance_day closed-day',
    '9 null no-class',
    '10 null not-enrolled',
    '11 presence presence',
    '12 attendance_day date',
    '13 attendance_day required',
    '13 presence required',
    '14 child_fiscal_code no-identity',
  ])
  expect((await bring(entity, csv('2;24/11/2026;P'))).counts).toEqual([1, 0, 0])
  expect(await asked(entity)).toEqual(['meals.charge'])
})

test('administrators reach back to the beginning of the school year', async () => {
  const entity = await coded(1)
  const file = csv('1;15/09/2026;P')
  expect((await bring(entity, file)).wrong).toEqual(['2 attendance_day too-long-ago'])
  expect((await bring(entity, file, 'administrator')).counts).toEqual([1, 0, 0])
})

test('who is in the class and not in the file is named; what a parent had announced is told apart', async () => {
  const entity = await coded(3)
  await entity.attend(DAY, { [entity.childIds[1]!]: 'absent', [entity.childIds[2]!]: 'absent' }, [], 'open')
  const { plan, counts } = await bring(entity, csv('2;24/11/2026;A', '3;24/11/2026;P'))
  expect(counts).toEqual([0, 2, 0])
  expect(plan.outcomes.map(({ changes }) => changes[0]!.what)).toEqual(['list-closed', 'present-was-absent'])
  expect(plan.absent).toEqual({ count: 1, names: ['Provetti Prova, 1ª A, 24/11/2026'] })
  await charge(entity)
  expect(await balances(entity)).toEqual([0n, 0n, -450n])
})

test('children of another entity are not in the register', async () => {
  const [entity, other] = [await coded(1), await coded(2)]
  expect(other.childIds).toHaveLength(2)
  expect((await bring(entity, csv('2;24/11/2026;P'))).wrong).toEqual(['2 external_id unknown-child'])
})
