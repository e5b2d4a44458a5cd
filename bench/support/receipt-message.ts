import { randomUUID } from 'node:crypto'
import { creditorOf, STATION } from './population.ts'

/** The notice number and creditor reference of a running number. */
export function noticeOf(running: number): { noticeNumber: string; creditorReference: string } {
  const digits = String(running).padStart(15, '0')
  return { noticeNumber: `301${digits}`, creditorReference: `01${digits}` }
}

/** A payment token as a PSP's platform makes them: 32 random hexadecimal digits. */
export function newReceiptId(): string {
  return randomUUID().replaceAll('-', '')
}

/** A paSendRTV2 as the Node sends it for an ordinary notice: one transfer, debtor and payer in full. */
export function receiptMessage(tenant: number, running: number, receiptId = newReceiptId()): string {
  const { noticeNumber, creditorReference } = noticeOf(running)
  const creditor = creditorOf(tenant)
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
    ' xmlns:pafn="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd"><soapenv:Body><pafn:paSendRTV2Request>' +
    `<idPA>${creditor}</idPA><idBrokerPA>${STATION.brokerFiscalCode}</idBrokerPA><idStation>${STATION.stationId}</idStation>` +
    `<receipt><receiptId>${receiptId}</receiptId><noticeNumber>${noticeNumber}</noticeNumber><fiscalCode>${creditor}</fiscalCode>` +
    `<outcome>OK</outcome><creditorReferenceId>${creditorReference}</creditorReferenceId><paymentAmount>50.00</paymentAmount>` +
    '<description>Ricarica refezione scolastica</description><companyName>Ente inventato</companyName>' +
    `<debtor>${PERSON}</debtor><transferList><transfer><idTransfer>1</idTransfer><transferAmount>50.00</transferAmount>` +
    `<fiscalCodePA>${creditor}</fiscalCodePA><companyName>Ente inventato</companyName><IBAN>IT00X0000000000000000000000</IBAN>` +
    `<remittanceInformation>/RFB/${creditorReference}/50.00/TXT/Ricarica refezione scolastica</remittanceInformation>` +
    '<transferCategory>9/0107101TS/</transferCategory></transfer></transferList><idPSP>ABCDITMM</idPSP>' +
    '<pspFiscalCode>88888888888</pspFiscalCode><pspPartitaIVA>88888888888</pspPartitaIVA>' +
    '<PSPCompanyName>Banca Inventata</PSPCompanyName><idChannel>88888888888_01</idChannel>' +
    `<channelDescription>WISP</channelDescription><payer>${PERSON}</payer><paymentMethod>creditCard</paymentMethod>` +
    '<fee>1.50</fee><paymentDateTime>2026-11-23T15:30:00.123</paymentDateTime><applicationDate>2026-11-23</applicationDate>' +
    '<transferDate>2026-11-24</transferDate><standIn>false</standIn></receipt></pafn:paSendRTV2Request>' +
    '</soapenv:Body></soapenv:Envelope>'
  )
}

const PERSON =
  '<uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType>' +
  '<entityUniqueIdentifierValue>XXXXXX00X00X000X</entityUniqueIdentifierValue></uniqueIdentifier>' +
  '<fullName>Genitore Inventato</fullName><streetName>Via dei Tigli</streetName><civicNumber>1</civicNumber>' +
  '<postalCode>00000</postalCode><city>Roma</city><stateProvinceRegion>RM</stateProvinceRegion><country>IT</country>' +
  '<e-mail>genitore.inventato@example.org</e-mail>'
