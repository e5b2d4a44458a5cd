import type { Timings } from '../options.ts'
import { wireAmount } from '../wire/money.ts'
import { child, element, optional, textOf } from '../wire/xml.ts'
import type { XmlDraft, XmlElement } from '../wire/xml.ts'
import type { Creditor, Registry } from '../world/registry.ts'
import { readAnswer } from './answer.ts'
import { Violation } from './answer-grammar.ts'
import type { EcLine } from './ec-line.ts'
import { NodeFault, StationDown } from './faults.ts'
import { envelope, qrCode } from './operations.ts'
import type { Operation, Station } from './operations.ts'
import { checkPayment, readPaymentData, readSummary } from './payment-data.ts'
import type { NoticeSummary, PaymentData } from './payment-data.ts'

/** What a PSP may add when it activates a payment. */
export interface ActivationDetails {
  readonly amountCents?: number | undefined
  readonly paymentNote?: string | undefined
  readonly transferType?: 'POSTAL' | 'PAGOPA' | undefined
  readonly dueDate?: string | undefined
  readonly version?: 'V1' | 'V2' | undefined
}

/** The identifiers under which the Node addresses a creditor. */
export function stationOf(creditor: Creditor): Station {
  return { idPA: creditor.fiscalCode, idBrokerPA: creditor.brokerFiscalCode, idStation: creditor.stationId }
}

/** The Node's questions to creditors; every refusal and every broken rule comes out as the Node's own fault. */
export class Questions {
  readonly #line: EcLine
  readonly #registry: Registry
  readonly #timings: Timings

  constructor(line: EcLine, registry: Registry, timings: Timings) {
    this.#line = line
    this.#registry = registry
    this.#timings = timings
  }

  /** Asks what is to be paid (paVerifyPaymentNotice). @throws NodeFault */
  async verify(creditor: Creditor, noticeNumber: string): Promise<NoticeSummary> {
    return this.#ask(
      'paVerifyPaymentNotice',
      creditor,
      [qrCode(creditor.fiscalCode, noticeNumber)],
      (payload) => {
        const summary = readSummary(payload)
        this.#assertRegistered(summary.fiscalCodePA)
        return summary
      },
    )
  }

  /** Asks for everything a payment needs (paGetPaymentV2, or paGetPayment). @throws NodeFault */
  async getPayment(
    creditor: Creditor,
    noticeNumber: string,
    details: ActivationDetails,
  ): Promise<PaymentData> {
    const operation = details.version === 'V1' ? 'paGetPayment' : 'paGetPaymentV2'
    const fields = [
      qrCode(creditor.fiscalCode, noticeNumber),
      optional('amount', details.amountCents === undefined ? undefined : wireAmount(details.amountCents)),
      optional('paymentNote', details.paymentNote),
      optional('transferType', details.transferType),
      optional('dueDate', details.dueDate),
    ]
    return this.#ask(operation, creditor, fields, (payload) => {
      const data = readPaymentData(payload)
      checkPayment(data, this.#registry)
      return data
    })
  }

  /** Asks the creditor to create a notice on the spot (paDemandPaymentNotice). @throws NodeFault */
  async demand(
    creditor: Creditor,
    service: { idServizio: string; idSoggettoServizio: string; payload: string },
  ): Promise<NoticeSummary & { fiscalCode: string; noticeNumber: string }> {
    const fields = [
      element('idServizio', service.idServizio),
      element('idSoggettoServizio', service.idSoggettoServizio),
      element('datiSpecificiServizioRequest', Buffer.from(service.payload, 'utf8').toString('base64')),
    ]
    return this.#ask('paDemandPaymentNotice', creditor, fields, (payload) => {
      const summary = readSummary(payload)
      this.#assertRegistered(summary.fiscalCodePA)
      const notice = child(payload, 'qrCode')!
      const fiscalCode = textOf(notice, 'fiscalCode')!
      this.#assertRegistered(fiscalCode)
      return {
        ...summary,
        fiscalCode,
        noticeNumber: textOf(notice, 'noticeNumber')!,
      }
    })
  }

  async #ask<T>(
    operation: Operation,
    creditor: Creditor,
    fields: readonly (XmlDraft | undefined)[],
    read: (payload: XmlElement) => T,
  ): Promise<T> {
    const request = envelope(operation, stationOf(creditor), fields)
    const exchange = await this.#line.call(creditor.endpoint, operation, request, this.#timings.readTimeoutMs)
    if (exchange.kind === 'timeout') {
      throw new StationDown(
        'PPT_STAZIONE_INT_PA_TIMEOUT',
        `${operation}: nessuna risposta entro il tempo massimo`,
      )
    }
    if (exchange.kind === 'unreachable') {
      throw new StationDown('PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE', `${operation}: ${exchange.reason}`)
    }
    if (exchange.status >= 500) {
      throw new StationDown('PPT_STAZIONE_INT_PA_ERRORE_RESPONSE', `${operation}: HTTP ${exchange.status}`)
    }
    try {
      if (exchange.status !== 200) throw new Violation(`HTTP ${exchange.status}`)
      const answer = readAnswer(operation, exchange.body)
      if (answer.outcome === 'OK') return read(answer.payload)
      throw new NodeFault(
        'PPT_ERRORE_EMESSO_DA_PAA',
        answer.fault.description ?? answer.fault.faultString,
        answer.fault,
      )
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      throw new NodeFault('PPT_STAZIONE_INT_PA_ERRORE_RESPONSE', `${operation}: ${error.message}`)
    }
  }

  #assertRegistered(fiscalCode: string): void {
    if (this.#registry.withFiscalCode(fiscalCode).length === 0) {
      throw new Violation(`fiscalCodePA ${fiscalCode} is not registered`)
    }
  }
}
