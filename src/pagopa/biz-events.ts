import { createHash } from 'node:crypto'
import { z } from 'zod'
import { isRomeDate, romeInstant, type RomeDate } from '#core/clock.ts'
import { UpstreamError } from '#core/errors.ts'
import { cents, MAX_CENTS } from '#core/money.ts'
import type { ReceiptSource } from '#core/reconciliation/ports.ts'
import type { ReceiptFacts } from '#core/receipts/settle.ts'
import { isNoticeNumber } from './notice-number.ts'
import { euroAmount } from './json-literals.ts'
import { receiptKey, shareOf } from './receipt-facts.ts'
import { getJson, type RestOptions } from './rest.ts'

const WHAT = 'The receipts service'

const amount = euroAmount
  .refine((value) => value >= 0n && value <= MAX_CENTS)
  .transform((value) => cents(value))
const text = (max: number) => z.string().min(1).max(max)
/** Services write an absent text as null or as nothing. */
const optional = (max: number) =>
  z
    .string()
    .max(max)
    .nullish()
    .transform((value) => value || undefined)
const when = z
  .string()
  .max(40)
  .nullish()
  .transform((value) => value || undefined)

const receiptSchema = z.object({
  receiptId: text(200),
  noticeNumber: z.string().refine(isNoticeNumber),
  fiscalCode: z.string().regex(/^\d{11}$/),
  outcome: z.enum(['OK', 'KO']),
  creditorReferenceId: text(35),
  paymentAmount: amount,
  description: text(140),
  transferList: z
    .array(
      z.object({
        idTransfer: z
          .string()
          .regex(/^[1-5]$/)
          .nullish()
          .transform((value) => (value ? Number(value) : undefined)),
        transferAmount: amount,
        fiscalCodePA: z.string().regex(/^\d{11}$/),
      }),
    )
    .min(1)
    .max(5),
  idPSP: text(70),
  pspCompanyName: text(140),
  pspFiscalCode: optional(70),
  idChannel: optional(70),
  channelDescription: optional(70),
  paymentMethod: optional(70),
  fee: amount.nullish().transform((value) => value ?? undefined),
  paymentDateTime: when,
  paymentDateTimeFormatted: when,
  applicationDate: when,
  transferDate: when,
})
type Answer = z.infer<typeof receiptSchema>

/**
 * A client of the receipts that pagoPA keeps (biz-events for organizations, protocol §5). It allows 10 calls an hour a
 * subscription: whoever calls takes each out of the budget named here first.
 */
export function createReceiptSource(options: RestOptions): ReceiptSource {
  const subscription = createHash('sha256').update(options.subscriptionKey).digest('hex').slice(0, 16)
  return {
    budget: `biz-events ${subscription}`,
    async fetchReceipt({ creditorFiscalCode, iuv, iur }) {
      const path = ['organizations', creditorFiscalCode, 'receipts', iur, 'paymentoptions', iuv]
      const { status, raw, json } = await getJson(WHAT, options, path, {}, [404, 429])
      if (status === 404) return { kind: 'not-there' }
      if (status === 429) return { kind: 'too-many' }
      const parsed = receiptSchema.safeParse(json)
      // The answer names a person: only the places that are wrong are told, never what stands there.
      if (!parsed.success) {
        const places = parsed.error.issues.map(({ path }) => path.join('.')).slice(0, 3)
        throw new UpstreamError(`${WHAT} answered something else (${places.join(', ')})`, {
          retryable: true,
          status,
        })
      }
      if (parsed.data.creditorReferenceId !== iuv)
        throw new UpstreamError(`${WHAT} answered another payment’s receipt`, { retryable: true, status })
      return { kind: 'found', facts: factsOf(parsed.data, creditorFiscalCode, raw), raw }
    },
  }
}

function factsOf(receipt: Answer, creditorFiscalCode: string, raw: Buffer): ReceiptFacts {
  const { transferList: transfers, paymentAmount } = receipt
  const isOwnNotice = receipt.fiscalCode === creditorFiscalCode
  return {
    receiptId: receiptKey(receipt.receiptId, raw, receipt.outcome),
    version: 'BIZ',
    outcome: receipt.outcome,
    standIn: false,
    idPa: creditorFiscalCode,
    fiscalCode: receipt.fiscalCode,
    noticeNumber: receipt.noticeNumber,
    creditorReference: receipt.creditorReferenceId,
    amountCents: receipt.paymentAmount,
    feeCents: receipt.fee,
    pspId: receipt.idPSP,
    pspName: receipt.pspCompanyName,
    pspFiscalCode: receipt.pspFiscalCode,
    paymentChannel: receipt.channelDescription ?? receipt.idChannel ?? 'na',
    paymentMethod: receipt.paymentMethod,
    paymentNote: undefined,
    description: receipt.description,
    paidAt: instantOf(receipt.paymentDateTimeFormatted) ?? instantOf(receipt.paymentDateTime),
    applicationDate: dayOf(receipt.applicationDate),
    transferDate: dayOf(receipt.transferDate),
    ...shareOf(creditorFiscalCode, { transfers, paymentAmount, isOwnNotice }),
  }
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/

/** A time without an offset is Rome's, as in the receipts of the Node; a day alone is no time. */
function instantOf(value: string | undefined): Date | undefined {
  const [, day, time, offset] = DATE_TIME.exec(value ?? '') ?? []
  if (!day || !time || !isRomeDate(day)) return undefined
  const instant = offset ? new Date(`${day}T${time}${offset}`) : romeInstant(`${day}T${time}`)
  return Number.isNaN(instant.getTime()) ? undefined : instant
}

function dayOf(value: string | undefined): RomeDate | undefined {
  const day = value?.slice(0, 10) ?? ''
  return isRomeDate(day) ? day : undefined
}
