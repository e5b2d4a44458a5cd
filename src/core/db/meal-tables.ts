import type { Generated } from 'kysely'

/* Who ate on which day, what it cost, and what was on the table. */

export type AttendanceState = 'present' | 'absent'
export type AttendanceSource = 'class' | 'file' | 'api' | 'parent'
export type ReversalKind = 'absent' | 'price' | 'no-service' | 'not-enrolled' | 'office'
export type MealProblem = 'no-class' | 'not-enrolled' | 'no-service' | 'no-price' | 'no-wallet'

export interface MealTables {
  attendance_lists: {
    tenant_id: string
    category: string
    day: string
    class_id: string
    state: 'open' | 'closed'
    revision: Generated<number>
    saved_at: Date
    saved_by: string | null
    charged_revision: Generated<number>
  }
  attendance: {
    tenant_id: string
    day: string
    category: string
    child_id: string
    state: AttendanceState
    class_id: string | null
    source: AttendanceSource
    revision: Generated<number>
    recorded_at: Date
    recorded_by: string | null
  }
  meal_charges: MealChargesTable
  meal_problems: {
    tenant_id: string
    day: string
    category: string
    child_id: string
    problem: MealProblem
    seen_at: Date
  }
}

/** Written by the ledger's functions alone. */
interface MealChargesTable {
  tenant_id: string
  day: string
  category: string
  child_id: string
  revision: number
  wallet_id: string
  amount_cents: bigint
  transaction_id: string | null
  movement: bigint | null
  plan_id: string | null
  attendance_revision: number
  charged_at: Date
  reversed_at: Date | null
  reversal_id: string | null
  reversal_kind: ReversalKind | null
  reversal_note: string | null
  reversed_by: string | null
}
