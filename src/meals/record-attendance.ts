import { sql } from 'kysely'
import { audit, type Actor } from '#core/audit.ts'
import { isRomeDate, romeDate, type RomeDate } from '#core/clock.ts'
import type { AttendanceState } from '#core/db/meal-tables.ts'
import type { Tx } from '#core/db/tenant.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { serviceDay, type ServiceDay } from './calendar.ts'
import { lockList } from './class-list.ts'
import type { MealDay } from './charges.ts'

/** One row as a file or another program hands it in. */
export interface AttendanceRow {
  readonly category: string
  readonly day: RomeDate
  readonly childId: string
  readonly state: AttendanceState
}

/** Why a row is refused. */
export type AttendanceRefusal =
  | 'not-a-day'
  | 'future'
  | 'too-long-ago'
  | 'unknown-child'
  | 'not-enrolled'
  | 'no-service'
  | 'closed'
  | 'repeated'

/** A row that is not right, by its place from 1. */
export interface RefusedRow {
  readonly row: number
  readonly problem: AttendanceRefusal
}

export interface RecordedAttendance {
  /** Where there is one, nothing was recorded. */
  readonly refusals: readonly RefusedRow[]
  /** Rows that said something new. */
  readonly changed: number
  /** The days whose charges rest on it: hand each to `askForCharges`. */
  readonly days: readonly MealDay[]
}

/** A row that is right, with the class in which the child was on that day. */
export interface JudgedRow {
  /** Its place among the rows, from 0. */
  readonly place: number
  readonly childId: string
  readonly classId: string | null
  readonly state: AttendanceState
}

/** The rows of one service and day. */
export interface JudgedDay {
  readonly meal: MealDay
  readonly rows: readonly JudgedRow[]
}

/**
 * Records attendance by child, all or nothing; the lists of the classes concerned are closed by it. The same rows twice
 * change nothing. Who has no class is recorded as well, and listed as not charged.
 * @param origin `first` is the first day that may still be handed in (firstOpenDay)
 */
export async function recordAttendance(
  tx: Tx,
  tenantId: string,
  rows: readonly AttendanceRow[],
  origin: AttendanceOrigin & { readonly first: RomeDate },
  now: Date,
): Promise<RecordedAttendance> {
  const { days, refusals } = await judgeAttendance(tx, tenantId, rows, { first: origin.first, now })
  if (refusals.length > 0) return { refusals, changed: 0, days: [] }
  const changed = await writeAttendance(tx, tenantId, days, origin, now)
  return { refusals: [], changed, days: days.map(({ meal }) => meal) }
}

/** Tells which rows are right, by day, and what is wrong with the others; writes nothing. */
export async function judgeAttendance(
  tx: Tx,
  tenantId: string,
  rows: readonly AttendanceRow[],
  { first, now }: { first: RomeDate; now: Date },
): Promise<{ days: JudgedDay[]; refusals: RefusedRow[] }> {
  const refusals: RefusedRow[] = []
  const groups = new Map<string, { meal: MealDay; places: number[] }>()
  const today = romeDate(now)
  for (const [index, { category, day }] of rows.entries()) {
    const problem = !isRomeDate(day)
      ? 'not-a-day'
      : day > today
        ? 'future'
        : day < first
          ? 'too-long-ago'
          : undefined
    if (problem) {
      refusals.push({ row: index + 1, problem })
      continue
    }
    const group = groups.get(`${day} ${category}`) ?? { meal: { category, day }, places: [] }
    group.places.push(index)
    groups.set(`${day} ${category}`, group)
  }
  const days: JudgedDay[] = []
  // In one order for everybody: two that write the same days do not wait for each other.
  for (const key of [...groups.keys()].toSorted()) {
    const { meal, places } = groups.get(key)!
    const { right, wrong } = await judge(tx, tenantId, meal, rows, places)
    refusals.push(...wrong)
    days.push({ meal, rows: right })
  }
  return { days, refusals: refusals.toSorted((one, other) => one.row - other.row) }
}

/** Where attendance comes from and who handed it in. */
export interface AttendanceOrigin {
  readonly source: 'file' | 'api'
  readonly actor: Actor
  /** Of a machine that a colleague has given a token. */
  readonly tokenId?: string
}

/**
 * Writes what {@link judgeAttendance} found right.
 * @param tell told how much of it is done, from 0 to 1
 * @returns how many rows said something new
 */
export async function writeAttendance(
  tx: Tx,
  tenantId: string,
  days: readonly JudgedDay[],
  origin: AttendanceOrigin,
  now: Date,
  tell: (part: number) => Promise<void> = async () => {},
): Promise<number> {
  let changed = 0
  for (const [index, day] of days.entries()) {
    changed += await write(tx, tenantId, day, origin, now)
    await tell((index + 1) / days.length)
  }
  if (changed > 0) {
    const rows = days.reduce((sum, day) => sum + day.rows.length, 0)
    const through = origin.tokenId === undefined ? {} : { token: origin.tokenId }
    const details = { source: origin.source, rows, changed, days: days.length, ...through }
    await audit(tx, tenantId, { actor: origin.actor, action: 'attendance.imported', details }, now)
  }
  return changed
}

