import type { RomeDate } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import type { MovementKind } from '../db/reconciliation-schema.ts'
import { inTenant } from '../db/tenant.ts'
import type { Page } from '../ledger/movements.ts'

/** A movement of the bank account, as a statement told it. */
export interface BankMovement {
  id: string
  bookedOn: RomeDate
  valueOn: RomeDate | undefined
  /** Signed: a credit is positive. */
  amountCents: bigint
  remittance: string
  /** `cumulative` names a flow, `single` a payment; undefined for what is none of pagoPA's. */
  kind: MovementKind | undefined
  /** What the remittance text names, as far as it could be read. */
  named: string | undefined
  flow: { id: string; flowId: string; pspName: string } | undefined
  /** Our receipt's id, where the movement pays a single one. */
  receiptRowId: string | undefined
}

export interface MovementsKey {
  bookedOn: RomeDate
  id: string
}

/** A page of the bank's movements, newest first; all, only pagoPA's, or only pagoPA's that match nothing. */
export async function listBankMovements(
  db: Db,
  tenantId: string,
  filter: {
    only?: 'pagopa' | 'unmatched' | undefined
    before?: MovementsKey | undefined
    limit?: number
  } = {},
): Promise<Page<BankMovement, MovementsKey>> {
  const { only, before, limit = 25 } = filter
  return inTenant(db, tenantId, async (tx) => {
    let query = tx
      .selectFrom('bank_movements as m')
      .leftJoin('fdr_flows as f', (join) =>
        join.onRef('f.tenant_id', '=', 'm.tenant_id').onRef('f.id', '=', 'm.flow_id'),
      )
      .selectAll('m')
      .select(['f.flow_id as flow_name', 'f.psp_name'])
      .where('m.tenant_id', '=', tenantId)
    if (only) query = query.where('m.kind', 'is not', null)
    if (only === 'unmatched')
      query = query.where('m.flow_id', 'is', null).where('m.receipt_row_id', 'is', null)
    if (before)
      query = query.where((where) =>
        where(where.refTuple('m.booked_on', 'm.id'), '<', where.tuple(before.bookedOn, before.id)),
      )
    const rows = await query
      .orderBy('m.booked_on', 'desc')
      .orderBy('m.id', 'desc')
      .limit(limit + 1)
      .execute()
    const items = rows.slice(0, limit).map((row) => ({
      id: row.id,
      bookedOn: row.booked_on,
      valueOn: row.value_on ?? undefined,
      amountCents: row.amount_cents,
      remittance: row.remittance,
      kind: row.kind ?? undefined,
      named: row.iuv ?? row.flow_token ?? undefined,
      flow: row.flow_id
        ? { id: row.flow_id, flowId: row.flow_name ?? '', pspName: row.psp_name ?? '' }
        : undefined,
      receiptRowId: row.receipt_row_id ?? undefined,
    }))
    const last = items.at(-1)
    return {
      items,
      next: rows.length > limit && last ? { bookedOn: last.bookedOn, id: last.id } : undefined,
    }
  })
}
