import type { SignInMethodId } from '#core/db/people-tables.ts'
import type { PageView } from '#pages/view.ts'

/** `pages/app-confirm`: POST `{base}/accedi/app` with `choice` continue, other or cancel. */
export interface AppConfirmView extends PageView {
  /** Where the app takes the browser back: a host, or the scheme of the app's own. */
  readonly returnsTo: string
}

/** `pages/profile`: POST `{base}/profilo/sessioni/<id>/chiudi`, `/profilo/sessioni/chiudi-altre`, `/profilo/esci-ovunque`. */
export interface ProfileView extends PageView {
  readonly email: string | null
  /** Null where the account has no password. */
  readonly username: string | null
  /** How this session began. */
  readonly method: SignInMethodId
  readonly sessions: readonly SessionRow[]
}

/** A place where the parent is signed in. */
export interface SessionRow {
  readonly id: string
  /** In plain words, in the reader's language. */
  readonly device: string
  readonly isApp: boolean
  readonly method: SignInMethodId
  readonly since: Date
  readonly lastUsedAt: Date
  readonly isCurrent: boolean
}
