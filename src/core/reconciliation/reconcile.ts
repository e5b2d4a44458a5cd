import { sql } from 'kysely'
import type { Db } from '../db/connect.ts'
import { inTenant } from '../db/tenant.ts'
import { newId } from '../ids.ts'

/** What a run settled. */
export interface ReconcileOutcome {
  flows: number
  settledCents: bigint
}

/** A guess taken from one flow sends it round again, and there a sure match takes nothing: two rounds, rarely three. */
const ROUNDS_MAX = 10

/**
 * Brings an entity's reconciliation up to date: lines to receipts, bank movements to flows, money that is in the bank
 * from clearing to bank, and the list of what does not agree. May run at any time, twice, and at the same time: it
 * ends in the same state.
 */
export async function reconcileTenant(db: Db, tenantId: string, now: Date): Promise<ReconcileOutcome> {
  const run = newId()
  let flows = 0
  let due = await flowsToReconcile(db, tenantId, 'all')
  for (let round = 0; due.length > 0 && round < ROUNDS_MAX; round++) {
    for (const id of due)
      await sql`select reconcile_flow(${tenantId}, ${id}, ${run}, ${now}) as x`.execute(db)
    flows += due.length
    due = await flowsToReconcile(db, tenantId, 'new')
  }
  await sql`select match_bank(${tenantId}) as x`.execute(db)
  const settledCents = await settleWhatIsThere(db, tenantId, now)
  await sql`select note_differences(${tenantId}, null, ${run}, ${now}) as x`.execute(db)
  return { flows, settledCents }
}

/** Current flows that were not looked at yet, and (with `all`) those in which something is still open. */
async function flowsToReconcile(db: Db, tenantId: string, which: 'all' | 'new'): Promise<string[]> {
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<{ id: string }>`
      select f.id from fdr_flows f
      where f.tenant_id = ${tenantId} and f.state = 'current' and (f.reconciled_at is null or (${which === 'all'} and (
        exists (select from fdr_lines l
          where l.tenant_id = f.tenant_id and l.flow_id = f.id and l.ours and l.receipt_row_id is null)
        or exists (select from reconciliation_differences d
          where d.tenant_id = f.tenant_id and d.flow_id = f.id and d.state = 'open'))))
      order by f.id`.execute(tx),
  )
  return rows.map(({ id }) => id)
}

async function settleWhatIsThere(db: Db, tenantId: string, now: Date): Promise<bigint> {
  let total = 0n
  const flows = await sql<{ id: string }>`select id from flows_to_settle(${tenantId}) as id`.execute(db)
  for (const { id } of flows.rows) {
    const { rows } = await sql<{ cents: bigint }>`
      select settle_flow(${tenantId}, ${id}, ${newId()}, ${now}) as cents`.execute(db)
    total += rows[0]!.cents
  }
  const movements = await inTenant(db, tenantId, (tx) =>
    sql<{ id: string }>`
      select m.id from bank_movements m
      where m.tenant_id = ${tenantId} and m.receipt_row_id is not null
        and not exists (select from receipt_settlements s
          where s.tenant_id = ${tenantId} and s.receipt_row_id = m.receipt_row_id)
      order by m.id`.execute(tx),
  )
  for (const { id } of movements.rows) {
    const { rows } = await sql<{ cents: bigint }>`
      select settle_movement(${tenantId}, ${id}, ${newId()}, ${now}) as cents`.execute(db)
    total += rows[0]!.cents
  }
  return total
}
