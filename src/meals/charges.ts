import { sql } from 'kysely'
import { audit, type Actor } from '#core/audit.ts'
import { romeInstant, type RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
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
const CHUNK = 10_000
export const TAKE_BACK_NOTE_MAX = 200

/**
 * Brings what the ledger has for one day to what attendance and prices say. It may run as often as one likes, also
 * twice at a time, and goes on where a crash left it: chunks are judged again, and those that are right stay.
 * @param only these children, where nobody else is touched; the lists of the day then stay as they are
 */
export async function chargeDay(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  tenantId: string,
  { category, day }: MealDay,
  actor: Actor,
  only?: readonly string[],
): Promise<ChargeOutcome> {
  const now = clock.now()
  const seen = only
    ? { lists: [], childIds: only.toSorted() }
    : await inTenant(db, tenantId, (tx) => concerned(tx, tenantId, { category, day }))
  const total = { charged: 0, free: 0, reversed: 0, problems: 0 }
  for (let start = 0; start < seen.childIds.length; start += CHUNK) {
    const chunk = seen.childIds.slice(start, start + CHUNK)
    const done = await inTenant(db, tenantId, (tx) =>
      chargeChunk(tx, tenantId, { category, day }, chunk, now),
    )
    for (const key of ['charged', 'free', 'reversed', 'problems'] as const) total[key] += done[key]
  }
  await inTenant(db, tenantId, async (tx) => {
    // What was handed in while this ran has a higher revision, and waits for the next run.
    await sql`update attendance_lists l set charged_revision = s.revision
      from unnest(${seen.lists.map(({ class_id }) => class_id)}::uuid[], ${seen.lists.map(({ revision }) => revision)}::int[])
        as s (class_id, revision)
      where l.tenant_id = ${tenantId} and l.category = ${category} and l.day = ${day} and l.class_id = s.class_id
        and l.charged_revision < s.revision`.execute(tx)
    if (total.charged + total.free + total.reversed > 0)
      await audit(tx, tenantId, { actor, action: 'meals.charged', details: { category, day, ...total } }, now)
  })
  return total
}

/** The closed lists as they stand, and every child that ate, did not eat, or was charged on the day. */
async function concerned(
  tx: Tx,
  tenantId: string,
  { category, day }: MealDay,
): Promise<{ lists: { class_id: string; revision: number }[]; childIds: string[] }> {
  const lists = await tx
    .selectFrom('attendance_lists')
    .select(['class_id', 'revision'])
    .where('tenant_id', '=', tenantId)
    .where('category', '=', category)
    .where('day', '=', day)
    .where('state', '=', 'closed')
    .whereRef('charged_revision', '<', 'revision')
    .execute()
  const { rows } = await sql<{ child_ids: string[] | null }>`
    select array_agg(child_id::text order by child_id) as child_ids from (
      select child_id from attendance where tenant_id = ${tenantId} and day = ${day} and category = ${category}
      union
      select child_id from meal_charges
      where tenant_id = ${tenantId} and day = ${day} and category = ${category} and reversed_at is null) c`.execute(
    tx,
  )
  return { lists, childIds: rows[0]!.child_ids ?? [] }
}

async function chargeChunk(
  tx: Tx,
  tenantId: string,
  { category, day }: MealDay,
  childIds: readonly string[],
  now: Date,
): Promise<ChargeOutcome> {
  const { rows } = await sql<Record<keyof ChargeOutcome, bigint>>`
    select charged, free, reversed, problems from charge_meals(${tenantId}, ${category}, ${day}, ${schoolYearOf(day)},
      ${literal(childIds)}::uuid[], ${newId()}, ${newId()}, ${romeInstant(`${day}T12:00:00`)}, ${now})`.execute(
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

/** Ids need no quoting; the driver looks at each one for it. */
function literal(ids: readonly string[]): string {
  return `{${ids.join(',')}}`
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
