import { randomUUID } from 'node:crypto'
import type { Departure, Provider, Registration } from '../scheme.ts'
import { issuer } from './authn-request.ts'
import { byPost, byRedirect } from './binding.ts'
import { writeInstant } from './instant.ts'
import type { LogoutRequest } from './logout-request.ts'
import { ASSERTION, PROTOCOL, SUCCESS } from './names.ts'
import { tag } from './write-xml.ts'

export interface LogoutAnswer {
  readonly request: LogoutRequest
  readonly registration: Registration
  readonly provider: Provider
  readonly now: Date
}

/**
 * Answers "done" to a provider that ended sessions (SPID technical rules, single logout), signed.
 * @returns undefined where the provider's metadata name no place for an answer: who may ask need not offer logout
 */
export function answerLogout({ request, registration, provider, now }: LogoutAnswer): Departure | undefined {
  const { redirect, post } = provider.singleLogout
  const destination = redirect ?? post
  if (destination === undefined) return undefined
  const xml = tag(
    'samlp:LogoutResponse',
    {
      'xmlns:samlp': PROTOCOL,
      'xmlns:saml': ASSERTION,
      ID: `_${randomUUID()}`,
      Version: '2.0',
      IssueInstant: writeInstant(now),
      Destination: destination,
      InResponseTo: request.id,
    },
    issuer(registration.entityId),
    tag('samlp:Status', {}, tag('samlp:StatusCode', { Value: SUCCESS })),
  )
  const { key } = registration
  const outgoing = {
    parameter: 'SAMLResponse',
    xml,
    destination,
    relayState: request.relayState,
    key,
  } as const
  return (redirect === undefined ? byPost(outgoing) : byRedirect(outgoing)).departure
}
