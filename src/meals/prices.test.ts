import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { ensureClass, ensureSchool, placeChild } from '#tenants/schools/schools.ts'
import { testDatabase } from '../../test/support/database.ts'
import { appPool, bareTenant } from '../../test/support/entities.ts'
import { mealPrices } from './prices.ts'

const database = await testDatabase()
const { pool, db } = appPool(database.urls.app)
afterAll(() => pool.end())
const now = new Date('2026-09-01T08:00:00Z')
/** A Tuesday. */
const DAY = '2026-11-24'

/** An entity whose one child is in class 1ª A of the school DANTE, enrolled with a tariff of its own of 4,50 €. */
async function entity() {
  const { id, childId } = await bareTenant(db)
  const schools = await inTenant(db, id, async (tx) => {
    const dante = await ensureSchool(tx, id, { code: 'DANTE', name: 'Dante' }, now)
    const rodari = await ensureSchool(tx, id, { code: 'RODARI', name: 'Rodari' }, now)
    const classId = await ensureClass(tx, id, { schoolId: dante, schoolYear: '2026/2027', name: '1ª A' }, now)
    await placeChild(tx, id, { childId, classId }, now)
    await sql`insert into enrolments (tenant_id, id, child_id, category, school_year, tariff_cents, created_at)
      values (${id}, ${newId()}, ${childId}, 'REFEZIONE', '2026/2027', 450, ${now})`.execute(tx)
    return { dante, rodari }
  })
  return { id, childId, ...schools }
}
type Entity = Awaited<ReturnType<typeof entity>>

interface Cell {
  school?: string
  dayType?: string
  upTo?: number
  from?: number
  price: number
}
const plan = ({ id }: Entity, validFrom: string, cells: Cell[]) =>
  inTenant(db, id, async (tx) => {
    const planId = newId()
    await tx
      .insertInto('tariff_plans')
      .values({
        tenant_id: id,
        id: planId,
        category: 'REFEZIONE',
        valid_from: validFrom,
        created_at: now,
        created_by: null,
      })
      .execute()
    const rows = cells.map(({ school, dayType, upTo, from, price }) => ({
      tenant_id: id,
      plan_id: planId,
      id: newId(),
      school_id: school ?? null,
      day_type: dayType ?? null,
      isee_up_to_cents: upTo === undefined ? null : BigInt(upTo),
      sibling_from: from ?? 1,
      price_cents: BigInt(price),
    }))
    await tx.insertInto('tariff_prices').values(rows).execute()
  })
const declare = ({ id, childId }: Entity, iseeCents: number, from = '2026-01-01', until = '2026-12-31') =>
  inTenant(db, id, (tx) =>
    tx
      .insertInto('isee_declarations')
      .values({
        tenant_id: id,
        child_id: childId,
        valid_from: from,
        valid_until: until,
        isee_cents: BigInt(iseeCents),
        recorded_at: now,
        recorded_by: null,
      })
      .execute(),
  )
const exempt = ({ id, childId }: Entity, percent: number, from: string, until: string) =>
  inTenant(db, id, (tx) =>
    tx
      .insertInto('exemptions')
      .values({
        tenant_id: id,
        id: newId(),
        child_id: childId,
        category: 'REFEZIONE',
        percent,
        valid_from: from,
        valid_until: until,
        reason: 'Relazione dei servizi sociali',
        created_at: now,
        created_by: null,
      })
      .execute(),
  )
const runs = ({ id }: Entity, weekdays: number, dayType = '', school: string | null = null) =>
  inTenant(db, id, (tx) =>
    tx
      .insertInto('service_periods')
      .values({
        tenant_id: id,
        id: newId(),
        category: 'REFEZIONE',
        school_id: school,
        first_day: '2026-09-14',
        last_day: '2027-06-30',
        weekdays,
        day_type: dayType,
        created_at: now,
      })
      .execute(),
  )
const close = ({ id }: Entity, day: string, school: string | null) =>
  inTenant(db, id, (tx) =>
    tx
      .insertInto('closures')
      .values({
        tenant_id: id,
        id: newId(),
        category: null,
        school_id: school,
        first_day: day,
        last_day: day,
        reason: 'Santo patrono',
        created_at: now,
      })
      .execute(),
  )
const price = async ({ id, childId }: Entity, day = DAY) =>
  (await mealPrices(db, id, { category: 'REFEZIONE', day, childIds: [childId] }))[0]

