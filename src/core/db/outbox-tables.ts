import type { ColumnType, Generated } from 'kysely'

/* What waits to be done or sent, and answers already given. */

export type EmailKind =
  | 'notice'
  | 'receipt-available'
  | 'account-linked'
  | 'password-reset'
  | 'password-changed'
  | 'email-confirmation'
  | 'email-change-asked'
  | 'invitation'
  | 'child-request-approved'
  | 'child-request-refused'
  | 'accessibility-renewal'
  | 'staff-invitation'
  | 'enrolment-approved'
  | 'enrolment-refused'
  | 'enrolment-documents'

export interface EmailsTable {
  tenant_id: string
  id: string
  kind: EmailKind
  subject_id: string
  address_sealed: Buffer
  language: string
  requested_at: Date
  sent_at: ColumnType<Date | null, undefined, Date>
}

export interface OutboxTable {
  tenant_id: string
  id: string
  job: string
  data: unknown
  dedupe_key: string | null
  due_at: Date
  attempt: Generated<number>
  trusted_until: Date
  created_at: Date
  done_at: ColumnType<Date | null, undefined, Date | null>
  parked_at: ColumnType<Date | null, undefined, Date | null>
  last_error: ColumnType<string | null, undefined, string | null>
}

export interface IdempotencyKeysTable {
  tenant_id: string
  account_id: string
  key: string
  request_hash: string
  status: number | null
  response: unknown
  created_at: Date
  expires_at: Date
}
