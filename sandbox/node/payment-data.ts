import { child, textOf } from '../wire/xml.ts'
import type { XmlElement } from '../wire/xml.ts'
import { readWireAmount } from '../wire/money.ts'
import type { Registry } from '../world/registry.ts'
import { Violation } from './answer-grammar.ts'

/** What a creditor answers to "what is to be paid on this notice?". */
export interface NoticeSummary {
  readonly amountCents: number
  readonly dueDate?: string
  readonly description: string
  readonly detailDescription?: string
  readonly fiscalCodePA: string
  readonly companyName: string
  readonly officeName?: string
  readonly allCCP: boolean
}

export interface Transfer {
  readonly idTransfer: number
  readonly amountCents: number
  readonly fiscalCodePA: string
  readonly companyName?: string
  readonly iban?: string
  readonly remittanceInformation: string
  readonly transferCategory: string
  readonly metadata?: readonly (readonly [key: string, value: string])[]
}

/** A person or company: fields by their names on the wire. */
export interface Subject {
  readonly type: 'F' | 'G'
  readonly value: string
  readonly details: Readonly<Record<string, string>>
}

/** Everything a payment needs, as paGetPayment gave it; the receipt gives it back. */
export interface PaymentData {
  readonly creditorReferenceId: string
  readonly amountCents: number
  readonly dueDate: string
  readonly description: string
  readonly companyName?: string
  readonly officeName?: string
  readonly debtor: Subject
  readonly transfers: readonly Transfer[]
  readonly metadata?: readonly (readonly [key: string, value: string])[]
}

/** The optional details of a subject, in the schema's order. */
export const SUBJECT_DETAILS = [
  'fullName',
  'streetName',
  'civicNumber',
  'postalCode',
  'city',
  'stateProvinceRegion',
  'country',
  'e-mail',
] as const

/** Reads the payload of a valid verify or demand answer. */
export function readSummary(payload: XmlElement): NoticeSummary {
  const option = child(child(payload, 'paymentList')!, 'paymentOptionDescription')!
  return {
    amountCents: readWireAmount(textOf(option, 'amount')!),
    ...present('dueDate', textOf(option, 'dueDate')),
    description: textOf(payload, 'paymentDescription')!,
    ...present('detailDescription', textOf(option, 'detailDescription')),
    fiscalCodePA: textOf(payload, 'fiscalCodePA')!,
    companyName: textOf(payload, 'companyName')!,
    ...present('officeName', textOf(payload, 'officeName')),
    allCCP: ['true', '1'].includes(textOf(option, 'allCCP')!),
  }
}

/** Reads the payload of a valid paGetPayment or paGetPaymentV2 answer. */
export function readPaymentData(payload: XmlElement): PaymentData {
  const data = child(payload, 'data')!
  return {
    creditorReferenceId: textOf(data, 'creditorReferenceId')!,
    amountCents: readWireAmount(textOf(data, 'paymentAmount')!),
    dueDate: textOf(data, 'dueDate')!,
    description: textOf(data, 'description')!,
    ...present('companyName', textOf(data, 'companyName')),
    ...present('officeName', textOf(data, 'officeName')),
    debtor: readSubject(child(data, 'debtor')!),
    transfers: child(data, 'transferList')!.children.map(readTransfer),
    ...readMetadata(data),
  }
}

/**
 * The rules of the Node that no schema can say: the transfers sum up to the amount, their creditors exist, and each
 * account is registered to its creditor.
 * @throws Violation
 */
export function checkPayment(data: PaymentData, registry: Registry): void {
  const sum = data.transfers.reduce((total, transfer) => total + transfer.amountCents, 0)
  if (sum !== data.amountCents) {
    throw new Violation(`transfers sum up to ${sum} cents, paymentAmount is ${data.amountCents} cents`)
  }
  for (const transfer of data.transfers) {
    const creditors = registry.withFiscalCode(transfer.fiscalCodePA)
    if (creditors.length === 0) throw new Violation(`fiscalCodePA ${transfer.fiscalCodePA} is not registered`)
    if (transfer.iban === undefined) throw new Violation(`transfer ${transfer.idTransfer} has no IBAN`)
    if (!creditors.some((creditor) => creditor.ibans.includes(transfer.iban!))) {
      throw new Violation(`IBAN ${transfer.iban} is not registered to ${transfer.fiscalCodePA}`)
    }
  }
  const ids = new Set(data.transfers.map((transfer) => transfer.idTransfer))
  if (ids.size !== data.transfers.length) throw new Violation('two transfers have the same idTransfer')
}

function readTransfer(read: XmlElement): Transfer {
  return {
    idTransfer: Number(textOf(read, 'idTransfer')),
    amountCents: readWireAmount(textOf(read, 'transferAmount')!),
    fiscalCodePA: textOf(read, 'fiscalCodePA')!,
    ...present('companyName', textOf(read, 'companyName')),
    ...present('iban', textOf(read, 'IBAN')),
    remittanceInformation: textOf(read, 'remittanceInformation')!,
    transferCategory: textOf(read, 'transferCategory')!,
    ...readMetadata(read),
  }
}

function readSubject(read: XmlElement): Subject {
  const identifier = child(read, 'uniqueIdentifier')!
  return {
    type: textOf(identifier, 'entityUniqueIdentifierType') as 'F' | 'G',
    value: textOf(identifier, 'entityUniqueIdentifierValue')!,
    details: Object.fromEntries(read.children.slice(1).map((detail) => [detail.name, detail.text])),
  }
}

function readMetadata(read: XmlElement): Pick<PaymentData, 'metadata'> {
  const metadata = child(read, 'metadata')
  return metadata
    ? {
        metadata: metadata.children.map((entry) => [textOf(entry, 'key')!, textOf(entry, 'value')!] as const),
      }
    : {}
}

function present<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string }
}
