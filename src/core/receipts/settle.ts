import { addDays, romeDate, type RomeDate } from '../clock.ts'
import type { Pool } from '../db/connect.ts'
import type { Disposition, Irregularity } from '../db/schema.ts'
import { DomainError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Cents } from '../money.ts'

/** What the Node's receipt says, as far as we keep it beside the raw bytes. */
export interface ReceiptFacts {
  /** The payment token: unique per payment. */
  receiptId: string
  /** The message that told it; `BIZ` for one that never came and was fetched from biz-events. */
  version: 'V1' | 'V2' | 'BIZ'
  outcome: 'OK' | 'KO'
  standIn: boolean
  /** The creditor institution the message was sent to. */
  idPa: string
  /** The creditor institution that owns the notice. */
  fiscalCode: string
  noticeNumber: string
  creditorReference: string
  amountCents: Cents
  /** The sum of the transfers that go to the tenant's creditor. */
  ourAmountCents: Cents
  feeCents: Cents | undefined
  pspId: string
  pspName: string
  pspFiscalCode: string | undefined
  paymentChannel: string
  paymentMethod: string | undefined
  paymentNote: string | undefined
  description: string
  paidAt: Date | undefined
  applicationDate: RomeDate | undefined
  transferDate: RomeDate | undefined
  /** What is odd about the message itself. That the sum is not the asked one is found while settling. */
  irregularities: readonly Exclude<Irregularity, 'amount-differs'>[]
}

/** What the notice is to the tenant: its own, another entity's with a share for it, or another intermediary's. */
export type NoticeRole = 'creditor' | 'secondary' | 'broadcast'

export interface Settlement {
  role: NoticeRole
  facts: ReceiptFacts
  /** The message exactly as it came. */
  raw: Buffer
  copyDelayDays: number
}

/** What was done with the money, or that the receipt's id was stored before. */
export type Settled = Disposition | 'duplicate'

/**
 * Stores a receipt, books it, credits the wallet and writes the outbox, all in one call and one transaction.
 * When it returns, the receipt is on disk; when it throws, nothing is, and the Node must be told to try again.
 */
export async function settleReceipt(
  pool: Pool,
  tenantId: string,
  settlement: Settlement,
  now: Date,
): Promise<Settled> {
  const [row] = await pool<[{ disposition: Settled }]>`
    select ${settling(pool, tenantId, settlement, now)} as disposition`
  return row.disposition
}

/** The call that settles, as a part of a statement. */
function settling(pool: Pool, tenantId: string, { role, facts, raw, copyDelayDays }: Settlement, now: Date) {
  const copyAvailableOn = addDays(dayOfPayment(facts, now), copyDelayDays)
  return pool`
    settle_receipt(${tenantId}, ${newId()}, ${facts.receiptId}, ${facts.version}, ${facts.outcome},
      ${facts.standIn}, ${facts.idPa}, ${facts.fiscalCode}, ${role}, ${facts.noticeNumber},
      ${facts.creditorReference}, ${facts.amountCents}, ${facts.ourAmountCents}, ${facts.feeCents ?? null},
      ${facts.pspId}, ${facts.pspName}, ${facts.pspFiscalCode ?? null}, ${facts.paymentChannel},
      ${facts.paymentMethod ?? null}, ${facts.paymentNote ?? null}, ${facts.description}, ${facts.paidAt ?? null},
      ${facts.applicationDate ?? null}, ${facts.transferDate ?? null}, ${copyAvailableOn},
      ${facts.irregularities as string[]}, ${newId()}, ${[newId(), newId()]}, ${raw}, ${now})`
}

/** Keeps a receipt that belongs to no tenant of this installation; false when it was kept before. */
export async function keepUnroutedReceipt(
  pool: Pool,
  receipt: { idPa: string; fiscalCode: string; receiptId: string; reason: string; raw: Buffer },
  now: Date,
): Promise<boolean> {
  const [row] = await pool<[{ kept: boolean }]>`
    select keep_unrouted_receipt(${receipt.idPa}, ${receipt.fiscalCode}, ${receipt.receiptId}, ${receipt.reason},
      ${receipt.raw}, ${now}) as kept`
  return row.kept
}

/** The Rome day from which the copy's delay runs: payment, else the PSP's application date, else arrival. */
export function dayOfPayment(facts: Pick<ReceiptFacts, 'paidAt' | 'applicationDate'>, now: Date): RomeDate {
  if (facts.paidAt) return romeDate(facts.paidAt)
  return facts.applicationDate ?? romeDate(now)
}

/**
 * Settles a receipt of the rehearsals' sandbox while the entity surely rehearses: what is remembered of it may be seconds old,
 * and play money must never reach one that has gone live meanwhile. Going live waits for the lock, or we for it. One
 * statement, as all that goes through this driver (docs/decisions/0010); its parts run in their order, since each reads the one before.
 * @throws DomainError tenant.unknown once the rehearsal is over
 */
export async function settleInRehearsal(
  pool: Pool,
  tenantId: string,
  settlement: Settlement,
  now: Date,
): Promise<Settled> {
  const [row] = await pool<{ disposition: Settled }[]>`
    with rehearsing as materialized (
      select id from tenants where id = ${tenantId} and state = 'rehearsal' and live_since is null for share
    ), marked as materialized (
      -- Only what is marked so goes when the entity goes live.
      select set_config('app.rehearsed', 'yes', true) as rehearsed from rehearsing
    )
    select ${settling(pool, tenantId, settlement, now)} as disposition from marked where rehearsed = 'yes'`
  if (!row) throw new DomainError('tenant.unknown')
  return row.disposition
}
