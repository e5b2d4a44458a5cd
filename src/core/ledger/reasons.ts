import type { RomeDate } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import type { TillWay } from '../db/office-ledger-tables.ts'
import { inTenant } from '../db/tenant.ts'
import type { Movement } from './movements.ts'

/** What stands behind a movement that the office made. */
export type MovementReason =
  | { readonly kind: 'correction'; /** In the office's words. */ readonly reason: string }
  | {
      readonly kind: 'till'
      readonly entryId: string
      readonly way: TillWay
      readonly paidOn: RomeDate
      readonly slip: string
      /** `12/2026`: the number of the receipt that the office prints. */
      readonly number: string
    }

/** Why the office booked some movements, by their transactions. Movements with other origins are not in it. */
export async function movementReasons(
  db: Db,
  tenantId: string,
  movements: readonly Pick<Movement, 'transactionId' | 'kind'>[],
): Promise<ReadonlyMap<string, MovementReason>> {
  const of = (...kinds: Movement['kind'][]) =>
    movements.filter(({ kind }) => kinds.includes(kind)).map(({ transactionId }) => transactionId)
  const [corrections, entries] = [of('reversal', 'adjustment'), of('till')]
  const found = new Map<string, MovementReason>()
  if (corrections.length + entries.length === 0) return found
  await inTenant(db, tenantId, async (tx) => {
    const reasons = await tx
      .selectFrom('ledger_corrections')
      .select(['transaction_id', 'reason'])
      .where('tenant_id', '=', tenantId)
      .where('transaction_id', 'in', [...corrections, ...entries])
      .execute()
    for (const { transaction_id, reason } of reasons)
      found.set(transaction_id!, { kind: 'correction', reason })
    if (entries.length === 0) return
    const till = await tx
      .selectFrom('till_entries')
      .select(['id', 'transaction_id', 'way', 'paid_on', 'slip', 'year', 'number'])
      .where('tenant_id', '=', tenantId)
      .where('transaction_id', 'in', entries)
      .execute()
    for (const { id, transaction_id, way, paid_on, slip, year, number } of till)
      found.set(transaction_id, {
        kind: 'till',
        entryId: id,
        way,
        paidOn: paid_on,
        slip,
        number: `${number}/${year}`,
      })
  })
  return found
}
