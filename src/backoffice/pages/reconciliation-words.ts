import { romeDate } from '#core/clock.ts'
import type { DifferenceState, FlowState, LineCode } from '#core/db/reconciliation-schema.ts'
import { translator, type Language } from '#core/i18n.ts'
import type { FlowLine, FlowSummary } from '#core/reconciliation/read.ts'
import type { Difference } from '#core/reconciliation/read-differences.ts'
import type { Badge } from '../views/tile.ts'
import type { DifferenceRow, FlowLineRow, FlowRow } from '../views/reconciliation.ts'

const FLOW_TONES: Record<FlowState, Badge['tone']> = {
  current: 'paid',
  incomplete: 'open',
  superseded: 'plain',
}

/** A flow as a list shows it. */
export function flowRow(flow: FlowSummary, base: string, language: Language): FlowRow {
  return {
    href: `${base}/riconciliazione/flussi/${flow.id}`,
    on: romeDate(flow.flowDate),
    name: flow.flowId,
    pspName: flow.pspName,
    state: { text: translator(language)(`office.flow_state.${flow.state}`), tone: FLOW_TONES[flow.state] },
    ourCount: flow.ourCount,
    matchedCount: flow.matchedCount,
    ourCents: flow.ourCents,
    settledCents: flow.settledCents,
    openDifferences: flow.openDifferences,
  }
}

/** A line of a flow as its page shows it. */
export function lineRow(line: FlowLine, base: string, language: Language): FlowLineRow {
  return {
    index: line.index,
    payDate: line.payDate ?? null,
    iuv: line.iuv ?? '–',
    amountCents: line.amountCents,
    code: translator(language)(`office.line_code.${codeKey(line.code)}`),
    match: matchOf(line, language),
    unreadable: line.unreadable ?? null,
    paymentHref: line.topUpId ? `${base}/pagamenti/${line.topUpId}` : null,
  }
}

function codeKey(code: LineCode | undefined): string {
  return code === undefined ? 'none' : String(code)
}

function matchOf(line: FlowLine, language: Language): Badge {
  const t = translator(language)
  if (!line.ours) return { text: t('office.match.foreign'), tone: 'plain' }
  if (line.settledAt) return { text: t('office.match.settled'), tone: 'paid' }
  return line.receiptRowId
    ? { text: t('office.match.matched'), tone: 'waiting' }
    : { text: t('office.match.open'), tone: 'open' }
}

const DIFFERENCE_TONES: Record<DifferenceState, Badge['tone']> = {
  open: 'open',
  resolved: 'paid',
  accepted: 'plain',
}

/** A difference as a list shows it. */
export function differenceRow(difference: Difference, base: string, language: Language): DifferenceRow {
  const t = translator(language)
  return {
    href: `${base}/riconciliazione/differenze/${difference.id}`,
    openedAt: difference.openedAt,
    kind: t(`office.difference.${difference.kind}`),
    state: {
      text: t(`office.difference_state.${difference.state}`),
      tone: DIFFERENCE_TONES[difference.state],
    },
    about: about(difference),
    expectedCents: difference.expectedCents ?? null,
    foundCents: difference.foundCents ?? null,
  }
}

/** The name by which people know the thing: the payment's IUV, the flow, or the bank's text. */
function about({ line, receipt, flow, movement }: Difference): string {
  return line?.iuv ?? receipt?.noticeNumber ?? flow?.flowId ?? movement?.remittance ?? ''
}
