import type { RomeDate } from '#core/clock.ts'
import type { EmailKind } from '#core/db/outbox-tables.ts'
import type { WordedStep } from '#core/top-ups/timeline.ts'
import type { PageView } from '#pages/view.ts'
import type { Badge } from './tile.ts'

/** `pages/office/child`: POST `{base}/alunni/<id>/scollega` (`guardian`). */
export interface ChildView extends PageView {
  readonly id: string
  readonly parentHref: string
  readonly name: string
  readonly place: string
  /** Null for a role that sees names and classes alone. */
  readonly account: ChildAccountView | null
}

export interface ChildAccountView {
  readonly wallets: readonly ChildWalletCard[]
  readonly services: readonly {
    readonly category: string
    readonly schoolYear: string
    readonly tariffCents: bigint
    readonly startsOn: RomeDate | null
    readonly endsOn: RomeDate | null
  }[]
  readonly payments: readonly ChildPayment[]
  readonly nextHref: string | null
  readonly firstHref: string | null
  readonly messages: readonly {
    readonly kind: EmailKind
    readonly requestedAt: Date
    readonly sentAt: Date | null
  }[]
  readonly guardians: readonly {
    readonly accountId: string
    readonly name: string
    readonly since: Date
    /** How they sign in, in the reader's language. */
    readonly ways: string
  }[]
  readonly mayUnlink: boolean
  readonly invitations: number
  readonly requests: readonly { readonly askedAt: Date; readonly decidedAt: Date }[]
}

export interface ChildWalletCard {
  readonly id: string
  readonly category: string
  readonly balanceCents: bigint
  /** Null for one in use. */
  readonly state: Badge | null
  readonly stateReason: string | null
  readonly line: CreditLine | null
  readonly movements: readonly StatementRow[]
  readonly href: string
}

/** The credit of the last weeks as a drawing, and in words. */
export interface CreditLine {
  /** Server-made markup. */
  readonly svg: string
  readonly from: RomeDate
  readonly startCents: bigint
  readonly lowestCents: bigint
  readonly endCents: bigint
}

export interface StatementRow {
  readonly at: Date
  /** What it is, in the reader's language. */
  readonly what: string
  /** Why, where the office made it; may be empty. */
  readonly note: string
  readonly noteHref: string | null
  readonly amountCents: bigint
  readonly balanceAfterCents: bigint
  /** The form that takes it back; null where it cannot be. */
  readonly reverseHref: string | null
  readonly isReversed: boolean
}

export interface ChildPayment {
  readonly href: string
  readonly on: RomeDate
  readonly channel: string
  readonly category: string
  readonly cents: bigint
  readonly state: Badge
  readonly timeline: readonly WordedStep[]
}

/** `pages/office/wallet`: GET `{base}/alunni/<id>/crediti/<wallet>?dopo=`. */
export interface WalletView extends PageView {
  readonly parentHref: string
  readonly childName: string
  readonly category: string
  readonly balanceCents: bigint
  readonly state: Badge | null
  readonly stateReason: { readonly reason: string; readonly since: Date } | null
  readonly line: CreditLine | null
  readonly correctHref: string
  /** Null from the day on which the desk is closed. */
  readonly tillHref: string | null
  /** From then on only pagoPA counts; null where the desk has no end. */
  readonly pagopaOnlyFrom: RomeDate | null
  readonly stateHref: string
  readonly waiting: readonly {
    readonly href: string
    readonly cents: bigint
    readonly reason: string
    readonly askedBy: string
  }[]
  readonly rows: readonly StatementRow[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}
