import { sql } from 'kysely'
import { audit, type Actor } from '#core/audit.ts'
import { romeInstant, type RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError, invariant } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import type { Services } from '#core/services.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'

/** A service of an entity on one Rome day. */
export interface MealDay {
  readonly category: string
  readonly day: RomeDate
}

/** What a run did. All zero but `problems` where nothing had changed. */
export interface ChargeOutcome {
  /** Meals that were booked now. */
  readonly charged: number
  /** Meals of today's run that cost nothing: recorded, not booked. */
  readonly free: number
  /** Charges that were taken back, some of them to be charged anew. */
  readonly reversed: number
  /** Children who ate and cannot be charged. */
  readonly problems: number
}

/** A lock on so many wallets lasts for some tenths of a second. */
const PART = 5_000
/** Parts have no row in common that one of them moves, so two cores of the database halve what a large entity's day takes. */
const PARTS_AT_ONCE = 2
export const TAKE_BACK_NOTE_MAX = 200

/**
 * Brings what the ledger has for one day to what attendance and prices say. It may run as often as one likes, also
 * twice at a time, and goes on where a crash left it: parts are judged again, and those that are right stay.
 * @param only these children, where nobody else is touched; the lists of the day then stay as they are
 * @param part children of a transaction, where all are concerned; those who are charged and in no list any more come on top
 */
export async function chargeDay(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  tenantId: string,
  { category, day }: MealDay,
  actor: Actor,
  only?: readonly string[],
  part = PART,
): Promise<ChargeOutcome> {
  const now = clock.now()
  const { lists, parts } = only
    ? { lists: [], parts: [partOf(only)] }
    : await concerned(db, tenantId, { category, day }, part)
  const total = { charged: 0, free: 0, reversed: 0, problems: 0 }
  const waiting = parts.values()
  const workThrough = async () => {
    for (const ids of waiting) {
      const done = await inTenant(db, tenantId, (tx) =>
        chargePart(tx, tenantId, { category, day }, { ...ids, only }, now),
      )
      for (const key of ['charged', 'free', 'reversed', 'problems'] as const) total[key] += done[key]
    }
  }
  // Nothing of a run is still at work when it has failed, and what was booked is told.
  const ends = await Promise.allSettled(Array.from({ length: PARTS_AT_ONCE }, workThrough))
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
  const complete = failures.length === 0
  const closing = inTenant(db, tenantId, async (tx) => {
    // What was handed in while this ran has a higher revision, and waits for the next run.
    if (complete)
      await sql`update attendance_lists l set charged_revision = s.revision
        from unnest(${lists.map(({ class_id }) => class_id)}::uuid[], ${lists.map(({ revision }) => revision)}::int[])
          as s (class_id, revision)
        where l.tenant_id = ${tenantId} and l.category = ${category} and l.day = ${day} and l.class_id = s.class_id
          and l.charged_revision < s.revision`.execute(tx)
    if (total.charged + total.free + total.reversed > 0) {
      const details = { category, day, ...total, ...(complete ? {} : { complete }) }
      await audit(tx, tenantId, { actor, action: 'meals.charged', details }, now)
    }
  })
  await closing.catch((error: unknown) => failures.push(error))
  if (failures.length > 1)
    throw new AggregateError(failures, 'a day could not be charged, for several reasons')
  if (failures.length > 0) throw failures[0]
  return total
}

/** Children whose ids lie next to each other, both ends included. */
interface Part {
  readonly first: string
  readonly last: string
}
const [FIRST_ID, LAST_ID] = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']

/**
 * The closed lists as they stand, and all ids in parts with so many children of the day each. Who was charged and is in
 * no list any more lies in one of them too.
 */
async function concerned(
  db: Db,
  tenantId: string,
  meal: MealDay,
  part: number,
): Promise<{ lists: WaitingList[]; parts: Part[] }> {
  const [lists, starts] = await Promise.all([
    inTenant(db, tenantId, (tx) => waitingLists(tx, tenantId, meal)),
    inTenant(db, tenantId, (tx) => startsOfParts(tx, tenantId, meal, part)),
  ])
  return {
    lists,
    parts: [FIRST_ID, ...starts].map((first, index) => ({
      first,
      last: index < starts.length ? idBefore(starts[index]!) : LAST_ID,
    })),
  }
}

/** A closed list that says something new. */
interface WaitingList {
  readonly class_id: string
  readonly revision: number
}

