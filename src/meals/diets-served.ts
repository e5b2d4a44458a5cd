import type { RomeDate } from '#core/clock.ts'
import type { DietKind } from '#core/db/diet-tables.ts'
import type { Tx } from '#core/db/tenant.ts'
import { inDietOrder } from './diet-kinds.ts'

/** Which diets the children of a class have on a day, by child: what serving demands, and no more. */
export async function dietsOfClass(
  tx: Tx,
  tenantId: string,
  day: RomeDate,
  childIds: readonly string[],
): Promise<ReadonlyMap<string, readonly DietKind[]>> {
  if (childIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('diets')
    .select(['child_id', 'kind'])
    .where('tenant_id', '=', tenantId)
    .where('child_id', 'in', childIds)
    .where('valid_from', '<=', day)
    .where('valid_until', '>=', day)
    .execute()
  const byChild = Map.groupBy(rows, ({ child_id }) => child_id)
  return new Map([...byChild].map(([childId, own]) => [childId, inDietOrder(own.map(({ kind }) => kind))]))
}
