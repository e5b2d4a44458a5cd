import { romeDate } from '#core/clock.ts'
import { standingOf } from '#core/top-ups/standing.ts'
import type { TopUp } from '#core/top-ups/top-up.ts'
import type { PaidReceipt, PaymentState, ReceiptCopy } from '../views/payment.ts'

/** The state of a top-up as people see it: an open one may be awaited, or its online attempt may have failed. */
export function stateOf(topUp: TopUp, now: Date): PaymentState {
  const { state, onlineAttempt } = standingOf(topUp, now)
  if (onlineAttempt === 'failed') return 'failed'
  return onlineAttempt === 'awaited' ? 'waiting' : state
}

/**
 * What the receipt column offers of a top-up. Notice and copy of what an invited person asked for are that person's;
 * `payable` is false also where the reader may not pay any more.
 */
export function copyOf(topUp: TopUp, base: string, now: Date, payable = true): ReceiptCopy {
  const { receipt, id } = topUp
  if (topUp.invitation) return { kind: 'none' }
  if (receipt) {
    if (romeDate(now) < receipt.copyAvailableOn) return { kind: 'from', on: receipt.copyAvailableOn }
    return { kind: 'download', href: `${base}/ricevute/${receipt.id}` }
  }
  const state = stateOf(topUp, now)
  if (!payable) return { kind: 'none' }
  if (state === 'failed') return { kind: 'retry', href: `${base}/pagamenti/${id}` }
  return state === 'open' || state === 'waiting'
    ? { kind: 'notice', href: `${base}/avvisi/${id}` }
    : { kind: 'none' }
}

/** The data of the receipt that paid a top-up. */
export function paidReceipt(topUp: TopUp, base: string, now: Date): PaidReceipt | null {
  const { receipt } = topUp
  if (!receipt) return null
  const afterCents = receipt.balanceAfterCents
  return {
    paidAt: receipt.paidAt ?? receipt.arrivedAt,
    pspName: receipt.pspName,
    receiptId: receipt.receiptId,
    iuv: receipt.creditorReference,
    payerName: null,
    creditedCents: receipt.creditedCents,
    feeCents: receipt.feeCents ?? null,
    balance:
      afterCents === undefined ? null : { beforeCents: afterCents - receipt.creditedCents, afterCents },
    copy: copyOf(topUp, base, now),
  }
}
