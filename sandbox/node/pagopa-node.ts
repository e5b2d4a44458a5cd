import type { Timings } from '../options.ts'
import type { Store } from '../state/store.ts'
import type { Creditor, Registry } from '../world/registry.ts'
import type { Delivery } from './delivery.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import { EcLine } from './ec-line.ts'
import { NodeFault } from './faults.ts'
import type { Misbehaviour } from './misbehaviour.ts'
import { MisbehaviourSwitches } from './misbehaviour.ts'
import { creditorReference, unknownNoticeNumber } from './notice-number.ts'
import type { NoticeSummary, PaymentData } from './payment-data.ts'
import { Payments } from './payments.ts'
import type { Payment } from './payments.ts'
import type { Method, Psp } from './psps.ts'
import { Questions, stationOf } from './questions.ts'
import type { ActivationDetails } from './questions.ts'
import { paymentDates, receiptEnvelope, simulatedPayer } from './receipt.ts'

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
  readonly #payments: Payments
  readonly #questions: Questions
  readonly #now: () => Date

  constructor(parts: { store: Store; registry: Registry; timings: Timings; now: () => Date }) {
    const { store, registry, timings, now } = parts
    this.registry = registry
    this.timings = timings
    this.#now = now
    this.line = new EcLine(now)
    this.switches = new MisbehaviourSwitches(store, now)
    const endpointOf = (creditorId: string) => registry.byId(creditorId)?.endpoint
    this.deliveries = new DeliveryQueue({ store, line: this.line, timings, now, endpointOf })
    this.#payments = new Payments(store, this.deliveries, { now, tokenLifeMs: timings.tokenLifeMs })
    this.#questions = new Questions(this.line, registry, timings)
  }

  /** What is to be paid on a notice. @throws NodeFault */
  async verify({ fiscalCode, noticeNumber }: NoticeKey): Promise<NoticeSummary> {
    const creditor = this.#creditorOf(fiscalCode, noticeNumber)
    this.#payments.assertFree(fiscalCode, noticeNumber)
    return this.#questions.verify(creditor, noticeNumber)
  }

  /** Starts a payment and reserves the notice for it. @throws NodeFault */
  async activate({ fiscalCode, noticeNumber }: NoticeKey, details: ActivationDetails = {}): Promise<Payment> {
    const creditor = this.#creditorOf(fiscalCode, noticeNumber)
    return this.#payments.activate(creditor, { noticeNumber, paymentNote: details.paymentNote }, () =>
      this.#questions.getPayment(creditor, noticeNumber, details),
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
    const dueInMs = Date.parse(delivery.nextAttemptAt ?? '') - this.#now().getTime()
    if (dueInMs > 0) return { payment: paid, late, delivery }
    return {
      payment: paid,
      late,
      delivery: await this.deliveries.nextAttempt(delivery, this.timings.receiptPatienceMs),
    }
  }

  #dispatch(payment: Payment, outcome: PaymentOutcome): Delivery {
    const misbehaviour = this.switches.take(payment.noticeNumber)
    const creditor = this.#creditorOf(payment.fiscalCode, payment.noticeNumber)
    const version = misbehaviour.version ?? 'V2'
    const noticeNumber = misbehaviour.unknownNotice
      ? unknownNoticeNumber(payment.noticeNumber)
      : payment.noticeNumber
    const data = receiptData(payment.data, misbehaviour, noticeNumber)
    const request = receiptEnvelope(version, stationOf(creditor), {
      receiptId: payment.id,
      noticeNumber,
      fiscalCode: payment.fiscalCode,
      outcome: misbehaviour.outcomeKo ? 'KO' : 'OK',
      data,
      companyName: creditor.companyName,
      psp: outcome.psp,
      method: outcome.method,
      feeCents: outcome.feeCents,
      payer: simulatedPayer(outcome.email),
      ...(payment.paymentNote === undefined ? {} : { paymentNote: payment.paymentNote }),
      ...paymentDates(this.#now()),
      standIn: misbehaviour.standIn ?? false,
    })
    return this.deliveries.add({
      creditorId: creditor.id,
      endpoint: creditor.endpoint,
      operation: version === 'V2' ? 'paSendRTV2' : 'paSendRT',
      fiscalCode: payment.fiscalCode,
      noticeNumber,
      receiptId: payment.id,
      amountCents: data.amountCents,
      request,
      retries: true,
      loseFirstAnswer: misbehaviour.loseAnswer ?? false,
      duplicatesLeft: misbehaviour.duplicates ?? 0,
      delayMs: this.#delayMs(payment, misbehaviour, outcome.receiptDelayMs ?? 0),
    })
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

/** The data of a receipt: those of the payment, bent as the misbehaviour asks. */
function receiptData(paid: PaymentData, misbehaviour: Misbehaviour, noticeNumber: string): PaymentData {
  const data = misbehaviour.unknownNotice
    ? { ...paid, creditorReferenceId: creditorReference(noticeNumber) }
    : paid
  const { amountCents } = misbehaviour
  if (amountCents === undefined) return data
  const [first, ...others] = data.transfers
  const rest = others.reduce((sum, transfer) => sum + transfer.amountCents, 0)
  // The transfers still sum up to the amount: this receipt is wrong towards the notice, not in itself.
  const transfers =
    amountCents > rest
      ? [{ ...first!, amountCents: amountCents - rest }, ...others]
      : [{ ...first!, amountCents }]
  return { ...data, amountCents, transfers }
}
