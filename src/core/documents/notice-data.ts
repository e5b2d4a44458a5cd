import type { RomeDate } from '../clock.ts'
import type { Language, Translate } from '../i18n.ts'
import type { Cents } from '../money.ts'

/** What a payment notice says. The debtor is the adult who pays: nobody else's data belong here. */
export interface NoticeDocument {
  readonly language: Language
  /** In sentence case, without personal data; at most 90 characters are printed. */
  readonly subject: string
  readonly amountCents: Cents
  readonly dueDate?: RomeDate
  readonly creditor: {
    readonly fiscalCode: string
    /** At most 100 characters. */
    readonly name: string
    /** The office in charge, at most 50 characters. */
    readonly office?: string
    /** How to reach it, at most 100 characters, its parts divided by ` · `. */
    readonly info?: string
    /** The code banks list the entity under. */
    readonly cbill?: string
    /** A PNG, JPEG or SVG file. */
    readonly logo?: Uint8Array
  }
  readonly debtor: {
    readonly fiscalCode?: string
    /** At most 70 characters. */
    readonly fullName: string
    /** At most 140 characters; a line feed begins its second line. */
    readonly address?: string
  }
  /** 18 digits. */
  readonly noticeNumber: string
  /** What the QR code says: `PAGOPA|002|…`. */
  readonly qrText: string
  /** The creation date in the file; with it, the same data give the same bytes. */
  readonly issuedOn?: RomeDate
}

/** The document with its texts at hand, already cut. */
export interface Notice extends NoticeDocument {
  readonly t: Translate
  /** A message in capitals, as titles of modules are printed. */
  readonly title: (key: string) => string
  readonly amount: string
  readonly due: string | undefined
  readonly creditorName: string
  readonly debtorName: string
}
