import { sql } from 'kysely'
import { formatDate, romeDate, type RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { cellsOf, type CellReader } from '#tenants/imports/cells.ts'
import type { ImportColumn, ImportKind, PlanContext, RowOutcome } from '#tenants/imports/kind.ts'
import { plainHeader } from '#tenants/imports/mapping.ts'
import { readRegistry, type Registry } from '#tenants/imports/registry.ts'
import { firstRechargedDay } from '#tenants/people/recharge.ts'
import { askForChargesAnew } from './meal-jobs.ts'
import { readWeekdays } from './weekdays.ts'

const COLUMNS: readonly ImportColumn[] = [
  {
    key: 'entry',
    required: true,
    names: ['voce', 'tipo', 'evento', 'entry', 'type'],
    examples: ['periodo', 'chiusura'],
  },
  { key: 'service', names: ['servizio', 'service', 'categoria'], examples: ['REFEZIONE', ''] },
  { key: 'school', names: ['scuola', 'codicescuola', 'plesso', 'school'], examples: ['', ''] },
  {
    key: 'first_day',
    required: true,
    names: ['dal', 'inizio', 'datainizio', 'primogiorno', 'giorno', 'data', 'from', 'start', 'firstday'],
    examples: ['14/09/2026', '23/12/2026'],
  },
  {
    key: 'last_day',
    names: ['al', 'fine', 'datafine', 'ultimogiorno', 'to', 'end', 'lastday'],
    examples: ['30/06/2027', '06/01/2027'],
  },
  {
    key: 'weekdays',
    names: ['giorni', 'giornidellasettimana', 'settimana', 'weekdays', 'days'],
    examples: ['lun-ven', ''],
  },
  { key: 'day_type', names: ['tipogiornata', 'tipodigiornata', 'daytype'], examples: ['', ''] },
  {
    key: 'reason',
    names: ['motivo', 'descrizione', 'reason', 'description'],
    examples: ['', 'Vacanze di Natale'],
  },
]

/** A time when a service runs, or a time of closure. */
interface Entry {
  readonly row: number
  readonly isPeriod: boolean
  readonly category: string | null
  readonly schoolId: string | null
  readonly firstDay: RomeDate
  readonly lastDay: RomeDate
  /** Bit 0 is Monday; 0 for a closure. */
  readonly weekdays: number
  readonly dayType: string
  readonly reason: string
  readonly about: string
}

/** When services run and when schools are closed. What the calendar has and the file has not stays. */
export const calendarImport: ImportKind = {
  id: 'calendar',
  slug: 'calendario',
  columns: COLUMNS,
  options: [],
  roles: ['administrator', 'clerk'],
  async plan(context) {
    const { tx, tenant, now } = context
    const registry = await readRegistry(tx, tenant.id, false)
    const entries = await readEntries(context, registry)
    const known = await readCalendar(tx, tenant.id)
    const fresh = entries.filter((entry) => !known.has(keyOf(entry)))
    const outcomes: RowOutcome[] = entries.map(({ row, about, reason, ...entry }) => {
      const isNew = !known.has(keyOf(entry))
      const changes = isNew && reason ? [{ what: 'reason', before: '', after: reason }] : []
      return { row, outcome: isNew ? 'new' : 'unchanged', about, changes }
    })
    return {
      outcomes,
      news: [],
      absent: { count: 0, names: [] },
      async write(tell) {
        await writeEntries(tx, tenant.id, fresh, now)
        await tell(1)
      },
    }
  },
}

async function readEntries({ rows, problems, turn }: PlanContext, registry: Registry): Promise<Entry[]> {
  const seen = new Map<string, number>()
  const read: Entry[] = []
  for (const [index, row] of rows.entries()) {
    if (index % 500 === 499) await turn()
    const cells = cellsOf(row, problems)
    const before = problems.count
    const entry = readEntry(row.row, cells, row.cell, registry)
    if (problems.count > before || !entry) continue
    const twice = seen.get(keyOf(entry))
    if (twice !== undefined) cells.wrong(null, 'twice', twice)
    seen.set(keyOf(entry), row.row)
    read.push(entry)
  }
  return read
}

function readEntry(
  row: number,
  cells: CellReader,
  told: (key: string) => string,
  registry: Registry,
): Entry | undefined {
  const word = plainHeader(told('entry'))
  const isPeriod = /^(periodo|period|servizio|service)$/.test(word)
  if (!isPeriod && !/^(chiusura|closure|closed|chiuso)$/.test(word)) cells.wrong('entry', 'entry')
  // A closure of no service in particular closes all of them; a period is of one.
  const hasService = isPeriod || told('service') !== ''
  const category = hasService ? registry.categoryOf(told('service')) : null
  if (category === undefined) cells.wrong('service', told('service') === '' ? 'required' : 'unknown-service')
  const school = told('school')
  const isKnown = school !== '' && registry.schools.accepts(school)
  if (school !== '' && !isKnown) cells.wrong('school', 'unknown-school')
  if (told('first_day') === '') cells.wrong('first_day', 'required')
  const firstDay = cells.day('first_day')
  const lastDay = told('last_day') === '' ? firstDay : cells.day('last_day')
  if (firstDay !== undefined && lastDay !== undefined && lastDay < firstDay)
    cells.wrong('last_day', 'before-first')
  const weekdays = isPeriod ? readWeekdays(told('weekdays')) : 0
  if (weekdays === undefined) cells.wrong('weekdays', 'weekdays')
  const reason = isPeriod ? '' : cells.needed('reason', 100)
  const dayType = isPeriod ? cells.text('day_type', 30) : ''
  if (category === undefined || firstDay === undefined || lastDay === undefined || weekdays === undefined)
    return undefined
  const place = isKnown ? registry.schools.of(school) : undefined
  const days =
    firstDay === lastDay ? formatDate(firstDay) : `${formatDate(firstDay)} – ${formatDate(lastDay)}`
  const about = [days, category === null ? undefined : registry.labelOf(category), place?.name, dayType]
  return {
    row,
    isPeriod,
    category,
    schoolId: place?.id ?? null,
    firstDay,
    lastDay,
    weekdays,
    dayType,
    reason,
    about: about.filter(Boolean).join(', '),
  }
}

type Key = Pick<Entry, 'isPeriod' | 'category' | 'schoolId' | 'firstDay' | 'lastDay' | 'weekdays' | 'dayType'>

function keyOf({ isPeriod, category, schoolId, firstDay, lastDay, weekdays, dayType }: Key): string {
  return JSON.stringify([isPeriod, category, schoolId, firstDay, lastDay, weekdays, dayType])
}

async function readCalendar(tx: Tx, tenantId: string): Promise<Set<string>> {
  const periods = await tx
    .selectFrom('service_periods')
    .select(['category', 'school_id', 'first_day', 'last_day', 'weekdays', 'day_type'])
    .where('tenant_id', '=', tenantId)
    .execute()
  const closures = await tx
    .selectFrom('closures')
    .select(['category', 'school_id', 'first_day', 'last_day'])
    .where('tenant_id', '=', tenantId)
    .execute()
  const rest = (row: {
    category: string | null
    school_id: string | null
    first_day: string
    last_day: string
  }) => ({
    category: row.category,
    schoolId: row.school_id,
    firstDay: row.first_day,
    lastDay: row.last_day,
  })
  return new Set([
    ...periods.map((row) =>
      keyOf({ ...rest(row), isPeriod: true, weekdays: row.weekdays, dayType: row.day_type }),
    ),
    ...closures.map((row) => keyOf({ ...rest(row), isPeriod: false, weekdays: 0, dayType: '' })),
  ])
}

async function writeEntries(tx: Tx, tenantId: string, entries: readonly Entry[], now: Date): Promise<void> {
  const columns = (rows: readonly Entry[]) => sql`${rows.map(() => newId())}::uuid[],
    ${rows.map(({ category }) => category)}::text[], ${rows.map(({ schoolId }) => schoolId)}::uuid[],
    ${rows.map(({ firstDay }) => firstDay)}::date[], ${rows.map(({ lastDay }) => lastDay)}::date[]`
  const periods = entries.filter(({ isPeriod }) => isPeriod)
  await sql`
    insert into service_periods (tenant_id, id, category, school_id, first_day, last_day, weekdays, day_type, created_at)
    select ${tenantId}, e.*, ${now}
    from unnest(${columns(periods)}, ${periods.map(({ weekdays }) => weekdays)}::smallint[],
      ${periods.map(({ dayType }) => dayType)}::text[]) as e`.execute(tx)
  const closures = entries.filter(({ isPeriod }) => !isPeriod)
  await sql`
    insert into closures (tenant_id, id, category, school_id, first_day, last_day, reason, created_at)
    select ${tenantId}, e.*, ${now}
    from unnest(${columns(closures)}, ${closures.map(({ reason }) => reason)}::text[]) as e`.execute(tx)
  for (const { category, firstDay, lastDay } of entries) {
    const first = firstRechargedDay(romeDate(now))
    const from = firstDay > first ? firstDay : first
    await askForChargesAnew(tx, tenantId, { category: category ?? undefined, from, until: lastDay }, now)
  }
}