/** Makes whoever else wants to write into the lists of these days wait. */
export async function lockLists(
  tx: Tx,
  tenantId: string,
  { meal, rows }: JudgedDay,
  now: Date,
): Promise<{ classId: string; state: 'open' | 'closed' }[]> {
  const classIds = new Set(rows.map(({ classId }) => classId))
  const locked = []
  for (const classId of [...classIds].filter((id) => id !== null).toSorted()) {
    const { state } = await lockList(tx, tenantId, { ...meal, classId }, now)
    locked.push({ classId, state })
  }
  return locked
}

async function judge(
  tx: Tx,
  tenantId: string,
  { category, day }: MealDay,
  rows: readonly AttendanceRow[],
  places: readonly number[],
): Promise<{ right: JudgedRow[]; wrong: RefusedRow[] }> {
  const ids = places.map((place) => rows[place]!.childId)
  const known = await sql<{
    child_id: string
    enrolled: boolean
    class_id: string | null
    school_id: string | null
  }>`
    select c.id as child_id, k.id as class_id, k.school_id, exists (
      select from enrolments e where e.tenant_id = ${tenantId} and e.child_id = c.id and e.category = ${category}
        and e.school_year = ${schoolYearOf(day)}
        and (e.starts_on is null or e.starts_on <= ${day}) and (e.ends_on is null or e.ends_on >= ${day})) as enrolled
    from children c
    left join placements p on p.tenant_id = c.tenant_id and p.child_id = c.id and p.school_year = ${schoolYearOf(day)}
      and (p.left_on is null or p.left_on > ${day})
    left join classes k on k.tenant_id = p.tenant_id and k.id = p.class_id
    where c.tenant_id = ${tenantId} and c.id = any (${ids}::uuid[])`.execute(tx)
  const children = new Map(known.rows.map((row) => [row.child_id, row]))
  const runs = new Map<string | null, ServiceDay>()
  for (const { school_id: schoolId } of known.rows)
    if (!runs.has(schoolId)) {
      const service = await serviceDay(tx, tenantId, { category, schoolId: schoolId ?? undefined, day })
      runs.set(schoolId, service)
    }
  const right: JudgedRow[] = []
  const wrong: RefusedRow[] = []
  const seen = new Set<string>()
  for (const place of places) {
    const { childId, state } = rows[place]!
    const child = children.get(childId)
    const problem: AttendanceRefusal | undefined = !child
      ? 'unknown-child'
      : seen.has(childId)
        ? 'repeated'
        : !child.enrolled
          ? 'not-enrolled'
          : stopped(runs.get(child.school_id)!)
    seen.add(childId)
    if (problem) wrong.push({ row: place + 1, problem })
    else right.push({ place, childId, classId: child!.class_id, state })
  }
  return { right, wrong }
}

function stopped(service: ServiceDay): 'closed' | 'no-service' | undefined {
  return service.runs ? undefined : service.why
}

async function write(
  tx: Tx,
  tenantId: string,
  judged: JudgedDay,
  { source, actor }: AttendanceOrigin,
  now: Date,
): Promise<number> {
  const { category, day } = judged.meal
  const entries = judged.rows
  const locked = await lockLists(tx, tenantId, judged, now)
  const by = actor.kind === 'staff' ? actor.id : null
  const { rows: changed } = await sql<{ class_id: string | null }>`
    insert into attendance as a (tenant_id, day, category, child_id, state, class_id, source, recorded_at, recorded_by)
    select ${tenantId}, ${day}, ${category}, e.child_id, e.state, e.class_id, ${source}, ${now}, ${by}
    from unnest(${entries.map(({ childId }) => childId)}::uuid[], ${entries.map(({ state }) => state)}::text[],
      ${entries.map(({ classId }) => classId)}::uuid[]) as e (child_id, state, class_id)
    on conflict (tenant_id, day, category, child_id) do update set state = excluded.state,
      class_id = coalesce(a.class_id, excluded.class_id), source = excluded.source, revision = a.revision + 1,
      recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by
    where a.state <> excluded.state or (a.class_id is null and excluded.class_id is not null)
    returning class_id`.execute(tx)
  const touched = new Set(changed.map(({ class_id }) => class_id))
  for (const { classId, state } of locked)
    if (touched.has(classId) || state === 'open')
      await tx
        .updateTable('attendance_lists')
        .set({ state: 'closed', revision: sql`revision + 1`, saved_at: now, saved_by: by })
        .where('tenant_id', '=', tenantId)
        .where('category', '=', category)
        .where('day', '=', day)
        .where('class_id', '=', classId)
        .execute()
  return changed.length
}
