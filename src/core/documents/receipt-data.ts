import type { RomeDate } from '../clock.ts'
import type { Language, Translate } from '../i18n.ts'
import type { Cents, SignedCents } from '../money.ts'
import type { Accent } from './accent.ts'

/** What our copy of a receipt says: the Node's receipt, and what it did to the credit. */
export interface ReceiptDocument {
  readonly language: Language
  readonly entity: {
    readonly name: string
    readonly fiscalCode: string
    readonly address?: string
    /** `#rrggbb`: the accent of the page. */
    readonly primaryColor?: string
    /** A PNG, JPEG or SVG file. */
    readonly logo?: Uint8Array
  }
  readonly payment: {
    readonly amountCents: Cents
    /** Some PSPs do not tell the time. */
    readonly paidAt: Date | undefined
    readonly applicationDate?: RomeDate
    readonly noticeNumber: string
    /** The IUV. */
    readonly creditorReference: string
    /** The payment token. */
    readonly receiptId: string
    readonly pspName: string
    readonly pspFiscalCode?: string
    /** The channel as people call it, in the document's language. */
    readonly channel: string
    readonly method?: string
    /** What the PSP took for itself, on top of the amount. */
    readonly feeCents?: Cents
    /** The payment description (causale). */
    readonly description: string
    readonly payerName?: string
  }
  readonly service: {
    /** The category of service, in the document's language. */
    readonly category: string
    /** First name only: it tells a family's receipts apart. */
    readonly childFirstName?: string
  }
  readonly creditedCents: Cents
  readonly balanceAfterCents?: SignedCents
  readonly issuedOn: RomeDate
  /** From this day the family may download the copy. */
  readonly copyAvailableOn: RomeDate
  /** The code that the public page asks for, that page's address, and the address that carries the code (in the QR). */
  readonly verification?: { readonly code: string; readonly page: string; readonly url: string }
}

/** A receipt with its texts at hand. */
export interface Receipt extends ReceiptDocument {
  readonly t: Translate
  readonly title: (key: string) => string
  readonly accent: Accent
  readonly euro: (valueCents: bigint) => string
}
