import type { RomeDate } from '#core/clock.ts'
import type { IdentityChoice } from '#pages/identity-choice.ts'
import type { FieldErrors, PageView } from '#pages/view.ts'
import type { PagopaOnly } from '#tenants/pagopa-only.ts'

/** `pages/choose-entity`: GET `/?ente=…`, an activation code or a name. */
export interface ChooseEntityView extends PageView {
  readonly query: string
  /** Null before anything was searched. */
  readonly results: readonly EntityResult[] | null
  readonly errors: FieldErrors<'ente'>
}

export interface EntityResult {
  readonly name: string
  readonly service: string
  readonly href: string
  readonly logoHref: string | null
}

/** `pages/welcome`: the entity's public page. */
export interface WelcomeView extends PageView {
  readonly activationCode: string
  readonly registrationOpen: boolean
  /** From this day top-ups are paid through pagoPA only. */
  readonly pagopaOnly: PagopaOnly | null
  readonly passwordEnds: PasswordEnd | null
  /** How credit can be topped up here; a word each and a line. */
  readonly channels: readonly { readonly label: string; readonly note: string; readonly icon: string }[]
  /** Whether the entity lets everybody read its menus. */
  readonly hasMenus: boolean
}

/** Shown from 60 days before the entity closes sign-in by password. */
export interface PasswordEnd {
  /** The last day on which a password still works. */
  readonly until: RomeDate
  readonly daysLeft: number
}

/** `pages/sign-in`: POST `{base}/accedi` with `username`, `password`. */
export interface SignInView extends PageView {
  readonly schemes: readonly IdentityChoice[]
  /** Null once the entity has closed it; `until` is the last day, where one is set. */
  readonly password: { readonly until: RomeDate | null } | null
  readonly passwordEnds: PasswordEnd | null
  /** The last day on which a password worked, once it is over. */
  readonly passwordEndedOn: RomeDate | null
  readonly registrationOpen: boolean
  readonly values: { readonly username: string }
  readonly errors: FieldErrors<'username' | 'password'>
  /** True where an app has sent the browser and waits for it. */
  readonly forApp: boolean
  /** Where to go once signed in, a path of ours; posted back in the field `next`. */
  readonly next: string | null
}

export type RegistrationField =
  | 'firstName'
  | 'lastName'
  | 'email'
  | 'fiscalCode'
  | 'username'
  | 'password'
  | 'consent'

/** `pages/register`: POST `{base}/registrati`, fields as named; the password is never shown again. */
export interface RegisterView extends PageView {
  readonly values: Readonly<Record<Exclude<RegistrationField, 'password' | 'consent'>, string>>
  readonly errors: FieldErrors<RegistrationField>
  readonly passwordMinimum: number
}

/** `pages/goodbye-password`: shown after a sign-in by password in its last fortnight. */
export interface GoodbyePasswordView extends PageView {
  readonly schemes: readonly IdentityChoice[]
  readonly ends: PasswordEnd
  /** Where "later" leads. */
  readonly next: string
}

/**
 * `pages/first-steps`: for whoever came in with SPID or CIE and had no account here. POST `{base}/primo-accesso/profilo`
 * with `username`, `password`; `{base}/primo-accesso/codice` with `code`.
 */
export interface FirstStepsView extends PageView {
  /** Whether the entity still takes passwords: then an old account is shown to be one's own by its password. */
  readonly passwordOpen: boolean
  readonly values: { readonly username: string }
  readonly errors: FieldErrors<'username' | 'password' | 'code'>
}

/** `pages/access-help`: for who has neither SPID nor CIE, or no codice fiscale. */
export interface AccessHelpView extends PageView {
  readonly passwordOpen: boolean
}
