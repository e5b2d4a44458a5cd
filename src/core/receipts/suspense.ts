import { sql } from 'kysely'
import type { Db } from '../db/connect.ts'
import type { Disposition, Irregularity } from '../db/schema.ts'
import { inTenant } from '../db/tenant.ts'
import type { Page } from '../ledger/movements.ts'
import { cents, signedCents, type Cents, type SignedCents } from '../money.ts'

/** Money that came and belongs to no wallet as yet: paid twice, or for a notice that nobody knows. */
export interface SuspendedReceipt {
  id: string
  receiptId: string
  why: Extract<Disposition, 'suspense-paid-twice' | 'suspense-unknown'>
  irregularities: readonly Irregularity[]
  amountCents: Cents
  /** What is booked in suspense. */
  ourCents: Cents
  noticeNumber: string
  /** The IUV. */
  creditorReference: string
  description: string
  pspName: string
  paidAt: Date | undefined
  arrivedAt: Date
  /** The top-up that another receipt had paid already; undefined for an unknown notice. */
  topUpId: string | undefined
}

export interface SuspenseKey {
  arrivedAt: Date
  id: string
}

/** What waits in suspense, told twice: by the receipts, and by the ledger. They agree unless something is wrong. */
export interface SuspenseTotal {
  count: number
  receiptsCents: Cents
  ledgerCents: SignedCents
}

/** A page of the receipts in suspense, newest first. One whose booking was reversed waits no more. */
export async function suspensePage(
  db: Db,
  tenantId: string,
  { before, limit = 25 }: { before?: SuspenseKey | undefined; limit?: number } = {},
): Promise<Page<SuspendedReceipt, SuspenseKey>> {
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<Row>`
      select r.id, r.receipt_id, r.disposition, r.irregularities, r.amount_cents, r.our_amount_cents, r.notice_number,
        r.creditor_reference, r.description, r.psp_name, r.paid_at, r.arrived_at, r.top_up_id
      from receipts r
      where r.tenant_id = ${tenantId} and ${WAITING}
        and (${before?.arrivedAt ?? null}::timestamptz is null
          or (r.arrived_at, r.id) < (${before?.arrivedAt ?? null}::timestamptz, ${before?.id ?? null}::uuid))
      order by r.arrived_at desc, r.id desc limit ${limit + 1}`.execute(tx),
  )
  const items = rows.slice(0, limit).map((row): SuspendedReceipt => ({
    id: row.id,
    receiptId: row.receipt_id,
    why: row.disposition,
    irregularities: row.irregularities,
    amountCents: cents(row.amount_cents),
    ourCents: cents(row.our_amount_cents),
    noticeNumber: row.notice_number,
    creditorReference: row.creditor_reference,
    description: row.description,
    pspName: row.psp_name,
    paidAt: row.paid_at ?? undefined,
    arrivedAt: row.arrived_at,
    topUpId: row.top_up_id ?? undefined,
  }))
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? { arrivedAt: last.arrivedAt, id: last.id } : undefined }
}

/** The total of what waits in suspense. */
export async function suspenseTotal(db: Db, tenantId: string): Promise<SuspenseTotal> {
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<{ count: bigint; receipts_cents: bigint; ledger_cents: bigint }>`
      select waiting.*, booked.*
      from (
        select count(*) as count, coalesce(sum(r.our_amount_cents), 0)::bigint as receipts_cents
        from receipts r where r.tenant_id = ${tenantId} and ${WAITING}) waiting,
        (select coalesce(sum(amount_cents), 0)::bigint as ledger_cents
        from ledger_postings where tenant_id = ${tenantId} and account = 'suspense') booked`.execute(tx),
  )
  const row = rows[0]!
  return {
    count: Number(row.count),
    receiptsCents: cents(row.receipts_cents),
    ledgerCents: signedCents(row.ledger_cents),
  }
}

/** Booked in suspense and not taken back since. */
const WAITING = sql`r.disposition in ('suspense-paid-twice', 'suspense-unknown')
  and not exists (select from ledger_transactions back
    where back.tenant_id = r.tenant_id and back.reverses = r.ledger_transaction_id)`

interface Row {
  id: string
  receipt_id: string
  disposition: SuspendedReceipt['why']
  irregularities: Irregularity[]
  amount_cents: bigint
  our_amount_cents: bigint
  notice_number: string
  creditor_reference: string
  description: string
  psp_name: string
  paid_at: Date | null
  arrived_at: Date
  top_up_id: string | null
}
