import type { RomeDate } from '#core/clock.ts'
import type { PageView } from '#pages/view.ts'

/** `pages/diets`: POST `{base}/diete/<id>/nota` opens a note. */
export interface DietsView extends PageView {
  readonly children: readonly {
    readonly firstName: string
    readonly diets: readonly OwnDiet[]
  }[]
  /** To whom a change is told: the office and how it is reached. */
  readonly contacts: {
    readonly office: string | null
    readonly phone: string | null
    readonly email: string | null
  }
}

export interface OwnDiet {
  readonly id: string
  readonly kind: string
  readonly validFrom: RomeDate
  readonly validUntil: RomeDate
  /** True for one that is still to begin. */
  readonly isLater: boolean
  readonly certificateUntil: RomeDate | null
  /** True where a new certificate is due within a month, or the old one has ended. */
  readonly certificateEnds: boolean
  readonly hasNote: boolean
  /** The note, once it was asked for; null otherwise. */
  readonly note: string | null
}
