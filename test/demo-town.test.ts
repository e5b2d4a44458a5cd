import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { romeDate } from '#core/clock.ts'
import { parseFiscalCode } from '#core/fiscal-code.ts'
import { checkLedger } from '#core/ledger/check.ts'
import type { Tenant } from '#core/tenant.ts'
import { seedDemo } from '../src/local/demo/seed.ts'
import { easterOf, isCanteenDay } from '../src/local/demo/town/calendar.ts'
import { createChance } from '../src/local/demo/town/chance.ts'
import { peopleOf } from '../src/local/demo/town/people.ts'
import { buildTown, isInhabited } from '../src/local/demo/town/town.ts'
import { openTestHouse } from './support/house.ts'

const world = await openTestHouse()
const { house, database } = world
// A November morning: the town has had its first weeks of school.
const services = { ...house.services, clock: { now: () => new Date('2026-11-28T09:00:00Z') } }
const options = { children: 20, seed: 7, days: 35 }

/** What a town looks like from outside: balances by child, in the order of their names. */
async function balances(tenant: Tenant): Promise<unknown[]> {
  const { rows } = await sql`
    select k.last_name, k.first_name, k.school, k.class_name, w.balance_cents
    from wallets w join children k on k.tenant_id = w.tenant_id and k.id = w.child_id
    where w.tenant_id = ${tenant.id} order by 1, 2, 3, 4, 5`.execute(database.owner)
  return rows
}

/** What a town's children do not eat, in the order of their names, with the notes opened. */
async function diets(tenant: Tenant): Promise<Record<string, unknown>[]> {
  const keys = await services.vault.of(tenant.id)
  const { rows } = await sql<{ note_sealed: Buffer | null }>`
    select k.last_name, k.first_name, d.kind, d.valid_from, d.valid_until, d.certificate_until, d.note_sealed
    from diets d join children k on k.tenant_id = d.tenant_id and k.id = d.child_id
    where d.tenant_id = ${tenant.id} order by 1, 2, 3`.execute(database.owner)
  return rows.map(({ note_sealed, ...row }) => ({ ...row, note: note_sealed && keys.open(note_sealed) }))
}

/** The weeks that a town has menus of, and whether each of its days of service has dishes with allergens. */
async function tables(tenant: Tenant): Promise<{ weeks: number; bare: number }> {
  const { rows } = await sql<{ weeks: bigint; bare: bigint }>`
    select (select count(*) from menus where tenant_id = ${tenant.id}) as weeks, (
      select count(distinct a.day) from attendance a where a.tenant_id = ${tenant.id} and not exists (
        select from menu_days m where m.tenant_id = a.tenant_id and m.day = a.day and m.allergens > 0)) as bare`.execute(
    database.owner,
  )
  return { weeks: Number(rows[0]!.weeks), bare: Number(rows[0]!.bare) }
}

