import type { ColumnType, Generated } from 'kysely'

/* Second factors of the staff, and who runs the installation. */

export interface StaffTables {
  second_factors: SecondFactorsTable
  recovery_codes: {
    tenant_id: string
    account_id: string
    code_hash: Buffer
    used_at: ColumnType<Date | null, undefined, Date>
  }
  operators: OperatorsTable
  operator_sessions: {
    token_hash: string
    id: string
    operator_id: string
    created_at: Date
    seen_at: Date
  }
  operator_audit_log: OperatorAuditLogTable
}

interface SecondFactorsTable {
  tenant_id: string
  account_id: string
  secret_sealed: Buffer
  confirmed_at: Date
  last_step: bigint
  wrong_codes: Generated<number>
}

interface OperatorsTable {
  id: string
  username: string
  name: string
  password_hash: string
  temporary_until: Date | null
  secret_sealed: ColumnType<Buffer | null, undefined, Buffer | null>
  last_step: ColumnType<bigint | null, undefined, bigint | null>
  wrong_codes: Generated<number>
  created_at: Date
  disabled_at: ColumnType<Date | null, undefined, Date | null>
}

interface OperatorAuditLogTable {
  id: string
  at: Date
  operator_id: string | null
  action: string
  subject_kind: string | null
  subject_id: string | null
  details: unknown
}
