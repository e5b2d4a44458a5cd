import { inTenant } from '#core/db/tenant.ts'
import type { ImportServices } from './kind.ts'

/** More often nobody looks. */
const PAUSE_MS = 250

/**
 * Writes down how far a job has come, on a connection of its own: the transaction that writes shows nothing before it
 * ends. Begins anew where a job does.
 */
export function tellProgress(
  { db, clock }: ImportServices,
  tenantId: string,
  importId: string,
): (percent: number) => Promise<void> {
  let told = -PAUSE_MS
  return async (percent) => {
    const now = performance.now()
    if (percent < 100 && now - told < PAUSE_MS) return
    told = now
    await inTenant(db, tenantId, (tx) =>
      tx
        .updateTable('import_progress')
        .set({ percent, told_at: clock.now() })
        .where('tenant_id', '=', tenantId)
        .where('import_id', '=', importId)
        .execute(),
    )
  }
}