function waitingLists(tx: Tx, tenantId: string, { category, day }: MealDay): Promise<WaitingList[]> {
  return tx
    .selectFrom('attendance_lists')
    .select(['class_id', 'revision'])
    .where('tenant_id', '=', tenantId)
    .where('category', '=', category)
    .where('day', '=', day)
    .where('state', '=', 'closed')
    .whereRef('charged_revision', '<', 'revision')
    .execute()
}

/** The first child of each part but the first one. */
async function startsOfParts(
  tx: Tx,
  tenantId: string,
  { category, day }: MealDay,
  part: number,
): Promise<string[]> {
  const ofTheDay = sql`from attendance where tenant_id = ${tenantId} and day = ${day} and category = ${category}`
  // One step along the index for each part.
  const { rows } = await sql<{ child_id: string }>`
    with recursive starts as (
      (select child_id ${ofTheDay} order by child_id offset ${part} limit 1)
      union all
      select (select child_id ${ofTheDay} and child_id >= s.child_id order by child_id offset ${part} limit 1)
      from starts s where s.child_id is not null)
    select child_id from starts where child_id is not null`.execute(tx)
  return rows.map(({ child_id }) => child_id)
}

function idBefore(id: string): string {
  const digits = (BigInt(`0x${id.replaceAll('-', '')}`) - 1n).toString(16).padStart(32, '0')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function partOf(childIds: readonly string[]): Part {
  const [first, ...others] = childIds.toSorted()
  invariant(first !== undefined, 'a recharge is of some children')
  return { first, last: others.at(-1) ?? first }
}

async function chargePart(
  tx: Tx,
  tenantId: string,
  { category, day }: MealDay,
  { first, last, only }: Part & { readonly only: readonly string[] | undefined },
  now: Date,
): Promise<ChargeOutcome> {
  const { rows } = await sql<Record<keyof ChargeOutcome, bigint>>`
    select charged, free, reversed, problems from charge_meals(${tenantId}, ${category}, ${day}, ${schoolYearOf(day)},
      ${first}, ${last}, ${only ?? null}::uuid[], ${newId()}, ${newId()}, ${romeInstant(`${day}T12:00:00`)}, ${now})`.execute(
    tx,
  )
  const { charged, free, reversed, problems } = rows[0]!
  return {
    charged: Number(charged),
    free: Number(free),
    reversed: Number(reversed),
    problems: Number(problems),
  }
}

/**
 * Takes one child's charge of a day back, with the office's reason. It is not charged again unless attendance changes.
 * @param note shown to the family, at most {@link TAKE_BACK_NOTE_MAX} characters
 * @throws DomainError meal.no_charge where none stands
 */
export async function takeBackMeal(
  tx: Tx,
  tenantId: string,
  { category, day, childId, note }: MealDay & { childId: string; note: string },
  staffId: string,
  now: Date,
): Promise<void> {
  const { rows } = await sql<{ done: boolean }>`
    select take_back_meal(${tenantId}, ${category}, ${day}, ${childId}, ${newId()}, ${note}, ${staffId}, ${now}) as done`.execute(
    tx,
  )
  if (!rows[0]!.done) throw new DomainError('meal.no_charge')
  await audit(
    tx,
    tenantId,
    {
      actor: { kind: 'staff', id: staffId },
      action: 'meals.taken_back',
      subject: { kind: 'child', id: childId },
      details: { category, day },
    },
    now,
  )
}

/** A child that ate and was not charged, and why. */
export interface UnchargedMeal {
  readonly childId: string
  readonly name: string
  readonly place: string
  readonly problem: 'no-class' | 'not-enrolled' | 'no-service' | 'no-price' | 'no-wallet'
}

/** Who could not be charged in the last run of the day, by name. */
export async function unchargedMeals(
  db: Db,
  tenantId: string,
  { category, day }: MealDay,
): Promise<UnchargedMeal[]> {
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('meal_problems as p')
      .innerJoin('children as c', (join) =>
        join.onRef('c.tenant_id', '=', 'p.tenant_id').onRef('c.id', '=', 'p.child_id'),
      )
      .select(['p.child_id', 'p.problem', 'c.first_name', 'c.last_name', 'c.school', 'c.class_name'])
      .where('p.tenant_id', '=', tenantId)
      .where('p.category', '=', category)
      .where('p.day', '=', day)
      .orderBy('c.last_name')
      .orderBy('c.first_name')
      .orderBy('c.id')
      .limit(500)
      .execute(),
  )
  return rows.map((row) => ({
    childId: row.child_id,
    name: `${row.last_name} ${row.first_name}`,
    place: [row.school, row.class_name].filter(Boolean).join(', '),
    problem: row.problem,
  }))
}
