import { sql } from 'kysely'
import { audit, type Actor } from '#core/audit.ts'
import { isRomeDate, romeDate, type RomeDate } from '#core/clock.ts'
import type { AttendanceState } from '#core/db/meal-tables.ts'
import type { Tx } from '#core/db/tenant.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { serviceDay } from './calendar.ts'
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
  | 'repeated'

export interface RecordedAttendance {
  /** Rows that are not right, by their place from 1; where there is one, nothing was recorded. */
  readonly refusals: readonly { readonly row: number; readonly problem: AttendanceRefusal }[]
  /** Rows that said something new. */
  readonly changed: number
  /** The days whose charges rest on it: hand each to `askForCharges`. */
  readonly days: readonly MealDay[]
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
  origin: { readonly source: 'file' | 'api'; readonly actor: Actor; readonly first: RomeDate },
  now: Date,
): Promise<RecordedAttendance> {
  const refusals: { row: number; problem: AttendanceRefusal }[] = []
  const groups = new Map<string, { meal: MealDay; places: number[] }>()
  const today = romeDate(now)
  for (const [index, { category, day }] of rows.entries()) {
    const problem = !isRomeDate(day)
      ? 'not-a-day'
      : day > today
        ? 'future'
        : day < origin.first
          ? 'too-long-ago'
          : undefined
    if (problem) {
      refusals.push({ row: index + 1, problem })
      continue
    }
    const group = groups.get(`${category} ${day}`) ?? { meal: { category, day }, places: [] }
    group.places.push(index)
    groups.set(`${category} ${day}`, group)
  }
  const toWrite: { meal: MealDay; entries: Entry[] }[] = []
  for (const { meal, places } of groups.values()) {
    const { entries, wrong } = await judge(tx, tenantId, meal, rows, places)
    refusals.push(...wrong)
    toWrite.push({ meal, entries })
  }
  if (refusals.length > 0)
    return { refusals: refusals.toSorted((one, other) => one.row - other.row), changed: 0, days: [] }
  let changed = 0
  for (const { meal, entries } of toWrite) changed += await write(tx, tenantId, meal, entries, origin, now)
  if (changed > 0)
    await audit(
      tx,
      tenantId,
      {
        actor: origin.actor,
        action: 'attendance.imported',
        details: { source: origin.source, rows: rows.length, changed, days: groups.size },
      },
      now,
    )
  return { refusals: [], changed, days: toWrite.map(({ meal }) => meal) }
}

interface Entry {
  childId: string
  classId: string | null
  state: AttendanceState
}

async function judge(
  tx: Tx,
  tenantId: string,
  { category, day }: MealDay,
  rows: readonly AttendanceRow[],
  places: readonly number[],
): Promise<{ entries: Entry[]; wrong: { row: number; problem: AttendanceRefusal }[] }> {
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
    left join classes k on k.tenant_id = p.tenant_id and k.id = p.class_id
    where c.tenant_id = ${tenantId} and c.id = any (${ids}::uuid[])`.execute(tx)
  const children = new Map(known.rows.map((row) => [row.child_id, row]))
  const runs = new Map<string | null, boolean>()
  for (const { school_id: schoolId } of known.rows)
    if (!runs.has(schoolId)) {
      const service = await serviceDay(tx, tenantId, { category, schoolId: schoolId ?? undefined, day })
      runs.set(schoolId, service.runs)
    }
  const entries: Entry[] = []
  const wrong: { row: number; problem: AttendanceRefusal }[] = []
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
          : !runs.get(child.school_id)
            ? 'no-service'
            : undefined
    seen.add(childId)
    if (problem) wrong.push({ row: place + 1, problem })
    else entries.push({ childId, classId: child!.class_id, state })
  }
  return { entries, wrong }
}

async function write(
  tx: Tx,
  tenantId: string,
  { category, day }: MealDay,
  entries: readonly Entry[],
  { source, actor }: { source: 'file' | 'api'; actor: Actor },
  now: Date,
): Promise<number> {
  const classIds = [...new Set(entries.map(({ classId }) => classId))].filter((id) => id !== null).toSorted()
  const locked = []
  for (const classId of classIds)
    locked.push({ classId, list: await lockList(tx, tenantId, { category, day, classId }, now) })
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
  for (const { classId, list } of locked)
    if (touched.has(classId) || list.state === 'open')
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
