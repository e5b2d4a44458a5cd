import type { RomeDate } from '#core/clock.ts'
import type { SecondStepViews } from '#pages/second-step.ts'
import type { FieldErrors, PageView } from '#pages/view.ts'

/** `pages/operator/sign-in`: POST `{base}/accedi` with `username`, `password`. */
export interface OperatorSignInView extends PageView {
  readonly values: { readonly username: string }
  readonly errors: FieldErrors<'username' | 'password'>
  /** Where to go once signed in; posted back in the field `next`. */
  readonly next: string | null
}

/** `pages/operator/entities`: GET `{base}/`. */
export interface EntitiesView extends PageView {
  readonly rows: readonly {
    readonly name: string
    readonly slug: string
    readonly state: { readonly text: string; readonly tone: 'open' | 'paid' | 'plain' }
    readonly activationCode: string
    /** The last day on which parents sign in with a password; null where there is none. */
    readonly passwordUntil: RomeDate | null
  }[]
}

/** `pages/operator/audit-log`: GET `{base}/registro?dopo=`. */
export interface OperatorAuditView extends PageView {
  readonly rows: readonly {
    readonly at: Date
    readonly what: string
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
}
