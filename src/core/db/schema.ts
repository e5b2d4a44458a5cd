import type { ColumnType, Generated } from 'kysely'
import type {
  TenantsTable,
  AccountsTable,
  AuditLogTable,
  ChildrenTable,
  EnrolmentsTable,
} from './people-tables.ts'
import type { DietTables } from './diet-tables.ts'
import type { EnrolmentTables } from './enrolment-tables.ts'
import type { IdentityTables } from './identity-tables.ts'
import type {
  EmailConfirmationsTable,
  GuessesTable,
  PasswordResetRequestsTable,
  PasswordResetsTable,
} from './passwords-tables.ts'
import type { ChildRequestsTable, InvitationsTable } from './household-tables.ts'
import type { OnboardingTables } from './onboarding-tables.ts'
import type { OperatorTables } from './operator-tables.ts'
import type { ImportTables } from './import-tables.ts'
import type { OfficeLedgerTables } from './office-ledger-tables.ts'
import type { EmailsTable, IdempotencyKeysTable, OutboxTable } from './outbox-tables.ts'
import type { ReconciliationTables } from './reconciliation-schema.ts'
import type {
  AppSignInCodesTable,
  RefreshFamiliesTable,
  RefreshTokensTable,
  SessionsTable,
} from './session-tables.ts'
import type { MealTables } from './meal-tables.ts'
import type { MenuTables } from './menu-tables.ts'
import type { SchoolTables } from './school-tables.ts'
import type { StaffTables } from './staff-tables.ts'
import type { TokenTables } from './token-tables.ts'
import type { TimelineSource } from '../top-ups/timeline.ts'

/** The tables as Kysely sees them. Cents are bigint, Rome days `YYYY-MM-DD`, instants Date. */
export interface Database
  extends
    DietTables,
    EnrolmentTables,
    IdentityTables,
    ImportTables,
    MealTables,
    MenuTables,
    OfficeLedgerTables,
    OnboardingTables,
    OperatorTables,
    ReconciliationTables,
    SchoolTables,
    StaffTables,
    TokenTables {
  tenants: TenantsTable
  tenant_keys: { tenant_id: string; purpose: string; sealed_key: Buffer; created_at: Generated<Date> }
  tenant_channels: { tenant_id: string; channel_id: string; settings: unknown; enabled: Generated<boolean> }
  accounts: AccountsTable
  passwords: {
    tenant_id: string
    account_id: string
    username: string
    password_hash: string
    changed_at: Date
  }
  guesses: GuessesTable
  password_reset_requests: PasswordResetRequestsTable
  password_resets: PasswordResetsTable
  email_confirmations: EmailConfirmationsTable
  sessions: SessionsTable
  refresh_families: RefreshFamiliesTable
  refresh_tokens: RefreshTokensTable
  app_sign_in_codes: AppSignInCodesTable
  audit_log: AuditLogTable
  children: ChildrenTable
  guardianships: { tenant_id: string; account_id: string; child_id: string; since: Date }
  invitations: InvitationsTable
  child_requests: ChildRequestsTable
  service_categories: {
    tenant_id: string
    code: string
    label: string
    payment_description: string
    taxonomy_code: string
  }
  enrolments: EnrolmentsTable
  wallets: WalletsTable
  ledger_transactions: LedgerTransactionsTable
  ledger_postings: LedgerPostingsTable
  notice_counters: { tenant_id: string; last_sequence: bigint }
  carts: CartsTable
  top_ups: TopUpsTable
  top_up_events: {
    tenant_id: string
    top_up_id: string
    id: string
    step: TopUpStep
    source: TimelineSource
    at: Date
  }
  receipts: ReceiptsTable
  receipt_copies: {
    tenant_id: string
    receipt_id: string
    pdf: Buffer
    made_at: Date
    verification_code: string | null
    announced_at: ColumnType<Date | null, never, Date>
  }
  announcements: {
    tenant_id: string
    top_up_id: string
    announced_cents: bigint
    first_announced_at: Date
    announced_at: Date
  }
  emails: EmailsTable
  unrouted_receipts: {
    id_pa: string
    fiscal_code: string
    receipt_id: string
    reason: string
    arrived_at: Date
    raw: Buffer
  }
  outbox: OutboxTable
  idempotency_keys: IdempotencyKeysTable
  installation: { key: string; value: unknown }
  payment_codes: {
    tenant_id: string
    code_hash: string
    wallet_id: string
    generation: number
    created_at: Date
    revoked_at: ColumnType<Date | null, never, Date>
  }
}

