import { createHash } from 'node:crypto'
import type { Collection, Store, StoredRecord } from '../state/store.ts'
import type { Delivery, DeliveryState } from './delivery.ts'
import type { Receipt } from './receipt.ts'

/**
 * A receipt as the outside world knows it, whoever was told of it: one for each fiscal code of the notice's owner and
 * receiptId, however often and to however many creditors it is sent.
 */
export interface PaidReceipt extends StoredRecord {
  readonly receipt: Receipt
  /** payment: a PSP was paid; order: money that a misbehaviour invented; direct: written by hand. */
  readonly origin: 'payment' | 'order' | 'direct'
  /** How each creditor that it was sent to took it, by the creditor's id; `dropped` was never sent. */
  readonly told: Readonly<Record<string, DeliveryState>>
  /** The fiscal codes in whose flows it already stands. */
  readonly reported: readonly string[]
}

/** The Node's memory of money: receipts, who has them, and in which flows they stand. The oldest go beyond 20,000. */
export class PaidReceipts {
  readonly #paid: Collection<PaidReceipt>
  readonly #now: () => Date

  constructor(store: Store, now: () => Date) {
    this.#paid = store.collection<PaidReceipt>('paid-receipts', { most: 20_000 })
    this.#now = now
  }

  /** All of them, oldest first. */
  all(): PaidReceipt[] {
    return this.#paid.all()
  }

  /** Keeps a receipt and answers its id. One that a creditor has already taken stays as it was taken. */
  keep(receipt: Receipt, origin: PaidReceipt['origin']): string {
    const id = idOf(receipt.fiscalCode, receipt.receiptId)
    const known = this.#paid.get(id)
    const isTaken = known !== undefined && Object.values(known.told).includes('delivered')
    if (!isTaken) {
      const createdAt = known?.createdAt ?? this.#now().toISOString()
      this.#paid.put({ id, createdAt, receipt, origin, told: known?.told ?? {}, reported: [] })
    }
    return id
  }

  /** Notes how a delivery stands. A creditor that has a receipt keeps it, whatever a further copy is answered. */
  note({ paidId, creditorId, state }: Delivery): void {
    const paid = paidId === undefined ? undefined : this.#paid.get(paidId)
    if (!paid || paid.told[creditorId] === 'delivered' || paid.told[creditorId] === state) return
    this.#paid.put({ ...paid, told: { ...paid.told, [creditorId]: state } })
  }

  /** Notes that a creditor's flow names it. */
  markReported(paid: PaidReceipt, fiscalCode: string): void {
    const current = this.#paid.get(paid.id) ?? paid
    if (!current.reported.includes(fiscalCode))
      this.#paid.put({ ...current, reported: [...current.reported, fiscalCode] })
  }

  /** The receipt of that id in which this creditor has a share, or whose notice is its own. */
  find(fiscalCode: string, receiptId: string): PaidReceipt | undefined {
    const own = this.#paid.get(idOf(fiscalCode, receiptId))
    return (
      own ??
      this.all().find(
        ({ receipt }) => receipt.receiptId === receiptId && shareOf(receipt, fiscalCode).length > 0,
      )
    )
  }
}

/** The transfers of a receipt that go to this creditor. */
export function shareOf(receipt: Receipt, fiscalCode: string): Receipt['data']['transfers'] {
  return receipt.data.transfers.filter((transfer) => transfer.fiscalCodePA === fiscalCode)
}

/** A receiptId may hold any character: its digest can name a record, it itself cannot. */
function idOf(fiscalCode: string, receiptId: string): string {
  return createHash('sha256').update(`${fiscalCode}|${receiptId}`).digest('hex').slice(0, 40)
}
