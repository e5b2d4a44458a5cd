import { sql } from 'kysely'
import { romeDate, type RomeDate } from '#core/clock.ts'
import { sqlState, UNIQUE_VIOLATION, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import { askForChargesAnew } from './meal-jobs.ts'

/** One price of a plan. Null stands for everybody: every school, every kind of day, no limit of income. */
export interface TariffCell {
  readonly schoolId: string | null
  readonly dayType: string | null
  /** The band ends with this income (ISEE), included; in cents. */
  readonly iseeUpToCents: bigint | null
  /** From which sibling on, the first being 1. */
  readonly siblingFrom: number
  /** At most {@link PRICE_MAX_CENTS}. */
  readonly priceCents: bigint
}

/** The prices of a service from a day on, until the next plan begins. */
export interface TariffPlan {
  readonly id: string
  readonly category: string
  readonly validFrom: RomeDate
  /** What it rests on: "Delibera di Giunta n. 12/2026". */
  readonly note: string
}

export const PRICE_MAX_CENTS = 100_000n
export const PLAN_NOTE_MAX = 200

/** The entity's plans, by service, the latest first. */
export async function listPlans(tx: Tx, tenantId: string): Promise<TariffPlan[]> {
  const rows = await plans(tx, tenantId).orderBy('category').orderBy('valid_from', 'desc').execute()
  return rows.map(toPlan)
}

/** A plan with its prices. @throws DomainError resource.not_found */
export async function findPlan(
  tx: Tx,
  tenantId: string,
  planId: string,
): Promise<TariffPlan & { cells: TariffCell[] }> {
  const row = await plans(tx, tenantId).where('id', '=', planId).executeTakeFirst()
  if (!row) throw new DomainError('resource.not_found')
  const cells = await tx
    .selectFrom('tariff_prices')
    .select(['school_id', 'day_type', 'isee_up_to_cents', 'sibling_from', 'price_cents'])
    .where('tenant_id', '=', tenantId)
    .where('plan_id', '=', planId)
    .orderBy('isee_up_to_cents', (order) => order.asc().nullsLast())
    .orderBy('sibling_from')
    .execute()
  return {
    ...toPlan(row),
    cells: cells.map((cell) => ({
      schoolId: cell.school_id,
      dayType: cell.day_type,
      iseeUpToCents: cell.isee_up_to_cents,
      siblingFrom: cell.sibling_from,
      priceCents: cell.price_cents,
    })),
  }
}

/**
 * Whether a plan may still be changed: meals that were charged by a price keep it. Days to come are open; from today
 * back a day is, as long as no charge of the service stands since, those of meals that cost nothing among them.
 */
export async function isPlanOpen(
  tx: Tx,
  tenantId: string,
  { category, validFrom }: Pick<TariffPlan, 'category' | 'validFrom'>,
  today: RomeDate,
): Promise<boolean> {
  if (validFrom > today) return true
  const { rows } = await sql<{ charged: boolean }>`
    select exists (
      select from attendance_lists l
      join meal_charges c on c.tenant_id = l.tenant_id and c.day = l.day and c.category = l.category
      where l.tenant_id = ${tenantId} and l.category = ${category} and l.day >= ${validFrom}
        and c.reversed_at is null) as charged`.execute(tx)
  return !rows[0]!.charged
}

/**
 * Makes a plan, and asks for who could not be charged since. Prices that enrolments keep are the caller's to refresh.
 * @throws DomainError tariff.day_taken, tariff.day_past where meals were charged since that day,
 *   tariff.repeated_price, enrolment.unknown_category
 */
export async function addPlan(
  tx: Tx,
  tenantId: string,
  plan: Omit<TariffPlan, 'id'> & { readonly cells: readonly TariffCell[] },
  { today, now, accountId }: { today: RomeDate; now: Date; accountId: string | null },
): Promise<string> {
  const known = await tx
    .selectFrom('service_categories')
    .select('code')
    .where('tenant_id', '=', tenantId)
    .where('code', '=', plan.category)
    .executeTakeFirst()
  if (!known) throw new DomainError('enrolment.unknown_category')
  if (!(await isPlanOpen(tx, tenantId, plan, today))) throw new DomainError('tariff.day_past')
  const id = newId()
  const added = await tx
    .insertInto('tariff_plans')
    .values({
      tenant_id: tenantId,
      id,
      category: plan.category,
      valid_from: plan.validFrom,
      note: plan.note,
      created_at: now,
      created_by: accountId,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'category', 'valid_from']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!added) throw new DomainError('tariff.day_taken')
  await insertCells(tx, tenantId, id, plan.cells)
  await askForChargesAnew(tx, tenantId, { category: plan.category, from: plan.validFrom }, now)
  return id
}

/**
 * Gives an open plan other prices and another note, all of them at once.
 * @throws DomainError resource.not_found, tariff.closed, tariff.repeated_price
 */
export async function changePlan(
  tx: Tx,
  tenantId: string,
  planId: string,
  { note, cells }: { readonly note: string; readonly cells: readonly TariffCell[] },
  now: Date,
): Promise<TariffPlan> {
  const plan = await openPlan(tx, tenantId, planId, romeDate(now))
  await tx
    .updateTable('tariff_plans')
    .set({ note })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', planId)
    .execute()
  await deleteCells(tx, tenantId, planId)
  await insertCells(tx, tenantId, planId, cells)
  await askForChargesAnew(tx, tenantId, { category: plan.category, from: plan.validFrom }, now)
  return plan
}

/** Deletes an open plan. @throws DomainError resource.not_found, tariff.closed */
export async function deletePlan(tx: Tx, tenantId: string, planId: string, now: Date): Promise<TariffPlan> {
  const plan = await openPlan(tx, tenantId, planId, romeDate(now))
  await deleteCells(tx, tenantId, planId)
  await tx.deleteFrom('tariff_plans').where('tenant_id', '=', tenantId).where('id', '=', planId).execute()
  await askForChargesAnew(tx, tenantId, { category: plan.category, from: plan.validFrom }, now)
  return plan
}

async function openPlan(tx: Tx, tenantId: string, planId: string, today: RomeDate): Promise<TariffPlan> {
  const row = await plans(tx, tenantId).where('id', '=', planId).forUpdate().executeTakeFirst()
  if (!row) throw new DomainError('resource.not_found')
  const plan = toPlan(row)
  if (!(await isPlanOpen(tx, tenantId, plan, today))) throw new DomainError('tariff.closed')
  return plan
}

async function deleteCells(tx: Tx, tenantId: string, planId: string): Promise<void> {
  await tx
    .deleteFrom('tariff_prices')
    .where('tenant_id', '=', tenantId)
    .where('plan_id', '=', planId)
    .execute()
}

async function insertCells(
  tx: Tx,
  tenantId: string,
  planId: string,
  cells: readonly TariffCell[],
): Promise<void> {
  if (cells.length === 0) return
  const rows = cells.map((cell) => ({
    tenant_id: tenantId,
    plan_id: planId,
    id: newId(),
    school_id: cell.schoolId,
    day_type: cell.dayType,
    isee_up_to_cents: cell.iseeUpToCents,
    sibling_from: cell.siblingFrom,
    price_cents: cell.priceCents,
  }))
  try {
    await tx.insertInto('tariff_prices').values(rows).execute()
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new DomainError('tariff.repeated_price')
    throw error
  }
}

function plans(tx: Tx, tenantId: string) {
  return tx
    .selectFrom('tariff_plans')
    .select(['id', 'category', 'valid_from', 'note'])
    .where('tenant_id', '=', tenantId)
}

function toPlan(row: { id: string; category: string; valid_from: string; note: string }): TariffPlan {
  return { id: row.id, category: row.category, validFrom: row.valid_from, note: row.note }
}