export type TenantState = 'draft' | 'rehearsal' | 'live' | 'suspended' | 'closed'
export type TopUpState = 'open' | 'paid' | 'expired' | 'cancelled'
export type WalletState = 'active' | 'suspended' | 'closed'
export type TopUpStep =
  | 'notice-emailed'
  | 'checkout-opened'
  | 'verified'
  | 'activated'
  | 'returned'
  | 'cancelled'
  | 'expired'
/** How a receipt differs from what was asked: flagged for a person, never refused. */
export type Irregularity = 'amount-differs' | 'transfers-sum' | 'transfers-count' | 'transfer-differs'
export type Disposition =
  | 'credited'
  | 'suspense-paid-twice'
  | 'suspense-unknown'
  | 'outcome-ko'
  | 'other-intermediary'
  | 'no-share'
export type LedgerKind =
  | 'receipt'
  | 'suspense'
  | 'opening'
  | 'till'
  | 'meal'
  | 'refund'
  | 'adjustment'
  | 'settlement'
  | 'reversal'

interface WalletsTable {
  tenant_id: string
  id: string
  child_id: string
  category: string
  balance_cents: ColumnType<bigint, never, never>
  movements: ColumnType<bigint, never, never>
  state: ColumnType<WalletState, never, WalletState>
  created_at: Date
  /** The wallet that its credit went to, where two rows were one child. */
  merged_into: ColumnType<string | null, never, never>
}

interface LedgerTransactionsTable {
  tenant_id: string
  id: string
  kind: LedgerKind
  reference: string
  reverses: string | null
  occurred_at: Date
  booked_at: Date
  content: Buffer
}

interface LedgerPostingsTable {
  tenant_id: string
  transaction_id: string
  line: number
  account: string
  wallet_id: string | null
  amount_cents: bigint
  movement: bigint | null
  balance_after_cents: bigint | null
}

interface CartsTable {
  tenant_id: string
  id: string
  token_hash: string
  account_id: string | null
  created_at: Date
  checkout_url: string | null
  returned_as: ColumnType<CartReturn | null, undefined, CartReturn>
  returned_at: ColumnType<Date | null, undefined, Date>
}

export type CartReturn = 'ok' | 'annullato' | 'errore' | 'attesa'

interface TopUpsTable {
  tenant_id: string
  id: string
  wallet_id: string
  channel_id: string
  cart_id: string | null
  state: ColumnType<TopUpState, never, never>
  amount_cents: bigint
  description: string
  taxonomy_code: string
  notice_number: string
  account_id: string | null
  /** Set where the account paid as an invited person. */
  invitation_id: ColumnType<string | null, string | null | undefined, never>
  created_at: Date
  expires_at: Date
}

interface ReceiptsTable {
  tenant_id: string
  id: string
  receipt_id: string
  version: 'V1' | 'V2' | 'BIZ'
  outcome: 'OK' | 'KO'
  disposition: Disposition
  /** It came from the sandbox of a rehearsal: going live takes it away. */
  rehearsed: Generated<boolean>
  irregularities: Irregularity[]
  stand_in: boolean
  id_pa: string
  fiscal_code: string
  notice_number: string
  creditor_reference: string
  amount_cents: bigint
  our_amount_cents: bigint
  fee_cents: bigint | null
  psp_id: string
  psp_name: string
  psp_fiscal_code: string | null
  payment_channel: string
  payment_method: string | null
  payment_note: string | null
  description: string
  paid_at: Date | null
  application_date: string | null
  transfer_date: string | null
  arrived_at: Date
  copy_available_on: string
  top_up_id: string | null
  wallet_id: string | null
  ledger_transaction_id: string | null
  raw: Buffer
}
