import { sql } from 'kysely'
import type { Db } from '../db/connect.ts'
import type { DifferenceKind } from '../db/reconciliation-schema.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import { signedCents, type SignedCents } from '../money.ts'

/** Where an entity stands with its money between pagoPA and the bank. */
export interface ReconciliationSummary {
  /** The last time the list of flows was read whole; undefined before the first. */
  pulledAt: Date | undefined
  currentFlows: number
  /** Flows that are being read, or whose reading was interrupted: the next run completes them. */
  incompleteFlows: number
  lastStatementAt: Date | undefined
  openDifferences: Partial<Record<DifferenceKind, number>>
  openTotal: number
  /** What was paid and is not yet seen in the bank: the opposite of the account's balance, so normally positive. */
  awaitedCents: SignedCents
  /** What matched settlements have brought into the bank. */
  settledCents: SignedCents
  recoveries: { wanted: number; givenUp: number; nextTryAt: Date | undefined }
}

export async function reconciliationSummary(db: Db, tenantId: string): Promise<ReconciliationSummary> {
  return inTenant(db, tenantId, async (tx) => {
    const { rows } = await sql<SummaryRow>`
      select
        (select pulled_at from fdr_watermarks where tenant_id = ${tenantId}) as pulled_at,
        (select count(*) from fdr_flows where tenant_id = ${tenantId} and state = 'current') as current_flows,
        (select count(*) from fdr_flows where tenant_id = ${tenantId} and state = 'incomplete') as incomplete_flows,
        (select max(uploaded_at) from bank_statements where tenant_id = ${tenantId}) as last_statement_at,
        (select coalesce(-sum(amount_cents), 0)::bigint from ledger_postings
          where tenant_id = ${tenantId} and account = 'pagopa-clearing') as awaited_cents,
        (select coalesce(sum(amount_cents), 0)::bigint from receipt_settlements where tenant_id = ${tenantId}) as settled_cents,
        (select count(*) from receipt_recoveries where tenant_id = ${tenantId} and state = 'wanted') as wanted,
        (select count(*) from receipt_recoveries where tenant_id = ${tenantId} and state = 'given-up') as given_up,
        (select min(next_try_at) from receipt_recoveries where tenant_id = ${tenantId} and state = 'wanted') as next_try_at`.execute(
      tx,
    )
    const row = rows[0]!
    const kinds = await tx
      .selectFrom('reconciliation_differences')
      .select((select) => ['kind', select.fn.countAll<bigint>().as('open')])
      .where('tenant_id', '=', tenantId)
      .where('state', '=', 'open')
      .groupBy('kind')
      .execute()
    return {
      pulledAt: row.pulled_at ?? undefined,
      currentFlows: Number(row.current_flows),
      incompleteFlows: Number(row.incomplete_flows),
      lastStatementAt: row.last_statement_at ?? undefined,
      openDifferences: Object.fromEntries(kinds.map(({ kind, open }) => [kind, Number(open)])),
      openTotal: kinds.reduce((sum, { open }) => sum + Number(open), 0),
      awaitedCents: signedCents(row.awaited_cents),
      settledCents: signedCents(row.settled_cents),
      recoveries: {
        wanted: Number(row.wanted),
        givenUp: Number(row.given_up),
        nextTryAt: row.next_try_at ?? undefined,
      },
    }
  })
}

interface SummaryRow {
  pulled_at: Date | null
  current_flows: bigint
  incomplete_flows: bigint
  last_statement_at: Date | null
  awaited_cents: bigint
  settled_cents: bigint
  wanted: bigint
  given_up: bigint
  next_try_at: Date | null
}

/** When a receipt's money was seen in the bank, and by which flow. */
export interface ReceiptSettlement {
  settledAt: Date
  /** The PSP's name of the flow; undefined for a payment that the bank credited alone. */
  flowId: string | undefined
}

/** The settlements of some receipts (by our receipt ids), as far as they are settled. */
export async function settlementOf(
  tx: Tx,
  tenantId: string,
  receiptRowIds: readonly string[],
): Promise<Map<string, ReceiptSettlement>> {
  if (receiptRowIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('receipt_settlements as s')
    .leftJoin('fdr_flows as f', (join) =>
      join.onRef('f.tenant_id', '=', 's.tenant_id').onRef('f.id', '=', 's.flow_id'),
    )
    .select(['s.receipt_row_id', 's.settled_at', 'f.flow_id'])
    .where('s.tenant_id', '=', tenantId)
    .where('s.receipt_row_id', 'in', receiptRowIds)
    .execute()
  return new Map(
    rows.map((row) => [row.receipt_row_id, { settledAt: row.settled_at, flowId: row.flow_id ?? undefined }]),
  )
}
