import type { Context, Hono } from 'hono'
import type { Language } from '#core/i18n.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { Cashier } from '#tenants/cashier.ts'
import type { Attempts } from '#tenants/sign-in/attempts.ts'
import type { TenantRegistry } from '#tenants/registry.ts'
import type { Sessions, SignedIn } from '#tenants/sign-in/sessions.ts'
import type { FormTokens } from './form-token.ts'
import type { AssetPaths } from './views/assets.ts'

/** What the portal is given. */
export interface PortalParts {
  readonly services: Services
  readonly registry: TenantRegistry
  readonly sessions: Sessions
  readonly cashier: Cashier
  readonly assets: AssetPaths
  readonly forms: FormTokens
  readonly attempts: Attempts
}

/** What a request knows of itself once the middleware has run. */
export interface PortalVariables {
  requestId: string
  language: Language
  tenant: Tenant
  viewer: SignedIn | undefined
}

export type PortalEnv = { Variables: PortalVariables }
export type PortalContext = Context<PortalEnv>
export type PortalApp = Hono<PortalEnv>

/** Where an entity's pages begin. */
export function baseOf(tenant: Pick<Tenant, 'slug'>): string {
  return `/${tenant.slug}`
}
