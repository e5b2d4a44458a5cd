import type { Operation } from './operations.ts'
import { OPERATIONS, PA_FOR_NODE_NAMESPACE, SOAP_NAMESPACE } from './operations.ts'
import { XSI_NAMESPACE } from '#core/read-xml.ts'

/** Valid requests for tests, as small trees that a test can change in one place. Everything in them is invented. */
export interface TestElement {
  readonly name: string
  /** Written inside the start tag, as it is. */
  readonly attributes?: string
  /** Child elements, or content written as it is. */
  readonly content: readonly TestElement[] | string
}

export function node(name: string, content: readonly TestElement[] | string): TestElement {
  return { name, content }
}

export function serialize({ name, attributes = '', content }: TestElement): string {
  const inner = typeof content === 'string' ? content : content.map(serialize).join('')
  return `<${name}${attributes}>${inner}</${name}>`
}

/** A request inside its envelope. */
export function envelopeOf(message: TestElement): string {
  return (
    `<s:Envelope xmlns:s="${SOAP_NAMESPACE}" xmlns:paf="${PA_FOR_NODE_NAMESPACE}" xmlns:xsi="${XSI_NAMESPACE}">` +
    `<s:Body>${serialize(message)}</s:Body></s:Envelope>`
  )
}

const addressee = [
  node('idPA', '77777777777'),
  node('idBrokerPA', '99999999999'),
  node('idStation', '99999999999_01'),
]
const qrCode = node('qrCode', [node('fiscalCode', '77777777777'), node('noticeNumber', '301000000001234519')])
const getPayment = [
  ...addressee,
  qrCode,
  node('amount', '50.00'),
  node('paymentNote', 'cart-7f3a'),
  node('transferType', 'PAGOPA'),
  node('dueDate', '2026-12-31+01:00'),
]
const metadata = node('metadata', [
  node('mapEntry', [node('key', 'anno'), node('value', '2026')]),
  node('mapEntry', [node('key', 'classe'), node('value', '3B')]),
])

function subject(name: string): TestElement {
  return node(name, [
    node('uniqueIdentifier', [
      node('entityUniqueIdentifierType', 'F'),
      node('entityUniqueIdentifierValue', 'XXXXXX00X00X000X'),
    ]),
    node('fullName', 'Nome Inventato'),
    node('streetName', 'Via dei Tigli'),
    node('civicNumber', '1'),
    node('postalCode', '00000'),
    node('city', 'Roma'),
    node('stateProvinceRegion', 'RM'),
    node('country', 'IT'),
    node('e-mail', 'nome.inventato@example.org'),
  ])
}

function transfer(id: string, amount: string, destination: readonly TestElement[]): TestElement {
  return node('transfer', [
    node('idTransfer', id),
    node('transferAmount', amount),
    node('fiscalCodePA', '77777777777'),
    ...destination,
    node('remittanceInformation', `/RFB/01000000001234519/${amount}/TXT/Refezione`),
    node('transferCategory', '9/0107101TS/'),
    metadata,
  ])
}

function receipt(transfers: readonly TestElement[], afterMethod: readonly TestElement[]): TestElement {
  return node('receipt', [
    node('receiptId', '5d1c2a7be0f94c6c9a5e0d2f3b4a1c6e'),
    node('noticeNumber', '301000000001234519'),
    node('fiscalCode', '77777777777'),
    node('outcome', 'OK'),
    node('creditorReferenceId', '01000000001234519'),
    node('paymentAmount', '50.00'),
    node('description', 'Ricarica refezione scolastica'),
    node('companyName', 'Comune Inventato'),
    node('officeName', 'Servizi scolastici'),
    subject('debtor'),
    node('transferList', transfers),
    node('idPSP', 'ABCDITMM'),
    node('pspFiscalCode', '88888888888'),
    node('pspPartitaIVA', '88888888888'),
    node('PSPCompanyName', 'Banca Inventata'),
    node('idChannel', '88888888888_01'),
    node('channelDescription', 'WISP'),
    subject('payer'),
    node('paymentMethod', 'creditCard'),
    ...afterMethod,
    node('paymentDateTime', '2026-11-23T15:30:00.123'),
    node('applicationDate', '2026-11-23'),
    node('transferDate', '2026-11-24'),
    metadata,
    node('standIn', 'false'),
  ])
}

const iban = node('IBAN', 'IT00X0000000000000000000000')
const receiptV1 = receipt(
  [transfer('1', '40.00', [iban]), transfer('2', '10.00', [iban])],
  [node('fee', '1.50')],
)
const receiptV2 = receipt(
  [
    transfer('1', '40.00', [node('companyName', 'Comune Inventato'), iban]),
    transfer('2', '10.00', [node('MBDAttachment', 'bWFyY2E=')]),
  ],
  [
    node('paymentNote', 'cart-7f3a'),
    node('fee', '1.50'),
    node('primaryCiIncurredFee', '0.00'),
    node('idBundle', 'b1'),
    node('idCiBundle', 'b2'),
  ],
)

const contents: Record<Operation, readonly TestElement[]> = {
  paVerifyPaymentNotice: [...addressee, qrCode],
  paGetPayment: getPayment,
  paGetPaymentV2: getPayment,
  paSendRT: [...addressee, receiptV1],
  paSendRTV2: [...addressee, receiptV2],
  paDemandPaymentNotice: [
    ...addressee,
    node('idServizio', '00009'),
    node('idSoggettoServizio', '00035'),
    node('datiSpecificiServizioRequest', Buffer.from('<anything/>').toString('base64')),
  ],
}

/** The request of an operation with every optional element present. */
export function fullRequest(operation: Operation): TestElement {
  return node(`paf:${OPERATIONS[operation].request}`, contents[operation])
}
