import type { RomeDate } from '../clock.ts'
import type { LineCode } from '../db/reconciliation-schema.ts'
import type { ReceiptFacts } from '../receipts/settle.ts'

/** What names one publication of a flow. */
export interface FlowName {
  pspId: string
  flowId: string
  revision: number
}

/** An entry of the list of published flows. */
export interface PublishedFlow extends FlowName {
  flowDate: Date
  publishedAt: Date
}

/** The head of a flow. Declared totals are the PSP's own, in cents; undefined where it gives none. */
export interface FlowHeader {
  pspName: string
  regulation: string
  /** The Rome day of the bank transfer. */
  regulationDate: RomeDate
  declaredCount: number | undefined
  declaredCents: bigint | undefined
}

/**
 * A line as far as it can be read: what cannot is left out and told in `unreadable`, in English without the value.
 * `place` is its number among the flow's lines as they come, from 1.
 */
export interface FlowEntry {
  place: number
  index: number | undefined
  iuv: string | undefined
  iur: string | undefined
  idTransfer: number | undefined
  amountCents: bigint
  code: LineCode | undefined
  payDate: RomeDate | undefined
  unreadable: string | undefined
}

/** What pagoPA reports as paid out to a creditor; pagopa/ fulfils it. Every call may throw UpstreamError. */
export interface ReportingSource {
  /**
   * A page, from 1, of what was published after an instant, of flows dated from another on.
   * @returns `unreadable`: how many entries of the page could not be understood
   */
  listFlows(query: {
    creditorFiscalCode: string
    publishedAfter: Date
    flowDateFrom: Date
    page: number
  }): Promise<{ flows: PublishedFlow[]; unreadable: number; pages: number }>
  /** @returns undefined when it is not there (any more) */
  readHeader(creditorFiscalCode: string, name: FlowName): Promise<FlowHeader | undefined>
  /** A page, from 1, of at most 1000 lines. */
  readLines(
    creditorFiscalCode: string,
    name: FlowName,
    page: number,
  ): Promise<{ lines: FlowEntry[]; pages: number }>
}

/** A receipt asked for by the references of a flow's line. */
export type FetchedReceipt =
  | { readonly kind: 'found'; readonly facts: ReceiptFacts; readonly raw: Buffer }
  /** Not there yet, or never: nobody can tell the two apart. */
  | { readonly kind: 'not-there' }
  /** The third party counts more calls than we did. */
  | { readonly kind: 'too-many' }

/** Where receipts that never came are asked for; pagopa/ fulfils it. */
export interface ReceiptSource {
  /** Names the budget of calls that all users of the same subscription share; holds no secret. */
  readonly budget: string
  /** @throws UpstreamError retryable or not, as for every third party */
  fetchReceipt(query: { creditorFiscalCode: string; iuv: string; iur: string }): Promise<FetchedReceipt>
}
