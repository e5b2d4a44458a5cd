import { RequestError } from '../web/request.ts'

export type Scheme = 'spid' | 'cie'
export type Binding = 'redirect' | 'post'

/** A simulated identity provider. */
export interface Provider {
  readonly id: string
  readonly scheme: Scheme
  readonly label: string
  /** How it takes requests to sign somebody on. */
  readonly bindings: readonly Binding[]
}

/** All that there are. The second one takes forms only, as some real ones do. */
export const PROVIDERS: readonly Provider[] = [
  { id: 'spid-demo', scheme: 'spid', label: 'SPID demo (prova)', bindings: ['redirect', 'post'] },
  { id: 'spid-altro', scheme: 'spid', label: 'Altro SPID (prova)', bindings: ['post'] },
  { id: 'cie-demo', scheme: 'cie', label: 'CIE demo (prova)', bindings: ['redirect', 'post'] },
]

/** The provider of that id. @throws RequestError 404 */
export function providerNamed(id: string): Provider {
  const provider = PROVIDERS.find((one) => one.id === id)
  if (provider) return provider
  throw new RequestError(404, 'Gestore sconosciuto', `Nessun gestore di identità si chiama “${id}”.`)
}

/** Where a provider is: its name in SAML, and where it takes requests. */
export interface Places {
  readonly entityId: string
  readonly signOn: string
  readonly logout: string
}

export function placesOf(provider: Provider, sandboxUrl: string): Places {
  const entityId = `${sandboxUrl}/sandbox-idp/${provider.id}`
  return { entityId, signOn: `${entityId}/sso`, logout: `${entityId}/slo` }
}
