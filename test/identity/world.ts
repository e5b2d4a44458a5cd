import { generateKeyPairSync } from 'node:crypto'
import { selfSignedCertificate } from '#identity/certificates/issue.ts'
import { schemeNamed } from '#identity/schemes.ts'
import type {
  Desk,
  Outcome,
  PendingRequest,
  PendingRequests,
  Provider,
  Registration,
  SigningKey,
} from '#identity/scheme.ts'

/** The instant at which everything here happens, and how to move from it. */
export const NOW = new Date('2026-11-23T10:00:00.400Z')
export const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)
export const instant = (seconds: number) => `${at(seconds).toISOString().slice(0, 19)}Z`

/** A key with a certificate that is valid from ten days before {@link NOW} for a year, unless told otherwise. */
export function newKey(
  commonName: string,
  days: readonly [number, number] = [-10, 365],
  modulusLength = 2048,
): SigningKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength })
  const certificate = selfSignedCertificate(
    privateKey,
    {
      commonName,
      organizationName: commonName,
      localityName: 'Roma',
      organizationIdentifier: 'PA:IT-c_test',
      uri: 'https://example.it/idp',
    },
    { from: at(days[0] * 86_400), to: at(days[1] * 86_400) },
  )
  return { privateKey, certificate }
}

export const keys = {
  tenant: newKey('tenant'),
  provider: newKey('provider'),
  nextProvider: newKey('provider, next key'),
  otherProvider: newKey('other provider'),
  attacker: newKey('attacker'),
  expired: newKey('provider, expired key', [-400, -1]),
}

export const provider: Provider = {
  entityId: 'https://idp.example.it',
  names: { it: 'Provider di prova' },
  singleSignOn: { redirect: 'https://idp.example.it/sso', post: 'https://idp.example.it/sso-post' },
  singleLogout: { redirect: 'https://idp.example.it/slo' },
  certificates: [keys.provider.certificate, keys.nextProvider.certificate, keys.expired.certificate],
}

export const otherProvider: Provider = {
  ...provider,
  entityId: 'https://other-idp.example.it',
  certificates: [keys.otherProvider.certificate],
}

export const registration: Registration = {
  tenantId: '0190a5d4-0000-7000-8000-000000000001',
  entityId: 'https://login.example.it/pub-ag-full/c_a123',
  assertionConsumerUrl: 'https://login.example.it/spid/acs',
  logoutUrl: 'https://login.example.it/spid/slo',
  key: keys.tenant,
}

export function pendingRequest(changes: Partial<PendingRequest> = {}): PendingRequest {
  return {
    id: '_5f1c7d1e-6d70-4e3c-9d51-6d9f0e6b7a11',
    scheme: 'spid',
    tenantId: registration.tenantId,
    entityId: registration.entityId,
    assertionConsumerUrl: registration.assertionConsumerUrl,
    providerId: provider.entityId,
    level: 2,
    issuedAt: new Date('2026-11-23T09:59:00Z'),
    expiresAt: new Date('2026-11-23T10:14:00Z'),
    relayState: 'c0ffee',
    ...changes,
  }
}

/** Requests in memory; taking one out is atomic, because nothing else runs between looking and deleting. */
export function pendingRequests(...requests: readonly PendingRequest[]): PendingRequests {
  const waiting = new Map(requests.map((request) => [`${request.scheme} ${request.id}`, request]))
  return {
    async consume(scheme, id) {
      const key = `${scheme} ${id}`
      const request = waiting.get(key)
      waiting.delete(key)
      return request
    },
  }
}

export function desk(changes: Partial<Desk> & { readonly requests?: PendingRequest[] } = {}): Desk {
  const { requests = [pendingRequest()], ...rest } = changes
  return {
    pending: pendingRequests(...requests),
    providers: {
      find: async (_, entityId) => [provider, otherProvider].find((one) => one.entityId === entityId),
    },
    clock: { now: () => NOW },
    ...rest,
  }
}

/** What the house says to a posted response; SPID unless told otherwise. */
export function judge(xml: string, at: Desk = desk(), scheme = 'spid'): Promise<Outcome> {
  return schemeNamed(scheme)!.finish({ SAMLResponse: Buffer.from(xml).toString('base64') }, at)
}

/** `accepted`, or the reason of the refusal. */
export function verdictOf(outcome: Outcome): string {
  return outcome.accepted ? 'accepted' : outcome.reason
}
