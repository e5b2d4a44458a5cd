import type { RomeDate } from '#core/clock.ts'
import type { FieldErrors, Option, PageView } from '#pages/view.ts'

export type InvitationField = 'child' | 'label' | 'until' | 'email'

/** `pages/invitations`: POST `{base}/inviti` (fields as named), POST `{base}/inviti/<id>/termina`. */
export interface InvitationsView extends PageView {
  /** The one just made, with its code; null at any other time. */
  readonly made: {
    readonly label: string
    readonly childName: string
    readonly code: string
    readonly codeUntil: RomeDate
    readonly acceptAddress: string
  } | null
  readonly children: readonly InvitationChild[]
  /** What others let the reader top up. */
  readonly taken: readonly { readonly id: string; readonly childName: string; readonly until: RomeDate }[]
  /** The children to choose from; empty for who has none. */
  readonly choices: readonly Option[]
  readonly codeDays: number
  readonly values: { readonly label: string; readonly until: string; readonly email: string }
  readonly errors: FieldErrors<InvitationField>
}

export interface InvitationChild {
  readonly id: string
  readonly name: string
  readonly initials: string
  /** How many other guardians there are: no more is told of them. */
  readonly otherGuardians: number
  readonly invitations: readonly {
    readonly id: string
    readonly label: string
    /** The initials of whoever accepted it; null while its code waits. */
    readonly acceptedBy: string | null
    readonly acceptedAt: Date | null
    readonly codeUntil: RomeDate | null
    readonly until: RomeDate
  }[]
}

/** `pages/accept-invitation`: POST `{base}/inviti/accetta` (`code`). */
export interface AcceptInvitationView extends PageView {
  readonly values: { readonly code: string }
  readonly errors: FieldErrors<'code'>
}

export type ChildRequestField = 'firstName' | 'lastName' | 'school' | 'className' | 'fiscalCode' | 'note'

/** `pages/child-request`: POST `{base}/iscrizioni/richiesta` (fields as named). */
export interface ChildRequestView extends PageView {
  readonly parentHref: string
  readonly noteMaximum: number
  readonly values: Readonly<Record<ChildRequestField, string>>
  readonly errors: FieldErrors<ChildRequestField>
}

/** A request as its parent sees it among the enrolments. */
export interface ChildRequestRow {
  readonly childName: string
  readonly initials: string
  readonly askedOn: RomeDate
  readonly state: 'pending' | 'approved' | 'refused'
  readonly reason: string | null
}
