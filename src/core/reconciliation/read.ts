import { sql } from 'kysely'
import type { RomeDate } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import type { FlowState, LineCode, MatchedBy } from '../db/reconciliation-schema.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import { DomainError } from '../errors.ts'
import type { Page } from '../ledger/movements.ts'

/** The key of the next page of flows: the last one's date and id. */
export interface FlowsKey {
  flowDate: Date
  id: string
}

/** A reporting flow as a list shows it. Amounts in cents; undefined where the flow does not say. */
export interface FlowSummary {
  id: string
  pspId: string
  pspName: string
  /** The PSP's own name of the flow, as the bank's remittance text quotes it. */
  flowId: string
  flowDate: Date
  revision: number
  state: FlowState
  /** The bank transfer's reference (TRN) and its Rome day. */
  regulation: string
  regulationDate: RomeDate
  publishedAt: Date
  declaredCount: number | undefined
  declaredCents: bigint | undefined
  linesCount: number
  linesCents: bigint
  /** Lines that concern this entity; the others belong to another entity of the same creditor. */
  ourCount: number
  ourCents: bigint
  matchedCount: number
  openDifferences: number
  /** What the bank's movements that name the flow sum up to; undefined while there is none. */
  bankCents: bigint | undefined
  /** What was booked from clearing to bank for it. */
  settledCents: bigint
}

/** A line of a flow. `receiptRowId` is our receipt's id, where one was found. */
export interface FlowLine {
  index: number
  iuv: string | undefined
  iur: string | undefined
  idTransfer: number | undefined
  amountCents: bigint
  code: LineCode | undefined
  payDate: RomeDate | undefined
  /** What could not be read of the line, in English, for staff and operators. */
  unreadable: string | undefined
  ours: boolean
  matchedBy: MatchedBy | undefined
  receiptRowId: string | undefined
  receiptId: string | undefined
  topUpId: string | undefined
  settledAt: Date | undefined
}

/** A page of flows, newest first; incomplete and superseded ones are listed too. */
export async function listFlows(
  db: Db,
  tenantId: string,
  { before, limit = 25 }: { before?: FlowsKey | undefined; limit?: number } = {},
): Promise<Page<FlowSummary, FlowsKey>> {
  return inTenant(db, tenantId, async (tx) => {
    const rows = await selectFlows(
      tx,
      tenantId,
      before ? sql`(f.flow_date, f.id) < (${before.flowDate}::timestamptz, ${before.id}::uuid)` : sql`true`,
      limit + 1,
    )
    const items = rows.slice(0, limit)
    const last = items.at(-1)
    return {
      items,
      next: rows.length > limit && last ? { flowDate: last.flowDate, id: last.id } : undefined,
    }
  })
}

/**
 * One flow with a page of its lines, in their order: those above `after`.
 * @throws DomainError resource.not_found
 */
export async function flowDetail(
  db: Db,
  tenantId: string,
  id: string,
  { after = 0, limit = 200 }: { after?: number; limit?: number } = {},
): Promise<{ flow: FlowSummary; lines: Page<FlowLine, number> }> {
  return inTenant(db, tenantId, async (tx) => {
    const [flow] = await selectFlows(tx, tenantId, sql`f.id = ${id}::uuid`, 1)
    if (!flow) throw new DomainError('resource.not_found')
    const { rows } = await sql<LineRow>`
      select l.line_index, l.iuv, l.iur, l.id_transfer, l.amount_cents, l.code, l.pay_date, l.unreadable, l.ours,
        l.matched_by, l.receipt_row_id, r.receipt_id, r.top_up_id, s.settled_at
      from fdr_lines l
      left join receipts r on r.tenant_id = l.tenant_id and r.id = l.receipt_row_id
      left join receipt_settlements s on s.tenant_id = l.tenant_id and s.receipt_row_id = l.receipt_row_id
      where l.tenant_id = ${tenantId} and l.flow_id = ${id} and l.line_index > ${after}
      order by l.line_index limit ${limit + 1}`.execute(tx)
    const items = rows.slice(0, limit).map(toLine)
    return { flow, lines: { items, next: rows.length > limit ? items.at(-1)!.index : undefined } }
  })
}

