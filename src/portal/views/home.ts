import type { RomeDate } from '#core/clock.ts'
import type { PageView } from '#pages/view.ts'

/** `pages/home`: one card per wallet, and what waits to be done. */
export interface HomeView extends PageView {
  /** `2026/2027` */
  readonly schoolYear: string
  readonly cards: readonly WalletCard[]
  /** True where there is no card at all. */
  readonly nothingYet: boolean
  /** Whether parents enrol, or ask, from the portal; else they only link a child that the office has enrolled. */
  readonly mayEnrol: boolean
  /** Children that the reader was invited to top up. */
  readonly invited: readonly InvitedCard[]
  /** Notices that are still open, the newest first. */
  readonly openNotices: readonly OpenNotice[]
  /** False where the entity does not offer the tobacconist channel. */
  readonly paymentCodesOffered: boolean
  /** The parent's address while nobody has shown that mail to it arrives. */
  readonly emailToConfirm: string | null
}

export interface WalletCard {
  readonly walletId: string
  readonly childId: string
  readonly childName: string
  readonly initials: string
  /** School and class: `Primaria Dante, 3ª B`. */
  readonly place: string
  /** The category of service, as the entity calls it: `REFEZIONE`. */
  readonly category: string
  readonly balanceCents: bigint
  /** Why nobody can top it up, in the reader's language; null for one in use. */
  readonly stopped: string | null
  /** `exhausted`: nothing left; `low`: under the entity's threshold; `unknown`: no tariff to count meals by. */
  readonly status: 'exhausted' | 'low' | 'enough' | 'unknown'
  /** Whole meals that the credit still pays. */
  readonly mealsLeft: number
  /** Server-made markup of `sparkline`; null when there is nothing to draw yet. */
  readonly sparklineSvg: string | null
  readonly sparklineFrom: RomeDate
  readonly lastMealOn: RomeDate | null
  readonly mealPriceCents: bigint | null
  /** What is on the table today; null where the entity publishes no menu for this week. */
  readonly table: TodaysTable | null
}

export interface TodaysTable {
  /** The courses, or why the child eats nothing; empty where there is nothing to tell of today. */
  readonly text: string
  readonly href: string
}

/** A child whom the reader may top up and knows nothing else of. */
export interface InvitedCard {
  readonly childId: string
  readonly childName: string
  readonly initials: string
  /** The services, as the entity calls them. */
  readonly categories: string
  readonly until: RomeDate
}

export interface OpenNotice {
  readonly topUpId: string
  readonly amountCents: bigint
  readonly childName: string
  readonly issuedOn: RomeDate
  readonly dueOn: RomeDate
}
