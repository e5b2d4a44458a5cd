import type { Tenant } from '#core/tenant.ts'
import type { PageParts } from '#pages/context.ts'
import type { Leaflets } from '#tenants/leaflet/leaflets.ts'

/** What the office is given. */
export interface OfficeParts extends PageParts {
  readonly leaflets: Leaflets
}

/** Where the office of an entity begins. */
export function officeOf(tenant: Pick<Tenant, 'slug'>): string {
  return `/${tenant.slug}/ufficio`
}
