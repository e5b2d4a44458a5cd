import { randomBytes } from 'node:crypto'
import { invariant } from '#core/errors.ts'
import type { StartOrder, Started } from '../scheme.ts'
import { byPost, byRedirect } from './binding.ts'
import { wholeSeconds, writeInstant } from './instant.ts'
import { ASSERTION, ENTITY_FORMAT, PROTOCOL, TRANSIENT_FORMAT, levelClass } from './names.ts'
import { tag, textTag } from './write-xml.ts'

/** How long an answer may take: after that the person starts again. */
const PENDING_MINUTES = 15

/**
 * Builds a signed AuthnRequest (SPID technical rules, single sign-on; CIE manual, protocols) and what to remember
 * of it. ForceAuthn is always there: mandatory from level 2 on, and CIE wants it at any level.
 */
export function startAuthn(scheme: string, order: StartOrder): Started {
  const { registration, provider, level, binding } = order
  const destination = provider.singleSignOn[binding]
  invariant(destination, `provider ${provider.entityId} offers no sign-on by ${binding}`)
  const issuedAt = wholeSeconds(order.now)
  // An XML name may not begin with a digit, hence the underscore. The tenant stands in front so that the request is
  // looked for among its tenant's own; which tenant an answer belongs to is decided by whether it is found there.
  const id = `_${registration.tenantId}.${randomBytes(16).toString('hex')}`
  // Hexadecimal: the same in every URL encoding, and never the "http" that the public suite refuses in it.
  const relayState = randomBytes(20).toString('hex')
  const xml = authnRequest({ id, issuedAt, destination, entityId: registration.entityId, level })
  const outgoing = { parameter: 'SAMLRequest', xml, destination, relayState, key: registration.key } as const
  const { departure, sent } = binding === 'redirect' ? byRedirect(outgoing) : byPost(outgoing)
  const pending = {
    id,
    scheme,
    tenantId: registration.tenantId,
    entityId: registration.entityId,
    assertionConsumerUrl: registration.assertionConsumerUrl,
    providerId: provider.entityId,
    level,
    issuedAt,
    expiresAt: new Date(issuedAt.getTime() + PENDING_MINUTES * 60_000),
    relayState,
  }
  return { departure, pending, sent }
}

type RequestParts = Pick<StartOrder, 'level'> & {
  readonly id: string
  readonly issuedAt: Date
  readonly destination: string
  readonly entityId: string
}

function authnRequest({ id, issuedAt, destination, entityId, level }: RequestParts): string {
  return tag(
    'samlp:AuthnRequest',
    {
      'xmlns:samlp': PROTOCOL,
      'xmlns:saml': ASSERTION,
      ID: id,
      Version: '2.0',
      IssueInstant: writeInstant(issuedAt),
      Destination: destination,
      ForceAuthn: 'true',
      AssertionConsumerServiceIndex: '0',
      AttributeConsumingServiceIndex: '0',
    },
    issuer(entityId),
    tag('samlp:NameIDPolicy', { Format: TRANSIENT_FORMAT }),
    tag(
      'samlp:RequestedAuthnContext',
      { Comparison: 'minimum' },
      textTag('saml:AuthnContextClassRef', {}, levelClass(level)),
    ),
  )
}

/** Who sends: the tenant's entityID, never the aggregator's (error 10 of the providers). */
export function issuer(entityId: string): string {
  return textTag('saml:Issuer', { Format: ENTITY_FORMAT, NameQualifier: entityId }, entityId)
}
