import { sql } from 'kysely'
import type { Tx } from '#core/db/tenant.ts'

/* Work on a file that has failed as often as it may, and waits for a person. */

const entries = (tx: Tx, tenantId: string, importId: string) =>
  tx
    .updateTable('outbox')
    .where('tenant_id', '=', tenantId)
    .where('job', 'in', ['import.check', 'import.run'])
    .where(sql<string>`data ->> 'importId'`, '=', importId)
    .where('parked_at', 'is not', null)
    .where('done_at', 'is', null)

/** True while the work on a file is set aside. */
export async function isParked(tx: Tx, tenantId: string, importId: string): Promise<boolean> {
  const found = await tx
    .selectFrom('outbox')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('job', 'in', ['import.check', 'import.run'])
    .where(sql<string>`data ->> 'importId'`, '=', importId)
    .where('parked_at', 'is not', null)
    .where('done_at', 'is', null)
    .executeTakeFirst()
  return found !== undefined
}

/** Puts it back. Answers false where none is set aside. */
export async function replayOwn(tx: Tx, tenantId: string, importId: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await entries(tx, tenantId, importId)
    .set({ parked_at: null, trusted_until: now })
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Drops it: nobody is to do it any more. Answers false where none is set aside. */
export async function endParked(tx: Tx, tenantId: string, importId: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await entries(tx, tenantId, importId).set({ done_at: now }).executeTakeFirst()
  return numUpdatedRows > 0n
}
