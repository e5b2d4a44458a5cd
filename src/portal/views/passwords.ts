import type { FieldErrors, PageView } from '#pages/view.ts'

/** `pages/password-forgotten`: POST `{base}/password-dimenticata` with `account`. */
export interface PasswordForgottenView extends PageView {
  /** True once asked: the same words whether there is such an account or not. */
  readonly sent: boolean
  /** For how long the link will work. */
  readonly minutes: number
  readonly values: { readonly account: string }
  readonly errors: FieldErrors<'account'>
}

/** `pages/password-new`: POST `{base}/password-nuova` with `codice`, `password`. */
export interface PasswordNewView extends PageView {
  readonly code: string
  readonly username: string
  readonly passwordMinimum: number
  readonly errors: FieldErrors<'password'>
}

/** `pages/email-address`: POST `{base}/email` with `email`. */
export interface EmailAddressView extends PageView {
  /** The account's present address. */
  readonly address: string | null
  readonly confirmed: boolean
  readonly values: { readonly email: string }
  readonly errors: FieldErrors<'email'>
}

/** `pages/email-confirm`: POST `{base}/email/conferma` with `codice`; `address` is null once it is done. */
export interface EmailConfirmView extends PageView {
  readonly code: string
  readonly address: string | null
}

/** `pages/link-not-valid`: a link out of an e-mail that opens nothing any more, and how to get another one. */
export interface LinkNotValidView extends PageView {
  readonly kind: 'password' | 'email'
}
