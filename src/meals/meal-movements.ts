import { sql } from 'kysely'
import { formatDate, isRomeDate, type RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import type { ReversalKind } from '#core/db/meal-tables.ts'
import { inTenant } from '#core/db/tenant.ts'
import { translator, type Language } from '#core/i18n.ts'
import type { Movement } from '#core/ledger/movements.ts'

/** What a movement has to do with a meal. */
export interface MealOfMovement {
  readonly day: RomeDate
  /** Why it was taken back; undefined for the meal itself. */
  readonly reversal: { readonly kind: ReversalKind; readonly note: string | undefined } | undefined
}

/**
 * The meals that movements of one wallet tell of, by transaction: a transaction is a batch, and has a line for each
 * family. A meal booked by other means has its day where its reference begins with one.
 */
export async function mealsOfMovements(
  db: Db,
  tenantId: string,
  walletId: string,
  movements: readonly Pick<Movement, 'transactionId' | 'kind' | 'reference'>[],
): Promise<ReadonlyMap<string, MealOfMovement>> {
  const meals = new Map<string, MealOfMovement>()
  for (const { transactionId, kind, reference } of movements) {
    const day = reference.slice(0, 10)
    if (kind === 'meal' && isRomeDate(day)) meals.set(transactionId, { day, reversal: undefined })
  }
  const reversals = movements
    .filter(({ kind }) => kind === 'reversal')
    .map(({ transactionId }) => transactionId)
  if (reversals.length === 0) return meals
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<{ reversal_id: string; day: string; reversal_kind: ReversalKind; reversal_note: string | null }>`
      select c.reversal_id, c.day, c.reversal_kind, c.reversal_note
      from unnest(${reversals}::uuid[]) as movement (id), meal_charge_of(${tenantId}, movement.id, ${walletId}) c`.execute(
      tx,
    ),
  )
  for (const { reversal_id, day, reversal_kind, reversal_note } of rows)
    meals.set(reversal_id, { day, reversal: { kind: reversal_kind, note: reversal_note ?? undefined } })
  return meals
}

/** "del 24/11/2026", and for what was taken back its reason; empty for what has nothing to do with a meal. */
export function mealInWords(meal: MealOfMovement | undefined, language: Language): string {
  if (!meal) return ''
  const t = translator(language)
  const date = formatDate(meal.day, language)
  if (!meal.reversal) return t('meals.movement.of', { date })
  const reason = meal.reversal.note ?? t(`meals.movement.${meal.reversal.kind}`)
  return t('meals.movement.correction', { date, reason })
}
