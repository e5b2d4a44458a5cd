import { serviceProviderMetadata } from '../metadata/service-provider.ts'
import type { ServiceProvider } from '../metadata/service-provider.ts'
import type { IdentityScheme } from '../scheme.ts'
import { startAuthn } from './authn-request.ts'
import { finishAuthn } from './finish.ts'
import type { SamlProfile } from './profile.ts'

/** A scheme in which a tenant is known by signed metadata. */
export interface SamlScheme extends IdentityScheme {
  /** Builds and signs a tenant's metadata, to be stored as made. */
  metadata(provider: ServiceProvider): string
}

/** A scheme that speaks SAML, made of what is its own. */
export function samlScheme(profile: SamlProfile): SamlScheme {
  return {
    id: profile.id,
    label: profile.label,
    links: profile.links,
    start: (order) => startAuthn(profile.id, order),
    finish: (post, desk) => finishAuthn(profile, post, desk),
    metadata: (provider) => serviceProviderMetadata(provider, profile.metadata),
  }
}

/** True for a scheme that knows tenants by metadata. */
export function hasMetadata(scheme: IdentityScheme): scheme is SamlScheme {
  return 'metadata' in scheme
}
