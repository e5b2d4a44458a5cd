import type { RomeDate } from '#core/clock.ts'
import type { WordedStep } from '#core/top-ups/timeline.ts'
import type { FieldErrors, Option, PageView } from '#pages/view.ts'

/** The state of a top-up as people see it: `failed` is an online attempt that came to nothing. */
export type PaymentState = 'open' | 'waiting' | 'paid' | 'expired' | 'cancelled' | 'failed'

/**
 * `pages/notice`, "Informazioni utili". Posts `{base}/avvisi/<id>/email` (`email`) and
 * `{base}/avvisi/<id>/annulla`; the document is `{base}/avvisi/<id>/avviso.pdf`.
 */
export interface NoticeView extends PageView, NoticeFacts {
  readonly topUpId: string
  readonly state: PaymentState
  readonly amountCents: bigint
  readonly description: string
  readonly noticeNumber: string
  /** Whether the notice can be printed, sent, withdrawn: also after an attempt online that came to nothing. */
  readonly payable: boolean
  readonly childFirstName: string
  /** Server-made markup of the pagoPA code; null once it can no longer be paid. */
  readonly qrSvg: string | null
  readonly values: { readonly email: string }
  readonly errors: FieldErrors<'email'>
  readonly timeline: readonly WordedStep[]
}

/** What the printed notice says beside amount, number and code: the page is its accessible equivalent. */
export interface NoticeFacts {
  /** Null where the notice names no day. */
  readonly dueOn: RomeDate | null
  /** The last day on which it can be paid, named or not. */
  readonly payableUntil: RomeDate
  readonly creditor: {
    readonly name: string
    readonly fiscalCode: string
    readonly office: string | null
    readonly info: string | null
    readonly cbill: string | null
  }
  readonly debtorName: string
  readonly debtorFiscalCode: string | null
  /** The postal slip below the notice; null where the entity has none. */
  readonly slip: { readonly account: string; readonly holder: string; readonly authorization: string } | null
  /** The notice in the languages of the paper that are not the page's. */
  readonly translations: readonly NoticeTranslation[]
}

export interface NoticeTranslation {
  /** For the `lang` attribute. */
  readonly language: string
  /** The language's name in that language. */
  readonly name: string
  readonly title: string
  readonly rows: readonly { readonly label: string; readonly value: string }[]
  readonly note: string
  readonly whereTitle: string
  readonly where: readonly { readonly title: string; readonly text: string }[]
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
  /** What the guardians call the invited person who asked; null where it was a guardian, or the reader. */
  readonly invitedLabel: string | null
  readonly category: string
  readonly amountCents: bigint
  readonly noticeNumber: string
  readonly channel: string
  readonly creditor: { readonly name: string; readonly fiscalCode: string }
  readonly receipt: PaidReceipt | null
  /** Its own notice, where several were asked for together and this one can still be paid otherwise. */
  readonly noticeHref?: string
  readonly timeline: readonly WordedStep[]
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
  /** Null for whoever may not see the child's credit. */
  readonly balance: { readonly beforeCents: bigint; readonly afterCents: bigint } | null
  readonly copy: ReceiptCopy
}

/** What the receipt column offers. Hrefs: `{base}/ricevute/<receiptCopyId>`, `{base}/avvisi/<topUpId>`. */
export type ReceiptCopy =
  | { readonly kind: 'download'; readonly href: string }
  | { readonly kind: 'from'; readonly on: RomeDate }
  | { readonly kind: 'notice'; readonly href: string }
  | { readonly kind: 'retry'; readonly href: string }
  | { readonly kind: 'none' }

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
  /** As in {@link PaymentItem}. */
  readonly invitedLabel: string | null
  readonly category: string
  readonly channel: string
  readonly noticeNumber: string
  readonly amountCents: bigint
  readonly state: PaymentState
  readonly copy: ReceiptCopy
}
