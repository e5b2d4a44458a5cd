import type { Context } from 'hono'
import type { Language } from '#core/i18n.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { TenantRegistry } from '#tenants/registry.ts'
import type { IdentityHouse } from '#tenants/identity/open.ts'
import type { Support } from '#tenants/support/enter.ts'
import type { Attempts } from '#tenants/sign-in/attempts.ts'
import type { Sessions, SignedIn } from '#tenants/sign-in/sessions.ts'
import type { AssetPaths } from './assets.ts'
import type { FormTokens } from './form-token.ts'

/** What every face of server-made pages is given. */
export interface PageParts {
  readonly services: Services
  readonly registry: TenantRegistry
  readonly sessions: Sessions
  readonly assets: AssetPaths
  readonly forms: FormTokens
  readonly attempts: Attempts
  /** SPID and CIE. */
  readonly identity: IdentityHouse
}

/** What a request knows of itself once the middleware has run. */
export interface PageVariables {
  requestId: string
  language: Language
  tenant: Tenant
  /** Whoever is signed in to this face; the session of another face is none here. */
  viewer: SignedIn | undefined
  /** Set where the viewer is an operator at work in an office by its leave. */
  support?: Support
  /** The content security policy of a page that is not one of ours; the usual one when unset. */
  policy?: string
  /** Origins besides our own and Checkout's to which this page's forms may go; none when unset. */
  formTargets?: readonly string[]
}

export type PageEnv = { Variables: PageVariables }
export type PageContext = Context<PageEnv>
