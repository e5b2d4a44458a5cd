import type { Tenant } from '#core/tenant.ts'
import type { PageParts } from '#pages/context.ts'

/** What the office is given. */
export type OfficeParts = PageParts

/** Where the office of an entity begins. */
export function officeOf(tenant: Pick<Tenant, 'slug'>): string {
  return `/${tenant.slug}/ufficio`
}