async function selectFlows(
  tx: Tx,
  tenantId: string,
  where: ReturnType<typeof sql>,
  limit: number,
): Promise<FlowSummary[]> {
  // Only the page's own flows are summed up: laterals run once a row that is shown.
  const { rows } = await sql<FlowRow>`
    select f.*, o.our_count, o.our_cents, o.matched_count, d.open_differences, b.bank_cents, s.settled_cents
    from (select * from fdr_flows f where f.tenant_id = ${tenantId} and ${where}
      order by f.flow_date desc, f.id desc limit ${limit}) f
    left join lateral (
      select count(*) filter (where ours) as our_count, coalesce(sum(amount_cents) filter (where ours), 0)::bigint as our_cents,
        count(receipt_row_id) as matched_count
      from fdr_lines l where l.tenant_id = ${tenantId} and l.flow_id = f.id) o on true
    left join lateral (
      select count(*) as open_differences from reconciliation_differences d
      where d.tenant_id = ${tenantId} and d.flow_id = f.id and d.state = 'open') d on true
    left join lateral (
      select sum(amount_cents)::bigint as bank_cents from bank_movements m
      where m.tenant_id = ${tenantId} and m.flow_id = f.id) b on true
    left join lateral (
      select coalesce(sum(amount_cents), 0)::bigint as settled_cents from receipt_settlements s
      where s.tenant_id = ${tenantId} and s.flow_id = f.id) s on true
    order by f.flow_date desc, f.id desc`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    pspId: row.psp_id,
    pspName: row.psp_name,
    flowId: row.flow_id,
    flowDate: row.flow_date,
    revision: Number(row.revision),
    state: row.state,
    regulation: row.regulation,
    regulationDate: row.regulation_date,
    publishedAt: row.published_at,
    declaredCount: row.declared_count === null ? undefined : Number(row.declared_count),
    declaredCents: row.declared_cents ?? undefined,
    linesCount: Number(row.lines_count),
    linesCents: row.lines_cents,
    ourCount: Number(row.our_count),
    ourCents: row.our_cents,
    matchedCount: Number(row.matched_count),
    openDifferences: Number(row.open_differences),
    bankCents: row.bank_cents ?? undefined,
    settledCents: row.settled_cents,
  }))
}

interface FlowRow {
  id: string
  psp_id: string
  psp_name: string
  flow_id: string
  flow_date: Date
  revision: bigint
  state: FlowState
  regulation: string
  regulation_date: string
  published_at: Date
  declared_count: bigint | null
  declared_cents: bigint | null
  lines_count: bigint
  lines_cents: bigint
  our_count: bigint
  our_cents: bigint
  matched_count: bigint
  open_differences: bigint
  bank_cents: bigint | null
  settled_cents: bigint
}

interface LineRow {
  line_index: bigint
  iuv: string | null
  iur: string | null
  id_transfer: number | null
  amount_cents: bigint
  code: LineCode | null
  pay_date: string | null
  unreadable: string | null
  ours: boolean
  matched_by: MatchedBy | null
  receipt_row_id: string | null
  receipt_id: string | null
  top_up_id: string | null
  settled_at: Date | null
}

function toLine(row: LineRow): FlowLine {
  return {
    index: Number(row.line_index),
    iuv: row.iuv ?? undefined,
    iur: row.iur ?? undefined,
    idTransfer: row.id_transfer ?? undefined,
    amountCents: row.amount_cents,
    code: row.code ?? undefined,
    payDate: row.pay_date ?? undefined,
    unreadable: row.unreadable ?? undefined,
    ours: row.ours,
    matchedBy: row.matched_by ?? undefined,
    receiptRowId: row.receipt_row_id ?? undefined,
    receiptId: row.receipt_id ?? undefined,
    topUpId: row.top_up_id ?? undefined,
    settledAt: row.settled_at ?? undefined,
  }
}
