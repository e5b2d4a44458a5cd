import type { ClassGroup } from '#pages/class-choice.ts'
import type { FieldErrors, PageView } from '#pages/view.ts'
import type { Badge } from './tile.ts'

/** `pages/office/enrolment-requests`: what parents ask for. */
export interface EnrolmentRequestsView extends PageView {
  readonly rows: readonly {
    readonly href: string
    readonly askedAt: Date
    readonly childName: string
    readonly place: string
    readonly service: string
    readonly parentName: string
    readonly state: Badge
  }[]
}

/** `pages/office/enrolment-request`: POST `{href}` (`name`) looks, `{href}/approva`, `/documenti`, `/rifiuta` answer. */
export interface EnrolmentRequestView extends PageView {
  readonly parentHref: string
  readonly href: string
  readonly askedAt: Date
  readonly parentName: string
  readonly childName: string
  readonly fiscalCode: string | null
  readonly place: string
  readonly service: string
  readonly schoolYear: string
  readonly wanted: string | null
  readonly reply: string | null
  /** Children that it may be; the first choice is always a new one. */
  readonly found: readonly {
    readonly id: string
    readonly name: string
    readonly place: string
    readonly href: string
    readonly sure: boolean
  }[]
  readonly classes: readonly ClassGroup[]
  readonly search: string
  readonly wordsMaximum: number
  readonly values: { readonly child: string; readonly text: string; readonly reason: string }
  readonly errors: FieldErrors<'child' | 'class' | 'text' | 'reason'>
}
