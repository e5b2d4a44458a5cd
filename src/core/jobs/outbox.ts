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

/** Writes one entry or several inside the transaction that causes them. */
export async function enqueue(tx: Tx, asked: OutboxEntry | readonly OutboxEntry[], now: Date): Promise<void> {
  const entries = Array.isArray(asked) ? (asked as readonly OutboxEntry[]) : [asked as OutboxEntry]
  const rows = entries.map((entry) => ({
    tenant_id: entry.tenantId,
    id: newId(),
    job: entry.job,
    data: entry.data,
    dedupe_key: entry.dedupeKey ?? null,
    due_at: entry.dueAt ?? now,
    trusted_until: now,
    created_at: now,
  }))
  await tx
    .insertInto('outbox')
    .values(rows)
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

/**
 * Puts the entry off, ever longer (1 minute, 4, 16 … at most 6 hours), unless it has waited for `patienceHours`.
 * @returns false when its time is up: park it then
 */
export async function putOff(
  db: Db,
  tenantId: string,
  id: string,
  reason: string,
  patienceHours: number,
  now: Date,
): Promise<boolean> {
  const { numAffectedRows } = await inTenant(db, tenantId, (tx) =>
    sql`update outbox set last_error = ${reason.slice(0, 500)}, trusted_until = ${now}::timestamptz
        + least(interval '6 hours', interval '1 minute' * power(4, least(greatest(attempt, 1), 6) - 1))
      where tenant_id = ${tenantId} and id = ${id} and done_at is null and parked_at is null
        and created_at > ${now}::timestamptz - make_interval(hours => ${patienceHours})`.execute(tx),
  )
  return numAffectedRows === 1n
}

/** An entry that fails: set aside, or still tried again. */
export interface FailingEntry {
  tenantId: string
  id: string
  job: string
  attempt: number
  /** When it was set aside; null while it is tried again by itself. */
  parkedAt: Date | null
  lastError: string | null
}

/** The failing entries of the whole installation, or of one tenant, those set aside first. */
export async function listFailing(relay: Db, limit = 100, tenantId?: string): Promise<FailingEntry[]> {
  const rows = await relay
    .selectFrom('outbox')
    .select(['tenant_id', 'id', 'job', 'attempt', 'parked_at', 'last_error'])
    .where('last_error', 'is not', null)
    .where('done_at', 'is', null)
    .$if(tenantId !== undefined, (query) => query.where('tenant_id', '=', tenantId!))
    .orderBy('parked_at', (order) => order.asc().nullsLast())
    .orderBy('created_at')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    id: row.id,
    job: row.job,
    attempt: row.attempt,
    parkedAt: row.parked_at,
    lastError: row.last_error,
  }))
}

/** Gives entries that were set aside another round; all of them, one, or those of one kind. Answers how many. */
export async function replayParked(relay: Db, now: Date, id?: string, job?: string): Promise<number> {
  const result = await relay
    .updateTable('outbox')
    .set({ parked_at: null, trusted_until: now })
    .where('parked_at', 'is not', null)
    .where('done_at', 'is', null)
    .$if(id !== undefined, (query) => query.where('id', '=', id!))
    .$if(job !== undefined, (query) => query.where('job', '=', job!))
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

/** How many entries of one kind fail. */
export interface FailingKind {
  job: string
  count: number
  parked: number
  /** When the oldest of them was asked for. */
  since: Date
}

/** What fails in the whole installation, by kind. */
export async function countFailing(relay: Db): Promise<FailingKind[]> {
  const rows = await relay
    .selectFrom('outbox')
    .select(({ fn }) => [
      'job',
      fn.countAll<bigint>().as('count'),
      fn.count<bigint>('parked_at').as('parked'),
      fn.min('created_at').as('since'),
    ])
    .where('last_error', 'is not', null)
    .where('done_at', 'is', null)
    .groupBy('job')
    .orderBy('since')
    .execute()
  return rows.map(({ job, count, parked, since }) => ({
    job,
    count: Number(count),
    parked: Number(parked),
    since,
  }))
}

/** Deletes entries done before `before`, at most `limit`: the outbox is no archive. */
export async function purgeDone(relay: Db, before: Date, limit = 10_000): Promise<number> {
  const result = await sql`delete from outbox where (tenant_id, id) in
    (select tenant_id, id from outbox where done_at < ${before} limit ${limit})`.execute(relay)
  return Number(result.numAffectedRows ?? 0n)
}
