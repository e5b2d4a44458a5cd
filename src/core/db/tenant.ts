import { sql, type Transaction } from 'kysely'
import { invariant } from '../errors.ts'
import { isId } from '../ids.ts'
import type { Db } from './connect.ts'
import type { Database } from './schema.ts'

export type Tx = Transaction<Database>

/**
 * Runs `work` in a transaction that belongs to one tenant. The setting is LOCAL: it ends with the transaction, so
 * a pooled connection never carries one tenant into the next. Every query inside still names its tenant.
 */
export async function inTenant<T>(db: Db, tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  invariant(isId(tenantId), 'a tenant id is a UUID')
  return db.transaction().execute(async (tx) => {
    await sql.raw(`set local app.tenant_id = '${tenantId}'`).execute(tx)
    return work(tx)
  })
}

/** The SQLSTATE of a database error, by which errors are told apart. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

export const UNIQUE_VIOLATION = '23505'
