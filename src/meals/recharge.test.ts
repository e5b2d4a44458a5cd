import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { romeDate, romeInstant, type RomeDate } from '#core/clock.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { writeFamilies, type FamiliesWork } from '#tenants/imports/children-write.ts'
import { changeEnrolmentDays } from '#tenants/people/enrolments.ts'
import { mergeChildren } from '#tenants/people/merge-children.ts'
import { addExemption, deleteIsee, endExemption, recordIsee } from '#tenants/people/reductions.ts'
import { refreshPrices } from '#tenants/people/refresh-prices.ts'
import { rankSibling } from '#tenants/people/siblings.ts'
import { placeChild } from '#tenants/schools/schools.ts'
import { canteen, type Canteen } from '../../test/support/canteens.ts'
import { testDatabase } from '../../test/support/database.ts'
import { cell, CELLS, DAYS, eatenMeals, FIRST, SECOND, THIRD } from '../../test/support/eaten-meals.ts'
import { appPool } from '../../test/support/entities.ts'
import { changePlan, isPlanOpen } from './tariff-plans.ts'

const database = await testDatabase()
const { pool, db } = appPool(database.urls.app)
afterAll(() => pool.end())
const { now, services, inside, rerun, eaten, settle, charges, enrolmentOf } = eatenMeals(db)
const by = { now, accountId: null }
const sound = async (entity: Canteen) => expect(await checkLedger(db, entity.id)).toEqual([])

test('an income declared late changes the meals of its days and of its child, and taken away gives them back', async () => {
  const entity = await eaten(2)
  const [anna, bruno] = entity.childIds as [string, string]
  const declaration = { childId: anna, validFrom: SECOND, validUntil: '2026-11-20', iseeCents: 500_000n }
  await inside(entity, (tx) => recordIsee(tx, entity.id, declaration, by))
  expect(await settle(entity)).toBe(1)
  expect(await charges(entity)).toEqual([[520], [200, 'price'], [520]])
  expect(await charges(entity, bruno)).toEqual([[520], [520], [520]])
  // The same income, and for longer.
  await inside(entity, (tx) => recordIsee(tx, entity.id, { ...declaration, validUntil: THIRD }, by))
  await settle(entity)
  expect(await charges(entity)).toEqual([[520], [200, 'price'], [200, 'price']])
  await inside(entity, (tx) => deleteIsee(tx, entity.id, declaration, now))
  await settle(entity)
  expect(await charges(entity)).toEqual([[520], [520, 'price', 'price'], [520, 'price', 'price']])
  await sound(entity)
})

test('an exemption noted late, and one that ends earlier, change the meals of their days', async () => {
  const entity = await eaten(1)
  const exemption = {
    category: 'REFEZIONE',
    percent: 50,
    validFrom: FIRST,
    validUntil: THIRD,
    reason: 'Relazione',
  }
  const [childId] = entity.childIds as [string]
  const exemptionId = await inside(entity, (tx) => addExemption(tx, entity.id, { ...exemption, childId }, by))
  await settle(entity)
  expect(await charges(entity)).toEqual([
    [260, 'price'],
    [260, 'price'],
    [260, 'price'],
  ])
  await inside(entity, (tx) => endExemption(tx, entity.id, { childId, exemptionId }, SECOND, now))
  await settle(entity)
  expect(await charges(entity)).toEqual([
    [260, 'price'],
    [260, 'price'],
    [520, 'price', 'price'],
  ])
  await sound(entity)
})

test('what only concerns days to come, and what nobody ate, asks for nothing', async () => {
  const entity = await eaten(1)
  const [childId] = entity.childIds as [string]
  const later = { childId, validFrom: '2026-11-25', validUntil: '2027-06-30', iseeCents: 0n }
  await inside(entity, (tx) => recordIsee(tx, entity.id, later, by))
  const before = { childId, validFrom: '2026-09-01', validUntil: '2026-11-09', iseeCents: 0n }
  await inside(entity, (tx) => recordIsee(tx, entity.id, before, by))
  expect(await settle(entity)).toBe(0)
})

