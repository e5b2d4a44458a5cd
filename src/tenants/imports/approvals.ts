import { inTenant } from '#core/db/tenant.ts'
import { signedCents } from '#core/money.ts'
import type { ApprovalSource } from '../books/approvals.ts'
import { FILE_KEPT_DAYS } from './import-jobs.ts'

/** Files that book money wait for a second person as long as they are kept. */
export const importApprovals: ApprovalSource = {
  id: 'import',
  async waiting(db, tenantId) {
    const rows = await inTenant(db, tenantId, (tx) =>
      tx
        .selectFrom('imports as i')
        // Whoever confirmed it asks for the second person; a file that waits has been confirmed.
        .innerJoin('accounts as a', (join) =>
          join.onRef('a.tenant_id', '=', 'i.tenant_id').onRef('a.id', '=', 'i.confirmed_by'),
        )
        .select(['i.id', 'i.file_name', 'i.control_cents', 'i.uploaded_at', 'i.confirmed_at'])
        .select(['a.id as account_id', 'a.first_name', 'a.last_name'])
        .where('i.tenant_id', '=', tenantId)
        .where('i.state', '=', 'approval')
        .orderBy('i.confirmed_at')
        .orderBy('i.id')
        .execute(),
    )
    return rows.map((row) => ({
      id: row.id,
      about: row.file_name,
      reason: '',
      cents: signedCents(row.control_cents ?? 0n),
      askedBy: { accountId: row.account_id, name: `${row.first_name} ${row.last_name}` },
      askedAt: row.confirmed_at!,
      expiresAt: new Date(row.uploaded_at.getTime() + FILE_KEPT_DAYS * 86_400_000),
      path: `/importazioni/${row.id}`,
    }))
  },
}
