import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AttendanceState } from '#core/db/meal-tables.ts'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { chargeMeals } from '#core/ledger/book.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { cents } from '#core/money.ts'
import { testDatabase } from '../../test/support/database.ts'
import { appPool } from '../../test/support/entities.ts'
import { canteen, type Canteen } from '../../test/support/canteens.ts'
import { DAY, MEAL, mealRuns, NOTHING, now } from '../../test/support/meal-runs.ts'
import { takeBackMeal, unchargedMeals } from './charges.ts'

const database = await testDatabase()
const { pool, db } = appPool(database.urls.app)
afterAll(() => pool.end())
const { run, wallet, standing } = mealRuns(db)

let one: Canteen
beforeAll(async () => {
  one = await canteen(db, 3)
})

/** The class's list as it is handed in anew. */
async function corrected(entity: Canteen, states: Record<string, AttendanceState>) {
  await entity.attend(DAY, states)
}

test('a day is charged once, however often it is run', async () => {
  const [anna, bruno, carla] = one.childIds as [string, string, string]
  await one.attend(DAY, { [anna]: 'present', [bruno]: 'present', [carla]: 'absent' })
  expect(await run(one.id)).toEqual({ ...NOTHING, charged: 2 })
  expect(await run(one.id)).toEqual(NOTHING)
  expect(await wallet(one, anna)).toEqual([['meal', `${DAY}/REFEZIONE`, -450n, -450n]])
  expect(await wallet(one, carla)).toEqual([])
  expect(await checkLedger(db, one.id)).toEqual([])
})

test('a list that is corrected leaves the right balances, with the reason on what was taken back', async () => {
  const [anna, bruno, carla] = one.childIds as [string, string, string]
  await corrected(one, { [anna]: 'absent', [bruno]: 'present', [carla]: 'present' })
  expect(await run(one.id)).toEqual({ ...NOTHING, charged: 1, reversed: 1 })
  expect(await wallet(one, anna)).toEqual([
    ['reversal', `${DAY}/REFEZIONE`, 450n, 0n],
    ['meal', `${DAY}/REFEZIONE`, -450n, -450n],
  ])
  expect(await standing(one, anna)).toMatchObject([{ revision: 1, reversal_kind: 'absent' }])
  // And back again: a new charge, not the old one.
  await corrected(one, { [anna]: 'present' })
  expect(await run(one.id)).toEqual({ ...NOTHING, charged: 1 })
  expect((await wallet(one, anna))[0]).toEqual(['meal', `${DAY}/REFEZIONE`, -450n, -450n])
  expect(await checkLedger(db, one.id)).toEqual([])
})

test('a charge of which no list knows any more is taken back, and the others stay', async () => {
  const entity = await canteen(db, 3)
  const [anna, bruno] = entity.childIds as [string, string]
  await entity.attend(DAY, { [anna]: 'present', [bruno]: 'present' })
  await run(entity.id)
  await database.owner.deleteFrom('attendance').where('child_id', '=', anna).execute()
  expect(await run(entity.id)).toEqual({ ...NOTHING, reversed: 1 })
  expect(await run(entity.id)).toEqual(NOTHING)
  expect(await standing(entity, anna)).toMatchObject([{ revision: 1, reversal_kind: 'absent' }])
  expect(await standing(entity, bruno)).toMatchObject([{ revision: 1, reversal_kind: null }])
  expect(await checkLedger(db, entity.id)).toEqual([])
})

test('another tariff takes the charges back and charges anew, and a closure gives the day back', async () => {
  const entity = await canteen(db, 2)
  const [anna] = entity.childIds as [string]
  await entity.attend(DAY, { [anna]: 'present', [entity.childIds[1]!]: 'present' })
  await run(entity.id)
  await entity.tariff('2026-11-01', 520)
  expect(await run(entity.id)).toEqual({ ...NOTHING, charged: 2, reversed: 2 })
  expect((await wallet(entity, anna)).map(([kind, , amount]) => [kind, amount])).toEqual([
    ['meal', -520n],
    ['reversal', 450n],
    ['meal', -450n],
  ])
  await entity.close(DAY)
  expect(await run(entity.id)).toEqual({ ...NOTHING, reversed: 2, problems: 2 })
  expect(await standing(entity, anna)).toMatchObject([
    { reversal_kind: 'price' },
    { reversal_kind: 'no-service' },
  ])
  expect((await unchargedMeals(db, entity.id, MEAL)).map(({ problem }) => problem)).toEqual([
    'no-service',
    'no-service',
  ])
  expect(await checkLedger(db, entity.id)).toEqual([])
})

test('a meal that costs nothing is recorded as such and moves no balance', async () => {
  const entity = await canteen(db, 2)
  const [anna, bruno] = entity.childIds as [string, string]
  await entity.tariff('2026-09-01', 0)
  await entity.attend(DAY, { [anna]: 'present' })
  expect(await run(entity.id)).toEqual({ ...NOTHING, free: 1 })
  expect(await run(entity.id)).toEqual(NOTHING)
  await entity.tariff('2026-11-24', 300)
  await entity.attend(DAY, { [bruno]: 'present' })
  expect(await run(entity.id)).toEqual({ ...NOTHING, charged: 2, reversed: 1 })
  expect(await wallet(entity, anna)).toEqual([['meal', `${DAY}/REFEZIONE`, -300n, -300n]])
  expect(await checkLedger(db, entity.id)).toEqual([])
})

