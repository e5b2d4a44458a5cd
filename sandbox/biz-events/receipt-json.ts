import { METHODS } from '../node/psps.ts'
import type { PaymentData, Subject } from '../node/payment-data.ts'
import type { Receipt } from '../node/receipt.ts'

/** A receipt as biz-events answers it (CtReceiptModelResponse): amounts are euro with decimals, dates have no offset. */
export function receiptJson(receipt: Receipt) {
  const { data, psp } = receipt
  return {
    receiptId: receipt.receiptId,
    noticeNumber: receipt.noticeNumber,
    fiscalCode: receipt.fiscalCode,
    outcome: receipt.outcome,
    creditorReferenceId: data.creditorReferenceId,
    paymentAmount: euros(data.amountCents),
    description: data.description,
    companyName: data.companyName ?? receipt.companyName,
    ...(data.officeName === undefined ? {} : { officeName: data.officeName }),
    debtor: subjectJson(data.debtor),
    transferList: data.transfers.map((transfer) => ({
      idTransfer: transfer.idTransfer,
      transferAmount: euros(transfer.amountCents),
      fiscalCodePA: transfer.fiscalCodePA,
      iban: transfer.iban ?? '',
      mbdAttachment: '',
      remittanceInformation: transfer.remittanceInformation,
      transferCategory: transfer.transferCategory,
      ...metadataJson(transfer.metadata),
    })),
    idPSP: psp.id,
    pspFiscalCode: psp.fiscalCode,
    pspPartitaIVA: psp.fiscalCode,
    pspCompanyName: psp.name,
    idChannel: `${psp.fiscalCode}_01`,
    channelDescription: METHODS[receipt.method].channel,
    ...(receipt.payer ? { payer: subjectJson(receipt.payer) } : {}),
    paymentMethod: METHODS[receipt.method].wire,
    fee: euros(receipt.feeCents),
    paymentDateTime: receipt.paymentDateTime.slice(0, 10),
    paymentDateTimeFormatted: receipt.paymentDateTime,
    applicationDate: receipt.applicationDate,
    transferDate: receipt.transferDate,
    ...metadataJson(data.metadata),
  }
}

function euros(cents: number): number {
  return cents / 100
}

function subjectJson({ type, value, details }: Subject) {
  const { 'e-mail': email, ...others } = details
  return {
    entityUniqueIdentifierType: type,
    entityUniqueIdentifierValue: value,
    ...others,
    ...(email === undefined ? {} : { email }),
  }
}

function metadataJson(metadata: PaymentData['metadata']) {
  return metadata ? { metadata: metadata.map(([key, value]) => ({ key, value })) } : {}
}
