import type { IdentityChoice } from '#pages/identity-choice.ts'
import type { FieldErrors, PageView } from '#pages/view.ts'

/** `pages/office/sign-in`: POST `{base}/accedi` with `username`, `password`. */
export interface OfficeSignInView extends PageView {
  /** SPID and CIE, where the entity lets its staff sign in so. */
  readonly schemes: readonly IdentityChoice[]
  readonly values: { readonly username: string }
  readonly errors: FieldErrors<'username' | 'password'>
  /** Where to go once signed in, a path of the office; posted back in the field `next`. */
  readonly next: string | null
}