test('an enrolment that ended in the past gives back what was charged since, and comes back with its days', async () => {
  const entity = await eaten(2)
  const [childId] = entity.childIds as [string]
  const which = { childId, enrolmentId: await enrolmentOf(entity, childId) }
  const ends = (endsOn: RomeDate | null) =>
    inside(entity, (tx) => changeEnrolmentDays(tx, entity.id, which, { startsOn: null, endsOn }, now))
  await ends(SECOND)
  await settle(entity)
  expect(await charges(entity)).toEqual([[520], [520], [undefined, 'not-enrolled']])
  await ends(null)
  await settle(entity)
  expect(await charges(entity)).toEqual([[520], [520], [520, 'not-enrolled']])
  await sound(entity)
})

test('a sibling’s rank counts from its day on, however often it changes and whatever is charged anew', async () => {
  const entity = await eaten(1)
  const [childId] = entity.childIds as [string]
  const enrolmentId = await enrolmentOf(entity, childId)
  const rank = (place: number, from: RomeDate) =>
    inside(entity, (tx) => rankSibling(tx, entity.id, { enrolmentId, rank: place, from }, now))
  await rank(2, THIRD)
  await settle(entity)
  expect(await charges(entity)).toEqual([[520], [520], [400, 'price']])
  // The first two days are asked for anew, by somebody's list: they keep the rank that they had.
  for (const day of DAYS) expect(await rerun(entity, day)).toMatchObject({ charged: 0, reversed: 0 })
  await rank(1, '2026-11-30')
  await rank(3, '2026-12-10')
  for (const day of DAYS) expect(await rerun(entity, day)).toMatchObject({ charged: 0, reversed: 0 })
  // And a rank that is put right from an earlier day on takes the place of all that came after.
  await rank(1, SECOND)
  await settle(entity)
  expect(await charges(entity)).toEqual([[520], [520], [520, 'price', 'price']])
  await sound(entity)
})

test('who ate without a class is charged once it has one', async () => {
  const entity = await canteen(db, 2)
  const [childId, other] = entity.childIds as [string, string]
  await inside(entity, (tx) =>
    sql`delete from placements where tenant_id = ${entity.id} and child_id = ${childId}`.execute(tx),
  )
  await entity.attend(SECOND, { [childId]: 'present', [other]: 'present' }, [childId])
  expect(await rerun(entity, SECOND)).toMatchObject({ charged: 1, problems: 1 })
  await inside(entity, (tx) => placeChild(tx, entity.id, { childId, classId: entity.classId }, now))
  await settle(entity)
  expect(await charges(entity)).toEqual([[undefined], [450], [undefined]])
  await sound(entity)
})

test('a school year that has ended keeps its accounts', async () => {
  const entity = await eaten(1)
  const [childId] = entity.childIds as [string]
  const declaration = { childId, validFrom: FIRST, validUntil: THIRD, iseeCents: 0n }
  const later = { now: romeInstant('2027-08-02T10:00:00'), accountId: null }
  await inside(entity, (tx) => recordIsee(tx, entity.id, declaration, later))
  expect(await settle(entity)).toBe(0)
})

test('of two rows that are one child, each keeps the meals that were charged to it, at the prices of its days', async () => {
  const entity = await eaten(2)
  const [stays, goes] = entity.childIds as [string, string]
  const declaration = { childId: goes, validFrom: SECOND, validUntil: '2027-06-30', iseeCents: 500_000n }
  await inside(entity, (tx) => recordIsee(tx, entity.id, declaration, by))
  await settle(entity)
  // Only one of the two was in the service on the last day.
  await entity.attend(THIRD, { [stays]: 'absent' })
  await rerun(entity, THIRD)
  await mergeChildren(services, { tenantId: entity.id, accountId: await entity.staff() }, { stays, goes })
  await settle(entity)
  for (const day of DAYS) expect(await rerun(entity, day)).toMatchObject({ charged: 0, reversed: 0 })
  expect(await charges(entity, goes)).toEqual([[520], [200, 'price'], [undefined, 'price', 'absent']])
  expect(await charges(entity, stays)).toEqual([[520], [200, 'price'], [200, 'absent']])
  await sound(entity)
})

