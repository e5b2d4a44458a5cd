import type { ColumnType, Generated } from 'kysely'

export type EnrolmentRequestState = 'pending' | 'documents' | 'approved' | 'refused'

/* What parents ask of the office: migrations/0019-enrolment-requests.sql tells the rules. */

export interface EnrolmentTables {
  enrolment_requests: {
    tenant_id: string
    id: string
    account_id: string
    details_sealed: Buffer
    fiscal_code_hash: Buffer | null
    category: string
    school_year: string
    class_id: string | null
    state: Generated<EnrolmentRequestState>
    created_at: Date
    answer: ColumnType<string | null, undefined, string>
    answered_at: ColumnType<Date | null, undefined, Date>
    answered_by: ColumnType<string | null, undefined, string>
    reply_sealed: ColumnType<Buffer | null, undefined, Buffer>
    replied_at: ColumnType<Date | null, undefined, Date>
    child_id: ColumnType<string | null, undefined, string>
  }
}
