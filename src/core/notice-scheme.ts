import type { Cents } from './money.ts'

/** How payment notices are numbered and coded. A port: pagopa/ fulfils it, since the rules are pagoPA's. */
export interface NoticeScheme {
  /** 18 digits; the sequence never repeats within a tenant. */
  noticeNumber(parts: { segregationCode: string; sequence: bigint }): string
  /** The IUV of a notice number. */
  iuvOf(noticeNumber: string): string
  /** What the notice's QR code says. */
  qrText(notice: { noticeNumber: string; creditorFiscalCode: string; amountCents: Cents }): string
  /** What the DataMatrix code of the notice's postal slip says: 256 characters, all of them ASCII. */
  dataMatrixText(slip: PostalSlip): string
}

/** What a postal slip tells Poste's readers; texts of any length in any script. */
export interface PostalSlip {
  readonly noticeNumber: string
  readonly creditorFiscalCode: string
  readonly amountCents: Cents
  /** 12 digits. */
  readonly account: string
  readonly debtorFiscalCode: string | undefined
  readonly debtorName: string
  readonly subject: string
}