test('without a tariff plan the enrolment’s own tariff counts, and the first plan takes its place from its day on', async () => {
  const one = await entity()
  expect(await price(one)).toMatchObject({ priceCents: 450n, planId: undefined, schoolId: one.dante })
  await plan(one, '2026-11-24', [{ price: 520 }])
  await plan(one, '2027-01-07', [{ price: 540 }])
  expect((await price(one, '2026-11-23'))?.priceCents).toBe(450n)
  expect((await price(one, '2026-11-24'))?.priceCents).toBe(520n)
  expect((await price(one, '2027-01-06'))?.priceCents).toBe(520n)
  expect((await price(one, '2027-01-07'))?.priceCents).toBe(540n)
})

test('a band ends with its income included, and holds only while the declaration does', async () => {
  const bands = [{ upTo: 500_000, price: 200 }, { upTo: 1_000_000, price: 350 }, { price: 520 }]
  for (const [isee, expected] of [
    [0, 200n],
    [500_000, 200n],
    [500_001, 350n],
    [1_000_000, 350n],
    [1_000_001, 520n],
  ] as const) {
    const one = await entity()
    await plan(one, '2026-09-01', bands)
    await declare(one, isee)
    expect((await price(one))?.priceCents, String(isee)).toBe(expected)
    expect((await price(one, '2027-01-01'))?.priceCents).toBe(520n)
  }
})

test('the most particular cell counts: school before kind of day before band before sibling', async () => {
  const one = await entity()
  await runs(one, 0b0011111)
  await runs(one, 0b0000010, 'Rientro')
  await declare(one, 300_000)
  await plan(one, '2026-09-01', [
    { price: 520 },
    { upTo: 500_000, price: 200 },
    { upTo: 500_000, from: 2, price: 150 },
    { dayType: 'Rientro', price: 480 },
    { school: one.rodari, price: 100 },
  ])
  // Tuesday is the day of the long afternoon, Wednesday an ordinary one.
  expect((await price(one, '2026-11-24'))?.priceCents).toBe(480n)
  expect((await price(one, '2026-11-25'))?.priceCents).toBe(200n)
  await inTenant(db, one.id, (tx) =>
    tx.updateTable('enrolments').set({ sibling_rank: 3 }).where('tenant_id', '=', one.id).execute(),
  )
  expect((await price(one, '2026-11-25'))?.priceCents).toBe(150n)
})

test('a plan that names no price for a child says so instead of charging another one’s', async () => {
  const one = await entity()
  await plan(one, '2026-09-01', [{ school: one.rodari, price: 400 }])
  expect(await price(one)).toMatchObject({ priceCents: undefined })
})

test('an exemption takes its part off on its days, half a cent rounded up', async () => {
  const one = await entity()
  await plan(one, '2026-09-01', [{ price: 475 }])
  await exempt(one, 50, '2026-11-01', '2026-11-24')
  await exempt(one, 100, '2026-12-01', '2026-12-01')
  expect(await price(one)).toMatchObject({ priceCents: 238n, exemptPercent: 50 })
  expect((await price(one, '2026-11-25'))?.priceCents).toBe(475n)
  expect((await price(one, '2026-12-01'))?.priceCents).toBe(0n)
})

test('who is not enrolled on the day, or in that year, has no price', async () => {
  const one = await entity()
  await inTenant(db, one.id, (tx) =>
    tx
      .updateTable('enrolments')
      .set({ starts_on: '2026-10-01', ends_on: DAY })
      .where('tenant_id', '=', one.id)
      .execute(),
  )
  expect(await price(one, '2026-09-30')).toBeUndefined()
  expect((await price(one))?.priceCents).toBe(450n)
  expect(await price(one, '2026-11-25')).toBeUndefined()
  expect(await price(one, '2027-09-20')).toBeUndefined()
})

test('a school has service on the days of its periods, unless it is closed', async () => {
  const one = await entity()
  expect((await price(one))?.dayType).toBeUndefined()
  await runs(one, 0b0011111)
  expect((await price(one))?.dayType).toBe('')
  expect((await price(one, '2026-11-28'))?.dayType).toBeUndefined()
  await runs(one, 0b0100010, 'Pranzo al sacco', one.dante)
  expect((await price(one))?.dayType).toBe('Pranzo al sacco')
  expect((await price(one, '2026-11-28'))?.dayType).toBe('Pranzo al sacco')
  await close(one, DAY, one.rodari)
  expect((await price(one))?.dayType).toBe('Pranzo al sacco')
  await close(one, DAY, one.dante)
  expect((await price(one))?.dayType).toBeUndefined()
})

test('asking for another entity’s child answers nothing', async () => {
  const [one, other] = [await entity(), await entity()]
  const asked = { category: 'REFEZIONE', day: DAY, childIds: [other.childId] }
  expect(await mealPrices(db, one.id, asked)).toEqual([])
})
