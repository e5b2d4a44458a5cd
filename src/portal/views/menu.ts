import type { RomeDate } from '#core/clock.ts'
import type { PageView } from '#pages/view.ts'

/** `pages/menu`: GET `{base}/menu?figlio=&servizio=&settimana=`; without a sign-in, what the entity lets everybody read. */
export interface MenuPageView extends PageView {
  readonly weekName: string
  readonly previousHref: string
  readonly nextHref: string
  /** Back to the present week; null on it. */
  readonly todayHref: string | null
  /** The reader's children and services; none where there is one. */
  readonly choices: readonly { readonly label: string; readonly href: string; readonly current: boolean }[]
  readonly groups: readonly MenuGroup[]
  /** False where there are no days to announce an absence for. */
  readonly mayAnnounce: boolean
}

/** A child's week, or a school's. */
export interface MenuGroup {
  readonly title: string
  readonly detail: string
  /** What there is to say of the whole week; null where the days say it all. */
  readonly message: string | null
  readonly days: readonly MenuDayCard[]
}

export interface MenuDayCard {
  readonly day: RomeDate
  /** `lunedì 23 novembre`. */
  readonly name: string
  readonly isToday: boolean
  /** Why nothing is served; null where something is. */
  readonly closed: string | null
  /** That the child stays away; null where it is expected. */
  readonly absence: string | null
  /** Each with its own allergens in words; none where none was named of it alone. */
  readonly courses: readonly { readonly name: string; readonly allergens: string }[]
  /** Those of the whole day, as a sentence; empty where there are no courses. */
  readonly allergens: string
}
