import type { RomeDate } from '#core/clock.ts'
import type { PageView } from '#pages/view.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import type { Tile } from './tile.ts'

/** `pages/office/overview`. */
export interface OverviewView extends PageView {
  readonly role: StaffRole
  /** What the role may know at a glance. */
  readonly tiles: readonly Tile[]
  /** Null for a role that has nothing to do with payments. */
  readonly money: {
    /** Null where there is no credit at all. */
    readonly credits: CreditChart | null
    /** Null where nothing came in. */
    readonly topUps: TopUpsChart | null
    readonly failing: readonly {
      /** What is failing, in the reader's language. */
      readonly work: string
      readonly count: number
      readonly parked: number
      readonly since: Date
    }[]
  } | null
}

/** How many credits lie in each group. `bar` is server-made markup. */
export interface CreditChart {
  readonly groups: readonly {
    readonly label: string
    readonly count: number
    readonly share: string
    readonly bar: string
    readonly isDebt: boolean
  }[]
}

/** What came in week by week. `svg` and `swatch` are server-made markup. */
export interface TopUpsChart {
  readonly svg: string
  readonly highestCents: bigint
  readonly from: RomeDate
  readonly to: RomeDate
  readonly totalCents: bigint
  readonly series: readonly { readonly label: string; readonly swatch: string; readonly cents: bigint }[]
  /** One a week from Monday; `cents` in the order of `series`. */
  readonly rows: readonly {
    readonly week: RomeDate
    readonly cents: readonly bigint[]
    readonly totalCents: bigint
  }[]
}

/** `pages/office/low-credit`: GET `{base}/credito-basso?dopo=`. */
export interface LowCreditView extends PageView {
  readonly parentHref: string
  readonly total: number
  readonly meals: number
  readonly rows: readonly {
    readonly href: string
    readonly childName: string
    readonly place: string
    readonly category: string
    readonly cents: bigint
    readonly mealsLeft: number | null
  }[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}
