import type { RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import type { Cents } from '#core/money.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { mealPrices, type MealPrice } from './prices.ts'
import { addPlan, changePlan, type TariffCell } from './tariff-plans.ts'

/** What a plan would change, seen on one day. */
export interface PlanPreview {
  readonly day: RomeDate
  readonly schoolYear: string
  /** Children in the service on that day. */
  readonly children: number
  /** How many go from which price to which, the largest group first; those whose price stays are left out. */
  readonly changes: readonly {
    readonly from: Cents | undefined
    readonly to: Cents | undefined
    readonly children: number
  }[]
  /** For whom the plan names no price, the first {@link SHOWN} by name. */
  readonly unpriced: readonly { readonly id: string; readonly name: string }[]
  readonly unpricedCount: number
}

const SHOWN = 20

/** What to try: a new plan, or (with `planId`) other prices of one that is there. */
export interface PlanTrial {
  readonly planId: string | undefined
  readonly category: string
  readonly validFrom: RomeDate
  readonly note: string
  readonly cells: readonly TariffCell[]
}

/** Carries the answer out of a transaction that is not to be kept. */
class Tried extends Error {
  readonly preview: PlanPreview
  constructor(preview: PlanPreview) {
    super('a trial is not kept')
    this.preview = preview
  }
}

/**
 * Tries a plan and takes it back: the prices are those that the database itself would charge.
 * @throws DomainError what addPlan and changePlan throw
 */
export async function previewPlan(
  db: Db,
  tenantId: string,
  trial: PlanTrial,
  { today, now }: { today: RomeDate; now: Date },
): Promise<PlanPreview> {
  try {
    await inTenant(db, tenantId, async (tx) => {
      throw new Tried(await tryPlan(tx, tenantId, trial, { today, now }))
    })
  } catch (error) {
    if (error instanceof Tried) return error.preview
    throw error
  }
  throw new Error('a trial ends by being taken back')
}

async function tryPlan(
  tx: Tx,
  tenantId: string,
  trial: PlanTrial,
  { today, now }: { today: RomeDate; now: Date },
): Promise<PlanPreview> {
  const { category, validFrom, planId } = trial
  const day = validFrom > today ? validFrom : today
  const schoolYear = await yearOf(tx, tenantId, category, day)
  const childIds = await enrolledIn(tx, tenantId, category, schoolYear)
  const asked = { category, day, schoolYear, childIds }
  const before = new Map((await mealPrices(tx, tenantId, asked)).map((price) => [price.childId, price]))
  if (planId === undefined) await addPlan(tx, tenantId, trial, { today, now, accountId: null })
  else await changePlan(tx, tenantId, planId, trial, now)
  const after = await mealPrices(tx, tenantId, asked)
  const unpriced = after.filter(({ priceCents }) => priceCents === undefined).map(({ childId }) => childId)
  return {
    day,
    schoolYear,
    children: after.length,
    changes: changesOf(before, after),
    unpriced: await namesOf(tx, tenantId, unpriced),
    unpricedCount: unpriced.length,
  }
}

function changesOf(
  before: ReadonlyMap<string, MealPrice>,
  after: readonly MealPrice[],
): PlanPreview['changes'] {
  const groups = new Map<string, { from: Cents | undefined; to: Cents | undefined; children: number }>()
  for (const { childId, priceCents: to } of after) {
    const from = before.get(childId)?.priceCents
    if (from === to) continue
    const group = groups.get(`${from} ${to}`)
    if (group) group.children++
    else groups.set(`${from} ${to}`, { from, to, children: 1 })
  }
  return [...groups.values()].toSorted((a, b) => b.children - a.children)
}

/** The day's school year; while nobody is enrolled for that one yet, the last year that has somebody. */
async function yearOf(tx: Tx, tenantId: string, category: string, day: RomeDate): Promise<string> {
  const own = schoolYearOf(day)
  const row = await tx
    .selectFrom('enrolments')
    .select('school_year')
    .where('tenant_id', '=', tenantId)
    .where('category', '=', category)
    .where('school_year', '<=', own)
    .orderBy('school_year', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.school_year ?? own
}

async function enrolledIn(tx: Tx, tenantId: string, category: string, schoolYear: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('enrolments')
    .select('child_id')
    .where('tenant_id', '=', tenantId)
    .where('category', '=', category)
    .where('school_year', '=', schoolYear)
    .execute()
  return rows.map((row) => row.child_id)
}

async function namesOf(tx: Tx, tenantId: string, ids: readonly string[]): Promise<PlanPreview['unpriced']> {
  if (ids.length === 0) return []
  const rows = await tx
    .selectFrom('children')
    .select(['id', 'first_name', 'last_name'])
    .where('tenant_id', '=', tenantId)
    .where((where) => where.eb('id', '=', where.fn.any(where.val(ids))))
    .orderBy('last_name')
    .orderBy('first_name')
    .limit(SHOWN)
    .execute()
  return rows.map((row) => ({ id: row.id, name: `${row.last_name} ${row.first_name}` }))
}
