import { sql } from 'kysely'
import type { Db } from '../db/connect.ts'
import { newId } from '../ids.ts'

/** Withdraws an open top-up at the parent's wish; false when it was not open any more. */
export async function cancelTopUp(db: Db, tenantId: string, topUpId: string, now: Date): Promise<boolean> {
  const { rows } = await sql<{ cancelled: boolean }>`
    select cancel_top_up(${tenantId}, ${topUpId}, ${newId()}, ${newId()}, ${now}) as cancelled`.execute(db)
  return rows[0]!.cancelled
}

const BATCH = 500

/**
 * Closes every open top-up whose time is over, tenant by tenant. A receipt that comes later is still credited.
 * @returns how many were closed
 */
export async function expireTopUps(relay: Db, app: Db, now: Date): Promise<number> {
  const { rows: tenants } = await sql<{ tenant_id: string }>`
    select distinct tenant_id from top_ups where state = 'open' and expires_at <= ${now}`.execute(relay)
  let closed = 0
  for (const { tenant_id: tenantId } of tenants) closed += await expireTopUpsOf(app, tenantId, now)
  return closed
}

/** Closes one tenant's open top-ups whose time is over. Answers how many. */
export async function expireTopUpsOf(db: Db, tenantId: string, now: Date): Promise<number> {
  let closed = 0
  for (;;) {
    const outboxIds = Array.from({ length: BATCH }, () => newId())
    const { rows } = await sql<{ expired: bigint }>`
      select expire_top_ups(${tenantId}, ${outboxIds}, ${now}) as expired`.execute(db)
    const batch = Number(rows[0]!.expired)
    closed += batch
    if (batch < BATCH) return closed
  }
}
