import { invariant } from '#core/errors.ts'
import { wireAmount } from '#core/money.ts'
import { FAULT_STRINGS } from './faults.ts'
import type { NodeFaultCode } from './faults.ts'
import { OPERATIONS, PA_FOR_NODE_NAMESPACE, SOAP_NAMESPACE } from './operations.ts'
import type { Operation } from './operations.ts'
import { assertPayable } from './payment-position.ts'
import type { Debtor, MetadataEntry, PaymentPosition, Transfer } from './payment-position.ts'
import { plainText } from './plain-text.ts'
import { element, textElement } from './write-xml.ts'

/**
 * The answers of all six operations, valid against paForNode.xsd whatever the texts hold: children unqualified,
 * in the schema's order, cut at its lengths. They throw only on invariants, that is on our own bugs.
 */

/** paVerifyPaymentNotice, OK. */
export function writeVerify(position: PaymentPosition): string {
  return ok('paVerifyPaymentNotice', summary(position))
}

/** paDemandPaymentNotice, OK: the notice that was just created. */
export function writeDemand(position: PaymentPosition, noticeNumber: string): string {
  const qrCode = element(
    'qrCode',
    element('fiscalCode', digits(position.fiscalCodePA, 11)),
    element('noticeNumber', digits(noticeNumber, 18)),
  )
  return ok('paDemandPaymentNotice', qrCode + summary(position))
}

/** paGetPayment (V1), OK. */
export function writeGet(position: PaymentPosition): string {
  return ok(
    'paGetPayment',
    data(position, () => ''),
  )
}

/** paGetPaymentV2, OK: as V1, with the company's name in each transfer. */
export function writeGetV2(position: PaymentPosition): string {
  const content = data(position, ({ companyName }) => textElement('companyName', companyName, 140))
  return ok('paGetPaymentV2', content)
}

/** paSendRT and paSendRTV2, OK: the receipt is ours and durably stored. */
export function writeSendReceipt(operation: 'paSendRT' | 'paSendRTV2'): string {
  return ok(operation, '')
}

/**
 * A refusal, outcome KO, of any operation.
 * @param fault.id the creditor institution's fiscal code
 * @param fault.description a hint for people, never personal data
 */
export function writeFault(
  operation: Operation,
  fault: { code: NodeFaultCode; description?: string | undefined; id: string },
): string {
  const content = element(
    'fault',
    element('faultCode', fault.code),
    element('faultString', FAULT_STRINGS[fault.code]),
    textElement('id', fault.id, 35) || '<id/>',
    textElement('description', fault.description, 255),
  )
  return envelope(operation, `<outcome>KO</outcome>${content}`)
}

function ok(operation: Operation, content: string): string {
  return envelope(operation, `<outcome>OK</outcome>${content}`)
}

function envelope(operation: Operation, content: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    `<soapenv:Envelope xmlns:soapenv="${SOAP_NAMESPACE}" xmlns:paf="${PA_FOR_NODE_NAMESPACE}">` +
    '<soapenv:Header/>' +
    element('soapenv:Body', element(`paf:${OPERATIONS[operation].response}`, content)) +
    '</soapenv:Envelope>'
  )
}

/** What verify and demand have in common. */
function summary(position: PaymentPosition): string {
  assertPayable(position)
  const option = element(
    'paymentOptionDescription',
    element('amount', wireAmount(position.amountCents)),
    element('options', 'EQ'),
    element('dueDate', position.dueDate),
    textElement('detailDescription', position.description, 140),
    element('allCCP', String(position.allCcp)),
  )
  return [
    element('paymentList', option),
    mandatoryText('paymentDescription', position.description, 140, NO_DESCRIPTION),
    element('fiscalCodePA', digits(position.fiscalCodePA, 11)),
    mandatoryText('companyName', position.companyName, 140, position.fiscalCodePA),
    textElement('officeName', position.officeName, 140),
  ].join('')
}

function data(position: PaymentPosition, nameOf: (transfer: Transfer) => string): string {
  assertPayable(position)
  return element(
    'data',
    element('creditorReferenceId', digits(position.creditorReferenceId)),
    element('paymentAmount', wireAmount(position.amountCents)),
    element('dueDate', position.dueDate),
    mandatoryText('description', position.description, 140, NO_DESCRIPTION),
    mandatoryText('companyName', position.companyName, 140, position.fiscalCodePA),
    textElement('officeName', position.officeName, 140),
    debtorElement(position.debtor),
    element('transferList', ...position.transfers.map((transfer) => transferElement(transfer, nameOf))),
    metadataElement(position.metadata),
  )
}

function transferElement(transfer: Transfer, nameOf: (transfer: Transfer) => string): string {
  const iban = plainText(transfer.iban, 35)
  const category = plainText(transfer.category, 140)
  invariant(iban !== '' && category !== '', 'a transfer has an IBAN and a category')
  return element(
    'transfer',
    element('idTransfer', String(transfer.idTransfer)),
    element('transferAmount', wireAmount(transfer.amountCents)),
    element('fiscalCodePA', digits(transfer.fiscalCodePA, 11)),
    nameOf(transfer),
    textElement('IBAN', iban, 35),
    mandatoryText('remittanceInformation', transfer.remittanceInformation, 140, NO_DESCRIPTION),
    textElement('transferCategory', category, 140),
    metadataElement(transfer.metadata),
  )
}

function debtorElement(debtor: Debtor): string {
  const code = plainText(debtor.value, 17)
  // A cut fiscal code would be somebody else's: what does not fit stays anonymous.
  const length = Array.from(code).length
  const value = length < 2 || length > 16 ? ANONYMOUS : code
  const country = debtor.country !== undefined && /^[A-Z]{2}$/.test(debtor.country) ? debtor.country : ''
  return element(
    'debtor',
    element(
      'uniqueIdentifier',
      element('entityUniqueIdentifierType', debtor.type),
      textElement('entityUniqueIdentifierValue', value, 16),
    ),
    mandatoryText('fullName', debtor.fullName, 70, ANONYMOUS),
    textElement('streetName', debtor.streetName, 70),
    textElement('civicNumber', debtor.civicNumber, 16),
    textElement('postalCode', debtor.postalCode, 16),
    textElement('city', debtor.city, 35),
    textElement('stateProvinceRegion', debtor.stateProvinceRegion, 35),
    element('country', country),
    element('e-mail', wireEmail(debtor.email)),
  )
}

/** The schema knows fewer addresses than the world: one it would refuse is left out. */
function wireEmail(email = ''): string {
  const isWritable = email.length <= 256 && /^[\w.+-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$/.test(email)
  return isWritable ? email : ''
}

function metadataElement(entries: readonly MetadataEntry[] = []): string {
  invariant(entries.length <= 15, 'metadata has at most 15 entries')
  const written = entries.map(({ key, value }) => {
    const parts = [textElement('key', key, 140), textElement('value', value, 140)]
    return parts.includes('') ? '' : element('mapEntry', ...parts)
  })
  return element('metadata', ...written)
}

const NO_DESCRIPTION = 'Pagamento'
const ANONYMOUS = 'ANONIMO'

/** A text the schema demands: `fallback` stands in when nothing writable is left of it. */
function mandatoryText(name: string, value: string, lengthMax: number, fallback: string): string {
  return textElement(name, value, lengthMax) || textElement(name, fallback, lengthMax)
}

function digits(value: string, length = value.length): string {
  invariant(/^[0-9]+$/.test(value) && value.length === length, 'an identifier of the wire is all digits')
  return value
}
