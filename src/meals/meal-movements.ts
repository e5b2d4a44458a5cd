import { sql } from 'kysely'
import { isRomeDate, type RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import type { ReversalKind } from '#core/db/meal-tables.ts'
import { inTenant } from '#core/db/tenant.ts'
import type { Movement } from '#core/ledger/movements.ts'

/** What a movement has to do with a meal. */
export interface MealOfMovement {
  readonly day: RomeDate
  /** Why it was taken back; undefined for the meal itself. */
  readonly reversal: { readonly kind: ReversalKind; readonly note: string | undefined } | undefined
}

/** The meals that movements tell of, by transaction. A meal booked by other means has its day where its reference begins with one. */
export async function mealsOfMovements(
  db: Db,
  tenantId: string,
  movements: readonly Pick<Movement, 'transactionId' | 'kind' | 'reference'>[],
): Promise<ReadonlyMap<string, MealOfMovement>> {
  const meals = new Map<string, MealOfMovement>()
  const reversed: {
    transactionId: string
    day: RomeDate
    category: string
    childId: string
    revision: string
  }[] = []
  for (const { transactionId, kind, reference } of movements) {
    const [, category = '', childId = '', revision = ''] = reference.split('/')
    const day = reference.slice(0, 10)
    if (!isRomeDate(day)) continue
    if (kind === 'meal') meals.set(transactionId, { day, reversal: undefined })
    if (kind === 'reversal' && /^\d{1,4}$/.test(revision))
      reversed.push({ transactionId, day, category, childId, revision })
  }
  if (reversed.length === 0) return meals
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<{ reversal_id: string; day: string; reversal_kind: ReversalKind; reversal_note: string | null }>`
      select c.reversal_id, c.day, c.reversal_kind, c.reversal_note
      from unnest(${reversed.map(({ day }) => day)}::date[], ${reversed.map(({ category }) => category)}::text[],
        ${reversed.map(({ childId }) => childId)}::uuid[], ${reversed.map(({ revision }) => revision)}::smallint[])
        as m (day, category, child_id, revision)
      join meal_charges c on c.tenant_id = ${tenantId} and c.day = m.day and c.category = m.category
        and c.child_id = m.child_id and c.revision = m.revision
      where c.reversal_id is not null`.execute(tx),
  )
  for (const { reversal_id, day, reversal_kind, reversal_note } of rows)
    meals.set(reversal_id, { day, reversal: { kind: reversal_kind, note: reversal_note ?? undefined } })
  return meals
}
