import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { inTenant, sqlState } from '#core/db/tenant.ts'
import { reverseTransaction } from '#core/ledger/book.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { adjust } from '#core/ledger/correct.ts'
import { testDatabase } from '../../test/support/database.ts'
import { appPool } from '../../test/support/entities.ts'
import { canteen } from '../../test/support/canteens.ts'
import { DAY, MEAL, mealRuns, NOTHING, now } from '../../test/support/meal-runs.ts'
import { chargeDay } from './charges.ts'

const database = await testDatabase()
const { pool, db } = appPool(database.urls.app)
afterAll(() => pool.end())
const { run, wallet, standing } = mealRuns(db)

/* How the meals of a day stand in the ledger (docs/decisions/0025). */

test('a run books one transaction, and a meal of it is taken back without touching the others', async () => {
  const entity = await canteen(db, 3)
  const [anna, bruno, carla] = entity.childIds as [string, string, string]
  await entity.attend(DAY, { [anna]: 'present', [bruno]: 'present', [carla]: 'present' })
  expect(await run(entity.id)).toEqual({ ...NOTHING, charged: 3 })
  await entity.attend(DAY, { [anna]: 'absent', [bruno]: 'absent' })
  expect(await run(entity.id)).toEqual({ ...NOTHING, reversed: 2 })
  const booked = await inTenant(db, entity.id, (tx) =>
    tx
      .selectFrom('ledger_transactions as t')
      .innerJoin('ledger_postings as p', 'p.transaction_id', 't.id')
      .select(['t.kind', 'p.line', 'p.account', 'p.amount_cents'])
      .where('t.tenant_id', '=', entity.id)
      .orderBy('t.id')
      .orderBy('p.line')
      .execute(),
  )
  expect(booked.map(({ kind, account, amount_cents }) => [kind, account, amount_cents])).toEqual([
    ...Array.from({ length: 3 }, () => ['meal', 'wallet', -450n]),
    ['meal', 'meals-income', 1350n],
    ...Array.from({ length: 2 }, () => ['reversal', 'wallet', 450n]),
    ['reversal', 'meals-income', -900n],
  ])
  expect((await wallet(entity, carla)).length).toBe(1)
  expect(await checkLedger(db, entity.id)).toEqual([])
})

test('the sealed text of a batch names every line as it is booked', async () => {
  const entity = await canteen(db, 2)
  await entity.attend(DAY, Object.fromEntries(entity.childIds.map((id) => [id, 'present' as const])))
  await run(entity.id)
  const { rows } = await inTenant(db, entity.id, (tx) =>
    sql<{ content: string; told: string }>`
      select convert_from(t.content, 'UTF8') as content, 'meal|' || t.reference || '|2026-11-24T11:00:00.000000Z' || (
        select string_agg('|' || p.account || ':' || coalesce(p.wallet_id::text, '') || ':' || p.amount_cents, '' order by p.line)
        from ledger_postings p where p.tenant_id = t.tenant_id and p.transaction_id = t.id) as told
      from ledger_transactions t where t.tenant_id = ${entity.id}`.execute(tx),
  )
  expect(rows).toHaveLength(1)
  expect(rows[0]!.content).toBe(rows[0]!.told)
})

test('the office takes one meal of a batch back, once, and the run leaves it so', async () => {
  const entity = await canteen(db, 2)
  const [anna, bruno] = entity.childIds as [string, string]
  const accountId = await entity.staff()
  await entity.attend(DAY, { [anna]: 'present', [bruno]: 'present' })
  await run(entity.id)
  const { transaction_id: transactionId, wallet_id: walletId } = await inTenant(db, entity.id, (tx) =>
    tx
      .selectFrom('meal_charges')
      .select(['transaction_id', 'wallet_id'])
      .where('tenant_id', '=', entity.id)
      .where('child_id', '=', anna)
      .executeTakeFirstOrThrow(),
  )
  const takeBack = (submission: string) =>
    inTenant(db, entity.id, (tx) =>
      adjust(
        tx,
        entity.id,
        { kind: 'reversal', walletId, transactionId: transactionId!, reason: 'Uscita prima' },
        { accountId, submission, expiresAt: new Date('2026-12-08T12:00:00Z') },
        now,
      ),
    )
  expect(await takeBack('uno')).toMatchObject({ outcome: 'booked' })
  expect(await takeBack('due')).toMatchObject({ outcome: 'reversed' })
  expect(await run(entity.id)).toEqual(NOTHING)
  expect(await standing(entity, anna)).toMatchObject([
    { reversal_kind: 'office', reversal_note: 'Uscita prima' },
  ])
  expect(await standing(entity, bruno)).toMatchObject([{ reversal_kind: null }])
  expect((await wallet(entity, bruno)).length).toBe(1)
  expect(await checkLedger(db, entity.id)).toEqual([])
})

