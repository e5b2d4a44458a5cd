import type { RomeDate } from '#core/clock.ts'
import type { FieldErrors, Option, PageView } from '#pages/view.ts'
import type { Badge } from './tile.ts'

/**
 * `pages/office/menu`: GET `{base}/menu?servizio=&scuola=&settimana=&da=`; POST `{base}/menu` with `p-<day>-<number>`,
 * `a-<day>-<allergen>`, `pubblico`, `versione` and `azione`; POST `{base}/menu/ripeti` with `settimane` and `fino`.
 */
export interface MenuView extends PageView {
  readonly services: readonly Option[]
  readonly schools: readonly Option[]
  readonly category: string
  /** Empty for all schools. */
  readonly school: string
  readonly week: RomeDate
  /** `23 – 29 novembre 2026`. */
  readonly weekName: string
  readonly previousHref: string
  readonly nextHref: string
  /** Null where there is no menu yet. */
  readonly state: Badge | null
  readonly isPublished: boolean
  /** What was read, to be handed in with the form. */
  readonly version: string
  /** True where somebody else has saved meanwhile: what was typed is kept, and not saved yet. */
  readonly isStale: boolean
  readonly isPublic: boolean
  /** Whether this school is served the menu of all schools while it has none of its own. */
  readonly servedByCommon: boolean
  /** Earlier and later weeks whose menu can be taken over. */
  readonly copies: readonly Option[]
  /** The week from which the form was filled; null where it is the menu's own. */
  readonly copiedFrom: RomeDate | null
  readonly days: readonly MenuDayRow[]
  /** The allergens by their numbers: `1. Cereali con glutine`. */
  readonly legend: readonly string[]
  readonly numbersMaximum: number
  /** Where the calendar has no service in the whole week. */
  readonly isIdle: boolean
  readonly values: { readonly settimane: string; readonly fino: string }
  readonly errors: FieldErrors<string>
}

export interface MenuDayRow {
  readonly day: RomeDate
  /** `lunedì 23 novembre`. */
  readonly name: string
  /** Why there is no service; null where there is. */
  readonly closed: string | null
  readonly courses: readonly {
    readonly field: string
    readonly number: number
    readonly value: string
    readonly error: string | null
    /** The course's allergens by their numbers: `1, 7`. */
    readonly numbersField: string
    readonly numbers: string
    readonly numbersError: string | null
  }[]
  /** Those of the day that are of no course in particular. */
  readonly allergens: readonly { readonly field: string; readonly label: string; readonly checked: boolean }[]
  readonly ticked: number
}
