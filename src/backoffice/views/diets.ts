import type { RomeDate } from '#core/clock.ts'
import type { FieldErrors, Option, PageView } from '#pages/view.ts'
import type { Badge } from './tile.ts'

/** `pages/office/child-diet`: POST `{href}/dieta`, and `{href}/dieta/modifica`, `/nota` and `/cancella` with `dieta`. */
export interface ChildDietView extends PageView {
  readonly parentHref: string
  /** The child's address. */
  readonly href: string
  readonly name: string
  readonly diets: readonly DietRow[]
  readonly groups: readonly { readonly label: string; readonly kinds: readonly Option[] }[]
  readonly noteMaximum: number
  readonly values: Readonly<Record<DietField, string>>
  readonly errors: FieldErrors<DietField | 'cambia'>
}

/** The fields of a new diet. */
export type DietField = 'tipo' | 'dal' | 'al' | 'certificato' | 'nota'

export interface DietRow {
  readonly id: string
  readonly kind: string
  readonly state: Badge
  readonly validFrom: RomeDate
  readonly validUntil: RomeDate
  readonly certificateUntil: RomeDate | null
  /** True where the certificate ends before the diet does, or has ended. */
  readonly certificateEnds: boolean
  readonly hasNote: boolean
  /** The note, once it was asked for; null otherwise. */
  readonly note: string | null
}