test('whoever ate and cannot be charged is listed with the reason, and charged once it is mended', async () => {
  const entity = await canteen(db, 5)
  const [noWallet, noClass, noPrice, notEnrolled, fine] = entity.childIds as [
    string,
    string,
    string,
    string,
    string,
  ]
  await entity.tariff('2026-09-01', 400)
  await database.owner.deleteFrom('wallets').where('child_id', '=', noWallet).execute()
  await inTenant(db, entity.id, async (tx) => {
    await sql`delete from placements where tenant_id = ${entity.id} and child_id = ${noClass}`.execute(tx)
    await sql`update enrolments set ends_on = '2026-11-23' where tenant_id = ${entity.id} and child_id = ${notEnrolled}`.execute(
      tx,
    )
    // A price for the first child alone: the third is the second of its family.
    await sql`update enrolments set sibling_rank = 1 where tenant_id = ${entity.id}`.execute(tx)
  })
  await entity.attend(DAY, Object.fromEntries(entity.childIds.map((id) => [id, 'present' as const])), [
    noClass,
  ])
  await entity.onlyForElsewhere(noPrice)
  expect(await run(entity.id)).toEqual({ ...NOTHING, charged: 1, problems: 4 })
  const problems = await unchargedMeals(db, entity.id, MEAL)
  expect(Object.fromEntries(problems.map(({ childId, problem }) => [childId, problem]))).toEqual({
    [noWallet]: 'no-wallet',
    [noClass]: 'no-class',
    [noPrice]: 'no-price',
    [notEnrolled]: 'not-enrolled',
  })
  expect((await wallet(entity, fine)).length).toBe(1)
  await inTenant(db, entity.id, (tx) =>
    tx
      .insertInto('wallets')
      .values({
        tenant_id: entity.id,
        id: newId(),
        child_id: noWallet,
        category: 'REFEZIONE',
        created_at: now,
      })
      .execute(),
  )
  expect(await run(entity.id)).toEqual({ ...NOTHING, charged: 1, problems: 3 })
  expect(await checkLedger(db, entity.id)).toEqual([])
})

test('a list that is not closed is not charged', async () => {
  const entity = await canteen(db, 1)
  await entity.attend(DAY, { [entity.childIds[0]!]: 'present' }, [], 'open')
  expect(await run(entity.id)).toEqual(NOTHING)
})

test('a meal that the office took back stays so until attendance changes, and is taken back once', async () => {
  const entity = await canteen(db, 1)
  const [anna] = entity.childIds as [string]
  const staffId = await entity.staff()
  await entity.attend(DAY, { [anna]: 'present' })
  await run(entity.id)
  const takeBack = () =>
    inTenant(db, entity.id, (tx) =>
      takeBackMeal(tx, entity.id, { ...MEAL, childId: anna, note: 'Uscita prima di pranzo' }, staffId, now),
    )
  await takeBack()
  await expect(takeBack()).rejects.toMatchObject({ code: 'meal.no_charge' })
  expect(await run(entity.id)).toEqual(NOTHING)
  expect(await standing(entity, anna)).toMatchObject([
    { revision: 1, reversal_kind: 'office', reversal_note: 'Uscita prima di pranzo' },
  ])
  await entity.attend(DAY, { [anna]: 'absent' })
  await entity.attend(DAY, { [anna]: 'present' })
  expect(await run(entity.id)).toEqual({ ...NOTHING, charged: 1 })
  expect((await standing(entity, anna)).map(({ revision }) => revision)).toEqual([1, 2])
  expect(await checkLedger(db, entity.id)).toEqual([])
})

test('runs at the same time end like one', async () => {
  const entity = await canteen(db, 40)
  await entity.attend(DAY, Object.fromEntries(entity.childIds.map((id) => [id, 'present' as const])))
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => run(entity.id)))
  expect(outcomes.reduce((sum, { charged }) => sum + charged, 0)).toBe(40)
  expect(await run(entity.id)).toEqual(NOTHING)
  expect(await checkLedger(db, entity.id)).toEqual([])
})

test('a reference that comes twice, within a batch or in a later one, is booked once also where plans are kept', async () => {
  const entity = await canteen(db, 1)
  const walletId = await inTenant(db, entity.id, (tx) =>
    tx.selectFrom('wallets').select('id').where('tenant_id', '=', entity.id).executeTakeFirstOrThrow(),
  )
  for (let batch = 0; batch < 8; batch++) {
    const meals = Array.from({ length: 20 }, (_, number) => ({
      walletId: walletId.id,
      amountCents: cents(100),
      reference: `${batch}/${number % 15}`,
    }))
    expect(await chargeMeals(db, entity.id, meals, now, now)).toBe(15)
    expect(await chargeMeals(db, entity.id, meals, now, now)).toBe(0)
  }
  expect(await checkLedger(db, entity.id)).toEqual([])
})
