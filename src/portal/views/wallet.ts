import type { RomeDate } from '#core/clock.ts'
import type { ClassGroup } from '#pages/class-choice.ts'
import type { ChildRequestRow } from './household.ts'
import type { FieldErrors, Option, PageView } from '#pages/view.ts'

/** `pages/movements`: GET `{base}/movimenti/<walletId>?dopo=`. */
export interface MovementsView extends PageView {
  readonly walletId: string
  readonly childId: string
  readonly childName: string
  readonly category: string
  readonly balanceCents: bigint
  readonly rows: readonly MovementRow[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}

/** The kinds of ledger transaction that touch a wallet, as keys under `portal.movement`. */
export const MOVEMENT_KINDS = [
  'top_up',
  'meal',
  'reversal',
  'opening',
  'till',
  'refund',
  'adjustment',
] as const

export interface MovementRow {
  readonly at: Date
  readonly kind: (typeof MOVEMENT_KINDS)[number]
  /** More about it, in the reader's language; may be empty. */
  readonly note: string
  readonly amountCents: bigint
  readonly balanceAfterCents: bigint
  /** The payment behind it, where there is one. */
  readonly href: string | null
}

/** `pages/payment-codes`: POST `{base}/codici-pagamento/<walletId>/rigenera`. */
export interface PaymentCodesView extends PageView {
  readonly codes: readonly PaymentCode[]
}

export interface PaymentCode {
  readonly walletId: string
  readonly childName: string
  readonly category: string
  /** Server-made markup. The code names no one. */
  readonly qrSvg: string
  readonly text: string
}

export type EnrolmentField =
  | 'firstName'
  | 'lastName'
  | 'fiscalCode'
  | 'school'
  | 'className'
  | 'class'
  | 'category'

/** `pages/enrolments`: POST `{base}/iscrizioni` (fields as named) and `{base}/iscrizioni/codice` (`code`). */
export interface EnrolmentsView extends PageView {
  readonly schoolYear: string
  readonly enrolments: readonly EnrolmentRow[]
  /** What the parent has asked the office for, the newest first. */
  readonly requests: readonly ChildRequestRow[]
  readonly categories: readonly Option[]
  /** Whether parents enrol, or ask, from here; else the page tells of the office. */
  readonly mayEnrol: boolean
  /** Whether the office decides about an enrolment. */
  readonly asks: boolean
  /** The places that were asked for, the newest first; POST `{base}/iscrizioni/richieste/<id>/risposta` (`note`). */
  readonly asked: readonly AskedEnrolment[]
  readonly noteMaximum: number
  /** The entity's classes; where it has none, school and class are typed. */
  readonly classes: readonly ClassGroup[]
  readonly values: Readonly<Record<Exclude<EnrolmentField, 'category' | 'class'>, string>> & {
    readonly code: string
  }
  readonly errors: FieldErrors<EnrolmentField | 'code' | 'note'>
}

export interface AskedEnrolment {
  readonly id: string
  readonly childName: string
  readonly initials: string
  readonly service: string
  readonly askedOn: RomeDate
  readonly state: 'pending' | 'documents' | 'approved' | 'refused'
  readonly answer: string | null
  readonly hasReplied: boolean
}

export interface EnrolmentRow {
  readonly childName: string
  readonly initials: string
  readonly place: string
  readonly category: string
  readonly mealPriceCents: bigint | null
  readonly walletId: string
}
