import type { ColumnType } from 'kysely'

/* An entity's staff and the operators' leave to help them; how recurring work goes. */

export interface OperatorTables {
  staff_invitations: StaffInvitationsTable
  support_leaves: SupportLeavesTable
  support_entries: {
    tenant_id: string
    session_id: string
    leave_id: string
    operator_id: string
    entered_at: Date
  }
  recurring_runs: { job: string; ran_at: Date; failed_at: Date | null; error: string | null }
}

interface StaffInvitationsTable {
  tenant_id: string
  id: string
  staff_role: 'administrator' | 'clerk' | 'accountant' | 'school'
  address_sealed: Buffer
  language: string
  token_id: string
  token_hash: string | null
  invited_by: string | null
  operator_id: string | null
  created_at: Date
  sent_at: Date
  expires_at: Date
  account_id: string | null
  accepted_at: ColumnType<Date | null, undefined, Date>
  revoked_at: ColumnType<Date | null, undefined, Date>
}

interface SupportLeavesTable {
  tenant_id: string
  id: string
  account_id: string
  staff_role: 'clerk' | 'accountant' | 'school'
  granted_by: string
  granted_at: Date
  ends_at: Date
  ended_at: ColumnType<Date | null, undefined, Date>
}
