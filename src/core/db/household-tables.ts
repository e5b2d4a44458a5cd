import type { ColumnType } from 'kysely'

/* People around a child besides its guardians, and parents who ask for a child. */

export interface InvitationsTable {
  tenant_id: string
  id: string
  child_id: string
  label: string
  invited_by: string
  created_at: Date
  code_hash: Buffer
  code_expires_at: Date
  expires_at: Date
  account_id: ColumnType<string | null, undefined, string>
  accepted_at: ColumnType<Date | null, undefined, Date>
  revoked_at: ColumnType<Date | null, undefined, Date>
  revoked_by: ColumnType<string | null, undefined, string>
  returned_at: ColumnType<Date | null, undefined, Date>
}

export interface ChildRequestsTable {
  tenant_id: string
  id: string
  account_id: string
  details_sealed: Buffer
  fiscal_code_hash: Buffer | null
  created_at: Date
  outcome: ColumnType<'approved' | 'refused' | null, undefined, 'approved' | 'refused'>
  decided_at: ColumnType<Date | null, undefined, Date>
  decided_by: ColumnType<string | null, undefined, string>
  child_id: ColumnType<string | null, undefined, string>
  reason: ColumnType<string | null, undefined, string>
}
