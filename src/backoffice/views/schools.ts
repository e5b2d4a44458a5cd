import type { RomeDate } from '#core/clock.ts'
import type { ClassGroup } from '#pages/class-choice.ts'
import type { FieldErrors, Option, PageView } from '#pages/view.ts'

/** `pages/office/schools`: GET `{base}/scuole?anno=`, POST `{base}/scuole` adds one. */
export interface SchoolsView extends PageView {
  readonly years: readonly Option[]
  readonly schoolYear: string
  readonly mayEdit: boolean
  readonly rolloverHref: string | null
  readonly schools: readonly SchoolRow[]
  readonly values: SchoolValues
  readonly errors: FieldErrors<keyof SchoolValues>
}

export interface SchoolRow {
  readonly href: string
  readonly name: string
  readonly code: string
  readonly address: string
  readonly isClosed: boolean
  readonly children: number
  readonly classes: readonly {
    readonly name: string
    readonly children: number
    readonly href: string | null
  }[]
}

export interface SchoolValues {
  readonly name: string
  readonly code: string
  readonly address: string
}

/** `pages/office/school`: POST `{href}`, `{href}/chiusura`, `{href}/classi` (`names`), `{href}/classi/nome`. */
export interface SchoolView extends PageView {
  readonly href: string
  readonly parentHref: string
  readonly name: string
  readonly isClosed: boolean
  readonly mayEdit: boolean
  readonly years: readonly Option[]
  readonly schoolYear: string
  readonly classes: readonly {
    readonly id: string
    readonly name: string
    readonly children: number
    readonly childrenHref: string | null
  }[]
  readonly values: SchoolValues & { readonly names: string }
  readonly errors: FieldErrors<keyof SchoolValues | 'names' | 'className'>
}

/** `pages/office/children`: GET `{base}/alunni?…` filters, POST `{base}/alunni` (`search`) looks for somebody. */
export interface ChildrenView extends PageView {
  readonly years: readonly Option[]
  readonly schools: readonly Option[]
  readonly classes: readonly Option[]
  readonly services: readonly Option[]
  readonly without: readonly Option[]
  readonly filtered: boolean
  /** What was typed; null for a list that nobody searched. */
  readonly search: string | null
  readonly total: string
  readonly rows: readonly ChildRow[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}

export interface ChildRow {
  readonly href: string
  readonly editHref: string
  readonly name: string
  readonly place: string
  readonly services: string
  readonly guardians: number
}

/** `pages/office/child-new`: POST `{base}/alunni/nuovo`. */
export interface NewChildView extends PageView {
  readonly parentHref: string
  readonly schoolYear: string
  readonly classes: readonly ClassGroup[]
  readonly services: readonly { readonly name: string; readonly label: string; readonly checked: boolean }[]
  readonly values: ChildValues
  /** A child of the same name, who may be the same: saving asks for a word that it is another one. */
  readonly namesakeHref: string | null
  readonly errors: FieldErrors<keyof ChildValues | 'class' | 'another'>
}

export interface ChildValues {
  readonly firstName: string
  readonly lastName: string
  readonly fiscalCode: string
}

/** `pages/office/child-code`: the code for the parents, shown this once. */
export interface ChildCodeView extends PageView {
  readonly parentHref: string
  readonly childHref: string
  readonly name: string
  readonly isNew: boolean
  readonly code: string
  readonly pagesHref: string
}

/** `pages/office/child-file`: POST `{href}/scheda`, `/codice`, `/classe`, `/servizi`, `/servizi/giorni`. */
export interface ChildFileView extends PageView {
  readonly parentHref: string
  /** Where the child's pages begin: `{base}/alunni/<id>`. */
  readonly href: string
  readonly name: string
  readonly schoolYear: string
  readonly years: readonly Option[]
  readonly hasCode: boolean
  readonly values: ChildValues
  readonly classes: readonly ClassGroup[]
  /** As typed; null where the child has no class to be taken out of. */
  readonly lastDay: string | null
  readonly enrolments: readonly {
    readonly id: string
    readonly label: string
    readonly priceCents: bigint
    readonly hasEnded: boolean
    readonly startsOn: RomeDate | null
    readonly endsOn: RomeDate | null
    readonly typedStart: string
    readonly typedEnd: string
  }[]
  /** The services that the child is not in yet. */
  readonly services: readonly Option[]
  readonly serviceValues: { readonly startsOn: string; readonly endsOn: string }
  readonly errors: FieldErrors<keyof ChildValues | 'class' | 'lastDay' | 'category' | 'days'>
}
