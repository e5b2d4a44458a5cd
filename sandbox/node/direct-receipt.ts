import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { wireAmount } from '../wire/money.ts'
import type { Registry } from '../world/registry.ts'
import type { DeliveryOrder } from './delivery-queue.ts'
import { creditorReference } from './notice-number.ts'
import { PSPS, TOBACCONISTS } from './psps.ts'
import { paymentDates, receiptEnvelope, simulatedPayer } from './receipt.ts'
import type { Receipt } from './receipt.ts'

const fiscalCode = z.string().regex(/^\d{11}$/)
const cents = z.int().min(1).max(99_999_999_999)

/** A receipt out of thin air: any notice, amount and id, for tests of what a creditor does with it. */
export const directReceiptSchema = z.strictObject({
  fiscalCode,
  noticeNumber: z.string().regex(/^\d{18}$/),
  amountCents: cents,
  receiptId: z.string().min(1).max(140).optional(),
  /** To whom it is sent; another entity than `fiscalCode` is a secondary beneficiary. */
  idPA: z.string().min(1).max(35).optional(),
  idBrokerPA: z.string().min(1).max(35).optional(),
  idStation: z.string().min(1).max(35).optional(),
  outcome: z.enum(['OK', 'KO']).default('OK'),
  version: z.enum(['V1', 'V2']).default('V2'),
  standIn: z.boolean().default(false),
  description: z.string().min(1).max(140).default('Pagamento simulato'),
  paymentNote: z.string().min(1).max(210).optional(),
  paymentDateTime: z.iso.datetime({ local: true }).optional(),
  applicationDate: z.iso.date().optional(),
  feeCents: z.int().min(0).max(99_999_999_999).default(100),
  /** The shares; by default one that is the whole amount, to the first account of the addressed creditor. */
  transfers: z
    .array(z.strictObject({ amountCents: cents, fiscalCodePA: fiscalCode, iban: z.string().min(1).max(35) }))
    .min(1)
    .max(5)
    .optional(),
  debtor: z
    .strictObject({ value: z.string().min(2).max(16), fullName: z.string().min(1).max(70) })
    .optional(),
  /** Try again when the creditor fails, as with a real payment. */
  retry: z.boolean().default(false),
})

export type DirectReceipt = z.infer<typeof directReceiptSchema>

/**
 * Makes a direct receipt and its delivery; undefined when no registered creditor has the addressed fiscal code.
 */
export function directDelivery(
  wanted: DirectReceipt,
  registry: Registry,
  now: Date,
): { order: DeliveryOrder; receipt: Receipt } | undefined {
  const idPA = wanted.idPA ?? wanted.fiscalCode
  const creditor = registry.ofNotice(idPA, wanted.noticeNumber) ?? registry.withFiscalCode(idPA)[0]
  if (!creditor) return undefined
  const receipt = directReceipt(
    wanted,
    creditor.companyName,
    {
      amountCents: wanted.amountCents,
      fiscalCodePA: creditor.fiscalCode,
      iban: creditor.ibans[0]!,
    },
    now,
  )
  const station = {
    idPA,
    idBrokerPA: wanted.idBrokerPA ?? creditor.brokerFiscalCode,
    idStation: wanted.idStation ?? creditor.stationId,
  }
  const order: DeliveryOrder = {
    creditorId: creditor.id,
    endpoint: creditor.endpoint,
    operation: wanted.version === 'V2' ? 'paSendRTV2' : 'paSendRT',
    fiscalCode: wanted.fiscalCode,
    noticeNumber: wanted.noticeNumber,
    receiptId: receipt.receiptId,
    amountCents: wanted.amountCents,
    request: receiptEnvelope(wanted.version, station, receipt),
    retries: wanted.retry,
    loseFirstAnswer: false,
    duplicatesLeft: 0,
    delayMs: 0,
  }
  return { order, receipt }
}

type Share = NonNullable<DirectReceipt['transfers']>[number]

function directReceipt(wanted: DirectReceipt, companyName: string, wholeShare: Share, now: Date): Receipt {
  const { noticeNumber, amountCents, description } = wanted
  const reference = creditorReference(noticeNumber)
  const dates = paymentDates(now)
  return {
    receiptId: wanted.receiptId ?? randomUUID().replaceAll('-', ''),
    noticeNumber,
    fiscalCode: wanted.fiscalCode,
    outcome: wanted.outcome,
    data: {
      creditorReferenceId: reference,
      amountCents,
      dueDate: dates.applicationDate,
      description,
      debtor: {
        type: 'F',
        value: wanted.debtor?.value ?? 'ANONIMO',
        details: { fullName: wanted.debtor?.fullName ?? 'ANONIMO' },
      },
      transfers: (wanted.transfers ?? [wholeShare]).map((share, index) => ({
        ...share,
        idTransfer: index + 1,
        remittanceInformation: `/RFB/${reference}/${wireAmount(share.amountCents)}`,
        transferCategory: '9/0107101TS/',
      })),
    },
    companyName,
    psp: PSPS.find((psp) => psp !== TOBACCONISTS)!,
    method: 'card',
    feeCents: wanted.feeCents,
    payer: simulatedPayer(),
    ...(wanted.paymentNote === undefined ? {} : { paymentNote: wanted.paymentNote }),
    ...dates,
    ...(wanted.paymentDateTime === undefined ? {} : { paymentDateTime: wanted.paymentDateTime }),
    ...(wanted.applicationDate === undefined ? {} : { applicationDate: wanted.applicationDate }),
    paidAt: now.toISOString(),
    standIn: wanted.standIn,
  }
}
