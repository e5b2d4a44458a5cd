import type { RomeDate } from '#core/clock.ts'
import type { FieldErrors, Option, PageView } from '#pages/view.ts'

export type CalendarForm = 'period' | 'closure'

/**
 * `pages/office/calendar`: GET `{base}/calendario?servizio=&scuola=&mese=`; POST `…/periodi` and `…/chiusure` (`dal`, `al`,
 * `scuola`), and `…/<id>/togli` for each.
 */
export interface CalendarView extends PageView {
  readonly services: readonly Option[]
  /** Whose calendar is shown. */
  readonly schools: readonly Option[]
  /** For whom a new entry holds. */
  readonly formSchools: readonly Option[]
  readonly category: string
  readonly viewed: string
  /** `2026-11`. */
  readonly month: string
  readonly monthName: string
  readonly previousHref: string
  readonly nextHref: string
  readonly weeks: readonly {
    readonly days: readonly {
      readonly day: RomeDate
      readonly number: number
      readonly weekday: string
      /** False for the days of the months before and after. */
      readonly inside: boolean
      readonly runs: boolean
      readonly closed: boolean
      readonly text: string
    }[]
  }[]
  readonly weekdays: readonly { readonly name: string; readonly label: string; readonly checked: boolean }[]
  readonly periods: readonly {
    readonly id: string
    readonly school: string
    readonly firstDay: RomeDate
    readonly lastDay: RomeDate
    readonly days: string
    readonly dayType: string
  }[]
  readonly closures: readonly {
    readonly id: string
    readonly school: string
    readonly firstDay: RomeDate
    readonly lastDay: RomeDate
    readonly reason: string
    readonly everyService: boolean
  }[]
  /** Which form was sent and not saved. */
  readonly attempted: CalendarForm | ''
  /** Which form is to be sent again as a confirmation. */
  readonly confirming: CalendarForm | ''
  readonly values: {
    readonly dal: string
    readonly al: string
    readonly tipo: string
    readonly motivo: string
    readonly tutti: boolean
  }
  readonly errors: FieldErrors<string>
  /** What saving would do to charged meals; empty where nothing. Confirmed by sending the form again. */
  readonly warning: string
}
