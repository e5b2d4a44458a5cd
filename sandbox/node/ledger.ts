import type { Registry } from '../world/registry.ts'
import type { PaidReceipt, PaidReceipts } from './paid-receipts.ts'
import { shareOf } from './paid-receipts.ts'

/** How a share of a receipt stands with the creditor it belongs to. */
type ShareState = 'accepted' | 'dropped' | 'underWay' | 'refused' | 'notTold'

/**
 * What one creditor, under one segregation code, was paid. `segregationCode` is null for shares of other entities'
 * notices (secondary beneficiary). All amounts are cents; `paidCents` is the sum of the other five.
 */
export interface LedgerEntry {
  readonly fiscalCode: string
  readonly segregationCode: string | null
  /** Whether a station of that code is registered: without one the money is somebody else's business. */
  readonly isRegistered: boolean
  readonly receipts: number
  readonly paidCents: number
  /** The creditor said OK, or that it has it already. */
  readonly acceptedCents: number
  /** Never sent, by order: to be found through the flows. */
  readonly droppedCents: number
  /** Not yet answered, or given up after the last try. */
  readonly underWayCents: number
  /** The creditor answered with a well-formed KO. */
  readonly refusedCents: number
  /** The creditor has a share but no receipt of this kind is sent to it. */
  readonly notToldCents: number
  /** Receipts of payments that failed, worth nothing. */
  readonly koReceipts: number
}

/** One receipt's share in the ledger, for who looks for a difference. */
export interface LedgerLine {
  readonly receiptId: string
  readonly ownerFiscalCode: string
  readonly noticeNumber: string
  readonly fiscalCode: string
  readonly segregationCode: string | null
  readonly shareCents: number
  readonly outcome: 'OK' | 'KO'
  readonly state: ShareState
  readonly standIn: boolean
  readonly origin: PaidReceipt['origin']
  readonly reported: boolean
}

/** The share lines of all receipts, oldest first; only one creditor's when `fiscalCode` is given. */
export function ledgerLines(paid: PaidReceipts, fiscalCode?: string): LedgerLine[] {
  return paid.all().flatMap((entry) => {
    const { receipt } = entry
    const creditors = new Set(receipt.data.transfers.map((transfer) => transfer.fiscalCodePA))
    return [...creditors]
      .filter((creditor) => fiscalCode === undefined || creditor === fiscalCode)
      .map((creditor) => lineOf(entry, creditor))
  })
}

/** The sums of the lines, by creditor and segregation code. */
export function ledgerEntries(lines: readonly LedgerLine[], registry: Registry): LedgerEntry[] {
  const groups = Map.groupBy(lines, (line) => `${line.fiscalCode}-${line.segregationCode ?? ''}`)
  return [...groups.values()].map((group) => {
    const { fiscalCode, segregationCode } = group[0]!
    const real = group.filter((line) => line.outcome === 'OK')
    const sum = (state?: ShareState) =>
      real.reduce((total, line) => (state && line.state !== state ? total : total + line.shareCents), 0)
    return {
      fiscalCode,
      segregationCode,
      isRegistered:
        segregationCode === null
          ? registry.withFiscalCode(fiscalCode).length > 0
          : registry.byId(`${fiscalCode}-${segregationCode}`) !== undefined,
      receipts: real.length,
      paidCents: sum(),
      acceptedCents: sum('accepted'),
      droppedCents: sum('dropped'),
      underWayCents: sum('underWay'),
      refusedCents: sum('refused'),
      notToldCents: sum('notTold'),
      koReceipts: group.length - real.length,
    }
  })
}

function lineOf(entry: PaidReceipt, fiscalCode: string): LedgerLine {
  const { receipt, told, origin, reported } = entry
  const { noticeNumber } = receipt
  const states = Object.entries(told).flatMap(([id, state]) => (id.startsWith(`${fiscalCode}-`) ? state : []))
  return {
    receiptId: receipt.receiptId,
    ownerFiscalCode: receipt.fiscalCode,
    noticeNumber,
    fiscalCode,
    segregationCode:
      receipt.fiscalCode === fiscalCode && noticeNumber.startsWith('3') ? noticeNumber.slice(1, 3) : null,
    shareCents: shareOf(receipt, fiscalCode).reduce((sum, transfer) => sum + transfer.amountCents, 0),
    outcome: receipt.outcome,
    state: shareState(states),
    standIn: receipt.standIn,
    origin,
    reported: reported.includes(fiscalCode),
  }
}

function shareState(states: readonly string[]): ShareState {
  if (states.includes('delivered')) return 'accepted'
  if (states.includes('pending') || states.includes('stuck')) return 'underWay'
  if (states.includes('dropped')) return 'dropped'
  return states.includes('refused') ? 'refused' : 'notTold'
}
