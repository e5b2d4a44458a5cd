import type { StoredRecord } from '../state/store.ts'
import { checkDigits } from '../node/notice-number.ts'

/** How one payment of a flow ended; on the older wire 0, 3, 4, 8 and 9 (protocol §5). */
export const PAY_STATUSES = ['EXECUTED', 'REVOKED', 'STAND_IN', 'STAND_IN_NO_RPT', 'NO_RPT'] as const
export type PayStatus = (typeof PAY_STATUSES)[number]

/** One line of a flow. Amounts are cents here and become euro decimals on the wire; payDate is an instant. */
export interface FlowLine {
  readonly iuv: string
  readonly iur: string
  readonly idTransfer: number
  readonly amountCents: number
  readonly payStatus: PayStatus
  readonly payDate: string
}

/**
 * Lines that follow a rule, so that a hundred thousand of them need no room. Line i, from 1: the notice with the
 * base `firstBase + i - 1`, the iur `iurPrefix` and i in ten digits, `amountCents + (i - 1) % amountCycle` cents.
 */
export interface SyntheticLines {
  readonly count: number
  readonly segregationCode: string
  readonly firstBase: number
  readonly iurPrefix: string
  readonly amountCents: number
  readonly amountCycle: number
  readonly payDate: string
  /** Single lines that break the rule, by their index. */
  readonly changes: Readonly<Record<string, Partial<FlowLine>>>
}

/** The credit at the creditor's bank; `date` is the calendar day in Rome. */
export interface BankCredit {
  readonly amountCents: number
  readonly date: string
  readonly text: string
}

/** A published flow of one PSP for one creditor, all its segregation codes together. */
export interface Flow extends StoredRecord {
  readonly fdr: string
  readonly revision: number
  readonly organizationId: string
  readonly organizationName: string
  readonly pspId: string
  readonly pspName: string
  readonly flowDate: string
  readonly published: string
  readonly regulation: string
  readonly regulationDate: string
  /** What the header says, which an order may have made to differ from the lines. */
  readonly totPayments: number
  readonly sumCents: number
  readonly computedTotPayments: number
  readonly computedSumCents: number
  readonly lines: readonly FlowLine[] | SyntheticLines
  /** Null where no money came, as for a further revision of a flow already paid. */
  readonly bank: BankCredit | null
}

/** How many lines there are. */
export function lineCount(lines: Flow['lines']): number {
  return 'count' in lines ? lines.count : lines.length
}

/** Lines from the one at `offset` (0 is the first), `most` of them. */
export function linesFrom(lines: Flow['lines'], offset: number, most: number): FlowLine[] {
  if (!('count' in lines)) return lines.slice(offset, offset + most)
  const end = Math.min(lines.count, offset + most)
  return Array.from({ length: Math.max(0, end - offset) }, (_, at) => syntheticLine(lines, offset + at + 1))
}

/** What the lines sum up to, in cents. */
export function sumOf(lines: Flow['lines']): number {
  return linesFrom(lines, 0, lineCount(lines)).reduce((sum, line) => sum + line.amountCents, 0)
}

function syntheticLine(rule: SyntheticLines, index: number): FlowLine {
  const { segregationCode, firstBase, iurPrefix, amountCents, amountCycle, payDate, changes } = rule
  const first16 = `3${segregationCode}${String(firstBase + index - 1).padStart(13, '0')}`
  return {
    iuv: `${first16.slice(1)}${checkDigits(first16)}`,
    iur: `${iurPrefix}${String(index).padStart(10, '0')}`,
    idTransfer: 1,
    amountCents: amountCents + ((index - 1) % amountCycle),
    payStatus: 'EXECUTED',
    payDate,
    ...changes[index],
  }
}
