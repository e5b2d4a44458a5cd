/** The wire's names, from paForNode.wsdl: one endpoint serves all six operations (protocol §1.1). */
export const SOAP_NAMESPACE = 'http://schemas.xmlsoap.org/soap/envelope/'
export const PA_FOR_NODE_NAMESPACE = 'http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd'
export const COMMON_NAMESPACE = 'http://pagopa-api.pagopa.gov.it/xsd/common-types/v1.0.0/'

/** The body element that asks, and the one that answers. */
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
} as const satisfies Record<string, { request: string; response: string }>

export type Operation = keyof typeof OPERATIONS

const operationOfRequest = new Map(
  Object.entries(OPERATIONS).map(([operation, { request }]) => [request as string, operation as Operation]),
)

/** The operation that a body element asks for. */
export function operationOfElement(name: string): Operation | undefined {
  return operationOfRequest.get(name)
}

/** The operation a SOAPAction header names, quoted or not; undefined when it is empty or names none of ours. */
export function operationOfSoapAction(header: string): Operation | undefined {
  const name = header.trim().replace(/^"(.*)"$/, '$1')
  return Object.hasOwn(OPERATIONS, name) ? (name as Operation) : undefined
}
