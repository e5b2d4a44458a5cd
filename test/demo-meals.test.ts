import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { addDays, romeInstant } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { COURSE_LENGTH_MAX, COURSES_MAX, mondayOf, readMenu } from '#meals/menus.ts'
import { serviceDays } from '#meals/calendar.ts'
import { chargeDay } from '#meals/charges.ts'
import { handInList, openList } from '#meals/hand-in.ts'
import { accountOf } from '../src/local/demo/history.ts'
import { ROTATION } from '../src/local/demo/dishes.ts'
import { cookInHolidays, writeMenus } from '../src/local/demo/menus.ts'
import { seedDemo } from '../src/local/demo/seed.ts'
import { isCanteenDay } from '../src/local/demo/town/calendar.ts'
import { openYear } from '../src/local/demo/town/rules.ts'
import { openTestHouse, type TestHouse } from './support/house.ts'
import { officeClient } from './support/office.ts'
import { signIn } from './support/portal-client.ts'

const world = await openTestHouse()
const { house, clock, database, url } = world
const { services } = house
/** A Wednesday in the Christmas holidays. */
const DAY = '2026-12-30'
clock.setTo(romeInstant(`${DAY}T10:00:00`))
await seedDemo(house)
const cassano = (await house.registry.bySlug('cassano'))!

test('a demonstration has this week’s tables laid, for families, for everybody and in the kitchen', async () => {
  const accountId = await accountOf(services, cassano.id, 'elena.ferrari')
  const parent = await signIn(world, cassano, { accountId })
  const own = await parent.page('/cassano/menu')
  const open = await Promise.all(['cassano', 'brunico'].map((slug) => fetch(`${url}/${slug}/menu`)))
  for (const page of [own, ...(await Promise.all(open.map((answer) => answer.text())))]) {
    expect(page.match(/<ul class="menu-courses">/g)).toHaveLength(5)
    expect(page.match(/<p class="cell-note">Allergeni: /g)).toHaveLength(5)
    expect(page).not.toContain('Mensa chiusa')
  }
  expect(await parent.page('/cassano/')).toContain('Oggi a tavola')
  expect(await parent.page('/cassano/diete')).toMatch(/Senza maiale[\s\S]*Senza frutta a guscio/)
  const clerk = await officeClient(world, cassano, 'clerk')
  expect((await clerk.get('/cucina')).text).toMatch(/Senza frutta a guscio e arachidi/)
  expect((await clerk.get('/certificati')).text).toMatch(/Colombo Sofia[\s\S]*In scadenza/)
  const { rows } = await sql<{
    note_sealed: Buffer
  }>`select note_sealed from diets where note_sealed is not null`.execute(database.owner)
  expect(rows).toHaveLength(2)
  for (const { note_sealed } of rows) expect(note_sealed.includes('dimostrazione')).toBe(false)
})

test('its past days were charged by their lists: who closes one of them again, or runs a day again, charges nothing', async () => {
  for (const slug of ['cassano', 'brunico']) {
    const tenant = (await house.registry.bySlug(slug))!
    const days = await toldDays(world, tenant.id)
    expect(days.length).toBeGreaterThan(40)
    expect(days.every(({ present }) => present > 0n && present <= 2n)).toBe(true)
    expect(days.at(-1)!.day).toBe('2026-12-29')
    // A child was ill now and then, and who is in no family's hands does not eat yet.
    expect(days.some(({ present }) => present === 1n)).toBe(true)
    const before = await mealsOf(world, tenant.id)
    const lists = await closedLists(tenant.id)
    expect(lists).toHaveLength(days.length * 3)
    for (const { day, class_id: classId, saved_by: accountId } of lists.slice(-30)) {
      const key = { category: 'REFEZIONE', day, classId }
      const author = { accountId, source: 'class', role: 'administrator' } as const
      await inTenant(services.db, tenant.id, async (tx) => {
        const { version, children } = await openList(tx, tenant, key, 'administrator', clock.now())
        const states = new Map(children.map(({ childId, state }) => [childId, state!]))
        await handInList(tx, tenant, { key, version, states, close: true }, author, clock.now())
      })
    }
    await chargedOnce(world, tenant.id)
    expect(await mealsOf(world, tenant.id)).toBe(before)
  }
})

test.each([
  // The summer before a school year: some weeks of the one before, whose lists nobody can hand in any more.
  ['2026-08-03', 0],
  // The first days of school, then a day in the holidays.
  ['2026-09-16', 2],
  ['2027-03-30', 40],
])('begun on %s it tells of at least %d days of the school year, each charged once', async (today, least) => {
  const other = await openTestHouse()
  other.clock.setTo(romeInstant(`${today}T10:00:00`))
  for (const { tenant } of await seedDemo(other.house)) {
    const { id } = (await other.house.registry.bySlug(tenant.slug))!
    const days = await toldDays(other, id)
    expect(days.length).toBeGreaterThanOrEqual(least)
    expect(days.every(({ day }) => isCanteenDay(day) || day >= mondayOf(today))).toBe(true)
    await chargedOnce(other, id)
    expect(await mealsOf(other, id)).toBeGreaterThan(20n)
  }
})

