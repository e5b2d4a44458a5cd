import { randomUUID } from 'node:crypto'
import type { Tenant } from '#core/tenant.ts'
import { readAnswer } from '../../sandbox/node/answer.ts'
import { envelope, OPERATIONS, qrCode, type Operation, type Station } from '../../sandbox/node/operations.ts'
import { ricaricaMensa } from '../../sandbox/node/ricarica-mensa.ts'
import { element, type XmlDraft, type XmlElement } from '../../sandbox/wire/xml.ts'
import { wireAmount } from '../../sandbox/wire/money.ts'

/** One call of the Node over real HTTP, with the answer as the Node would read it. */
export interface NodeCall {
  status: number
  contentType: string
  text: string
  durationMs: number
  /** OK, a faultCode, or `HTTP nnn` where the answer is none of paForNode. */
  verdict: string
  /** The answering element of an OK. */
  payload: XmlElement | undefined
  faultId: string | undefined
}

/** Plays pagoPA's Node against one address. Written with the sandbox's XML code, which knows nothing of the house. */
export class PlayedNode {
  readonly #endpoint: string
  /** Every answer of status 200, for the official schema to judge afterwards. */
  readonly answers: string[] = []

  constructor(url: string) {
    this.#endpoint = `${url}/webhooks/pagopa`
  }

  /**
   * Sends one message of ours.
   * @throws Violation (of the sandbox) when the answer is one that the Node would not accept
   */
  async call(operation: Operation, message: string, headers: Record<string, string> = {}): Promise<NodeCall> {
    const started = performance.now()
    const response = await this.post(message, { soapaction: `"${operation}"`, ...headers })
    const text = await response.text()
    const durationMs = performance.now() - started
    const contentType = response.headers.get('content-type') ?? ''
    const base = { status: response.status, contentType, text, durationMs }
    if (response.status !== 200)
      return { ...base, verdict: `HTTP ${response.status}`, payload: undefined, faultId: undefined }
    this.answers.push(text)
    const answer = readAnswer(operation, text)
    return answer.outcome === 'OK'
      ? { ...base, verdict: 'OK', payload: answer.payload, faultId: undefined }
      : { ...base, verdict: answer.fault.faultCode, payload: undefined, faultId: answer.fault.id }
  }

