import type { RomeDate } from '#core/clock.ts'
import type { TillWay } from '#core/db/office-ledger-tables.ts'
import type { FieldErrors, Option, PageView } from '#pages/view.ts'
import type { Badge } from './tile.ts'

/** `pages/office/correction`: POST to its own address with `transaction`, or `direction` and `amount`; `reason`. */
export interface CorrectionView extends PageView {
  readonly action: string
  readonly parentHref: string
  readonly childName: string
  readonly category: string
  readonly balanceCents: bigint
  /** What is to be taken back; null for an adjustment. */
  readonly movement: {
    readonly transactionId: string
    readonly what: string
    readonly at: Date
    readonly note: string
    readonly cents: bigint
  } | null
  /** Above this a second person has to approve; 0 for always. */
  readonly limitCents: bigint
  /** A meal is taken back at once. */
  readonly mayWait: boolean
  readonly directions: readonly Option[]
  readonly values: { readonly amount: string; readonly reason: string }
  readonly errors: FieldErrors<'direction' | 'amount' | 'reason'>
}

/** `pages/office/wallet-state`: POST to its own address with `state`, `reason`. */
export interface WalletStateView extends PageView {
  readonly action: string
  readonly parentHref: string
  readonly childName: string
  readonly category: string
  readonly balanceCents: bigint
  readonly state: Badge
  readonly openNotices: number
  readonly choices: readonly (Option & { readonly note: string })[]
  readonly values: { readonly reason: string }
  readonly errors: FieldErrors<'state' | 'reason'>
}

/** `pages/office/till-entry`: POST to its own address with the fields of `values`. */
export interface TillEntryView extends PageView {
  readonly action: string
  readonly parentHref: string
  readonly childName: string
  readonly category: string
  /** The last day on which it can be recorded; null without end. */
  readonly lastDay: RomeDate | null
  readonly ways: readonly Option[]
  readonly values: {
    readonly amount: string
    readonly paidOn: string
    readonly slip: string
    readonly note: string
  }
  readonly errors: FieldErrors<'amount' | 'way' | 'paidOn' | 'slip' | 'note'>
}

/** `pages/office/till`: what was recorded at the desk. GET `{base}/sportello?dopo=`. */
export interface TillView extends PageView {
  readonly isOpen: boolean
  readonly pagopaOnlyFrom: RomeDate | null
  readonly lastDay: RomeDate | null
  readonly rows: readonly {
    readonly href: string
    readonly number: string
    readonly paidOn: RomeDate
    readonly childName: string
    readonly way: TillWay
    readonly slip: string
    readonly cents: bigint
    readonly recordedBy: string
    readonly isReversed: boolean
  }[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}

/** `pages/office/till-receipt`: to print and hand over. */
export interface TillReceiptView extends PageView {
  readonly parentHref: string
  readonly number: string
  readonly childName: string
  readonly category: string
  readonly cents: bigint
  readonly way: TillWay
  readonly paidOn: RomeDate
  readonly slip: string
  readonly note: string
  readonly recordedAt: Date
  readonly recordedBy: string
  readonly walletHref: string
  readonly reversedAt: Date | null
}

/** `pages/office/approvals`: everything that waits for a second person. */
export interface ApprovalsView extends PageView {
  readonly rows: readonly {
    readonly href: string
    /** What it is, in the reader's language. */
    readonly what: string
    readonly about: string
    readonly reason: string
    readonly cents: bigint
    readonly askedBy: string
    readonly isOwn: boolean
    readonly askedAt: Date
    /** The last day on which it can be approved. */
    readonly until: RomeDate | null
  }[]
}

/** `pages/office/approval`: POST `{base}/da-approvare/<id>/approva`, `…/rifiuta` (`reason`). */
export interface ApprovalView extends PageView {
  readonly id: string
  readonly parentHref: string
  readonly what: string
  readonly childName: string
  readonly childHref: string
  readonly category: string
  readonly cents: bigint
  readonly balanceCents: bigint
  readonly afterCents: bigint
  readonly reason: string
  readonly askedBy: string
  readonly askedAt: Date
  readonly until: RomeDate | null
  readonly standing: Badge
  readonly decided: {
    readonly at: Date
    readonly by: string
    readonly refusal: string | null
  } | null
  readonly isWaiting: boolean
  readonly isOwn: boolean
  readonly mayApprove: boolean
  readonly values: { readonly reason: string }
  readonly errors: FieldErrors<'reason'>
}
