import { creditorOf, STATION } from './population.ts'
import { noticeOf } from './receipt-message.ts'

/** The Node's question about an ordinary notice: whether it can be paid, or what is to be paid. */
export function questionMessage(
  operation: 'paVerifyPaymentNotice' | 'paGetPaymentV2',
  tenant: number,
  running: number,
): string {
  const creditor = creditorOf(tenant)
  const root = operation === 'paGetPaymentV2' ? 'paGetPaymentV2Request' : 'paVerifyPaymentNoticeReq'
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
    ` xmlns:pafn="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd"><soapenv:Body><pafn:${root}>` +
    `<idPA>${creditor}</idPA><idBrokerPA>${STATION.brokerFiscalCode}</idBrokerPA><idStation>${STATION.stationId}</idStation>` +
    `<qrCode><fiscalCode>${creditor}</fiscalCode><noticeNumber>${noticeOf(running).noticeNumber}</noticeNumber></qrCode>` +
    `</pafn:${root}></soapenv:Body></soapenv:Envelope>`
  )
}
