import type { FieldErrors, Option, PageView } from '#pages/view.ts'
import type { Badge } from './tile.ts'

/** `pages/office/staff`: who works here. */
export interface StaffView extends PageView {
  readonly rows: readonly StaffMemberRow[]
}

export interface StaffMemberRow {
  readonly name: string
  readonly isViewer: boolean
  readonly role: string
  readonly state: Badge
  readonly since: Date | null
  readonly recoveryCodes: number
  /** Null where there is nothing to reset. */
  readonly resetHref: string | null
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
