import type { PaidReceipt, PaidReceipts } from '../node/paid-receipts.ts'
import { shareOf } from '../node/paid-receipts.ts'
import { romeDate } from '../wire/calendar.ts'
import type { Registry } from '../world/registry.ts'
import type { Flow, FlowLine } from './flow.ts'
import type { Flows } from './flows.ts'

/** The longest iur of the published interface. */
const IUR_MOST = 35

/**
 * Makes a flow for each creditor and PSP of what was paid up to that Rome day and stands in no flow yet, and marks it
 * as reported. Receipts written by hand count only once a creditor has taken them: before, they are nobody's money.
 */
export function closeDay(
  parts: { paid: PaidReceipts; flows: Flows; registry: Registry; now: () => Date },
  wanted: { fiscalCode?: string | undefined; pspId?: string | undefined; date?: string | undefined },
): Flow[] {
  const { paid, flows, registry, now } = parts
  const date = wanted.date ?? romeDate(now())
  const isToday = date === romeDate(now())
  const creditors = new Set(registry.all().map((creditor) => creditor.fiscalCode))
  const due = paid.all().filter((entry) => isDue(entry, date))
  const published: Flow[] = []
  for (const organizationId of creditors) {
    if (wanted.fiscalCode !== undefined && wanted.fiscalCode !== organizationId) continue
    const open = due.filter(
      ({ receipt, reported }) =>
        !reported.includes(organizationId) && shareOf(receipt, organizationId).length > 0,
    )
    for (const [pspId, entries] of Map.groupBy(open, ({ receipt }) => receipt.psp.id)) {
      if (wanted.pspId !== undefined && wanted.pspId !== pspId) continue
      published.push(
        flows.publish({
          organizationId,
          pspId,
          lines: entries.flatMap((entry) => linesOf(entry, organizationId)),
          // A PSP closes its day in the evening.
          ...(isToday ? {} : { flowDate: `${date}T20:00:00.000Z` }),
        }),
      )
      for (const entry of entries) paid.markReported(entry, organizationId)
    }
  }
  return published
}

function isDue({ receipt, origin, told }: PaidReceipt, date: string): boolean {
  if (receipt.outcome !== 'OK' || romeDate(new Date(receipt.paidAt)) > date) return false
  return origin !== 'direct' || Object.values(told).includes('delivered')
}

function linesOf({ receipt }: PaidReceipt, organizationId: string): FlowLine[] {
  return shareOf(receipt, organizationId).map((transfer) => ({
    iuv: receipt.data.creditorReferenceId,
    iur: receipt.receiptId.slice(0, IUR_MOST),
    idTransfer: transfer.idTransfer,
    amountCents: transfer.amountCents,
    payStatus: receipt.standIn ? 'STAND_IN' : 'EXECUTED',
    payDate: receipt.paidAt,
  }))
}