test('the same seed makes the same town, with a year that holds: charged by attendance, paid by receipts', async () => {
  const [one, other] = [await world.addTenant(), await world.addTenant()]
  expect(await isInhabited(services, one.id)).toBe(false)
  const lived = await buildTown(services, one, options)
  expect(await buildTown(services, other, options)).toEqual(lived)
  expect(await balances(other)).toEqual(await balances(one))
  expect(await isInhabited(services, one.id)).toBe(true)
  // Some five weeks of school, of which a child misses a few days.
  expect(lived.meals).toBeGreaterThan(options.children * 12)
  expect(lived.payments).toBeGreaterThan(options.children)
  expect(await checkLedger(services.db, one.id)).toEqual([])
  const { rows } = await sql<{ problems: bigint; uncharged: bigint }>`
    select (select count(*) from meal_problems where tenant_id = ${one.id}) as problems,
      (select count(*) from attendance a where a.tenant_id = ${one.id} and a.state = 'present' and not exists (
        select from meal_charges c where c.tenant_id = a.tenant_id and c.day = a.day and c.child_id = a.child_id)) as uncharged`.execute(
    database.owner,
  )
  expect(rows[0]).toEqual({ problems: 0n, uncharged: 0n })
  // Its past keeps no worker busy: the archive hears of what can still be paid alone.
  const { rows: work } = await sql<{ closed: bigint }>`
    select count(*) as closed from outbox o
    join top_ups t on t.tenant_id = o.tenant_id and t.id = (o.data ->> 'topUpId')::uuid and t.state <> 'open'
    where o.tenant_id = ${one.id} and o.job = 'top-up.announce' and o.done_at is null`.execute(database.owner)
  expect(work).toEqual([{ closed: 0n }])
  // What was cooked on each day stands in a menu, until the end of the school year; some children have diets.
  const cooked = await tables(one)
  expect(cooked.bare).toBe(0)
  expect(cooked.weeks).toBeGreaterThan(30)
  const eaten = await diets(one)
  expect(eaten.length).toBeGreaterThan(0)
  expect(await diets(other)).toEqual(eaten)
  expect(eaten.every(({ note }) => note === null || (note as string).startsWith('Nota inventata'))).toBe(true)
  // What was paid last month has reached the bank.
  const { rows: waiting } = await sql<{ count: bigint }>`
    select count(*) from receipts r where r.tenant_id = ${one.id} and r.paid_at < '2026-11-20' and not exists (
      select from receipt_settlements s where s.tenant_id = r.tenant_id and s.receipt_row_id = r.id)`.execute(
    database.owner,
  )
  expect(waiting).toEqual([{ count: 0n }])
}, 120_000)

test('children who were in the entity before keep what they were charged, and their classes get their lists', async () => {
  world.clock.setTo(services.clock.now())
  await seedDemo(house)
  const cassano = (await house.registry.bySlug('cassano'))!
  const { rows: before } = await sql<{ count: bigint; last: string }>`
    select count(*), max(day)::text as last from meal_charges where tenant_id = ${cassano.id}`.execute(
    database.owner,
  )
  expect(before[0]).toMatchObject({ last: '2026-11-27' })
  // In a town of this size there is no section B.
  await sql`update classes set name = '3ª A' where tenant_id = ${cassano.id} and name = '3ª B'`.execute(
    database.owner,
  )
  await buildTown(services, cassano, { children: 60, seed: 7, days: 7 })
  const { rows } = await sql<{ own: bigint; reversed: bigint; waiting: bigint; shared: bigint }>`
    select (select count(*) from meal_charges c join children k on k.tenant_id = c.tenant_id and k.id = c.child_id
        where c.tenant_id = ${cassano.id} and k.last_name = 'Colombo' and k.first_name in ('Sofia', 'Luca')) as own,
      (select count(*) from ledger_transactions where tenant_id = ${cassano.id} and kind = 'reversal') as reversed,
      (select count(*) from attendance_lists where tenant_id = ${cassano.id} and charged_revision < revision) as waiting,
      (select count(*) from attendance_lists where tenant_id = ${cassano.id} and revision > 1) as shared`.execute(
    database.owner,
  )
  expect(rows[0]).toMatchObject({ own: before[0]!.count, reversed: 0n, waiting: 0n })
  expect(rows[0]!.shared).toBeGreaterThan(0n)
}, 120_000)

test('its people are nobody: every code is well formed, unlike any other, and of a birthplace that no country has', () => {
  const people = peopleOf(createChance(3), 3_000).flatMap(({ parents, children }) => [
    ...parents,
    ...children,
  ])
  const codes = people.map(({ fiscalCode }) => fiscalCode)
  expect(new Set(codes).size).toBe(codes.length)
  expect(codes.filter((code) => parseFiscalCode(code) !== code || code.slice(11, 15) !== 'Z999')).toEqual([])
})

test('its calendar knows when Easter is', () => {
  expect([2024, 2025, 2026, 2027, 2038].map(easterOf)).toEqual([
    '2024-03-31',
    '2025-04-20',
    '2026-04-05',
    '2027-03-28',
    '2038-04-25',
  ])
  const days = ['2026-11-27', '2026-11-28', '2026-12-08', '2027-03-29', '2027-07-01', romeDate(new Date(0))]
  expect(days.filter(isCanteenDay)).toEqual(['2026-11-27'])
})
