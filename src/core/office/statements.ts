import { sql } from 'kysely'
import type { Db } from '../db/connect.ts'
import { inTenant } from '../db/tenant.ts'
import { DomainError } from '../errors.ts'

/** A bank statement that was handed in, and what became of its movements by now. */
export interface StatementResult {
  fileName: string
  uploadedAt: Date
  /** Movements in the file, and those among them that no file had told before. */
  movements: number
  added: number
  /** Of the added ones: those that name a flow or a payment of pagoPA, and those of them that found it. */
  pagopa: number
  matched: number
  matchedCents: bigint
}

/** What became of one statement. @throws DomainError resource.not_found */
export async function statementResult(db: Db, tenantId: string, id: string): Promise<StatementResult> {
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<Row>`
      select s.file_name, s.uploaded_at, s.movements, s.new_movements, m.*
      from bank_statements s
      left join lateral (
        select count(kind) as pagopa, count(*) filter (where is_matched) as matched,
          coalesce(sum(amount_cents) filter (where is_matched), 0)::bigint as matched_cents
        from (select kind, amount_cents, coalesce(flow_id, receipt_row_id) is not null as is_matched from bank_movements
          where tenant_id = ${tenantId} and statement_id = s.id) movement) m on true
      where s.tenant_id = ${tenantId} and s.id = ${id}`.execute(tx),
  )
  const [row] = rows
  if (!row) throw new DomainError('resource.not_found')
  return {
    fileName: row.file_name,
    uploadedAt: row.uploaded_at,
    movements: row.movements,
    added: row.new_movements,
    pagopa: Number(row.pagopa),
    matched: Number(row.matched),
    matchedCents: row.matched_cents,
  }
}

interface Row {
  file_name: string
  uploaded_at: Date
  movements: number
  new_movements: number
  pagopa: bigint
  matched: bigint
  matched_cents: bigint
}
