import type { RomeDate } from '#core/clock.ts'
import type { FieldErrors, Option, PageView } from './page.ts'

/** The state of a top-up as people see it: `failed` is an online attempt that came to nothing. */
export type PaymentState = 'open' | 'waiting' | 'paid' | 'expired' | 'cancelled' | 'failed'

/**
 * `pages/notice`, "Informazioni utili". Posts `{base}/avvisi/<id>/email` (`email`) and
 * `{base}/avvisi/<id>/annulla`; the document is `{base}/avvisi/<id>/avviso.pdf`.
 */
export interface NoticeView extends PageView {
  readonly topUpId: string
  readonly state: PaymentState
  readonly amountCents: bigint
  readonly description: string
  readonly dueOn: RomeDate
  readonly noticeNumber: string
  readonly creditor: { readonly name: string; readonly fiscalCode: string }
  readonly debtorName: string
  /** Whether the notice can be printed, sent, withdrawn: also after an attempt online that came to nothing. */
  readonly payable: boolean
  readonly childFirstName: string
  /** Server-made markup of the pagoPA code; null once it can no longer be paid. */
  readonly qrSvg: string | null
  readonly values: { readonly email: string }
  readonly errors: FieldErrors<'email'>
  readonly timeline: readonly TimelineStep[]
}

/** `pages/payment`: the outcome of one top-up, or of a cart of several. */
export interface PaymentView extends PageView {
  /** `open`: not paid yet and nothing is awaited. */
  readonly state: PaymentState
  /** Which texts tell the outcome: `abandoned` when the parent gave up at Checkout, and nothing went wrong. */
  readonly words: PaymentState | 'abandoned'
  readonly totalCents: bigint
  readonly items: readonly PaymentItem[]
  /** While waiting: seconds until the page looks again; null when it need not. */
  readonly refreshSeconds: number | null
  /** Where a form makes another attempt; null when there is none. */
  readonly retryHref: string | null
  /** The notice of a single top-up that can still be paid otherwise; null when there is none. */
  readonly noticeHref: string | null
}

export interface PaymentItem {
  readonly topUpId: string
  readonly state: PaymentState
  readonly childName: string
  readonly category: string
  readonly amountCents: bigint
  readonly noticeNumber: string
  readonly channel: string
  readonly creditor: { readonly name: string; readonly fiscalCode: string }
  readonly receipt: PaidReceipt | null
  readonly timeline: readonly TimelineStep[]
}

/** The data of the Node's receipt. */
export interface PaidReceipt {
  readonly paidAt: Date
  readonly pspName: string
  /** The node's id of the receipt. */
  readonly receiptId: string
  readonly iuv: string
  readonly payerName: string | null
  readonly creditedCents: bigint
  /** What the PSP took on top; null where it did not say. */
  readonly feeCents: bigint | null
  readonly balanceBeforeCents: bigint
  readonly balanceAfterCents: bigint
  readonly copy: ReceiptCopy
}

/** What the receipt column offers. Hrefs: `{base}/ricevute/<receiptCopyId>`, `{base}/avvisi/<topUpId>`. */
export type ReceiptCopy =
  | { readonly kind: 'download'; readonly href: string }
  | { readonly kind: 'from'; readonly on: RomeDate }
  | { readonly kind: 'notice'; readonly href: string }
  | { readonly kind: 'retry'; readonly href: string }
  | { readonly kind: 'none' }

/** One step of "dov'è il mio pagamento?"; `step` is a key under `portal.timeline`. */
export interface TimelineStep {
  readonly step: (typeof TIMELINE_STEPS)[number]
  readonly at: Date
  /** Who said so: our name, the Node, a PSP. */
  readonly source: string
}

/** The steps that a payment can take, in their usual order. */
export const TIMELINE_STEPS = [
  'created',
  'notice_emailed',
  'verified',
  'activated',
  'returned',
  'paid',
  'receipt',
  'credited',
  'copy_available',
  'expired',
  'cancelled',
] as const

/** `pages/payments`: GET `{base}/pagamenti?figlio=&stato=&dopo=`. */
export interface PaymentsView extends PageView {
  readonly children: readonly Option[]
  readonly states: readonly Option[]
  readonly rows: readonly PaymentRow[]
  /** True when a filter is set: an empty list then says something else. */
  readonly filtered: boolean
  readonly nextHref: string | null
  /** Back to the first page; null on the first page. */
  readonly firstHref: string | null
}

export interface PaymentRow {
  readonly topUpId: string
  readonly href: string
  readonly on: RomeDate
  readonly childName: string
  readonly category: string
  readonly channel: string
  readonly noticeNumber: string
  readonly amountCents: bigint
  readonly state: PaymentState
  readonly copy: ReceiptCopy
}
