import { element, writeXml } from '../wire/xml.ts'
import type { XmlDraft } from '../wire/xml.ts'

/** The namespace of the body elements; their children have none (the schema has no elementFormDefault). */
export const PAF = 'http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd'
export const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'

/** The six operations of paForNode: the SOAPAction, and the root elements of question and answer. */
export const OPERATIONS = {
  paVerifyPaymentNotice: { request: 'paVerifyPaymentNoticeReq', response: 'paVerifyPaymentNoticeRes' },
  paGetPayment: { request: 'paGetPaymentReq', response: 'paGetPaymentRes' },
  paGetPaymentV2: { request: 'paGetPaymentV2Request', response: 'paGetPaymentV2Response' },
  paSendRT: { request: 'paSendRTReq', response: 'paSendRTRes' },
  paSendRTV2: { request: 'paSendRTV2Request', response: 'paSendRTV2Response' },
  paDemandPaymentNotice: {
    request: 'paDemandPaymentNoticeRequest',
    response: 'paDemandPaymentNoticeResponse',
  },
} as const

export type Operation = keyof typeof OPERATIONS

/** The three identifiers with which every request starts. */
export interface Station {
  readonly idPA: string
  readonly idBrokerPA: string
  readonly idStation: string
}

/** Writes a whole SOAP 1.1 envelope around one request. */
export function envelope(
  operation: Operation,
  station: Station,
  fields: readonly (XmlDraft | undefined)[],
): string {
  const request = element(`paf:${OPERATIONS[operation].request}`, [
    element('idPA', station.idPA),
    element('idBrokerPA', station.idBrokerPA),
    element('idStation', station.idStation),
    ...fields,
  ])
  const whole = element(
    'soapenv:Envelope',
    [element('soapenv:Header', ''), element('soapenv:Body', [request])],
    { 'xmlns:soapenv': SOAP, 'xmlns:paf': PAF },
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeXml(whole)}`
}

/** The notice in question, as every read names it. */
export function qrCode(fiscalCode: string, noticeNumber: string): XmlDraft {
  return element('qrCode', [element('fiscalCode', fiscalCode), element('noticeNumber', noticeNumber)])
}
