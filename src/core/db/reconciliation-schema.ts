import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

/** How the lines of a reporting flow ended, as the flow codes them (protocol §5): 8 and 9 had no payment request. */
export type LineCode = 0 | 3 | 4 | 8 | 9
export type FlowState = 'incomplete' | 'current' | 'superseded'
export type MatchedBy = 'receipt-id' | 'iuv-amount'
export type MovementKind = 'cumulative' | 'single'
export type DifferenceState = 'open' | 'resolved' | 'accepted'
export type RecoveryState = 'wanted' | 'found' | 'given-up'

/** Everything that can differ between what pagoPA reports, what the bank has, and what is booked here. */
export const DIFFERENCE_KINDS = [
  'receipt-missing',
  'no-receipt',
  'amount-differs',
  'revoked',
  'line-twice',
  'line-unreadable',
  'flow-total-differs',
  'receipt-unreported',
  'flow-unpaid',
  'bank-amount-differs',
  'bank-unmatched',
  'settled-line-withdrawn',
] as const
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

/** The tables of reconciliation, which schema.ts joins to the others. */
export interface ReconciliationTables {
  fdr_watermarks: {
    tenant_id: string
    covered_from: Date
    published_until: Date
    pulled_at: Date
  }
  fdr_flows: FdrFlowsTable
  fdr_lines: FdrLinesTable
  bank_statements: BankStatementsTable
  bank_movements: BankMovementsTable
  reconciliation_differences: DifferencesTable
  receipt_settlements: {
    tenant_id: string
    receipt_row_id: string
    transaction_id: string
    flow_id: string | null
    movement_id: string | null
    amount_cents: bigint
    settled_at: Date
  }
  receipt_recoveries: RecoveriesTable
  call_budgets: { name: string; calls: Date[]; paused_until: Date | null }
}

interface FdrFlowsTable {
  tenant_id: string
  id: string
  psp_id: string
  psp_name: string
  flow_id: string
  flow_key: GeneratedAlways<string>
  flow_date: Date
  flow_day: string
  revision: bigint
  regulation: string
  regulation_date: string
  declared_count: bigint | null
  declared_cents: bigint | null
  lines_count: ColumnType<bigint, never, never>
  lines_cents: ColumnType<bigint, never, never>
  published_at: Date
  state: ColumnType<FlowState, never, never>
  pulled_at: Date
  complete_at: ColumnType<Date | null, never, never>
  reconciled_at: ColumnType<Date | null, never, never>
  settlements: ColumnType<number, never, never>
}

interface FdrLinesTable {
  tenant_id: string
  flow_id: string
  line_index: bigint
  iuv: string | null
  iur: string | null
  id_transfer: number | null
  amount_cents: bigint
  code: LineCode | null
  pay_date: string | null
  unreadable: string | null
  ours: boolean
  receipt_row_id: ColumnType<string | null, never, never>
  matched_by: ColumnType<MatchedBy | null, never, never>
}

interface BankStatementsTable {
  tenant_id: string
  id: string
  file_name: string
  sha256: string
  account_id: string | null
  movements: number
  new_movements: number
  uploaded_at: Date
}

interface BankMovementsTable {
  tenant_id: string
  id: string
  statement_id: string
  row_number: number
  fingerprint: string
  booked_on: string
  value_on: string | null
  amount_cents: bigint
  remittance: string
  kind: MovementKind | null
  flow_token: string | null
  flow_rest: string | null
  iuv: string | null
  flow_id: ColumnType<string | null, never, never>
  receipt_row_id: ColumnType<string | null, never, never>
}

interface DifferencesTable {
  tenant_id: string
  id: Generated<string>
  kind: DifferenceKind
  subject: string
  state: ColumnType<DifferenceState, never, DifferenceState>
  expected_cents: ColumnType<bigint | null, never, never>
  found_cents: ColumnType<bigint | null, never, never>
  flow_id: ColumnType<string | null, never, never>
  line_index: ColumnType<bigint | null, never, never>
  receipt_row_id: ColumnType<string | null, never, never>
  movement_id: ColumnType<string | null, never, never>
  opened_at: ColumnType<Date, never, never>
  reopened_at: ColumnType<Date | null, never, never>
  resolved_at: ColumnType<Date | null, never, never>
  accepted_at: ColumnType<Date | null, never, Date>
  accepted_by: ColumnType<string | null, never, string | null>
  note: ColumnType<string | null, never, string>
}

interface RecoveriesTable {
  tenant_id: string
  iuv: string
  iur: string
  flow_id: string
  line_index: bigint
  state: ColumnType<RecoveryState, never, RecoveryState>
  tries: ColumnType<number, never, number>
  wanted_since: Date
  next_try_at: ColumnType<Date, never, Date>
  last_tried_at: ColumnType<Date | null, never, Date>
  ended_at: ColumnType<Date | null, never, Date>
  last_error: ColumnType<string | null, never, string | null>
}
