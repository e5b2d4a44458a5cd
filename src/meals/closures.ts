import { sql } from 'kysely'
import { audit } from '#core/audit.ts'
import { addDays, type RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import { askForChargesAnew } from './meal-jobs.ts'

/** When a service runs: for one school, or for all. */
export interface ServicePeriod {
  readonly category: string
  readonly schoolId: string | null
  readonly firstDay: RomeDate
  readonly lastDay: RomeDate
  /** Bit 0 is Monday. */
  readonly weekdays: number
  /** Empty for an ordinary day. */
  readonly dayType: string
}

/** Days without service, both ends included. */
export interface Closure {
  /** Null for every service. */
  readonly category: string | null
  readonly schoolId: string | null
  readonly firstDay: RomeDate
  readonly lastDay: RomeDate
  readonly reason: string
}

/** Periods of a service that touch a span of days, the earliest first. */
export async function listPeriods(
  tx: Tx,
  tenantId: string,
  { category, from, until }: { category: string; from: RomeDate; until: RomeDate },
): Promise<(ServicePeriod & { id: string; schoolName: string | null })[]> {
  const rows = await tx
    .selectFrom('service_periods as p')
    .leftJoin('schools as s', (join) =>
      join.onRef('s.tenant_id', '=', 'p.tenant_id').onRef('s.id', '=', 'p.school_id'),
    )
    .select(['p.id', 'p.school_id', 'p.first_day', 'p.last_day', 'p.weekdays', 'p.day_type', 's.name'])
    .where('p.tenant_id', '=', tenantId)
    .where('p.category', '=', category)
    .where('p.first_day', '<=', until)
    .where('p.last_day', '>=', from)
    .orderBy('p.first_day')
    .orderBy('p.id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    category,
    schoolId: row.school_id,
    schoolName: row.name,
    firstDay: row.first_day,
    lastDay: row.last_day,
    weekdays: row.weekdays,
    dayType: row.day_type,
  }))
}

/** Closures of a service that touch a span of days, the earliest first; those of every service among them. */
export async function listClosures(
  tx: Tx,
  tenantId: string,
  { category, from, until }: { category: string; from: RomeDate; until: RomeDate },
): Promise<(Closure & { id: string; schoolName: string | null })[]> {
  const rows = await tx
    .selectFrom('closures as c')
    .leftJoin('schools as s', (join) =>
      join.onRef('s.tenant_id', '=', 'c.tenant_id').onRef('s.id', '=', 'c.school_id'),
    )
    .select(['c.id', 'c.category', 'c.school_id', 'c.first_day', 'c.last_day', 'c.reason', 's.name'])
    .where('c.tenant_id', '=', tenantId)
    .where('c.first_day', '<=', until)
    .where('c.last_day', '>=', from)
    .where((where) => where.or([where('c.category', 'is', null), where('c.category', '=', category)]))
    .orderBy('c.first_day')
    .orderBy('c.id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    category: row.category,
    schoolId: row.school_id,
    schoolName: row.name,
    firstDay: row.first_day,
    lastDay: row.last_day,
    reason: row.reason,
  }))
}

/** Adds a period and asks for the charges of its days anew. @throws a database error of state 23503 for a service or school that is none */
export async function addPeriod(
  tx: Tx,
  tenantId: string,
  { category, schoolId, firstDay, lastDay, weekdays, dayType }: ServicePeriod,
  staffId: string,
  now: Date,
): Promise<void> {
  await tx
    .insertInto('service_periods')
    .values({
      tenant_id: tenantId,
      id: newId(),
      category,
      school_id: schoolId,
      first_day: firstDay,
      last_day: lastDay,
      weekdays,
      day_type: dayType,
      created_at: now,
    })
    .execute()
  await changed(tx, tenantId, 'calendar.period_added', { category, firstDay, lastDay }, staffId, now)
}

/** Adds a closure and asks for the charges of its days anew: what was charged on them is given back. */
export async function addClosure(
  tx: Tx,
  tenantId: string,
  { category, schoolId, firstDay, lastDay, reason }: Closure,
  staffId: string,
  now: Date,
): Promise<void> {
  await tx
    .insertInto('closures')
    .values({
      tenant_id: tenantId,
      id: newId(),
      category,
      school_id: schoolId,
      first_day: firstDay,
      last_day: lastDay,
      reason,
      created_at: now,
    })
    .execute()
  await changed(tx, tenantId, 'calendar.closure_added', { category, firstDay, lastDay }, staffId, now)
}

/** Takes a period or a closure away. @throws DomainError resource.not_found */
export async function removeFromCalendar(
  tx: Tx,
  tenantId: string,
  kind: 'period' | 'closure',
  id: string,
  staffId: string,
  now: Date,
): Promise<void> {
  const gone = await tx
    .deleteFrom(kind === 'period' ? 'service_periods' : 'closures')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returning(['category', 'first_day', 'last_day'])
    .executeTakeFirst()
  if (!gone) throw new DomainError('resource.not_found')
  const span = { category: gone.category, firstDay: gone.first_day, lastDay: gone.last_day }
  await changed(tx, tenantId, `calendar.${kind}_removed`, span, staffId, now)
}

async function changed(
  tx: Tx,
  tenantId: string,
  action: `calendar.${'period' | 'closure'}_${'added' | 'removed'}`,
  { category, firstDay, lastDay }: { category: string | null; firstDay: RomeDate; lastDay: RomeDate },
  staffId: string,
  now: Date,
): Promise<void> {
  const days = await askForChargesAnew(
    tx,
    tenantId,
    { category: category ?? undefined, from: firstDay, until: lastDay },
    now,
  )
  const details = { category, firstDay, lastDay, chargedDays: days }
  await audit(tx, tenantId, { actor: { kind: 'staff', id: staffId }, action, details }, now)
}

/**
 * How many charged meals lie in a span, of one service or all, of one school or all: what a change of the calendar
 * touches. Days and meals.
 */
export async function chargedMealsBetween(
  tx: Tx,
  tenantId: string,
  { category, schoolId, firstDay, lastDay }: Pick<Closure, 'category' | 'schoolId' | 'firstDay' | 'lastDay'>,
): Promise<{ days: number; meals: number }> {
  const { rows } = await sql<{ days: bigint; meals: bigint }>`
    select count(distinct c.day) as days, count(*) as meals
    from meal_charges c
    join attendance a on a.tenant_id = c.tenant_id and a.day = c.day and a.category = c.category and a.child_id = c.child_id
    left join classes k on k.tenant_id = a.tenant_id and k.id = a.class_id
    where c.tenant_id = ${tenantId} and c.reversed_at is null and c.day between ${firstDay} and ${lastDay}
      and (${category}::text is null or c.category = ${category}) and (${schoolId}::uuid is null or k.school_id = ${schoolId})`.execute(
    tx,
  )
  return { days: Number(rows[0]!.days), meals: Number(rows[0]!.meals) }
}

/** The days of a month, from the Monday before it to the Sunday after it. */
export function weeksOfMonth(month: string): RomeDate[][] {
  const first = `${month}-01`
  const weekday = (new Date(`${first}T12:00:00Z`).getUTCDay() + 6) % 7
  const weeks: RomeDate[][] = []
  for (let monday = addDays(first, -weekday); monday.slice(0, 7) <= month; monday = addDays(monday, 7))
    weeks.push(Array.from({ length: 7 }, (_, index) => addDays(monday, index)))
  return weeks
}
