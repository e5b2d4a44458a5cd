import type { Positions } from '../aca/positions.ts'
import type { Timings } from '../options.ts'
import type { Store } from '../state/store.ts'
import type { Creditor, Registry } from '../world/registry.ts'
import type { Delivery } from './delivery.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import type { DeliveryOrder } from './delivery-queue.ts'
import { directDelivery } from './direct-receipt.ts'
import type { DirectReceipt } from './direct-receipt.ts'
import { EcLine } from './ec-line.ts'
import { bentData, broadcastStations, extraReceipts } from './extra-receipts.ts'
import { NodeFault } from './faults.ts'
import type { Misbehaviour } from './misbehaviour.ts'
import { MisbehaviourSwitches } from './misbehaviour.ts'
import { unknownNoticeNumber } from './notice-number.ts'
import { PaidReceipts } from './paid-receipts.ts'
import type { NoticeSummary } from './payment-data.ts'
import { Payments } from './payments.ts'
import type { Payment } from './payments.ts'
import type { Method, Psp } from './psps.ts'
import { Questions, stationOf } from './questions.ts'
import type { ActivationDetails } from './questions.ts'
import { paymentDates, receiptEnvelope, simulatedPayer } from './receipt.ts'
import type { Receipt, ReceiptVersion } from './receipt.ts'
import { paymentOf, StandIn, summaryOf } from './stand-in.ts'

export interface NoticeKey {
  readonly fiscalCode: string
  readonly noticeNumber: string
}

/** How a PSP ended a payment. */
export interface PaymentOutcome {
  readonly paymentToken: string
  readonly psp: Psp
  readonly method: Method
  readonly feeCents: number
  readonly outcome: 'OK' | 'KO'
  readonly email?: string | undefined
  /** Holds the receipt back so long, unless a misbehaviour says otherwise. */
  readonly receiptDelayMs?: number | undefined
}

/** What the Node tells a PSP after an outcome. `late`: the token had expired. */
export interface PaymentResult {
  readonly payment: Payment
  readonly late: boolean
  readonly delivery?: Delivery
}

/** pagoPA's Node: what PSPs and Checkout call, and the only one that calls creditors. */
export class PagopaNode {
  readonly line: EcLine
  readonly deliveries: DeliveryQueue
  readonly switches: MisbehaviourSwitches
  readonly registry: Registry
  readonly timings: Timings
  readonly paid: PaidReceipts
  readonly standIn: StandIn
  readonly #payments: Payments
  readonly #questions: Questions
  readonly #now: () => Date

  constructor(parts: {
    store: Store
    registry: Registry
    positions: Positions
    timings: Timings
    now: () => Date
  }) {
    const { store, registry, positions, timings, now } = parts
    this.registry = registry
    this.timings = timings
    this.#now = now
    this.line = new EcLine(now)
    this.switches = new MisbehaviourSwitches(store, now)
    this.paid = new PaidReceipts(store, now)
    this.standIn = new StandIn(store, positions, now)
    const endpointOf = (creditorId: string) => registry.byId(creditorId)?.endpoint
    const onChange = (delivery: Delivery) => this.paid.note(delivery)
    this.deliveries = new DeliveryQueue({ store, line: this.line, timings, now, endpointOf, onChange })
    this.#payments = new Payments(store, this.deliveries, { now, tokenLifeMs: timings.tokenLifeMs })
    this.#questions = new Questions(this.line, registry, timings)
  }

  /** What is to be paid on a notice. @throws NodeFault */
  async verify({ fiscalCode, noticeNumber }: NoticeKey): Promise<NoticeSummary> {
    const creditor = this.#creditorOf(fiscalCode, noticeNumber)
    this.#payments.assertFree(fiscalCode, noticeNumber)
    const ask = () => this.#questions.verify(creditor, noticeNumber)
    return (await this.standIn.answer(creditor, noticeNumber, ask, summaryOf)).value
  }