test('a service goes over to the row that stays from today on, and what was eaten by it stays where it was charged', async () => {
  const entity = await canteen(db, 2)
  const [stays, goes] = entity.childIds as [string, string]
  await database.owner.deleteFrom('enrolments').where('child_id', '=', stays).execute()
  for (const day of DAYS) {
    await entity.attend(day, { [goes]: 'present' })
    await rerun(entity, day)
  }
  await mergeChildren(services, { tenantId: entity.id, accountId: await entity.staff() }, { stays, goes })
  await settle(entity)
  for (const day of DAYS) expect(await rerun(entity, day)).toMatchObject({ charged: 0, reversed: 0 })
  expect(await charges(entity, goes)).toEqual([[450], [450], [undefined, 'absent']])
  expect(await charges(entity, stays)).toEqual([[undefined], [undefined], [450]])
  await sound(entity)
})

test('a file of families changes a tariff from today on, and an enrolment’s first day for the meals that were eaten', async () => {
  const entity = await eaten(2, null)
  const [anna, bruno] = entity.childIds as [string, string]
  const change = async (childId: string, startsOn: RomeDate | null, tariffCents: bigint) => ({
    id: await enrolmentOf(entity, childId),
    childId,
    tariffCents,
    startsOn,
  })
  const none = { schools: [], classes: [], children: [], changedChildren: [], placements: [], enrolments: [] }
  const work: FamiliesWork = {
    ...none,
    schoolYear: '2026/2027',
    changedEnrolments: [await change(anna, SECOND, 450n), await change(bruno, null, 480n)],
    wallets: [],
    disclaimed: [],
    accounts: [],
    guardianships: [],
  }
  await inside(entity, (tx) => writeFamilies(tx, entity.id, work, now, async () => {}))
  await settle(entity)
  expect(await charges(entity, anna)).toEqual([[undefined, 'not-enrolled'], [450], [450]])
  expect(await charges(entity, bruno)).toEqual([[450], [450], [480, 'price']])
  await sound(entity)
})

test('a plan’s price does not reach the days before it, and gives the own tariff back when it goes', async () => {
  const entity = await eaten(1, null)
  await entity.tariff(THIRD, 600)
  const tariff = async () => {
    await inside(entity, (tx) => refreshPrices(tx, entity.id, romeDate(now)))
    const row = inside(entity, (tx) =>
      tx
        .selectFrom('enrolments')
        .select('tariff_cents')
        .where('tenant_id', '=', entity.id)
        .executeTakeFirstOrThrow(),
    )
    return Number((await row).tariff_cents)
  }
  expect(await tariff()).toBe(600)
  expect(await rerun(entity, FIRST)).toMatchObject({ charged: 0, reversed: 0 })
  for (const table of ['tariff_prices', 'tariff_plans'] as const)
    await inside(entity, (tx) => tx.deleteFrom(table).where('tenant_id', '=', entity.id).execute())
  expect(await tariff()).toBe(450)
})

test('a plan is closed by a standing charge, also of nothing; and a price that was missing is charged once it is there', async () => {
  const free = await eaten(1, [{ ...cell, priceCents: 0n }])
  const open = (entity: Canteen, validFrom: RomeDate = FIRST) =>
    inside(entity, (tx) => isPlanOpen(tx, entity.id, { category: 'REFEZIONE', validFrom }, THIRD))
  expect(await open(free)).toBe(false)
  expect(await open(free, '2026-11-25')).toBe(true)
  // What was given back closes nothing.
  for (const day of DAYS) {
    await free.close(day)
    await rerun(free, day)
  }
  expect(await open(free)).toBe(true)
  const entity = await eaten(1, [{ ...cell, siblingFrom: 2 }])
  expect(await charges(entity)).toEqual([[undefined], [undefined], [undefined]])
  expect(await open(entity)).toBe(true)
  const { id: planId } = await inside(entity, (tx) =>
    tx.selectFrom('tariff_plans').select('id').where('tenant_id', '=', entity.id).executeTakeFirstOrThrow(),
  )
  await inside(entity, (tx) => changePlan(tx, entity.id, planId, { note: '', cells: CELLS }, now))
  await settle(entity)
  expect(await charges(entity)).toEqual([[520], [520], [520]])
})
