import { sql } from 'kysely'
import type { Db } from '../db/connect.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import { newId } from '../ids.ts'

/** Work that a transaction wants done afterwards. */
export interface OutboxEntry {
  tenantId: string
  job: string
  data: Record<string, unknown>
  /** Not before then; now when left out. */
  dueAt?: Date
  /** Entries with the same key are one entry. */
  dedupeKey?: string
}

/** Writes the entry inside the transaction that causes it. */
export async function enqueue(tx: Tx, entry: OutboxEntry, now: Date): Promise<void> {
  await tx
    .insertInto('outbox')
    .values({
      tenant_id: entry.tenantId,
      id: newId(),
      job: entry.job,
      data: entry.data,
      dedupe_key: entry.dedupeKey ?? null,
      due_at: entry.dueAt ?? now,
      trusted_until: now,
      created_at: now,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'dedupe_key']).doNothing())
    .execute()
}

/** True once the entry's effect is stored. */
export async function isDone(db: Db, tenantId: string, id: string): Promise<boolean> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('outbox')
      .select('done_at')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirst(),
  )
  return row === undefined || row.done_at !== null
}

/** Closes the entry: its effect is stored. */
export async function markDone(db: Db, tenantId: string, id: string, now: Date): Promise<void> {
  await inTenant(db, tenantId, (tx) =>
    tx
      .updateTable('outbox')
      .set({ done_at: now, parked_at: null, last_error: null })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute(),
  )
}

/** Sets the entry aside for a person: it has failed as often as it may. `reason` names no person. */
export async function park(db: Db, tenantId: string, id: string, reason: string, now: Date): Promise<void> {
  await inTenant(db, tenantId, (tx) =>
    tx
      .updateTable('outbox')
      .set({ parked_at: now, last_error: reason.slice(0, 500) })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('done_at', 'is', null)
      .execute(),
  )
}

/** An entry that was set aside. */
export interface ParkedEntry {
  tenantId: string
  id: string
  job: string
  attempt: number
  parkedAt: Date
  lastError: string | null
}

/** The parked entries of the whole installation, oldest first. */
export async function listParked(relay: Db, limit = 100): Promise<ParkedEntry[]> {
  const rows = await relay
    .selectFrom('outbox')
    .select(['tenant_id', 'id', 'job', 'attempt', 'parked_at', 'last_error'])
    .where('parked_at', 'is not', null)
    .where('done_at', 'is', null)
    .orderBy('parked_at')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    id: row.id,
    job: row.job,
    attempt: row.attempt,
    parkedAt: row.parked_at!,
    lastError: row.last_error,
  }))
}

/** Gives parked entries another round; all of them, or one. Answers how many. */
export async function replayParked(relay: Db, now: Date, id?: string): Promise<number> {
  const result = await relay
    .updateTable('outbox')
    .set({ parked_at: null, trusted_until: now })
    .where('parked_at', 'is not', null)
    .where('done_at', 'is', null)
    .$if(id !== undefined, (query) => query.where('id', '=', id!))
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

/** Deletes entries done before `before`, at most `limit`: the outbox is no archive. */
export async function purgeDone(relay: Db, before: Date, limit = 10_000): Promise<number> {
  const result = await sql`delete from outbox where (tenant_id, id) in
    (select tenant_id, id from outbox where done_at < ${before} limit ${limit})`.execute(relay)
  return Number(result.numAffectedRows ?? 0n)
}
