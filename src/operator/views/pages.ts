import type { RomeDate } from '#core/clock.ts'
import type { SecondStepViews } from '#pages/second-step.ts'
import type { FieldErrors, Option, PageView } from '#pages/view.ts'

/** `pages/operator/sign-in`: POST `{base}/accedi` with `username`, `password`. */
export interface OperatorSignInView extends PageView {
  readonly values: { readonly username: string }
  readonly errors: FieldErrors<'username' | 'password'>
  /** Where to go once signed in; posted back in the field `next`. */
  readonly next: string | null
}

/** A word in colour. */
export interface Badge {
  readonly text: string
  readonly tone: 'open' | 'paid' | 'plain'
}

/** `pages/operator/entities`: GET `{base}/?cerca=&stato=&fermi=&dopo=`. */
export interface EntitiesView extends PageView {
  readonly values: { readonly cerca: string; readonly fermi: boolean }
  readonly states: readonly Option[]
  readonly filtered: boolean
  readonly rows: readonly {
    readonly name: string
    readonly slug: string
    readonly href: string
    readonly state: Badge
    readonly activationCode: string
    /** Null where all goes well. */
    readonly trouble: { readonly badge: Badge; readonly lastError: string } | null
    readonly lastReceiptOn: RomeDate | null
  }[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}

/** The fields of a new entity. */
export const NEW_ENTITY_FIELDS = [
  'name',
  'slug',
  'creditorFiscalCode',
  'segregationCode',
  'ipaCode',
  'broker',
  'station',
  'iban',
  'serviceId',
  'serviceSubjectId',
  'categoryLabel',
  'taxonomy',
  'email',
] as const
export type NewEntityField = (typeof NEW_ENTITY_FIELDS)[number]

/** `pages/operator/new-entity`: POST `{base}/enti/nuovo`. */
export interface NewEntityView extends PageView {
  readonly values: Readonly<Record<NewEntityField, string>>
  readonly errors: FieldErrors<NewEntityField>
  /** Whether the fields that most leave empty are unfolded. */
  readonly isMoreOpen: boolean
}

/** `pages/operator/entity`: POST `{href}/inviti`, `{href}/inviti/<id>/ancora`, `…/revoca`, `{href}/assistenza`. */
export interface EntityView extends PageView {
  readonly href: string
  readonly name: string
  readonly slug: string
  readonly state: Badge
  readonly stateReason: string | null
  readonly isDraft: boolean
  readonly stateSince: Date
  readonly createdAt: Date
  readonly activationCode: string
  readonly creditor: {
    readonly name: string
    readonly fiscalCode: string
    readonly segregationCode: string
    readonly broker: string
    readonly station: string
    readonly iban: string
    readonly ipaCode: string
    readonly service: string
  }
  /** Where it may go from here. */
  readonly changes: readonly { readonly label: string; readonly href: string; readonly isEnd: boolean }[]
  readonly tiles: readonly { readonly label: string; readonly value: string; readonly note: string }[]
  readonly hasAdministrator: boolean
  readonly invitations: readonly {
    readonly email: string
    readonly state: Badge
    readonly sentAt: Date
    readonly expiresAt: Date
    readonly href: string
  }[]
  readonly values: { readonly email: string }
  readonly errors: FieldErrors<'email'>
  readonly leave: { readonly role: string; readonly until: Date } | null
  readonly failing: readonly FailingRow[]
}

/** `pages/operator/entity-state`: POST to its own address with `to`, `reason`. */
export interface EntityStateView extends PageView {
  readonly parentHref: string
  readonly action: string
  readonly name: string
  readonly to: string
  readonly title: string
  readonly effects: readonly string[]
  readonly needsReason: boolean
  readonly isEnd: boolean
  /** What must be there first; the button is missing then. */
  readonly missing: readonly string[]
  readonly values: { readonly reason: string }
  readonly errors: FieldErrors<'reason'>
}

/** Work that fails. */
export interface FailingRow {
  readonly id: string
  readonly job: string
  readonly state: Badge
  readonly error: string
  readonly attempt: number
  readonly isParked: boolean
  /** Null on the entity's own page. */
  readonly entity: { readonly name: string; readonly href: string } | null
}

/** `pages/operator/jobs`: POST `{base}/lavori` with `id` or `job`. */
export interface JobsView extends PageView {
  readonly kinds: readonly {
    readonly job: string
    readonly count: number
    readonly parked: number
    readonly since: Date
  }[]
  readonly rows: readonly FailingRow[]
  /** How many more there are than are shown. */
  readonly more: number
  readonly runs: readonly {
    readonly job: string
    readonly ranAt: Date
    readonly state: Badge
    readonly error: string | null
  }[]
}

/** `pages/operator/audit-log`: GET `{base}/registro?dopo=`. */
export interface OperatorAuditView extends PageView {
  readonly rows: readonly {
    readonly at: Date
    readonly what: string
    /** What tells the line from another of its kind. */
    readonly how: string
    readonly who: string
    readonly about: string
  }[]
  readonly nextHref: string | null
  readonly firstHref: string | null
}

/** Every page of the installation. A page's template is `templates/pages/<name>.hbs`. */
export interface OperatorViews extends SecondStepViews {
  readonly 'operator/sign-in': OperatorSignInView
  readonly 'operator/entities': EntitiesView
  readonly 'operator/audit-log': OperatorAuditView
  readonly 'operator/new-entity': NewEntityView
  readonly 'operator/entity': EntityView
  readonly 'operator/entity-state': EntityStateView
  readonly 'operator/jobs': JobsView
}
