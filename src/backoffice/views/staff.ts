import type { FieldErrors, Option, PageView } from '#pages/view.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import type { Badge } from './tile.ts'

/** `pages/office/staff`: who works here, who is invited, who has left. POST `{base}/personale/inviti`. */
export interface StaffView extends PageView {
  readonly rows: readonly StaffMemberRow[]
  readonly waiting: readonly WaitingRow[]
  readonly former: readonly {
    readonly name: string
    readonly role: string
    readonly since: Date
    readonly href: string
  }[]
  readonly roles: readonly RoleChoice[]
  /** For how many days an invitation holds. */
  readonly days: number
  readonly values: { readonly email: string }
  readonly errors: FieldErrors<'email' | 'role'>
  readonly supportHref: string
  readonly tokensHref: string
}

export interface StaffMemberRow {
  readonly name: string
  readonly isViewer: boolean
  readonly role: string
  readonly state: Badge
  readonly since: Date | null
  readonly recoveryCodes: number
  readonly href: string
  /** Null where there is nothing to reset. */
  readonly resetHref: string | null
}

/** An invitation that waits: POST `{href}/ancora`, `{href}/revoca`. */
export interface WaitingRow {
  readonly email: string
  readonly role: string
  readonly state: Badge
  readonly sentAt: Date
  readonly expiresAt: Date
  readonly href: string
}

/** A role with a sentence of what it is for. */
export interface RoleChoice {
  readonly value: StaffRole
  readonly label: string
  readonly note: string
  readonly selected: boolean
}

/** `pages/office/colleague`: POST `{href}/ruolo`, `{href}/disattiva`, or `{href}/invita` for who has left. */
export interface ColleagueView extends PageView {
  readonly parentHref: string
  readonly href: string
  readonly name: string
  readonly role: string
  readonly isViewer: boolean
  /** When the account was closed; null while it is open. */
  readonly leftAt: Date | null
  readonly state: Badge | null
  readonly resetHref: string | null
  readonly roles: readonly RoleChoice[]
  readonly values: { readonly email: string }
  readonly errors: FieldErrors<'email' | 'role'>
}

/** `pages/office/join`: POST to its own address with names, `username`, `password`. */
export interface JoinView extends PageView {
  readonly action: string
  readonly role: string
  readonly roleNote: string
  readonly passwordMinimum: number
  readonly values: { readonly firstName: string; readonly lastName: string; readonly username: string }
  readonly errors: FieldErrors<'firstName' | 'lastName' | 'username' | 'password'>
}

/** `pages/office/support`: POST `{base}/assistenza` with `role`, `hours`; `{base}/assistenza/fine`. */
export interface SupportView extends PageView {
  readonly parentHref: string
  readonly leave: { readonly role: string; readonly since: Date; readonly until: Date } | null
  readonly roles: readonly RoleChoice[]
  readonly hours: readonly Option[]
}

/** `pages/office/staff-reset`: POST to the member's `resetHref`, which is also this page's own address. */
export interface StaffResetView extends PageView {
  readonly parentHref: string
  readonly member: StaffMemberRow
}

/** `pages/office/audit-log`: GET `{base}/registro?azione=&giorno=&dopo=`. */
export interface AuditLogView extends PageView {
  readonly actions: readonly Option[]
  readonly values: { readonly giorno: string }
  readonly errors: FieldErrors<'giorno'>
  readonly filtered: boolean
  readonly rows: readonly AuditRow[]
  /** The same rows as a file; null for who may not take it away. */
  readonly exportHref: string | null
  readonly nextHref: string | null
  readonly firstHref: string | null
}

export interface AuditRow {
  readonly at: Date
  /** What happened, in words. */
  readonly what: string
  /** How: the way of signing in, for instance. */
  readonly how: string
  /** A name of the staff, or what kind of person or machine it was. */
  readonly who: string
  readonly about: string
  readonly aboutHref: string | null
}