test('the check of the ledger finds a line of a batch that no charge tells of', async () => {
  const entity = await canteen(db, 2)
  const [anna, bruno] = entity.childIds as [string, string]
  await entity.attend(DAY, { [anna]: 'present', [bruno]: 'present' })
  await run(entity.id)
  await entity.attend(DAY, { [anna]: 'absent', [bruno]: 'absent' })
  await run(entity.id)
  await database.owner.deleteFrom('meal_charges').where('child_id', '=', anna).execute()
  const found = await checkLedger(db, entity.id)
  expect(found.map(({ invariant, detail }) => [invariant.slice(0, 3), detail.split(' ')[0]])).toEqual([
    ['I16', 'meal'],
    ['I16', 'reversal'],
  ])
})

test('a charged meal cannot be reversed past its charge, and app cannot write charges', async () => {
  const entity = await canteen(db, 1)
  const [anna] = entity.childIds as [string]
  await entity.attend(DAY, { [anna]: 'present' })
  await run(entity.id)
  const { transaction_id } = await inTenant(db, entity.id, (tx) =>
    tx
      .selectFrom('meal_charges')
      .select('transaction_id')
      .where('tenant_id', '=', entity.id)
      .executeTakeFirstOrThrow(),
  )
  const stateOf = (work: Promise<unknown>) => work.then(() => 'no error', sqlState)
  expect(await stateOf(reverseTransaction(db, entity.id, transaction_id!, 'errore', now))).toBe('55000')
  for (const write of [
    sql`delete from meal_charges where tenant_id = ${entity.id}`,
    sql`update meal_charges set amount_cents = 1 where tenant_id = ${entity.id}`,
    sql`delete from meal_problems where tenant_id = ${entity.id}`,
  ])
    expect(await stateOf(inTenant(db, entity.id, (tx) => write.execute(tx)))).toBe('42501')
  expect(await checkLedger(db, entity.id)).toEqual([])
})

test('the check of the ledger finds a charge that is not what was booked', async () => {
  const entity = await canteen(db, 1)
  await entity.attend(DAY, { [entity.childIds[0]!]: 'present' })
  await run(entity.id)
  await database.owner
    .updateTable('meal_charges')
    .set({ amount_cents: 449n })
    .where('tenant_id', '=', entity.id)
    .execute()
  expect(await checkLedger(db, entity.id)).toMatchObject([
    { invariant: expect.stringContaining('I15') as string },
  ])
})