/** The days that have attendance, oldest first. @throws where somebody ate and was not charged, or the other way round */
async function toldDays(
  { database: { owner } }: TestHouse,
  tenantId: string,
): Promise<{ day: string; present: bigint }[]> {
  const { rows } = await sql<{ day: string; present: bigint; charged: bigint }>`
    select a.day, count(*) filter (where a.state = 'present') as present, count(c.child_id) as charged
    from attendance a
    left join meal_charges c on c.tenant_id = a.tenant_id and c.day = a.day and c.child_id = a.child_id
    where a.tenant_id = ${tenantId} group by a.day order by a.day`.execute(owner)
  expect(rows.filter(({ present, charged }) => present !== charged)).toEqual([])
  return rows
}

async function closedLists(tenantId: string) {
  const { rows } = await sql<{ day: string; class_id: string; saved_by: string }>`
    select day, class_id, saved_by from attendance_lists where tenant_id = ${tenantId} and state = 'closed'
    order by day, class_id`.execute(database.owner)
  return rows
}

async function mealsOf({ database: { owner } }: TestHouse, tenantId: string): Promise<bigint> {
  const { rows } = await sql<{ count: bigint }>`
    select count(*) from ledger_postings p
    join ledger_transactions t on t.tenant_id = p.tenant_id and t.id = p.transaction_id
    where p.tenant_id = ${tenantId} and t.kind = 'meal' and p.account = 'wallet'`.execute(owner)
  return rows[0]!.count
}

/** Runs the charges of all told days again. @throws where one of them did anything, or the books do not hold */
async function chargedOnce(told: TestHouse, tenantId: string): Promise<void> {
  for (const { day } of await toldDays(told, tenantId)) {
    const meal = { category: 'REFEZIONE', day }
    const outcome = await chargeDay(told.house.services, tenantId, meal, { kind: 'system' })
    expect(outcome).toEqual({ charged: 0, free: 0, reversed: 0, problems: 0 })
  }
  expect(await checkLedger(told.house.services.db, tenantId)).toEqual([])
}

test('on whatever day it begins: in summer, before school, at the weekend; and closures outside these weeks stay', async () => {
  for (const today of [
    '2026-08-05',
    '2026-09-13',
    '2026-11-28',
    '2027-01-03',
    '2027-03-26',
    '2027-06-12',
    '2027-07-31',
  ]) {
    const tenant = await world.addTenant()
    const week = mondayOf(today)
    const now = clock.now()
    const key = { category: 'REFEZIONE', schoolId: null, week }
    const { menu, served, before, after } = await inTenant(services.db, tenant.id, async (tx) => {
      await openYear(tx, tenant.id, today < '2026-08-01' || today > '2027-07-31' ? 2025 : 2026, now)
      const asked = { category: 'REFEZIONE', from: '2026-08-01', days: 365 }
      const run = async () =>
        [...(await serviceDays(tx, tenant.id, asked))].filter(([, { runs }]) => runs).map(([day]) => day)
      const before = await run()
      await cookInHolidays(tx, tenant.id, today, now)
      await writeMenus(tx, tenant.id, { first: today, last: addDays(week, 20) }, now)
      const menu = await readMenu(tx, tenant.id, key)
      return { menu, before, after: await run(), served: [...menu!.days.keys()] }
    })
    expect(menu).toMatchObject({ state: 'published', isPublic: true })
    expect(served.every((day) => after.includes(day))).toBe(true)
    expect(served.length).toBeGreaterThan(0)
    const opened = after.filter((day) => !before.includes(day))
    expect(opened.every((day) => day >= week && day <= addDays(week, 11))).toBe(true)
    expect(before.every((day) => after.includes(day))).toBe(true)
  }
})

test('its dishes are ones that a menu may hold, and a rotation has no two days alike', () => {
  const days = ROTATION.flat()
  expect(ROTATION.map((week) => week.length)).toEqual([5, 5, 5, 5])
  for (const dishes of days) {
    expect(dishes.length).toBeLessThanOrEqual(COURSES_MAX)
    for (const [name] of dishes) expect(name.length).toBeLessThanOrEqual(COURSE_LENGTH_MAX)
  }
  expect(new Set(days.map((dishes) => dishes.map(([name]) => name).join())).size).toBe(20)
})

test('the same dish names the same allergens wherever it is on the table', () => {
  const named = Map.groupBy(ROTATION.flat(2), ([name]) => name)
  for (const [, same] of named) expect(new Set(same.map(([, ...allergens]) => allergens.join())).size).toBe(1)
})
