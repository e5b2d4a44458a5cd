import type { RomeDate } from '#core/clock.ts'
import type { FieldErrors, Option, PageView } from '#pages/view.ts'
import type { Badge, Tile } from './tile.ts'

/** `pages/office/attendance`: GET `{base}/presenze?servizio=&giorno=`. */
export interface AttendanceView extends PageView {
  readonly day: RomeDate
  /** The day in words: "martedì 24 novembre". */
  readonly dayName: string
  readonly isToday: boolean
  readonly services: readonly Option[]
  readonly values: { readonly giorno: string }
  readonly errors: FieldErrors<'giorno'>
  readonly previousHref: string
  readonly nextHref: string | null
  readonly schools: readonly {
    readonly name: string
    /** Why there is no service on this day; null where there is. */
    readonly closed: string | null
    readonly classes: readonly {
      readonly href: string
      readonly name: string
      readonly children: number
      readonly absent: number
      readonly state: Badge
    }[]
  }[]
}

/** `pages/office/class-list`: POST to its own address with `versione`, `stato-<child>` and `azione`. */
export interface ClassListView extends PageView {
  readonly parentHref: string
  readonly action: string
  readonly title: string
  readonly dayName: string
  readonly state: Badge
  readonly isClosed: boolean
  readonly savedAt: Date | null
  readonly version: string
  readonly category: string
  readonly day: RomeDate
  /** True where somebody else has saved since: the rows tell what differs. */
  readonly changed: boolean
  readonly rows: readonly {
    readonly id: string
    readonly name: string
    /** What the child eats instead of the common menu, as kinds of the short list; none for most. */
    readonly diets: readonly string[]
    readonly present: boolean
    /** Who said so, where it was not this page; or what stands now where it differs. */
    readonly note: string
    readonly differs: boolean
  }[]
}

/** `pages/office/charges`: GET `{base}/addebiti?servizio=&giorno=`; POST charges the day again. */
export interface ChargesView extends PageView {
  readonly rows: readonly {
    readonly href: string
    readonly day: RomeDate
    readonly service: string
    readonly meals: number
    readonly cents: bigint
    readonly problems: number
    readonly toCharge: number
  }[]
  readonly detail: {
    readonly dayName: string
    readonly category: string
    readonly day: RomeDate
    readonly service: string
    readonly tiles: readonly Tile[]
    readonly problems: readonly { readonly name: string; readonly place: string; readonly why: string }[]
    readonly parentHref: string
  } | null
}

/** `pages/office/kitchen`: GET `{base}/cucina?servizio=&giorno=`. Numbers alone: the sheet leaves the office. */
export interface KitchenView extends PageView {
  readonly dayName: string
  readonly service: string
  readonly services: readonly Option[]
  readonly values: { readonly giorno: string }
  readonly errors: FieldErrors<'giorno'>
  readonly total: number
  /** Of all schools together; none where there is only one. */
  readonly diets: readonly KitchenDiet[]
  readonly schools: readonly {
    readonly name: string
    readonly meals: number
    /** Classes whose list is not closed yet. */
    readonly open: number
    readonly diets: readonly KitchenDiet[]
    readonly classes: readonly {
      readonly name: string
      readonly meals: number
      readonly diets: readonly KitchenDiet[]
      readonly state: Badge
    }[]
  }[]
}

/** Meals of one diet, or of several that one child has at once. */
export interface KitchenDiet {
  readonly name: string
  readonly meals: number
}
