import type { RomeDate } from '#core/clock.ts'
import type { WordedStep } from '#core/top-ups/timeline.ts'
import type { FieldErrors, Option, PageView } from '#pages/view.ts'
import type { Badge, Tile } from './tile.ts'

/** `pages/office/payments`: GET `{base}/pagamenti?codice=&psp=&dal=&al=&stato=&anomali=&dopo=`. */
export interface PaymentsListView extends PageView {
  readonly values: {
    readonly codice: string
    readonly psp: string
    readonly dal: string
    readonly al: string
    readonly anomali: boolean
  }
  readonly states: readonly Option[]
  readonly errors: FieldErrors<'dal' | 'al'>
  readonly filtered: boolean
  readonly rows: readonly PaymentListRow[]
  /** Receipts that the code names and that no payment of ours holds. */
  readonly loose: readonly LooseRow[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}

export interface PaymentListRow {
  readonly href: string
  readonly on: RomeDate
  readonly childName: string
  readonly noticeNumber: string
  readonly channel: string
  readonly pspName: string
  readonly askedCents: bigint
  readonly receivedCents: bigint
  readonly state: Badge
  readonly irregular: boolean
}

export interface LooseRow {
  readonly arrivedAt: Date
  readonly receiptId: string
  readonly noticeNumber: string
  readonly pspName: string
  readonly ourCents: bigint
  readonly disposition: string
  readonly rawHref: string
}

/** `pages/office/payment`: everything about one payment. */
export interface PaymentDossierView extends PageView {
  readonly parentHref: string
  readonly childName: string
  readonly category: string
  readonly debtorName: string | null
  readonly state: Badge
  readonly channel: string
  readonly noticeNumber: string
  readonly askedCents: bigint
  /** What all receipts brought. */
  readonly receivedCents: bigint
  readonly createdAt: Date
  /** The last day on which it can be paid. */
  readonly payableUntil: RomeDate
  readonly description: string
  /** Other payments of the same cart. */
  readonly together: readonly { readonly href: string; readonly childName: string; readonly cents: bigint }[]
  readonly receipts: readonly ReceiptView[]
  readonly timeline: readonly WordedStep[]
}

export interface ReceiptView {
  readonly id: string
  readonly title: string
  readonly disposition: Badge
  readonly irregularities: readonly string[]
  readonly amountCents: bigint
  readonly ourCents: bigint
  readonly feeCents: bigint | null
  readonly psp: string
  readonly way: string
  readonly receiptId: string
  readonly iuv: string
  readonly description: string
  readonly paidAt: Date | null
  readonly applicationDate: RomeDate | null
  readonly transferDate: RomeDate | null
  readonly arrivedAt: Date
  readonly copyAvailableOn: RomeDate
  readonly told: string
  readonly balanceAfterCents: bigint | null
  readonly settledAt: Date | null
  readonly flow: { readonly href: string; readonly name: string } | null
  readonly openDifferences: number
  readonly rawHref: string
}

/** `pages/office/suspense`: GET `{base}/sospesi?dopo=`. */
export interface SuspenseView extends PageView {
  readonly totals: readonly Tile[]
  readonly agree: boolean
  readonly rows: readonly SuspenseRow[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}

export interface SuspenseRow {
  readonly arrivedAt: Date
  readonly paidAt: Date | null
  readonly why: Badge
  readonly irregularities: readonly string[]
  readonly noticeNumber: string
  readonly iuv: string
  readonly receiptId: string
  readonly description: string
  readonly pspName: string
  readonly ourCents: bigint
  /** The payment that was made before; null for an unknown notice. */
  readonly paymentHref: string | null
  readonly rawHref: string
}
