import { randomInt, randomUUID } from 'node:crypto'
import { wireAmount } from '../wire/money.ts'
import type { Creditor, Registry } from '../world/registry.ts'
import type { Misbehaviour } from './misbehaviour.ts'
import { checkDigits, creditorReference, unknownNoticeNumber } from './notice-number.ts'
import type { PaymentData } from './payment-data.ts'
import type { Receipt } from './receipt.ts'

/** An entity that nobody has registered: the owner of the notices of which others are secondary beneficiaries. */
export const STRANGER = {
  fiscalCode: '00000000990',
  companyName: 'Ente Estraneo di Prova',
  iban: 'IT00X0000000000000000000990',
}
const STRANGER_SHARE_CENTS = 1_000

/** The data of a receipt: those of the payment, bent as the misbehaviour asks. */
export function bentData(paid: PaymentData, misbehaviour: Misbehaviour, noticeNumber: string): PaymentData {
  const data = misbehaviour.unknownNotice
    ? { ...paid, creditorReferenceId: creditorReference(noticeNumber) }
    : paid
  const { amountCents } = misbehaviour
  if (amountCents === undefined) return data
  const [first, ...others] = data.transfers
  const rest = others.reduce((sum, transfer) => sum + transfer.amountCents, 0)
  // The transfers still sum up to the amount: this receipt is wrong towards the notice, not in itself.
  const transfers =
    amountCents > rest
      ? [{ ...first!, amountCents: amountCents - rest }, ...others]
      : [{ ...first!, amountCents }]
  return { ...data, amountCents, transfers }
}

/** The further receipts that a misbehaviour invents around a payment, all for the same creditor's station. */
export function extraReceipts(
  receipt: Receipt,
  misbehaviour: Misbehaviour,
  creditor: Creditor,
  registry: Registry,
): Receipt[] {
  return [
    ...(misbehaviour.secondReceipt ? [{ ...receipt, receiptId: newReceiptId() }] : []),
    ...(misbehaviour.broadcast ? [broadcastReceipt(receipt, creditor, registry)] : []),
    ...(misbehaviour.secondaryBeneficiary ? [secondaryReceipt(receipt, creditor)] : []),
  ]
}

/** The stations that hear of every receipt of theirs, also of those that another station of the creditor serves. */
export function broadcastStations(receipt: Receipt, served: Creditor, registry: Registry): Creditor[] {
  const concerned = new Set([
    receipt.fiscalCode,
    ...receipt.data.transfers.map((transfer) => transfer.fiscalCodePA),
  ])
  return registry
    .all()
    .filter(({ id, broadcast, fiscalCode }) => broadcast && id !== served.id && concerned.has(fiscalCode))
}

/** A payment of the same creditor under a segregation code that nobody has registered: another intermediary's. */
function broadcastReceipt(receipt: Receipt, creditor: Creditor, registry: Registry): Receipt {
  const isFree = (code: string) => registry.byId(`${creditor.fiscalCode}-${code}`) === undefined
  const code = ['47', '45', '44', '43', '42'].find(isFree) ?? '81'
  return onNotice(receipt, unknownNoticeNumber(`3${code}`), receipt.data)
}

/** A payment to somebody else of which this creditor has a share, as large as what was really paid to it. */
function secondaryReceipt(receipt: Receipt, creditor: Creditor): Receipt {
  const base = String(randomInt(1e12)).padStart(13, '0')
  const noticeNumber = `301${base}${checkDigits(`301${base}`)}`
  const reference = creditorReference(noticeNumber)
  const own = receipt.data.transfers.find((transfer) => transfer.fiscalCodePA === creditor.fiscalCode)
  const ownCents = own?.amountCents ?? receipt.data.amountCents
  const share = (idTransfer: number, amountCents: number, to: { fiscalCodePA: string; iban: string }) => ({
    ...to,
    idTransfer,
    amountCents,
    remittanceInformation: `/RFB/${reference}/${wireAmount(amountCents)}`,
    transferCategory: '9/0107101TS/',
  })
  const data = {
    ...receipt.data,
    description: 'Pagamento di un altro ente',
    companyName: STRANGER.companyName,
    amountCents: STRANGER_SHARE_CENTS + ownCents,
    transfers: [
      share(1, STRANGER_SHARE_CENTS, { fiscalCodePA: STRANGER.fiscalCode, iban: STRANGER.iban }),
      share(2, ownCents, { fiscalCodePA: creditor.fiscalCode, iban: own?.iban ?? creditor.ibans[0]! }),
    ],
  }
  return { ...onNotice(receipt, noticeNumber, data), fiscalCode: STRANGER.fiscalCode, outcome: 'OK' }
}

function onNotice(receipt: Receipt, noticeNumber: string, data: PaymentData): Receipt {
  const { paymentNote: _, ...rest } = receipt
  return {
    ...rest,
    receiptId: newReceiptId(),
    noticeNumber,
    data: { ...data, creditorReferenceId: creditorReference(noticeNumber) },
  }
}

function newReceiptId(): string {
  return randomUUID().replaceAll('-', '')
}
