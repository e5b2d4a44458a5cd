import type { RomeDate } from '../clock.ts'
import type { Translate } from '../i18n.ts'
import type { Cents } from '../money.ts'

/** Languages in which the notice can speak beside Italian; they need not be languages of the portal. */
export const SECOND_LANGUAGES = ['en', 'de'] as const
export type SecondLanguage = (typeof SECOND_LANGUAGES)[number]
export type NoticeLanguage = 'it' | SecondLanguage

/** What a payment notice says. The debtor is the adult who pays: nobody else's data belong here. */
export interface NoticeDocument {
  /** Printed beside Italian, which no notice lacks: who takes the money at a counter reads that. */
  readonly secondLanguage?: SecondLanguage
  /** In sentence case, without personal data; at most 90 characters are printed. */
  readonly subject: string
  readonly amountCents: Cents
  /** Printed; without it the notice asks how much to pay, not when. */
  readonly dueDate?: RomeDate
  /** The last day on which it can be paid, printed or not. */
  readonly payableUntil: RomeDate
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
    /** At most 16 characters, printed in capitals. */
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
  /** The Bollettino Postale PA, for entities that Poste lets print it. */
  readonly postalSlip?: NoticePostalSlip
  /** The creation date in the file; with it, the same data give the same bytes. */
  readonly issuedOn?: RomeDate
}

export interface NoticePostalSlip {
  /** 12 digits. */
  readonly account: string
  /** At most 50 characters. */
  readonly holder: string
  /** `AUT. DB/… DEL …` */
  readonly authorization: string
  /** What the DataMatrix code says: 256 ASCII characters. */
  readonly dataMatrixText: string
}

/** The document with its texts at hand, already cut. */
export interface Notice extends NoticeDocument {
  readonly t: Translate
  /** A message in capitals, as titles of modules are printed. */
  readonly title: (key: string) => string
  /** The texts of the second language, where there is one. */
  readonly second: SecondTexts | undefined
  readonly amount: string
  readonly due: string | undefined
  readonly creditorName: string
  readonly debtorName: string
}

export interface SecondTexts {
  readonly t: Translate
  readonly title: (key: string) => string
  /**
   * How it stands beside Italian, in the two ways of the guide (Varianti, Traduzioni): `secondary` is smaller and
   * grey (#7C7C7B), for readers of another language; `equal` is as large and as black, for territories where the
   * law gives both languages the same rank (DPR 574/1988).
   */
  readonly rank: 'secondary' | 'equal'
}
