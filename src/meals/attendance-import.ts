import { formatDate, romeDate, type RomeDate } from '#core/clock.ts'
import type { AttendanceState } from '#core/db/meal-tables.ts'
import { cellsOf } from '#tenants/imports/cells.ts'
import type { Change, ImportColumn, ImportKind, PlanContext, RowOutcome } from '#tenants/imports/kind.ts'
import { plainHeader } from '#tenants/imports/mapping.ts'
import {
  findNamedChild,
  NAMED_CHILD_COLUMNS,
  readNamedChildren,
  SERVICE_COLUMN,
  type NamedChild,
} from '#tenants/imports/named-children.ts'
import { readRegistry } from '#tenants/imports/registry.ts'
import { firstOpenDay } from './attendance-days.ts'
import { readClassLists, type KnownLists } from './attendance-register.ts'
import { askForCharges } from './meal-jobs.ts'
import {
  judgeAttendance,
  lockLists,
  writeAttendance,
  type AttendanceRefusal,
  type JudgedDay,
  type JudgedRow,
} from './record-attendance.ts'

const COLUMNS: readonly ImportColumn[] = [
  ...NAMED_CHILD_COLUMNS,
  SERVICE_COLUMN,
  {
    key: 'attendance_day',
    required: true,
    names: ['giorno', 'data', 'datapasto', 'giornopasto', 'day', 'date', 'mealdate'],
    examples: ['23/11/2026', '23/11/2026'],
  },
  {
    key: 'presence',
    required: true,
    names: ['presenza', 'presente', 'stato', 'pasto', 'presence', 'attendance', 'present', 'state', 'meal'],
    examples: ['P', 'A'],
  },
]

const WORDS: readonly [AttendanceState, RegExp][] = [
  ['present', /^(p|pres|presente|present|si|s|yes|y|x|1|true|vero)$/],
  ['absent', /^(a|ass|assente|absent|no|n|0|false|falso)$/],
]

/**
 * Who ate and who did not, by child and day. The lists of the classes concerned are closed by it, so that their days are
 * charged; a corrected file brings the charges to what it says. Whom the file does not name stays as it was.
 */
export const attendanceImport: ImportKind = {
  id: 'attendance',
  slug: 'presenze',
  columns: COLUMNS,
  options: [],
  roles: ['administrator', 'clerk'],
  async plan(context) {
    const { tx, tenant, now, by, isWriting, problems } = context
    const registry = await readRegistry(tx, tenant.id, false)
    const read = await readRows(context, registry.categoryOf)
    const first = firstOpenDay(tenant.policies, romeDate(now), by.role === 'administrator')
    const told = read.map(({ child, category, day, state }) => ({ childId: child.id, category, day, state }))
    const { days, refusals } = await judgeAttendance(tx, tenant.id, told, { first, now })
    for (const { row, problem } of refusals) {
      const { column, what } = MISTAKES[problem]
      const { row: line, value } = read[row - 1]!
      problems.add(line, column, what, { value: value(column) })
    }
    for (const { rows } of days)
      for (const { place, classId } of rows)
        if (classId === null) problems.add(read[place]!.row, null, 'no-class')
    if (isWriting) for (const day of days) await lockLists(tx, tenant.id, day, now)
    const lists = await readClassLists(tx, tenant.id, days)
    const outcomes: RowOutcome[] = []
    for (const { meal, rows } of days)
      for (const one of rows) {
        const { child, row } = read[one.place]!
        const service = registry.labelOf(meal.category)
        const about = `${child.lastName} ${child.firstName}, ${formatDate(meal.day)}, ${service}`
        outcomes.push({ ...outcomeOf(lists, meal, one), row, about })
      }
    return {
      outcomes: outcomes.toSorted((one, other) => one.row - other.row),
      news: [],
      absent: await lists.missing(),
      async write(tell) {
        const actor = { kind: 'staff', id: by.accountId } as const
        await writeAttendance(tx, tenant.id, days, { source: 'file', actor }, now, tell)
        for (const { meal } of days) await askForCharges(tx, tenant, meal, now)
      },
    }
  },
}

/** Where a refusal stands, and the words for it. */
const MISTAKES: Readonly<Record<AttendanceRefusal, { column: string | null; what: string }>> = {
  'not-a-day': { column: 'attendance_day', what: 'date' },
  future: { column: 'attendance_day', what: 'future-day' },
  'too-long-ago': { column: 'attendance_day', what: 'too-long-ago' },
  'no-service': { column: 'attendance_day', what: 'no-service' },
  closed: { column: 'attendance_day', what: 'closed-day' },
  'not-enrolled': { column: null, what: 'not-enrolled' },
  'unknown-child': { column: null, what: 'unknown-child' },
  repeated: { column: null, what: 'repeated' },
}

interface FileRow {
  readonly row: number
  readonly child: NamedChild
  readonly category: string
  readonly day: RomeDate
  readonly state: AttendanceState
  value(column: string | null): string
}

async function readRows(
  { tx, tenant, keys, rows, problems, turn }: PlanContext,
  categoryOf: (told: string) => string | undefined,
): Promise<FileRow[]> {
  const children = await readNamedChildren(tx, tenant.id, keys, rows)
  const seen = new Map<string, number>()
  const read: FileRow[] = []
  for (const [index, row] of rows.entries()) {
    if (index % 500 === 499) await turn()
    const cells = cellsOf(row, problems)
    const before = problems.count
    const child = findNamedChild(cells, row, children)
    const service = row.cell('service')
    const category = categoryOf(service)
    if (category === undefined) cells.wrong('service', service === '' ? 'required' : 'unknown-service')
    if (row.cell('attendance_day') === '') cells.wrong('attendance_day', 'required')
    const day = cells.day('attendance_day')
    const word = plainHeader(row.cell('presence'))
    const state = WORDS.find(([, words]) => words.test(word))?.[0]
    if (state === undefined) cells.wrong('presence', row.cell('presence') === '' ? 'required' : 'presence')
    if (!child || category === undefined || day === undefined || state === undefined) continue
    if (problems.count > before) continue
    const key = `${child.id} ${category} ${day}`
    const twice = seen.get(key)
    if (twice !== undefined) cells.wrong(null, 'twice', twice)
    else {
      seen.set(key, row.row)
      const value = (column: string | null) => (column === null ? '' : row.cell(column))
      read.push({ row: row.row, child, category, day, state, value })
    }
  }
  return read
}

/** A row whose class has no closed list is never without effect: the import closes it. */
function outcomeOf(
  lists: KnownLists,
  meal: JudgedDay['meal'],
  { childId, classId, state }: JudgedRow,
): Pick<RowOutcome, 'outcome' | 'changes'> {
  const known = lists.stateOf(meal, childId)
  const place = classId === null ? '' : lists.placeOf(classId)
  const change = (what: string): Change[] => [{ what, before: '', after: place }]
  if (known === undefined) return { outcome: 'new', changes: change(state) }
  if (known !== state) return { outcome: 'changed', changes: change(`${state}-was-${known}`) }
  if (classId !== null && !lists.isClosed(meal, classId))
    return { outcome: 'changed', changes: change('list-closed') }
  return { outcome: 'unchanged', changes: [] }
}
