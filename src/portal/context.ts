import type { Hono } from 'hono'
import type { Tenant } from '#core/tenant.ts'
import type { PageContext, PageEnv, PageParts } from '#pages/context.ts'
import type { Cashier } from '#tenants/cashier.ts'
import type { Leaflets } from '#tenants/leaflet/leaflets.ts'

/** What the portal is given. */
export interface PortalParts extends PageParts {
  readonly cashier: Cashier
  readonly leaflets: Leaflets
}

export type PortalContext = PageContext
export type PortalApp = Hono<PageEnv>

/** Where an entity's pages begin. */
export function baseOf(tenant: Pick<Tenant, 'slug'>): string {
  return `/${tenant.slug}`
}
