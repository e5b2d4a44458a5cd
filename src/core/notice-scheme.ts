import type { Cents } from './money.ts'

/** How payment notices are numbered and coded. A port: pagopa/ fulfils it, since the rules are pagoPA's. */
export interface NoticeScheme {
  /** 18 digits; the sequence never repeats within a tenant. */
  noticeNumber(parts: { segregationCode: string; sequence: bigint }): string
  /** The IUV of a notice number. */
  iuvOf(noticeNumber: string): string
  /** What the notice's QR code says. */
  qrText(notice: { noticeNumber: string; creditorFiscalCode: string; amountCents: Cents }): string
}