  /** Starts a payment and reserves the notice for it. @throws NodeFault */
  async activate({ fiscalCode, noticeNumber }: NoticeKey, details: ActivationDetails = {}): Promise<Payment> {
    const creditor = this.#creditorOf(fiscalCode, noticeNumber)
    const { paymentNote, version = 'V2' } = details
    const ask = () => this.#questions.getPayment(creditor, noticeNumber, details)
    return this.#payments.activate(creditor, { noticeNumber, paymentNote, version }, () =>
      this.standIn.answer(creditor, noticeNumber, ask, paymentOf),
    )
  }

  /** Asks the creditor of a service to create a notice. @throws NodeFault */
  async demand(service: {
    idServizio: string
    idSoggettoServizio: string
    payload: string
  }): Promise<NoticeSummary & NoticeKey> {
    const creditor = this.registry.ofService(service.idServizio, service.idSoggettoServizio)
    if (!creditor) {
      const { idServizio, idSoggettoServizio } = service
      throw new NodeFault(
        'PPT_SERVIZIO_SCONOSCIUTO',
        `Servizio ${idServizio}, soggetto ${idSoggettoServizio}`,
      )
    }
    return this.#questions.demand(creditor, service)
  }

  /**
   * Takes a PSP's outcome. KO frees the notice and nobody hears of it; OK becomes a receipt for the creditor, and the
   * answer waits a moment for the creditor's first word on it. @throws NodeFault
   */
  async pay(outcome: PaymentOutcome): Promise<PaymentResult> {
    const payment = this.#payments.awaitingOutcome(outcome.paymentToken)
    const late = this.#payments.isExpired(payment)
    if (outcome.outcome === 'KO') return { payment: this.#payments.settle(payment, 'released'), late }
    const delivery = this.#dispatch(payment, outcome)
    const paid = this.#payments.settle(payment, 'paid', delivery.id)
    if (payment.standIn) this.standIn.markPaid(payment.fiscalCode, payment.noticeNumber)
    const dueInMs = Date.parse(delivery.nextAttemptAt ?? '') - this.#now().getTime()
    if (dueInMs > 0) return { payment: paid, late, delivery }
    return {
      payment: paid,
      late,
      delivery: await this.deliveries.nextAttempt(delivery, this.timings.receiptPatienceMs),
    }
  }

  /** Sends a receipt written by hand; undefined when the addressed creditor is unknown. */
  sendDirect(wanted: DirectReceipt): Delivery | undefined {
    const direct = directDelivery(wanted, this.registry, this.#now())
    if (!direct) return undefined
    return this.deliveries.add({ ...direct.order, paidId: this.paid.keep(direct.receipt, 'direct') })
  }

  #dispatch(payment: Payment, outcome: PaymentOutcome): Delivery {
    const misbehaviour = this.switches.take(payment.noticeNumber)
    const creditor = this.#creditorOf(payment.fiscalCode, payment.noticeNumber)
    const version = misbehaviour.version ?? payment.version ?? 'V2'
    const delayMs = this.#delayMs(payment, misbehaviour, outcome.receiptDelayMs ?? 0)
    const receipt = this.#receiptOf(payment, outcome, misbehaviour, creditor)
    const send = (to: Creditor, what: Receipt, more: Partial<DeliveryOrder> = {}) =>
      this.deliveries.add({
        ...plainOrder(to, what, to.id === creditor.id ? version : 'V2'),
        paidId: this.paid.keep(what, what.receiptId === receipt.receiptId ? 'payment' : 'order'),
        delayMs,
        ...more,
      })
    const delivery = send(creditor, receipt, {
      loseFirstAnswer: misbehaviour.loseAnswer ?? false,
      garbleFirstAnswer: misbehaviour.garbleAnswer ?? false,
      duplicatesLeft: misbehaviour.duplicates ?? 0,
      isParallel: misbehaviour.parallel ?? false,
      isDropped: misbehaviour.drop ?? false,
    })
    const { repeatAfterSeconds } = misbehaviour
    if (repeatAfterSeconds !== undefined)
      send(creditor, receipt, { delayMs: delayMs + repeatAfterSeconds * 1000 })
    for (const extra of extraReceipts(receipt, misbehaviour, creditor, this.registry)) send(creditor, extra)
    if (!misbehaviour.drop)
      for (const station of broadcastStations(receipt, creditor, this.registry)) send(station, receipt)
    return delivery
  }

  #receiptOf(
    payment: Payment,
    outcome: PaymentOutcome,
    misbehaviour: Misbehaviour,
    creditor: Creditor,
  ): Receipt {
    const noticeNumber = misbehaviour.unknownNotice
      ? unknownNoticeNumber(payment.noticeNumber)
      : payment.noticeNumber
    return {
      receiptId: payment.id,
      noticeNumber,
      fiscalCode: payment.fiscalCode,
      outcome: misbehaviour.outcomeKo ? 'KO' : 'OK',
      data: bentData(payment.data, misbehaviour, noticeNumber),
      companyName: creditor.companyName,
      psp: outcome.psp,
      method: outcome.method,
      feeCents: outcome.feeCents,
      payer: simulatedPayer(outcome.email),
      ...(payment.paymentNote === undefined ? {} : { paymentNote: payment.paymentNote }),
      ...paymentDates(this.#now()),
      paidAt: this.#now().toISOString(),
      standIn: misbehaviour.standIn ?? payment.standIn ?? false,
    }
  }

  #delayMs(payment: Payment, misbehaviour: Misbehaviour, usualMs: number): number {
    if (misbehaviour.delaySeconds !== undefined) return misbehaviour.delaySeconds * 1000
    if (misbehaviour.timing === 'after-return') return this.timings.afterReturnMs
    if (misbehaviour.timing === 'late')
      return Math.max(0, Date.parse(payment.expiresAt) - this.#now().getTime()) + 1000
    return misbehaviour.timing === 'on-pay' ? 0 : usualMs
  }

  #creditorOf(fiscalCode: string, noticeNumber: string): Creditor {
    if (this.registry.withFiscalCode(fiscalCode).length === 0) {
      throw new NodeFault('PPT_DOMINIO_SCONOSCIUTO', `Nessun ente creditore con codice fiscale ${fiscalCode}`)
    }
    const creditor = this.registry.ofNotice(fiscalCode, noticeNumber)
    if (creditor) return creditor
    throw new NodeFault(
      'PPT_STAZIONE_INT_PA_SCONOSCIUTA',
      `Nessuna stazione di ${fiscalCode} serve l’avviso ${noticeNumber}`,
    )
  }
}

/** The delivery of a receipt as it goes when nobody asks for more. */
function plainOrder(to: Creditor, receipt: Receipt, version: ReceiptVersion): DeliveryOrder {
  return {
    creditorId: to.id,
    endpoint: to.endpoint,
    operation: version === 'V2' ? 'paSendRTV2' : 'paSendRT',
    fiscalCode: receipt.fiscalCode,
    noticeNumber: receipt.noticeNumber,
    receiptId: receipt.receiptId,
    amountCents: receipt.data.amountCents,
    request: receiptEnvelope(version, stationOf(to), receipt),
    retries: true,
    loseFirstAnswer: false,
    duplicatesLeft: 0,
    delayMs: 0,
  }
}
