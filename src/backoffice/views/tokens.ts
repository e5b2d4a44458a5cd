import type { FieldErrors, Option, PageView } from '#pages/view.ts'
import type { Badge } from './tile.ts'

/** `pages/office/staff-tokens`: the machines' tokens. POST `{base}/personale/token`, `{revokeHref}`. */
export interface StaffTokensView extends PageView {
  readonly parentHref: string
  readonly rows: readonly StaffTokenRow[]
  readonly scopes: readonly {
    readonly name: string
    readonly value: string
    readonly label: string
    readonly hint: string
    readonly checked: boolean
  }[]
  readonly days: readonly Option[]
  readonly nameMax: number
  readonly values: { readonly name: string }
  readonly errors: FieldErrors<'name' | 'scopes' | 'days'>
  /** The page for who writes the machine's program. */
  readonly apiHref: string
}

export interface StaffTokenRow {
  readonly name: string
  readonly scopes: string
  readonly madeBy: string
  readonly madeAt: Date
  readonly expiresAt: Date
  readonly usedAt: Date | null
  readonly state: Badge
  /** Null for one that opens nothing any more. */
  readonly revokeHref: string | null
}

/** `pages/office/staff-token`: a token, shown this once. */
export interface StaffTokenView extends PageView {
  readonly parentHref: string
  readonly name: string
  readonly token: string
  readonly scopes: string
  readonly expiresAt: Date
}
