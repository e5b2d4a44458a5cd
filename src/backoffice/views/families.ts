import type { FieldErrors, PageView } from '#pages/view.ts'

/** `pages/office/child-requests`: POST `{base}/richieste` (`name`) looks for a child. */
export interface ChildRequestsView extends PageView {
  readonly rows: readonly {
    readonly href: string
    readonly askedAt: Date
    readonly childName: string
    readonly place: string
    readonly parentName: string
  }[]
  /** What was typed to find a child by name. */
  readonly search: string
  /** Null before anybody searched. */
  readonly found: readonly FoundChildRow[] | null
}

export interface FoundChildRow {
  readonly id: string
  readonly name: string
  readonly place: string
  readonly href: string
  /** Found by the fiscal code that the parent wrote. */
  readonly sure: boolean
}

/** `pages/office/child-request`: POST `{base}/richieste/<id>/approva` (`child`) and `…/rifiuta` (`reason`). */
export interface ChildRequestView extends PageView {
  readonly id: string
  readonly parentHref: string
  readonly parentName: string
  readonly askedAt: Date
  readonly childName: string
  readonly school: string
  readonly className: string
  readonly fiscalCode: string | null
  readonly note: string
  readonly found: readonly FoundChildRow[]
  /** What was typed to look for other children; empty for the ones that are proposed. */
  readonly search: string
  readonly reasonMaximum: number
  readonly values: { readonly reason: string }
  readonly errors: FieldErrors<'child' | 'reason'>
}

/** `pages/office/accounts`: POST `{base}/accessi` with `name`; `{base}/accessi/{id}/codice` makes a code. */
export interface AccountsView extends PageView {
  readonly search: string
  readonly rows: readonly AccountRow[]
}

export interface AccountRow {
  readonly id: string
  readonly name: string
  readonly children: string
  /** How the person signs in, in the reader's language. */
  readonly ways: string
}

/** `pages/office/account-code`: the code to hand over, shown this once. */
export interface AccountCodeView extends PageView {
  readonly code: string
  readonly days: number
  readonly pagesHref: string
}
