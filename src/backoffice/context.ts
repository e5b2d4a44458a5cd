import type { PaymentChannel } from '#core/channel.ts'
import type { Tenant } from '#core/tenant.ts'
import type { PageParts } from '#pages/context.ts'
import type { Leaflets } from '#tenants/leaflet/leaflets.ts'

import type { OnboardingPreflight } from '#tenants/onboarding/preflight.ts'

/** What the office is given. */
export interface OfficeParts extends PageParts {
  readonly leaflets: Leaflets
  /** Every channel of the installation: an entity opens those that it wants. */
  readonly channels: readonly PaymentChannel[]
  readonly preflight: OnboardingPreflight
  /** The simulated world of rehearsals: where its pages are, if anywhere, and how it is told of an entity. */
  readonly rehearsal: {
    readonly sandboxUrl: string | null
    introduce(tenant: Tenant): Promise<void>
  }
}

/** Where the office of an entity begins. */
export function officeOf(tenant: Pick<Tenant, 'slug'>): string {
  return `/${tenant.slug}/ufficio`
}
