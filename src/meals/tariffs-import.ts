import { sql } from 'kysely'
import { formatDate, romeDate, type RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { formatMoney } from '#core/money.ts'
import { cellsOf, type CellReader } from '#tenants/imports/cells.ts'
import type { Change, ImportColumn, ImportKind, PlanContext, RowOutcome } from '#tenants/imports/kind.ts'
import { readRegistry, type Registry } from '#tenants/imports/registry.ts'
import { firstRechargedDay } from '#tenants/people/recharge.ts'
import { refreshPrices } from '#tenants/people/refresh-prices.ts'
import { askForChargesAnew } from './meal-jobs.ts'

const COLUMNS: readonly ImportColumn[] = [
  { key: 'service', names: ['servizio', 'service', 'categoria'], examples: ['REFEZIONE', 'REFEZIONE'] },
  {
    key: 'valid_from',
    required: true,
    names: ['validadal', 'dal', 'decorrenza', 'datainizio', 'validfrom', 'from'],
    examples: ['01/09/2026', '01/09/2026'],
  },
  { key: 'school', names: ['scuola', 'codicescuola', 'plesso', 'school'], examples: ['', 'DANTE'] },
  { key: 'day_type', names: ['tipogiornata', 'tipodigiornata', 'giornata', 'daytype'], examples: ['', ''] },
  {
    key: 'isee_up_to',
    names: ['iseefinoa', 'isee', 'fasciaisee', 'fascia', 'limiteisee', 'iseeupto', 'incomeupto'],
    examples: ['8.000,00', ''],
  },
  {
    key: 'sibling_from',
    names: ['dalfratello', 'fratello', 'numerofigli', 'figlio', 'siblingfrom', 'sibling'],
    examples: ['1', '2'],
  },
  {
    key: 'price',
    required: true,
    names: ['prezzo', 'tariffa', 'importo', 'costo', 'costopasto', 'price', 'tariff'],
    examples: ['2,10', '4,40'],
  },
  { key: 'note', names: ['atto', 'delibera', 'note', 'resolution'], examples: ['Delibera n. 12/2026', ''] },
]

interface Cell {
  readonly row: number
  readonly category: string
  readonly validFrom: RomeDate
  readonly schoolId: string | null
  readonly dayType: string | null
  readonly iseeUpTo: bigint | null
  readonly siblingFrom: number
  readonly priceCents: bigint
  readonly note: string
  readonly about: string
}

interface KnownCell {
  readonly id: string
  readonly planId: string
  readonly priceCents: bigint
}

/**
 * The prices of services: one row a cell of the matrix. Rows of a service and a day make that day's plan, or add to it;
 * a cell that the plan has and the file has not stays.
 */
export const tariffsImport: ImportKind = {
  id: 'tariffs',
  slug: 'tariffe',
  columns: COLUMNS,
  options: [],
  roles: ['administrator', 'clerk'],
  async plan(context) {
    const { tx, tenant, now } = context
    const registry = await readRegistry(tx, tenant.id, false)
    const cells = await readCells(context, registry)
    const register = await readPlans(tx, tenant.id)
    const outcomes: RowOutcome[] = []
    const plans = new Map(register.plans)
    const made: { id: string; category: string; validFrom: string; note: string }[] = []
    const written: (Cell & { planId: string; former: string | undefined })[] = []
    for (const cell of cells) {
      const planKey = `${cell.category}/${cell.validFrom}`
      if (!plans.has(planKey)) {
        const plan = { id: newId(), category: cell.category, validFrom: cell.validFrom, note: cell.note }
        plans.set(planKey, plan.id)
        made.push(plan)
      }
      const known = register.cells.get(keyOf(cell))
      const changes: Change[] = []
      if (!known) changes.push({ what: 'price', before: '', after: formatMoney(cell.priceCents) })
      else if (known.priceCents !== cell.priceCents)
        changes.push({
          what: 'price',
          before: formatMoney(known.priceCents),
          after: formatMoney(cell.priceCents),
        })
      const outcome = !known ? 'new' : changes.length > 0 ? 'changed' : 'unchanged'
      outcomes.push({ row: cell.row, outcome, about: cell.about, changes })
      if (outcome !== 'unchanged') written.push({ ...cell, planId: plans.get(planKey)!, former: known?.id })
    }
    return {
      outcomes,
      news: made.map(({ category, validFrom }) => ({
        what: 'plan',
        name: `${registry.labelOf(category)}, ${formatDate(validFrom)}`,
      })),
      absent: { count: 0, names: [] },
      async write(tell) {
        await sql`
          insert into tariff_plans (tenant_id, id, category, valid_from, note, created_at)
          select ${tenant.id}, p.id, p.category, p.valid_from, p.note, ${now}
          from unnest(${made.map(({ id }) => id)}::uuid[], ${made.map(({ category }) => category)}::text[],
            ${made.map(({ validFrom }) => validFrom)}::date[], ${made.map(({ note }) => note)}::text[])
            as p (id, category, valid_from, note)`.execute(tx)
        const former = written.map((one) => one.former).filter((id) => id !== undefined)
        await sql`delete from tariff_prices where tenant_id = ${tenant.id} and id = any (${former}::uuid[])`.execute(
          tx,
        )
        await tell(0.5)
        const column = <Value>(value: (cell: (typeof written)[number]) => Value) => written.map(value)
        await sql`
          insert into tariff_prices (tenant_id, plan_id, id, school_id, day_type, isee_up_to_cents, sibling_from, price_cents)
          select ${tenant.id}, p.plan_id, p.id, p.school_id, p.day_type, p.isee, p.sibling, p.price
          from unnest(${column(({ planId }) => planId)}::uuid[], ${column(() => newId())}::uuid[],
            ${column(({ schoolId }) => schoolId)}::uuid[], ${column(({ dayType }) => dayType)}::text[],
            ${column(({ iseeUpTo }) => iseeUpTo?.toString() ?? null)}::bigint[],
            ${column(({ siblingFrom }) => siblingFrom)}::smallint[],
            ${column(({ priceCents }) => priceCents.toString())}::bigint[])
            as p (plan_id, id, school_id, day_type, isee, sibling, price)`.execute(tx)
        await refreshPrices(tx, tenant.id, romeDate(now))
        await chargeAnew(tx, tenant.id, written, now)
        await tell(1)
      },
    }
  },
}

async function readCells({ rows, problems, turn }: PlanContext, registry: Registry): Promise<Cell[]> {
  const seen = new Map<string, number>()
  const read: Cell[] = []
  for (const [index, row] of rows.entries()) {
    if (index % 500 === 499) await turn()
    const cells = cellsOf(row, problems)
    const before = problems.count
    const cell = readCell(row.row, cells, row.cell, registry)
    if (problems.count > before || !cell) continue
    const twice = seen.get(keyOf(cell))
    if (twice !== undefined) cells.wrong(null, 'twice', twice)
    seen.set(keyOf(cell), row.row)
    read.push(cell)
  }
  return read
}

/** No meal costs more; the register allows ten times as much. */
const PRICE_MAX = 10_000n

function readCell(
  row: number,
  cells: CellReader,
  told: (key: string) => string,
  registry: Registry,
): Cell | undefined {
  const category = registry.categoryOf(told('service'))
  if (category === undefined) cells.wrong('service', told('service') === '' ? 'required' : 'unknown-service')
  if (told('valid_from') === '') cells.wrong('valid_from', 'required')
  const validFrom = cells.day('valid_from')
  const school = told('school')
  if (school !== '' && !registry.schools.accepts(school)) cells.wrong('school', 'unknown-school')
  if (told('price') === '') cells.wrong('price', 'required')
  const priceCents = cells.cents('price')
  if (priceCents !== undefined && priceCents > PRICE_MAX) cells.wrong('price', 'amount-range')
  const dayType = cells.text('day_type', 30)
  const iseeUpTo = cells.cents('isee_up_to')
  const siblingFrom = cells.whole('sibling_from', 1, 20) ?? 1
  const note = cells.text('note', 200)
  if (category === undefined || validFrom === undefined || priceCents === undefined) return undefined
  const known = school !== '' && registry.schools.accepts(school) ? registry.schools.of(school) : undefined
  const about = [
    registry.labelOf(category),
    formatDate(validFrom),
    known?.name,
    dayType,
    iseeUpTo === undefined ? undefined : `ISEE ≤ ${formatMoney(iseeUpTo)}`,
    siblingFrom > 1 ? `≥ ${siblingFrom}` : undefined,
  ]
  return {
    row,
    category,
    validFrom,
    schoolId: known?.id ?? null,
    dayType: dayType || null,
    iseeUpTo: iseeUpTo ?? null,
    siblingFrom,
    priceCents,
    note,
    about: about.filter(Boolean).join(', '),
  }
}

function keyOf(
  cell: Pick<Cell, 'category' | 'validFrom' | 'schoolId' | 'dayType' | 'iseeUpTo' | 'siblingFrom'>,
): string {
  const { category, validFrom, schoolId, dayType, iseeUpTo, siblingFrom } = cell
  return JSON.stringify([category, validFrom, schoolId, dayType, iseeUpTo?.toString() ?? null, siblingFrom])
}

async function readPlans(tx: Tx, tenantId: string) {
  const plans = await tx
    .selectFrom('tariff_plans')
    .select(['id', 'category', 'valid_from'])
    .where('tenant_id', '=', tenantId)
    .execute()
  const rows = await tx
    .selectFrom('tariff_prices as p')
    .innerJoin('tariff_plans as t', (join) =>
      join.onRef('t.tenant_id', '=', 'p.tenant_id').onRef('t.id', '=', 'p.plan_id'),
    )
    .select([
      'p.id',
      'p.plan_id',
      'p.school_id',
      'p.day_type',
      'p.isee_up_to_cents',
      'p.sibling_from',
      'p.price_cents',
    ])
    .select(['t.category', 't.valid_from'])
    .where('p.tenant_id', '=', tenantId)
    .execute()
  const cells = new Map<string, KnownCell>()
  for (const row of rows) {
    const key = keyOf({
      category: row.category,
      validFrom: row.valid_from,
      schoolId: row.school_id,
      dayType: row.day_type,
      iseeUpTo: row.isee_up_to_cents,
      siblingFrom: row.sibling_from,
    })
    cells.set(key, { id: row.id, planId: row.plan_id, priceCents: row.price_cents })
  }
  return { plans: new Map(plans.map((plan) => [`${plan.category}/${plan.valid_from}`, plan.id])), cells }
}

/** Meals since a plan's first day, and not of a school year that has ended, are charged at what they cost now. */
async function chargeAnew(tx: Tx, tenantId: string, written: readonly Cell[], now: Date): Promise<void> {
  const first = firstRechargedDay(romeDate(now))
  for (const category of new Set(written.map((cell) => cell.category))) {
    const days = written.filter((cell) => cell.category === category).map(({ validFrom }) => validFrom)
    const from = days.toSorted()[0]!
    await askForChargesAnew(tx, tenantId, { category, from: from > first ? from : first }, now)
  }
}
