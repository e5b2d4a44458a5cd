import type { ColumnType, Generated } from 'kysely'
import type { TenantState } from './schema.ts'

/* Entities and people; what is paid stands in schema.ts. */

export interface TenantsTable {
  id: string
  slug: string
  activation_code: string
  host: string | null
  name: string
  ipa_code: string | null
  state: Generated<TenantState>
  /** Why, in words that families may read. */
  state_reason: ColumnType<string | null, string | null | undefined, string | null>
  state_since: Generated<Date>
  creditor_fiscal_code: string
  segregation_code: string
  service_id: string | null
  service_subject_id: string | null
  creditor: unknown
  branding: unknown
  policies: unknown
  created_at: Generated<Date>
  /** Since when its money is real; null before it has ever been live. */
  live_since: ColumnType<Date | null, Date | null | undefined, never>
}

export interface AccountsTable {
  tenant_id: string
  id: string
  kind: 'guardian' | 'staff'
  staff_role: 'administrator' | 'clerk' | 'accountant' | 'school' | null
  first_name: string
  last_name: string
  email: string | null
  /** Null while nobody has shown that the address is this person's. */
  email_confirmed_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  fiscal_code_sealed: Buffer | null
  fiscal_code_hash: Buffer | null
  /** Who says that the code is this person's; null exactly where there is no code. */
  fiscal_code_proof: FiscalCodeProof | null
  language: Generated<string>
  created_at: Date
  disabled_at: ColumnType<Date | null, undefined, Date | null>
  /** Since when a guardian signs in with SPID or CIE. */
  identity_linked_at: ColumnType<Date | null, Date | null | undefined, Date>
}

export type FiscalCodeProof = 'declared' | 'registry' | 'identity'

/** How a person proved who they are; `support` is an operator by the entity's leave. */
export type SignInMethodId = 'password' | 'spid' | 'cie' | 'support'

export interface AuditLogTable {
  tenant_id: string
  id: string
  at: Date
  actor_kind: 'guardian' | 'staff' | 'operator' | 'system' | 'nobody'
  actor_id: string | null
  action: string
  subject_kind: string | null
  subject_id: string | null
  details: unknown
}

export interface ChildrenTable {
  tenant_id: string
  id: string
  first_name: string
  last_name: string
  fiscal_code_sealed: Buffer | null
  fiscal_code_hash: Buffer | null
  school: Generated<string>
  class_name: Generated<string>
  claim_code_hash: string | null
  /** What the entity's own programs call the child. */
  external_id: ColumnType<string | null, string | null | undefined, string | null>
  created_at: Date
  /** Names without accents, blanks and capitals, in both orders: how the office lists and finds. */
  last_first: ColumnType<string, never, never>
  first_last: ColumnType<string, never, never>
  /** The child that this row was found to be as well. */
  merged_into: ColumnType<string | null, undefined, string>
}

export interface EnrolmentsTable {
  tenant_id: string
  id: string
  child_id: string
  category: string
  school_year: string
  /** The price without a tariff plan; with one, what an ordinary day costs at present. */
  tariff_cents: bigint
  created_at: Date
  /** Null where it is for the whole school year. */
  starts_on: ColumnType<string | null, string | null | undefined, string | null>
  ends_on: ColumnType<string | null, string | null | undefined, string | null>
  sibling_rank: Generated<number>
  /** The price without a tariff plan, once a plan's has taken its place in tariff_cents. */
  own_tariff_cents: ColumnType<bigint | null, bigint | null | undefined, bigint | null>
}