describe('a day in several parts', () => {
  const inParts = (id: string) =>
    chargeDay({ db, clock: { now: () => now } }, id, MEAL, { kind: 'system' }, undefined, 3)
  const lunch = async (children: number) => {
    const entity = await canteen(db, children)
    await entity.attend(DAY, Object.fromEntries(entity.childIds.map((child) => [child, 'present'])))
    return entity
  }
  const batches = (id: string) =>
    inTenant(db, id, (tx) =>
      tx
        .selectFrom('ledger_transactions as t')
        .innerJoin('ledger_postings as p', 'p.transaction_id', 't.id')
        .select((eb) => eb.fn.countAll().as('lines'))
        .where('t.tenant_id', '=', id)
        .where('p.account', '=', 'wallet')
        .groupBy('t.id')
        .orderBy('lines', 'desc')
        .execute(),
    )

  test.each([
    [2, [2]],
    [3, [3]],
    [4, [3, 1]],
    [9, [3, 3, 3]],
    [11, [3, 3, 3, 2]],
  ])('charges each of %i children once', async (children, expected) => {
    const entity = await lunch(children)
    expect(await inParts(entity.id)).toEqual({ ...NOTHING, charged: children })
    expect((await batches(entity.id)).map(({ lines }) => Number(lines))).toEqual(expected)
    expect(await inParts(entity.id)).toEqual(NOTHING)
    expect(await checkLedger(db, entity.id)).toEqual([])
  })

  test('takes back who is in no list any more, wherever they stand', async () => {
    const entity = await lunch(11)
    await inParts(entity.id)
    const children = entity.childIds.toSorted()
    const gone = [children[0]!, children[5]!, children[10]!]
    await database.owner.deleteFrom('attendance').where('child_id', 'in', gone).execute()
    expect(await inParts(entity.id)).toEqual({ ...NOTHING, reversed: 3 })
    expect(await checkLedger(db, entity.id)).toEqual([])
  })

  test('of which one fails: the others stand and are told, the lists still wait, and the next run does what was left', async () => {
    const entity = await lunch(11)
    const [first, , , second] = entity.childIds.toSorted()
    const lists = () =>
      inTenant(db, entity.id, (tx) =>
        tx
          .selectFrom('attendance_lists')
          .select(['revision', 'charged_revision'])
          .where('tenant_id', '=', entity.id)
          .execute(),
      )
    const told = () =>
      inTenant(db, entity.id, (tx) =>
        tx
          .selectFrom('audit_log')
          .select('details')
          .where('tenant_id', '=', entity.id)
          .where('action', '=', 'meals.charged')
          .orderBy('id')
          .execute(),
      )
    // The first part is still at work when the second one fails.
    await sql`create function refuse() returns trigger language plpgsql as $$
      begin
        if new.child_id = ${sql.lit(first)} then perform pg_sleep(0.3); return new; end if;
        raise exception 'no room';
      end $$`.execute(database.owner)
    await sql`create trigger refuse before insert on meal_charges for each row
      when (new.child_id in (${sql.lit(first)}, ${sql.lit(second)})) execute function refuse()`.execute(
      database.owner,
    )
    // Also where it can't even be told any more: neither reason hides the other.
    const untold = await lunch(11)
    const late = untold.childIds.toSorted()[3]!
    await sql`create trigger refuse_too before insert on meal_charges for each row
      when (new.child_id = ${sql.lit(late)}) execute function refuse()`.execute(database.owner)
    await sql`alter table audit_log add constraint untold check (details ->> 'charged' <> '8') not valid`.execute(
      database.owner,
    )
    const reasons = await inParts(untold.id).catch((error: unknown) => error)
    expect(reasons).toBeInstanceOf(AggregateError)
    expect((reasons as AggregateError).errors.map(String).join()).toMatch(/no room.*untold/)
    await sql`alter table audit_log drop constraint untold`.execute(database.owner)
    await expect(inParts(entity.id)).rejects.toThrow('no room')
    const lines = async () => (await batches(entity.id)).map((batch) => Number(batch.lines))
    expect(await lines()).toEqual([3, 3, 2])
    expect(await lists()).toEqual([{ revision: 1, charged_revision: 0 }])
    for (const trigger of ['refuse', 'refuse_too'])
      await sql`drop trigger ${sql.ref(trigger)} on meal_charges`.execute(database.owner)
    expect(await inParts(entity.id)).toEqual({ ...NOTHING, charged: 3 })
    expect(await lines()).toEqual([3, 3, 3, 2])
    expect(await lists()).toEqual([{ revision: 1, charged_revision: 1 }])
    expect((await told()).map(({ details }) => details)).toMatchObject([
      { charged: 8, complete: false },
      { charged: 3 },
    ])
    expect(await checkLedger(db, entity.id)).toEqual([])
  })
})
