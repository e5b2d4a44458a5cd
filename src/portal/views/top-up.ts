import type { FieldErrors, Option, PageView } from '#pages/view.ts'

/**
 * `pages/top-up`: POST `{base}/ricarica`.
 * Mode `single` posts `child`, `category`, `amount` (cents in digits, or `other`), `otherAmount` (as typed) and
 * `channel`, and gives back `suggested`; mode `multi` posts `amount-<walletId>` (as typed, empty for none) and `channel`.
 */
export type TopUpView = PageView & (SingleTopUp | MultiTopUp)

export interface SingleTopUp extends TopUpCommon {
  readonly mode: 'single'
  readonly children: readonly ChildChoice[]
  readonly categories: readonly Option[]
  readonly amounts: readonly AmountChoice[]
  readonly otherSelected: boolean
  /** The amount that is chosen before anybody chooses, given back by the form in `suggested`. */
  readonly suggested: string
  /** What was typed, given back after an error. */
  readonly otherAmount: string
  /** What the present choice comes to; null where the amount is not known. */
  readonly summary: { readonly amountCents: bigint; readonly balanceAfterCents: bigint | null } | null
  /** False where no child’s credit may be seen. */
  readonly afterShown: boolean
  /** False with one child: the link to several at once makes no sense. */
  readonly severalOffered: boolean
  readonly errors: FieldErrors<'child' | 'category' | 'amount' | 'otherAmount' | 'channel'>
}

export interface MultiTopUp extends TopUpCommon {
  readonly mode: 'multi'
  readonly rows: readonly WalletRow[]
  readonly totalCents: bigint
  readonly maximumChildren: number
  /** By field name: `amount-<walletId>`, `channel`. */
  readonly errors: FieldErrors<string>
}

interface TopUpCommon {
  readonly minimumCents: bigint
  readonly maximumCents: bigint
  readonly channels: readonly ChannelChoice[]
  /** Whether the tobacconist's code can be pointed to. */
  readonly paymentCodesOffered: boolean
}

export interface ChildChoice {
  readonly id: string
  readonly name: string
  readonly selected: boolean
  readonly credits: readonly {
    readonly category: string
    readonly label: string
    /** Null for a child whom the reader was invited to top up. */
    readonly balanceCents: bigint | null
  }[]
}

export interface AmountChoice {
  readonly amountCents: bigint
  /** Null where no tariff tells the price of a meal. */
  readonly meals: number | null
  readonly selected: boolean
}

export interface WalletRow {
  /** The name of its form field, `amount-<walletId>`. */
  readonly field: string
  readonly childName: string
  readonly category: string
  readonly balanceCents: bigint | null
  readonly amount: string
  readonly error: string | null
}

/** A button, or the reason why there is none. Texts come from the channel, in the reader's language. */
export type ChannelChoice = {
  readonly id: string
  readonly label: string
  readonly note: string
  readonly icon: string
} & ({ readonly offered: true } | { readonly offered: false; readonly because: string })

/** `pages/top-up-paused`: the entity takes no top-ups for now. */
export interface TopUpPausedView extends PageView {
  readonly entity: string
  /** The entity's own words. */
  readonly reason: string | null
  readonly homeHref: string
}
