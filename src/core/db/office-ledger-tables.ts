import type { WalletState } from './schema.ts'

/* What the office writes into the books: migrations/0021-office-ledger.sql tells the rules. Functions alone write the first two. */

export interface OfficeLedgerTables {
  ledger_corrections: {
    tenant_id: string
    id: string
    kind: 'reversal' | 'adjustment'
    wallet_id: string
    amount_cents: bigint
    reverses: string | null
    reversed_kind: 'meal' | 'till' | 'adjustment' | null
    reason: string
    request_key: string
    asked_by: string
    asked_at: Date
    expires_at: Date | null
    outcome: 'booked' | 'refused' | 'expired' | null
    decided_by: string | null
    decided_at: Date | null
    refusal: string | null
    transaction_id: string | null
  }
  till_entries: {
    tenant_id: string
    id: string
    wallet_id: string
    amount_cents: bigint
    way: TillWay
    paid_on: string
    recorded_on: string
    slip: string
    slip_key: string
    note: string
    year: number
    number: number
    request_key: string
    recorded_by: string
    recorded_at: Date
    transaction_id: string
    reversed_at: Date | null
  }
  wallet_state_changes: {
    tenant_id: string
    id: string
    wallet_id: string
    state: WalletState
    reason: string
    changed_by: string
    changed_at: Date
  }
}

/** How a family paid outside pagoPA. */
export type TillWay = 'cash-desk' | 'postal-slip' | 'bank-transfer' | 'other'
