import { COMMON_NAMESPACE, PA_FOR_NODE_NAMESPACE } from './operations.ts'
import type { Operation } from './operations.ts'
import { amount, base64Binary, date, dateTime, oneOf, pattern, smallInteger } from './simple-types.ts'
import { text, xsdBoolean, xsdString } from './simple-types.ts'
import { choice, list, maybe, named, sequence } from './xsd.ts'
import type { ValueOf } from './xsd.ts'

/** The requests of paForNode.xsd as tables, types in the order and under the names of the XSD. */
const paf = (local: string) => `{${PA_FOR_NODE_NAMESPACE}}${local}`
const common = (local: string) => `{${COMMON_NAMESPACE}}${local}`

const stText16 = text(common('stText16'), 1, 16)
const stText20 = text(paf('stText20'), 1, 20)
const stText35 = text(common('stText35'), 1, 35)
const stText70 = text(common('stText70'), 1, 70)
const stText140 = text(common('stText140'), 1, 140)
const stText210 = text(paf('stText210'), 1, 210)
const stFiscalCodePA = pattern(common('stFiscalCodePA'), /^[0-9]{11}$/)
const stNoticeNumber = pattern(common('stNoticeNumber'), /^[0-9]{18}$/)
const stOutcome = oneOf(common('stOutcome'), ['OK', 'KO'])
const stAmount = amount(common('stAmount'), 0n)
const stAmountNotZero = amount(paf('stAmountNotZero'), 1n)
const stISODate = date(common('stISODate'))
const stISODateTime = dateTime(common('stISODateTime'))
const stNazioneProvincia = pattern(common('stNazioneProvincia'), /^[A-Z]{2}$/)
const stEMail = pattern(common('stEMail'), /^[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$/, 256)
const stIBAN = text(paf('stIBAN'), 1, 35)
const stIdTransfer = smallInteger(paf('stIdTransfer'), 1, 5)
const stIdentificativoServizio = text(paf('stIdentificativoServizio'), 5, 5)
const stIdentificativoSoggettoServizio = text(paf('stIdentificativoSoggettoServizio'), 5, 5)
const stEntityUniqueIdentifierType = oneOf(paf('stEntityUniqueIdentifierType'), ['F', 'G'])
const stEntityUniqueIdentifierValue = text(paf('stEntityUniqueIdentifierValue'), 2, 16)
const stTransferType = oneOf(paf('stTransferType'), ['POSTAL', 'PAGOPA'])

const ctMapEntry = sequence(common('ctMapEntry'), { key: stText140, value: stText140 })
const ctMetadata = list(common('ctMetadata'), 'mapEntry', ctMapEntry, 15)

const ctEntityUniqueIdentifier = sequence(paf('ctEntityUniqueIdentifier'), {
  entityUniqueIdentifierType: stEntityUniqueIdentifierType,
  entityUniqueIdentifierValue: stEntityUniqueIdentifierValue,
})

const ctSubject = sequence(paf('ctSubject'), {
  uniqueIdentifier: ctEntityUniqueIdentifier,
  fullName: stText70,
  streetName: maybe(stText70),
  civicNumber: maybe(stText16),
  postalCode: maybe(stText16),
  city: maybe(stText35),
  stateProvinceRegion: maybe(stText35),
  country: maybe(stNazioneProvincia),
  email: maybe(stEMail, 'e-mail'),
})

const ctQrCode = sequence(paf('ctQrCode'), { fiscalCode: stFiscalCodePA, noticeNumber: stNoticeNumber })

const ctTransferPA = sequence(paf('ctTransferPA'), {
  idTransfer: stIdTransfer,
  transferAmount: stAmountNotZero,
  fiscalCodePA: stFiscalCodePA,
  iban: named('IBAN', stIBAN),
  remittanceInformation: stText140,
  transferCategory: stText140,
  metadata: maybe(ctMetadata),
})

const ctTransferPAReceiptV2 = sequence(paf('ctTransferPAReceiptV2'), {
  idTransfer: stIdTransfer,
  transferAmount: stAmountNotZero,
  fiscalCodePA: stFiscalCodePA,
  companyName: maybe(stText140),
  ...choice({ iban: named('IBAN', stIBAN), mbdAttachment: named('MBDAttachment', base64Binary) }),
  remittanceInformation: stText140,
  transferCategory: stText140,
  metadata: maybe(ctMetadata),
})

const upToTransfers = {
  receiptId: xsdString,
  noticeNumber: stNoticeNumber,
  fiscalCode: stFiscalCodePA,
  outcome: stOutcome,
  creditorReferenceId: stText35,
  paymentAmount: stAmount,
  description: stText140,
  companyName: stText140,
  officeName: maybe(stText140),
  debtor: ctSubject,
}

const upToPaymentMethod = {
  idPSP: stText35,
  pspFiscalCode: maybe(stText70),
  pspPartitaIVA: maybe(stText20),
  pspCompanyName: named('PSPCompanyName', stText70),
  idChannel: stText35,
  channelDescription: stText35,
  payer: maybe(ctSubject),
  paymentMethod: maybe(stText35),
}

const fromPaymentDateTime = {
  paymentDateTime: maybe(stISODateTime),
  applicationDate: maybe(stISODate),
  transferDate: maybe(stISODate),
  metadata: maybe(ctMetadata),
  standIn: maybe(xsdBoolean),
}

const ctReceipt = sequence(paf('ctReceipt'), {
  ...upToTransfers,
  transfers: named('transferList', list(paf('ctTransferListPA'), 'transfer', ctTransferPA, 5)),
  ...upToPaymentMethod,
  fee: maybe(stAmount),
  ...fromPaymentDateTime,
})

const ctReceiptV2 = sequence(paf('ctReceiptV2'), {
  ...upToTransfers,
  transfers: named(
    'transferList',
    list(paf('ctTransferListPAReceiptV2'), 'transfer', ctTransferPAReceiptV2, 5),
  ),
  ...upToPaymentMethod,
  paymentNote: maybe(stText210),
  fee: maybe(stAmount),
  primaryCiIncurredFee: maybe(stAmount),
  idBundle: maybe(stText70),
  idCiBundle: maybe(stText70),
  ...fromPaymentDateTime,
})

const addressee = { idPA: stText35, idBrokerPA: stText35, idStation: stText35 }

const getPaymentMembers = {
  ...addressee,
  qrCode: ctQrCode,
  amount: maybe(stAmount),
  paymentNote: maybe(stText210),
  transferType: maybe(stTransferType),
  dueDate: maybe(stISODate),
}

/** The request of each operation. */
export const REQUESTS = {
  paVerifyPaymentNotice: sequence(paf('paVerifyPaymentNoticeReq'), { ...addressee, qrCode: ctQrCode }),
  paGetPayment: sequence(paf('paGetPaymentReq'), getPaymentMembers),
  paGetPaymentV2: sequence(paf('paGetPaymentV2Request'), getPaymentMembers),
  paSendRT: sequence(paf('paSendRTReq'), { ...addressee, receipt: ctReceipt }),
  paSendRTV2: sequence(paf('paSendRTV2Request'), { ...addressee, receipt: ctReceiptV2 }),
  paDemandPaymentNotice: sequence(paf('paDemandPaymentNoticeRequest'), {
    ...addressee,
    idServizio: stIdentificativoServizio,
    // Mandatory in the schema, absent in the prose's samples: whether it can be missed, the routing knows.
    idSoggettoServizio: maybe(stIdentificativoSoggettoServizio),
    datiSpecificiServizioRequest: base64Binary,
  }),
} as const satisfies Record<Operation, unknown>

/** A receipt of paSendRT. */
export type Receipt = ValueOf<typeof ctReceipt>
/** A receipt of paSendRTV2: the same and a little more, each transfer with an IBAN or a stamp's attachment. */
export type ReceiptV2 = ValueOf<typeof ctReceiptV2>
/** Debtor or payer. */
export type Subject = ValueOf<typeof ctSubject>
export type Metadata = ValueOf<typeof ctMetadata>
