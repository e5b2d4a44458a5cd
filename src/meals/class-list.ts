import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { audit } from '#core/audit.ts'
import type { RomeDate } from '#core/clock.ts'
import type { AttendanceSource, AttendanceState } from '#core/db/meal-tables.ts'
import type { Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'

/** Which list: of a class, for a service and a Rome day. */
export interface ListKey {
  readonly category: string
  readonly day: RomeDate
  readonly classId: string
}

/** One child on a list. */
export interface ListedChild {
  readonly childId: string
  readonly firstName: string
  readonly lastName: string
  /** Undefined while nobody has said anything: the page proposes "present". */
  readonly state: AttendanceState | undefined
  /** Who said so. */
  readonly source: AttendanceSource | undefined
}

/** The list of a class as it stands. */
export interface ClassList {
  readonly className: string
  readonly schoolId: string
  readonly schoolName: string
  /** `new` until it is saved for the first time. */
  readonly state: 'new' | 'open' | 'closed'
  /** Changes with everything that is said of these children: who saves says what they had seen. */
  readonly version: string
  readonly savedAt: Date | undefined
  readonly children: readonly ListedChild[]
}

interface ChildRow {
  child_id: string
  first_name: string
  last_name: string
  state: AttendanceState | null
  source: AttendanceSource | null
  revision: number | null
}

/**
 * Reads the list: who is enrolled and in the class, and who was written down in it on that day.
 * @throws DomainError resource.not_found when there is no such class in the day's school year
 */
export async function readList(
  tx: Tx,
  tenantId: string,
  { category, day, classId }: ListKey,
): Promise<ClassList> {
  const place = await tx
    .selectFrom('classes as c')
    .innerJoin('schools as s', (join) =>
      join.onRef('s.tenant_id', '=', 'c.tenant_id').onRef('s.id', '=', 'c.school_id'),
    )
    .leftJoin('attendance_lists as l', (join) =>
      join
        .onRef('l.tenant_id', '=', 'c.tenant_id')
        .onRef('l.class_id', '=', 'c.id')
        .on('l.category', '=', category)
        .on('l.day', '=', day),
    )
    .select(['c.name as class_name', 's.id as school_id', 's.name as school_name'])
    .select(['l.state', 'l.revision', 'l.saved_at'])
    .where('c.tenant_id', '=', tenantId)
    .where('c.id', '=', classId)
    .where('c.school_year', '=', schoolYearOf(day))
    .executeTakeFirst()
  if (!place) throw new DomainError('resource.not_found')
  const { rows } = await sql<ChildRow>`
    select c.id as child_id, c.first_name, c.last_name, a.state, a.source, a.revision
    from children c
    left join attendance a on a.tenant_id = c.tenant_id and a.child_id = c.id and a.day = ${day} and a.category = ${category}
    where c.tenant_id = ${tenantId} and (
      a.class_id = ${classId}
      or ((a.class_id is null) and exists (
        select from placements p
        join enrolments e on e.tenant_id = p.tenant_id and e.child_id = p.child_id and e.school_year = p.school_year
        where p.tenant_id = ${tenantId} and p.child_id = c.id and p.class_id = ${classId} and (p.left_on is null or p.left_on > ${day})
          and e.category = ${category}
          and (e.starts_on is null or e.starts_on <= ${day}) and (e.ends_on is null or e.ends_on >= ${day}))))
    order by c.last_name, c.first_name, c.id`.execute(tx)
  const isSaved = (place.revision ?? 0) > 0
  return {
    className: place.class_name,
    schoolId: place.school_id,
    schoolName: place.school_name,
    state: isSaved ? place.state! : 'new',
    version: versionOf(place.revision ?? 0, rows),
    savedAt: isSaved ? place.saved_at! : undefined,
    children: rows.map((row) => ({
      childId: row.child_id,
      firstName: row.first_name,
      lastName: row.last_name,
      state: row.state ?? undefined,
      source: row.source ?? undefined,
    })),
  }
}

function versionOf(revision: number, rows: readonly ChildRow[]): string {
  const said = rows.map(({ child_id, state, revision: counted }) => `${child_id} ${state} ${counted}`)
  return `${revision}-${createHash('sha256').update(said.join('\n')).digest('base64url').slice(0, 16)}`
}

/** What somebody hands in for a class. */
export interface HandedIn {
  readonly key: ListKey
  /** The version that they had before their eyes. */
  readonly version: string
  readonly states: ReadonlyMap<string, AttendanceState>
  /** A closed list can be charged, and stays closed. */
  readonly close: boolean
}

/** Who hands a list in: somebody at the page, or a machine with the token of a colleague. */
export interface ListAuthor {
  readonly accountId: string
  readonly source: Extract<AttendanceSource, 'class' | 'api'>
  readonly tokenId?: string
}

/**
 * Saves the list of a class. Whatever was said of one of its children since it was read is never written over; a list that
 * stands as it is handed in stays, whichever version was read: whoever got no answer may send it again.
 * @returns whether the list is closed now
 * @throws DomainError attendance.list_changed when it is not the one that was read
 */
export async function saveList(
  tx: Tx,
  tenantId: string,
  { key, version, states, close }: HandedIn,
  { accountId, source, tokenId }: ListAuthor,
  now: Date,
): Promise<{ closed: boolean }> {
  const { category, day, classId } = key
  await lockList(tx, tenantId, key, now)
  const list = await readList(tx, tenantId, key)
  const isOfList = new Set(list.children.map(({ childId }) => childId))
  const isWhole = list.children.every(({ childId }) => states.has(childId))
  if (!isWhole || [...states.keys()].some((childId) => !isOfList.has(childId)))
    throw new DomainError('attendance.list_changed')
  const stands = list.children.every(({ childId, state }) => states.get(childId) === state)
  if (stands && (list.state === 'closed' || (list.state === 'open' && !close)))
    return { closed: list.state === 'closed' }
  if (list.version !== version) throw new DomainError('attendance.list_changed')
  const changed = list.children.filter(({ childId, state }) => states.get(childId) !== state)
  for (const { childId } of changed)
    await tx
      .insertInto('attendance')
      .values({
        tenant_id: tenantId,
        day,
        category,
        child_id: childId,
        state: states.get(childId)!,
        class_id: classId,
        source,
        recorded_at: now,
        recorded_by: accountId,
      })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'day', 'category', 'child_id']).doUpdateSet((set) => ({
          state: set.ref('excluded.state'),
          class_id: classId,
          source,
          revision: sql<number>`attendance.revision + 1`,
          recorded_at: now,
          recorded_by: accountId,
        })),
      )
      .execute()
  const closed = close || list.state === 'closed'
  await tx
    .updateTable('attendance_lists')
    .set({
      state: closed ? 'closed' : 'open',
      revision: sql`revision + 1`,
      saved_at: now,
      saved_by: accountId,
    })
    .where('tenant_id', '=', tenantId)
    .where('category', '=', category)
    .where('day', '=', day)
    .where('class_id', '=', classId)
    .execute()
  await audit(
    tx,
    tenantId,
    {
      actor: { kind: 'staff', id: accountId },
      action: 'attendance.saved',
      subject: { kind: 'class', id: classId },
      details: {
        category,
        day,
        closed,
        present: [...states.values()].filter((state) => state === 'present').length,
        children: list.children.length,
        changed: changed.length,
        ...(tokenId !== undefined && { token: tokenId }),
      },
    },
    now,
  )
  return { closed }
}

/**
 * Makes whoever else wants to write into the list wait. The row that it takes to be locked says nothing while its
 * revision is 0.
 */
export async function lockList(
  tx: Tx,
  tenantId: string,
  { category, day, classId }: ListKey,
  now: Date,
): Promise<{ state: 'open' | 'closed'; revision: number }> {
  await tx
    .insertInto('attendance_lists')
    .values({
      tenant_id: tenantId,
      category,
      day,
      class_id: classId,
      state: 'open',
      revision: 0,
      saved_at: now,
      saved_by: null,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'category', 'day', 'class_id']).doNothing())
    .execute()
  return tx
    .selectFrom('attendance_lists')
    .select(['state', 'revision'])
    .where('tenant_id', '=', tenantId)
    .where('category', '=', category)
    .where('day', '=', day)
    .where('class_id', '=', classId)
    .forUpdate()
    .executeTakeFirstOrThrow()
}