  /** Sends any bytes at all, as text/xml unless told otherwise; gives up after ten seconds. */
  post(body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
    const signal = AbortSignal.timeout(10_000)
    const all = { 'content-type': 'text/xml; charset=utf-8', ...headers }
    return fetch(this.#endpoint, { method: 'POST', headers: all, body, signal })
  }

  verify(to: Station, notice: Notice): Promise<NodeCall> {
    return this.call('paVerifyPaymentNotice', readMessage('paVerifyPaymentNotice', to, notice))
  }

  get(to: Station, notice: Notice, details: readonly XmlDraft[] = [], version: 'V1' | 'V2' = 'V2') {
    const operation = version === 'V1' ? 'paGetPayment' : 'paGetPaymentV2'
    return this.call(operation, readMessage(operation, to, notice, details))
  }

  demand(to: Station, service: Service, payload: string): Promise<NodeCall> {
    return this.call('paDemandPaymentNotice', demandMessage(to, service, payload))
  }

  send(to: Station, receipt: PlayedReceipt): Promise<NodeCall> {
    const operation = receipt.version === 'V1' ? 'paSendRT' : 'paSendRTV2'
    return this.call(operation, receiptMessage(to, receipt))
  }
}

export interface Notice {
  fiscalCode: string
  noticeNumber: string
}

export interface Service {
  idServizio: string
  idSoggettoServizio: string
}

/** Whom the Node addresses to reach a tenant. */
export function stationOf({ creditorFiscalCode, creditor }: Tenant): Station {
  return { idPA: creditorFiscalCode, idBrokerPA: creditor.brokerFiscalCode, idStation: creditor.stationId }
}

/** The service of a tenant in the Catalogo dei Servizi. */
export function serviceOf({ serviceId, serviceSubjectId }: Tenant): Service {
  return { idServizio: serviceId!, idSoggettoServizio: serviceSubjectId! }
}

/** A verify or a get; `details` follow the notice, in the schema's order. */
export function readMessage(
  operation: Extract<Operation, 'paVerifyPaymentNotice' | 'paGetPayment' | 'paGetPaymentV2'>,
  to: Station,
  { fiscalCode, noticeNumber }: Notice,
  details: readonly XmlDraft[] = [],
): string {
  return envelope(operation, to, [qrCode(fiscalCode, noticeNumber), ...details])
}

/** A demand around the service's own XML, which `topUpPayload` writes. */
export function demandMessage(to: Station, service: Service, payload: string): string {
  return envelope('paDemandPaymentNotice', to, [
    element('idServizio', service.idServizio),
    element('idSoggettoServizio', service.idSoggettoServizio),
    element('datiSpecificiServizioRequest', Buffer.from(payload).toString('base64')),
  ])
}

/** What a tobacconist's terminal sends: the scanned code and the typed amount. */
export function topUpPayload(paymentCode: string, amountCents: number): string {
  return ricaricaMensa(paymentCode, amountCents)
}

export interface PlayedReceipt extends Notice {
  amountCents: number
  receiptId?: string
  outcome?: 'OK' | 'KO'
  version?: 'V1' | 'V2'
  standIn?: boolean
  paidAt?: string
  /** By default one share, the whole amount, for the notice's owner. */
  shares?: readonly { fiscalCodePA: string; amountCents: number }[]
}

/** A receipt as the schema orders it. Everything in it is invented; an empty receiptId is one that the schema allows. */
export function receiptMessage(to: Station, receipt: PlayedReceipt): string {
  const { noticeNumber, fiscalCode, amountCents, version = 'V2', outcome = 'OK', standIn = false } = receipt
  const iuv = noticeNumber.slice(1)
  const shares = receipt.shares ?? [{ fiscalCodePA: fiscalCode, amountCents }]
  const fields = [
    element('receiptId', receipt.receiptId ?? randomUUID().replaceAll('-', '')),
    element('noticeNumber', noticeNumber),
    element('fiscalCode', fiscalCode),
    element('outcome', outcome),
    element('creditorReferenceId', iuv),
    element('paymentAmount', wireAmount(amountCents)),
    element('description', 'Ricarica refezione scolastica'),
    element('companyName', 'Ente di prova'),
    element('debtor', subject('ANONIMO')),
    element(
      'transferList',
      shares.map((share, index) => transfer(share, index + 1, iuv)),
    ),
    element('idPSP', 'BANCAPROVA'),
    element('PSPCompanyName', 'Banca di Prova'),
    element('idChannel', '00000000000_01'),
    element('channelDescription', 'WISP'),
    element('paymentMethod', 'creditCard'),
    element('fee', '1.50'),
    element('paymentDateTime', receipt.paidAt ?? '2026-11-20T10:00:00'),
    element('standIn', String(standIn)),
  ]
  return envelope(version === 'V1' ? 'paSendRT' : 'paSendRTV2', to, [element('receipt', fields)])
}

function subject(value: string): XmlDraft[] {
  return [
    element('uniqueIdentifier', [
      element('entityUniqueIdentifierType', 'F'),
      element('entityUniqueIdentifierValue', value),
    ]),
    element('fullName', value),
  ]
}

function transfer(share: { fiscalCodePA: string; amountCents: number }, id: number, iuv: string): XmlDraft {
  const amount = wireAmount(share.amountCents)
  return element('transfer', [
    element('idTransfer', String(id)),
    element('transferAmount', amount),
    element('fiscalCodePA', share.fiscalCodePA),
    element('IBAN', 'IT60X0542811101000000123456'),
    element('remittanceInformation', `/RFB/${iuv}/${amount}`),
    element('transferCategory', '9/0107101TS/'),
  ])
}

/** The text at a path of element names below an answer; undefined where there is none. */
export function textAt(payload: XmlElement | undefined, path: string): string | undefined {
  let at = payload
  for (const name of path.split('/')) at = at?.children.find((child) => child.name === name)
  return at?.text
}

/** All six operations by name. */
export const operationNames = Object.keys(OPERATIONS) as Operation[]
