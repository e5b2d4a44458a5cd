import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Db } from './db/connect.ts'
import { inTenant } from './db/tenant.ts'
import { DomainError } from './errors.ts'

/** What was answered to a request that may come again. */
export interface StoredAnswer {
  status: number
  body: unknown
  /** Until when a repetition may have it; after that the work is done anew. A day when left out. */
  validUntil?: Date
}

export interface IdempotentRequest {
  tenantId: string
  accountId: string
  key: string
  /** What was asked: the same key with another content is a mistake of the caller. */
  content: string
}

const KEPT_MS = 24 * 3_600_000
/** A request that was not answered by then has died with its process; the key is free again. */
const IN_PROGRESS_MS = 60_000

/**
 * Does the work of a request once: a repetition gets the first one's answer. Work that fails leaves the key free.
 * @param waitMs how long a repetition waits for the first one's answer: browsers send a double click at once
 * @throws DomainError idempotency.reused for another content, idempotency.in_progress while the first still runs
 */
export async function once(
  db: Db,
  request: IdempotentRequest,
  now: Date,
  work: () => Promise<StoredAnswer>,
  waitMs = 0,
): Promise<StoredAnswer> {
  const { tenantId, accountId, key } = request
  const requestHash = createHash('sha256').update(request.content).digest('hex')
  const known = await claimPatiently(db, request, requestHash, now, waitMs)
  if (known) return known
  let answer: StoredAnswer
  try {
    answer = await work()
  } catch (error) {
    await inTenant(db, tenantId, (tx) =>
      tx
        .deleteFrom('idempotency_keys')
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .where('key', '=', key)
        .execute(),
    )
    throw error
  }
  await inTenant(db, tenantId, (tx) =>
    tx
      .updateTable('idempotency_keys')
      .set({ status: answer.status, response: { body: answer.body, validUntil: answer.validUntil } })
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .where('key', '=', key)
      .execute(),
  )
  return answer
}

const LOOK_AGAIN_MS = 100

async function claimPatiently(
  db: Db,
  request: IdempotentRequest,
  requestHash: string,
  now: Date,
  waitMs: number,
): Promise<StoredAnswer | undefined> {
  const end = Date.now() + waitMs
  for (;;) {
    try {
      return await claim(db, request, requestHash, now)
    } catch (error) {
      const running = error instanceof DomainError && error.code === 'idempotency.in_progress'
      if (!running || Date.now() >= end) throw error
      await sleep(LOOK_AGAIN_MS)
    }
  }
}

async function claim(
  db: Db,
  request: IdempotentRequest,
  requestHash: string,
  now: Date,
): Promise<StoredAnswer | undefined> {
  const { tenantId, accountId, key } = request
  return inTenant(db, tenantId, async (tx) => {
    await tx
      .deleteFrom('idempotency_keys')
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .where('key', '=', key)
      .where((where) =>
        where.or([
          where('expires_at', '<=', now),
          sql<boolean>`(response ->> 'validUntil')::timestamptz <= ${now}`,
          where.and([
            where('status', 'is', null),
            where('created_at', '<=', new Date(now.getTime() - IN_PROGRESS_MS)),
          ]),
        ]),
      )
      .execute()
    const inserted = await tx
      .insertInto('idempotency_keys')
      .values({
        tenant_id: tenantId,
        account_id: accountId,
        key,
        request_hash: requestHash,
        status: null,
        response: null,
        created_at: now,
        expires_at: new Date(now.getTime() + KEPT_MS),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('key')
      .executeTakeFirst()
    if (inserted) return undefined
    const row = await tx
      .selectFrom('idempotency_keys')
      .select(['request_hash', 'status', 'response'])
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .where('key', '=', key)
      .executeTakeFirst()
    if (!row || row.status === null) throw new DomainError('idempotency.in_progress')
    if (row.request_hash !== requestHash) throw new DomainError('idempotency.reused')
    return { status: row.status, body: (row.response as { body: unknown }).body }
  })
}
