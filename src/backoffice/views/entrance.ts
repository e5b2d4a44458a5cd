import type { IdentityChoice } from '#pages/identity-choice.ts'
import type { FieldErrors, PageView } from '#pages/view.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import type { Tile } from './tile.ts'

/** `pages/office/sign-in`: POST `{base}/accedi` with `username`, `password`. */
export interface OfficeSignInView extends PageView {
  /** SPID and CIE, where the entity lets its staff sign in so. */
  readonly schemes: readonly IdentityChoice[]
  readonly values: { readonly username: string }
  readonly errors: FieldErrors<'username' | 'password'>
  /** Where to go once signed in, a path of the office; posted back in the field `next`. */
  readonly next: string | null
}

/** `pages/office/overview`. */
export interface OverviewView extends PageView {
  readonly role: StaffRole
  /** Empty for a role that has nothing to do with payments. */
  readonly tiles: readonly Tile[]
  readonly failing: readonly {
    /** What is failing, in the reader's language. */
    readonly work: string
    readonly count: number
    readonly parked: number
    readonly since: Date
  }[]
}
