import { randomUUID } from 'node:crypto'
import type { Collection, Store, StoredRecord } from '../state/store.ts'
import type { Creditor } from '../world/registry.ts'
import type { DeliveryQueue } from './delivery-queue.ts'
import { NodeFault } from './faults.ts'
import type { PaymentData } from './payment-data.ts'
import type { ReceiptVersion } from './receipt.ts'

/** An activated payment; its id is the payment token, which becomes the receiptId. */
export interface Payment extends StoredRecord {
  readonly creditorId: string
  readonly fiscalCode: string
  readonly noticeNumber: string
  readonly expiresAt: string
  /** released: the PSP said KO, the notice is free again. */
  readonly state: 'active' | 'paid' | 'released'
  readonly data: PaymentData
  readonly paymentNote?: string
  /** The version of its receipt, unless a misbehaviour says otherwise. */
  readonly version?: ReceiptVersion
  /** Its data are those of an announced position: the creditor was not asked. */
  readonly standIn?: boolean
  readonly deliveryId?: string
}

/** The Node's memory of payments: it, not the creditor, keeps two people from paying one notice at once. */
export class Payments {
  readonly #payments: Collection<Payment>
  readonly #deliveries: DeliveryQueue
  readonly #now: () => Date
  readonly #tokenLifeMs: number
  readonly #activating = new Set<string>()

  constructor(store: Store, deliveries: DeliveryQueue, options: { now: () => Date; tokenLifeMs: number }) {
    this.#payments = store.collection<Payment>('payments', { most: 3_000 })
    this.#deliveries = deliveries
    this.#now = options.now
    this.#tokenLifeMs = options.tokenLifeMs
  }

  /**
   * States that the notice may be paid now.
   * @throws NodeFault while another token is alive, and from a payment until the creditor has its receipt:
   *   after that the creditor answers for itself.
   */
  assertFree(fiscalCode: string, noticeNumber: string): void {
    if (this.#activating.has(`${fiscalCode}-${noticeNumber}`)) throw inProgress(noticeNumber)
    for (const payment of this.#payments.all()) {
      if (payment.fiscalCode !== fiscalCode || payment.noticeNumber !== noticeNumber) continue
      if (payment.state === 'active' && !this.isExpired(payment)) throw inProgress(noticeNumber)
      const delivery = payment.deliveryId === undefined ? undefined : this.#deliveries.get(payment.deliveryId)
      if (delivery && ['pending', 'stuck', 'dropped'].includes(delivery.state)) {
        throw new NodeFault('PPT_PAGAMENTO_DUPLICATO', `L’avviso ${noticeNumber} è già stato pagato`)
      }
    }
  }

  /** Reserves the notice, asks the creditor, and keeps its answer under a new token. */
  async activate(
    creditor: Creditor,
    notice: { noticeNumber: string; paymentNote?: string | undefined; version: ReceiptVersion },
    ask: () => Promise<{ value: PaymentData; standIn: boolean }>,
  ): Promise<Payment> {
    const { noticeNumber, paymentNote, version } = notice
    const { fiscalCode } = creditor
    this.assertFree(fiscalCode, noticeNumber)
    const key = `${fiscalCode}-${noticeNumber}`
    this.#activating.add(key)
    try {
      const { value: data, standIn } = await ask()
      const now = this.#now()
      return this.#payments.put({
        id: randomUUID().replaceAll('-', ''),
        createdAt: now.toISOString(),
        creditorId: creditor.id,
        fiscalCode,
        noticeNumber,
        expiresAt: new Date(now.getTime() + this.#tokenLifeMs).toISOString(),
        state: 'active',
        data,
        version,
        standIn,
        ...(paymentNote === undefined ? {} : { paymentNote }),
      })
    } finally {
      this.#activating.delete(key)
    }
  }

  /**
   * The payment of a token that still waits for its outcome. An expired token is still good for a payment that the
   * PSP has made: the money is real, and the receipt leaves late (protocol, late receipts).
   * @throws NodeFault when the token is unknown or used, or when the notice was meanwhile paid with another token
   */
  awaitingOutcome(token: string): Payment {
    const payment = this.#payments.get(token)
    if (!payment) throw new NodeFault('PPT_TOKEN_SCONOSCIUTO', `Nessun pagamento con il token ${token}`)
    if (payment.state !== 'active')
      throw new NodeFault('PPT_ESITO_GIA_ACQUISITO', `Il token ${token} è già stato usato`)
    const isPaidOtherwise = this.#payments
      .all()
      .some(
        (other) =>
          other.state === 'paid' &&
          other.fiscalCode === payment.fiscalCode &&
          other.noticeNumber === payment.noticeNumber,
      )
    if (isPaidOtherwise && this.isExpired(payment)) {
      throw new NodeFault('PPT_PAGAMENTO_DUPLICATO', `L’avviso ${payment.noticeNumber} è già stato pagato`)
    }
    return payment
  }

  settle(payment: Payment, state: 'paid' | 'released', deliveryId?: string): Payment {
    return this.#payments.put({ ...payment, state, ...(deliveryId === undefined ? {} : { deliveryId }) })
  }

  isExpired(payment: Payment): boolean {
    return Date.parse(payment.expiresAt) <= this.#now().getTime()
  }
}

function inProgress(noticeNumber: string): NodeFault {
  return new NodeFault('PPT_PAGAMENTO_IN_CORSO', `Un altro pagamento dell’avviso ${noticeNumber} è in corso`)
}
