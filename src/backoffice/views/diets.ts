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

/** `pages/office/diet-certificates`: GET `{base}/certificati?dopo=`. */
export interface DietCertificatesView extends PageView {
  /** The last day of those that end soon. */
  readonly until: RomeDate
  readonly total: number
  readonly rows: readonly CertificateRow[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}

export interface CertificateRow {
  /** The child's diets. */
  readonly href: string
  readonly name: string
  readonly school: string
  /** Empty for a child that is in no class. */
  readonly className: string
  readonly kind: string
  readonly certificateUntil: RomeDate
  readonly validUntil: RomeDate
  readonly state: Badge
}
