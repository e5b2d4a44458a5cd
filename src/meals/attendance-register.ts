import { sql } from 'kysely'
import { formatDate } from '#core/clock.ts'
import type { AttendanceState } from '#core/db/meal-tables.ts'
import type { Tx } from '#core/db/tenant.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import type { MealDay } from './charges.ts'
import type { JudgedDay } from './record-attendance.ts'

/** What is written down for some days and children, and the lists of their classes. */
export interface KnownLists {
  stateOf(meal: MealDay, childId: string): AttendanceState | undefined
  isClosed(meal: MealDay, classId: string): boolean
  /** Class and school, for people. */
  placeOf(classId: string): string
  /** Who is in one of the classes on one of the days, is not among the rows, and of whom nothing is written down. */
  missing(): Promise<{ count: number; names: string[] }>
}

const NAMED = 50

/** Reads what is written down where the rows of these days would be written. */
export async function readClassLists(
  tx: Tx,
  tenantId: string,
  days: readonly JudgedDay[],
): Promise<KnownLists> {
  const states = new Map<string, AttendanceState>()
  const closed = new Set<string>()
  for (const { meal, rows } of days) {
    const said = await sql<{ child_id: string; state: AttendanceState }>`
      select a.child_id, a.state from attendance a
      join unnest(${rows.map(({ childId }) => childId)}::uuid[]) as asked (id) on asked.id = a.child_id
      where a.tenant_id = ${tenantId} and a.day = ${meal.day} and a.category = ${meal.category}`.execute(tx)
    for (const { child_id, state } of said.rows) states.set(keyOf(meal, child_id), state)
    const lists = await tx
      .selectFrom('attendance_lists')
      .select('class_id')
      .where('tenant_id', '=', tenantId)
      .where('category', '=', meal.category)
      .where('day', '=', meal.day)
      .where('state', '=', 'closed')
      .execute()
    for (const { class_id } of lists) closed.add(keyOf(meal, class_id))
  }
  const places = await readPlaces(tx, tenantId, days)
  return {
    stateOf: (meal, childId) => states.get(keyOf(meal, childId)),
    isClosed: (meal, classId) => closed.has(keyOf(meal, classId)),
    placeOf: (classId) => places.get(classId) ?? '',
    async missing() {
      const names: string[] = []
      let count = 0
      for (const day of days) {
        const found = await missingOn(tx, tenantId, day)
        count += found.length
        names.push(...found.slice(0, NAMED - names.length))
      }
      return { count, names }
    },
  }
}

const keyOf = ({ category, day }: MealDay, id: string) => `${day} ${category} ${id}`

async function readPlaces(
  tx: Tx,
  tenantId: string,
  days: readonly JudgedDay[],
): Promise<Map<string, string>> {
  const ids = new Set(days.flatMap(({ rows }) => rows.flatMap(({ classId }) => classId ?? [])))
  const { rows } = await sql<{ id: string; name: string; school: string }>`
    select c.id, c.name, s.name as school from classes c
    join schools s on s.tenant_id = c.tenant_id and s.id = c.school_id
    where c.tenant_id = ${tenantId} and c.id = any (${[...ids]}::uuid[])`.execute(tx)
  return new Map(rows.map(({ id, name, school }) => [id, `${name}, ${school}`]))
}

async function missingOn(
  tx: Tx,
  tenantId: string,
  { meal: { category, day }, rows }: JudgedDay,
): Promise<string[]> {
  const classIds = new Set(rows.flatMap(({ classId }) => classId ?? []))
  const { rows: found } = await sql<{ name: string; class_name: string }>`
    select k.last_name || ' ' || k.first_name as name, c.name as class_name
    from placements p
    join enrolments e on e.tenant_id = p.tenant_id and e.child_id = p.child_id and e.school_year = p.school_year
      and e.category = ${category} and (e.starts_on is null or e.starts_on <= ${day}) and (e.ends_on is null or e.ends_on >= ${day})
    join children k on k.tenant_id = p.tenant_id and k.id = p.child_id
    join classes c on c.tenant_id = p.tenant_id and c.id = p.class_id
    where p.tenant_id = ${tenantId} and p.school_year = ${schoolYearOf(day)} and p.class_id = any (${[...classIds]}::uuid[])
      and not exists (select from unnest(${rows.map(({ childId }) => childId)}::uuid[]) as asked (id) where asked.id = p.child_id)
      and not exists (select from attendance a where a.tenant_id = ${tenantId} and a.day = ${day}
        and a.category = ${category} and a.child_id = p.child_id)
    order by k.last_name, k.first_name, k.id`.execute(tx)
  return found.map(({ name, class_name }) => `${name}, ${class_name}, ${formatDate(day)}`)
}
