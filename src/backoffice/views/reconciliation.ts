import type { RomeDate } from '#core/clock.ts'
import type { FieldErrors, Option, PageView } from '#pages/view.ts'
import type { Badge, Tile } from './tile.ts'

/** `pages/office/reconciliation`: where the money stands between pagoPA and the bank. */
export interface ReconciliationView extends PageView {
  readonly tiles: readonly Tile[]
  /** The open differences by kind. */
  readonly open: readonly { readonly kind: string; readonly count: number; readonly href: string }[]
  readonly mayUpload: boolean
}

/** `pages/office/flows`: GET `{base}/riconciliazione/flussi?dopo=`. */
export interface FlowsView extends PageView {
  readonly parentHref: string
  readonly rows: readonly FlowRow[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}

export interface FlowRow {
  readonly href: string
  readonly on: RomeDate
  readonly name: string
  readonly pspName: string
  readonly state: Badge
  readonly ourCount: number
  readonly matchedCount: number
  readonly ourCents: bigint
  readonly settledCents: bigint
  readonly openDifferences: number
}

/** `pages/office/flow`: GET `{base}/riconciliazione/flussi/<id>?dopo=`. */
export interface FlowView extends PageView {
  readonly row: FlowRow
  readonly parentHref: string
  readonly pspId: string
  readonly revision: number
  readonly regulation: string
  readonly regulationDate: RomeDate
  readonly publishedAt: Date
  readonly linesCount: number
  readonly linesCents: bigint
  readonly declaredCount: number | null
  readonly declaredCents: bigint | null
  readonly bankCents: bigint | null
  readonly differencesHref: string
  readonly lines: readonly FlowLineRow[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}

export interface FlowLineRow {
  readonly index: number
  readonly payDate: RomeDate | null
  readonly iuv: string
  readonly amountCents: bigint
  /** What the PSP reports: paid, revoked, paid without our answer. */
  readonly code: string
  readonly match: Badge
  readonly unreadable: string | null
  readonly paymentHref: string | null
}

/** `pages/office/differences`: GET `{base}/riconciliazione/differenze?stato=&tipo=&flusso=&dopo=`. */
export interface DifferencesView extends PageView {
  readonly parentHref: string
  readonly states: readonly Option[]
  readonly kinds: readonly Option[]
  readonly flow: string
  readonly filtered: boolean
  readonly rows: readonly DifferenceRow[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}

export interface DifferenceRow {
  readonly href: string
  readonly openedAt: Date
  readonly kind: string
  readonly state: Badge
  readonly about: string
  readonly expectedCents: bigint | null
  readonly foundCents: bigint | null
}

/** `pages/office/difference`: POST `{base}/riconciliazione/differenze/<id>/accetta` with `note`. */
export interface DifferenceView extends PageView {
  readonly id: string
  readonly row: DifferenceRow
  readonly parentHref: string
  /** What it means and what can be done about it. */
  readonly advice: string
  readonly flow: { readonly href: string; readonly name: string; readonly pspName: string } | null
  readonly line: { readonly index: number; readonly iuv: string; readonly iur: string } | null
  readonly receipt: { readonly receiptId: string; readonly noticeNumber: string } | null
  readonly paymentHref: string | null
  readonly movement: {
    readonly bookedOn: RomeDate
    readonly cents: bigint
    readonly remittance: string
  } | null
  readonly reopenedAt: Date | null
  readonly resolvedAt: Date | null
  readonly accepted: { readonly at: Date; readonly by: string; readonly note: string } | null
  readonly mayAccept: boolean
  readonly noteMaximum: number
  readonly values: { readonly note: string }
  readonly errors: FieldErrors<'note'>
}

/** `pages/office/bank`: POST `{base}/riconciliazione/banca` (multipart, `file`); GET `?estratto=&mostra=&dopo=`. */
export interface BankView extends PageView {
  readonly parentHref: string
  readonly mayUpload: boolean
  readonly errors: FieldErrors<'file'>
  /** What is wrong with the file, row by row. */
  readonly problems: readonly { readonly row: number; readonly column: string; readonly what: string }[]
  /** More problems than are listed. */
  readonly moreProblems: number
  readonly result: {
    readonly fileName: string
    readonly uploadedAt: Date
    readonly tiles: readonly Tile[]
  } | null
  readonly filters: readonly Option[]
  readonly rows: readonly MovementRow[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}

export interface MovementRow {
  readonly on: RomeDate
  readonly cents: bigint
  readonly remittance: string
  readonly match: Badge
  readonly flow: { readonly href: string; readonly name: string } | null
}
