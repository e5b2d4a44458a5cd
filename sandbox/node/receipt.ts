import { nextBankingDay, romeDate, romeDateTime } from '../wire/calendar.ts'
import { wireAmount } from '../wire/money.ts'
import { element, optional } from '../wire/xml.ts'
import type { XmlDraft } from '../wire/xml.ts'
import { envelope } from './operations.ts'
import type { Station } from './operations.ts'
import { SUBJECT_DETAILS } from './payment-data.ts'
import type { PaymentData, Subject, Transfer } from './payment-data.ts'
import { METHODS } from './psps.ts'
import type { Method, Psp } from './psps.ts'

export type ReceiptVersion = 'V1' | 'V2'

/** Everything a receipt says. Which fields reach the wire depends on the version. */
export interface Receipt {
  readonly receiptId: string
  readonly noticeNumber: string
  readonly fiscalCode: string
  readonly outcome: 'OK' | 'KO'
  readonly data: PaymentData
  /** Stands in for the data's own name when that is absent: a receipt must carry one. */
  readonly companyName: string
  readonly psp: Psp
  readonly method: Method
  readonly feeCents: number
  readonly payer?: Subject
  readonly paymentNote?: string
  readonly paymentDateTime: string
  readonly applicationDate: string
  readonly transferDate: string
  /** The instant of the payment, which the flows carry and the receipt only as Rome's wall clock. */
  readonly paidAt: string
  readonly standIn: boolean
}

/** The three dates of a payment made at that instant; paymentDateTime is Rome's wall clock without an offset. */
export function paymentDates(
  paidAt: Date,
): Pick<Receipt, 'paymentDateTime' | 'applicationDate' | 'transferDate'> {
  return {
    paymentDateTime: romeDateTime(paidAt),
    applicationDate: romeDate(paidAt),
    transferDate: nextBankingDay(paidAt),
  }
}

const EMAIL = /^(?=.{1,256}$)[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*$/

/** Who pays at the sandbox: nobody that exists, and the e-mail address where one was given. */
export function simulatedPayer(email?: string): Subject {
  return {
    type: 'F',
    value: 'AAAAAA00A00A000A',
    details: {
      fullName: 'Pagante Simulato',
      ...(email !== undefined && EMAIL.test(email) ? { 'e-mail': email } : {}),
    },
  }
}

/** Writes the envelope that carries a receipt: paSendRTV2, or paSendRT for the older version. */
export function receiptEnvelope(version: ReceiptVersion, station: Station, receipt: Receipt): string {
  const operation = version === 'V2' ? 'paSendRTV2' : 'paSendRT'
  return envelope(operation, station, [element('receipt', receiptFields(version, receipt))])
}

function receiptFields(version: ReceiptVersion, receipt: Receipt): (XmlDraft | undefined)[] {
  const { data, psp } = receipt
  const isV2 = version === 'V2'
  return [
    element('receiptId', receipt.receiptId),
    element('noticeNumber', receipt.noticeNumber),
    element('fiscalCode', receipt.fiscalCode),
    element('outcome', receipt.outcome),
    element('creditorReferenceId', data.creditorReferenceId),
    element('paymentAmount', wireAmount(data.amountCents)),
    element('description', data.description),
    element('companyName', data.companyName ?? receipt.companyName),
    optional('officeName', data.officeName),
    element('debtor', subjectFields(data.debtor)),
    element(
      'transferList',
      data.transfers.map((transfer) => transferFields(transfer, isV2)),
    ),
    element('idPSP', psp.id),
    element('pspFiscalCode', psp.fiscalCode),
    element('pspPartitaIVA', psp.fiscalCode),
    element('PSPCompanyName', psp.name),
    element('idChannel', `${psp.fiscalCode}_01`),
    element('channelDescription', METHODS[receipt.method].channel),
    receipt.payer && element('payer', subjectFields(receipt.payer)),
    element('paymentMethod', METHODS[receipt.method].wire),
    isV2 ? optional('paymentNote', receipt.paymentNote) : undefined,
    element('fee', wireAmount(receipt.feeCents)),
    element('paymentDateTime', receipt.paymentDateTime),
    element('applicationDate', receipt.applicationDate),
    element('transferDate', receipt.transferDate),
    metadataFields(data.metadata),
    element('standIn', String(receipt.standIn)),
  ]
}

function transferFields(transfer: Transfer, isV2: boolean): XmlDraft {
  return element('transfer', [
    element('idTransfer', String(transfer.idTransfer)),
    element('transferAmount', wireAmount(transfer.amountCents)),
    element('fiscalCodePA', transfer.fiscalCodePA),
    isV2 ? optional('companyName', transfer.companyName) : undefined,
    optional('IBAN', transfer.iban),
    element('remittanceInformation', transfer.remittanceInformation),
    element('transferCategory', transfer.transferCategory),
    metadataFields(transfer.metadata),
  ])
}

function subjectFields({ type, value, details }: Subject): (XmlDraft | undefined)[] {
  return [
    element('uniqueIdentifier', [
      element('entityUniqueIdentifierType', type),
      element('entityUniqueIdentifierValue', value),
    ]),
    ...SUBJECT_DETAILS.map((name) => optional(name, details[name])),
  ]
}

function metadataFields(metadata: PaymentData['metadata']): XmlDraft | undefined {
  if (!metadata || metadata.length === 0) return undefined
  return element(
    'metadata',
    metadata.map(([key, value]) => element('mapEntry', [element('key', key), element('value', value)])),
  )
}
