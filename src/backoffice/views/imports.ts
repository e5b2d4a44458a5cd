import type { FieldErrors, Option, PageView } from '#pages/view.ts'
import type { Badge, Tile } from './tile.ts'

/** `pages/office/imports`: what can be imported, and the files so far. */
export interface ImportsView extends PageView {
  readonly kinds: readonly {
    readonly title: string
    /** What such a file holds, or why none is taken any more. */
    readonly text: string
    /** Null where none is taken. */
    readonly uploadHref: string | null
    readonly templateHref: string
  }[]
  readonly rows: readonly {
    readonly href: string
    readonly fileName: string
    readonly kind: string
    readonly fileRows: number
    readonly at: Date
    readonly by: string
    readonly state: Badge
  }[]
}

/** `pages/office/import-new`: POST `{base}/importazioni/nuova` (multipart: `tipo`, `file`, `rows`, `sum`). */
export interface ImportNewView extends PageView {
  readonly parentHref: string
  readonly slug: string
  readonly kind: string
  readonly text: string
  readonly templateHref: string
  readonly needed: readonly ColumnLine[]
  readonly optional: readonly ColumnLine[]
  /** Whether totals are asked for. */
  readonly hasControl: boolean
  readonly keptDays: number
  readonly values: { readonly rows: string; readonly sum: string }
  readonly errors: FieldErrors<'file' | 'rows' | 'sum'>
}

export interface ColumnLine {
  readonly label: string
  readonly hint: string
}

/** `pages/office/import-columns`: POST `{base}/importazioni/<id>/colonne` with `colonna_<key>` and the options. */
export interface ImportColumnsView extends PageView {
  readonly parentHref: string
  readonly id: string
  readonly kind: string
  readonly fileName: string
  readonly isRemembered: boolean
  readonly fields: readonly {
    readonly name: string
    readonly label: string
    readonly hint: string
    readonly required: boolean
    readonly options: readonly Option[]
    /** The first cells of the column that is proposed. */
    readonly example: string
    readonly error: string
  }[]
  /** School years to choose from; empty where the kind asks for none. */
  readonly years: readonly Option[]
  /** Whether schools may be made; null where the kind does not ask. */
  readonly createSchools: boolean | null
  /** A day as typed; null where the kind does not ask. */
  readonly day: string | null
  readonly errors: FieldErrors<string>
}

/** `pages/office/import`: GET `{base}/importazioni/<id>`: how a file stands and what can be done next. */
export interface ImportView extends PageView {
  readonly parentHref: string
  readonly id: string
  readonly title: string
  readonly kind: string
  readonly state: Badge
  readonly refreshSeconds: number | null
  readonly fileName: string
  readonly fileRows: number
  readonly uploaded: string
  readonly control: string | null
  readonly confirmedBy: string | null
  readonly approvedBy: string | null
  readonly progress: { readonly label: string; readonly percent: number } | null
  /** What stands under the title: what happened, or what happens next. */
  readonly lead: string
  readonly tiles: readonly Tile[]
  readonly problems: readonly { readonly row: string; readonly column: string; readonly what: string }[]
  readonly moreProblems: number
  readonly problemsHref: string | null
  readonly uploadHref: string
  readonly news: readonly string[]
  readonly changed: readonly ImportRowLine[]
  readonly added: readonly ImportRowLine[]
  readonly absent: readonly string[]
  /** That there are more than are shown; empty where there are not. */
  readonly changedNote: string
  readonly addedNote: string
  /** What becomes of them: nothing, or more than one thinks. */
  readonly absentText: string
  readonly absentNote: string
  readonly columnsHref: string | null
  /** The button that confirms, with the sentence above it. */
  readonly confirm: { readonly text: string; readonly button: string } | null
  readonly approval: { readonly text: string; readonly mayApprove: boolean } | null
  readonly mayWithdraw: boolean
  readonly mayRetry: boolean
  readonly report: 'offered' | 'gone' | null
  readonly errors: FieldErrors<'letto'>
}

export interface ImportRowLine {
  readonly row: number
  readonly about: string
  readonly changes: readonly string[]
}
