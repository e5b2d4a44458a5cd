import { sql } from 'kysely'
import type { RomeDate } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import type { Disposition, Irregularity } from '../db/schema.ts'
import { inTenant } from '../db/tenant.ts'
import { cents, signedCents, type Cents, type SignedCents } from '../money.ts'

/** A receipt with all that the office may want to know of it, but for the raw message itself. */
export interface ReceiptDossier {
  id: string
  receiptId: string
  version: 'V1' | 'V2' | 'BIZ'
  outcome: 'OK' | 'KO'
  disposition: Disposition
  irregularities: readonly Irregularity[]
  standIn: boolean
  noticeNumber: string
  creditorReference: string
  amountCents: Cents
  ourCents: Cents
  feeCents: Cents | undefined
  pspId: string
  pspName: string
  paymentChannel: string
  paymentMethod: string | undefined
  description: string
  paidAt: Date | undefined
  applicationDate: RomeDate | undefined
  transferDate: RomeDate | undefined
  arrivedAt: Date
  copyAvailableOn: RomeDate
  /** The credit of the wallet after it was booked; undefined for what credited no wallet. */
  balanceAfterCents: SignedCents | undefined
  settledAt: Date | undefined
  /** The reporting flow that names it, by our id and the PSP's name of it. */
  flow: { id: string; flowId: string } | undefined
  openDifferences: number
}

/** Every receipt that came for a top-up, in the order of their arrival. */
export async function receiptsOfTopUp(db: Db, tenantId: string, topUpId: string): Promise<ReceiptDossier[]> {
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<Row>`
      select r.id, r.receipt_id, r.version, r.outcome, r.disposition, r.irregularities, r.stand_in, r.notice_number,
        r.creditor_reference, r.amount_cents, r.our_amount_cents, r.fee_cents, r.psp_id, r.psp_name, r.payment_channel,
        r.payment_method, r.description, r.paid_at, r.application_date, r.transfer_date, r.arrived_at,
        r.copy_available_on, p.balance_after_cents, s.settled_at, f.id as flow_row_id, f.flow_id,
        (select count(*) from reconciliation_differences d
          where d.tenant_id = ${tenantId} and d.receipt_row_id = r.id and d.state = 'open') as open_differences
      from receipts r
      left join ledger_postings p on p.tenant_id = r.tenant_id and p.transaction_id = r.ledger_transaction_id
        and p.account = 'wallet'
      left join receipt_settlements s on s.tenant_id = r.tenant_id and s.receipt_row_id = r.id
      left join lateral (
        select f.id, f.flow_id from fdr_lines l
        join fdr_flows f on f.tenant_id = l.tenant_id and f.id = l.flow_id and f.state = 'current'
        where l.tenant_id = r.tenant_id and l.receipt_row_id = r.id
        order by f.flow_date desc limit 1) f on true
      where r.tenant_id = ${tenantId} and r.top_up_id = ${topUpId}
      order by r.arrived_at, r.id`.execute(tx),
  )
  return rows.map(toDossier)
}

interface Row {
  id: string
  receipt_id: string
  version: ReceiptDossier['version']
  outcome: ReceiptDossier['outcome']
  disposition: Disposition
  irregularities: Irregularity[]
  stand_in: boolean
  notice_number: string
  creditor_reference: string
  amount_cents: bigint
  our_amount_cents: bigint
  fee_cents: bigint | null
  psp_id: string
  psp_name: string
  payment_channel: string
  payment_method: string | null
  description: string
  paid_at: Date | null
  application_date: RomeDate | null
  transfer_date: RomeDate | null
  arrived_at: Date
  copy_available_on: RomeDate
  balance_after_cents: bigint | null
  settled_at: Date | null
  flow_row_id: string | null
  flow_id: string | null
  open_differences: bigint
}

function toDossier(row: Row): ReceiptDossier {
  return {
    id: row.id,
    receiptId: row.receipt_id,
    version: row.version,
    outcome: row.outcome,
    disposition: row.disposition,
    irregularities: row.irregularities,
    standIn: row.stand_in,
    noticeNumber: row.notice_number,
    creditorReference: row.creditor_reference,
    amountCents: cents(row.amount_cents),
    ourCents: cents(row.our_amount_cents),
    feeCents: row.fee_cents === null ? undefined : cents(row.fee_cents),
    pspId: row.psp_id,
    pspName: row.psp_name,
    paymentChannel: row.payment_channel,
    paymentMethod: row.payment_method ?? undefined,
    description: row.description,
    paidAt: row.paid_at ?? undefined,
    applicationDate: row.application_date ?? undefined,
    transferDate: row.transfer_date ?? undefined,
    arrivedAt: row.arrived_at,
    copyAvailableOn: row.copy_available_on,
    balanceAfterCents: row.balance_after_cents === null ? undefined : signedCents(row.balance_after_cents),
    settledAt: row.settled_at ?? undefined,
    flow: row.flow_row_id && row.flow_id ? { id: row.flow_row_id, flowId: row.flow_id } : undefined,
    openDifferences: Number(row.open_differences),
  }
}
