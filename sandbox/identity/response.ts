import { randomUUID } from 'node:crypto'
import { element, writeXml } from '../wire/xml.ts'
import type { XmlDraft } from '../wire/xml.ts'
import type { AuthnRequest } from './authn-request.ts'
import type { SigningKey } from './keys.ts'
import { ASSERTION, BASIC, BEARER, ENTITY, LEVEL_CLASS, PROTOCOL, STATUS, TRANSIENT } from './names.ts'
import { statusOf } from './problem.ts'
import type { Scheme } from './provider.ts'
import { signElement } from './signature.ts'

/** All that a Response says, before it is written and signed. Instants are milliseconds since the epoch. */
export interface ResponseFacts {
  readonly scheme: Scheme
  readonly issuer: string
  readonly issuedAt: number
  readonly destination: string
  readonly inResponseTo: string
  readonly recipient: string
  readonly audience: string
  readonly notBefore: number
  readonly notOnOrAfter: number
  readonly level: number
  readonly nameId: string
  readonly attributes: Readonly<Record<string, string>>
}

/** How long an answer may be used. */
const LIFE_MS = 5 * 60_000

/** What a right answer to the request says. */
export function rightFacts(
  request: AuthnRequest,
  given: Pick<ResponseFacts, 'scheme' | 'issuer' | 'attributes' | 'nameId'> & { readonly now: Date },
): ResponseFacts {
  const { now, ...rest } = given
  return {
    ...rest,
    issuedAt: now.getTime(),
    destination: request.assertionConsumerUrl,
    inResponseTo: request.id,
    recipient: request.assertionConsumerUrl,
    audience: request.entityId,
    notBefore: now.getTime(),
    notOnOrAfter: now.getTime() + LIFE_MS,
    level: request.level,
  }
}

/** A name for this sign-in alone. */
export function transientName(): string {
  return `_${randomUUID()}`
}

/** Writes a Response that says yes, with nothing signed. */
export function writeResponse(facts: ResponseFacts): string {
  return writeXml(envelope(facts, ['Success'], undefined, assertion(facts)))
}

/** Signs as a provider does: the Assertion, then the Response around it. */
export function signResponse(xml: string, key: SigningKey): string {
  return signElement(signElement(xml, key, 'assertion'), key, 'root')
}

/** Writes and signs a Response that says no, with the number of SPID's table. */
export function errorResponse(
  request: AuthnRequest,
  given: { readonly scheme: Scheme; readonly issuer: string; readonly now: Date; readonly number: number },
  key: SigningKey,
): string {
  const { number, ...rest } = given
  const facts = rightFacts(request, { ...rest, nameId: '', attributes: {} })
  const codes = statusOf(number)
  const text = `ErrorCode nr${String(number).padStart(2, '0')}`
  return signElement(writeXml(envelope(facts, codes, text)), key, 'root')
}

function envelope(
  facts: ResponseFacts,
  codes: readonly string[],
  text?: string,
  content?: XmlDraft,
): XmlDraft {
  const [outer, inner] = codes
  const nested = inner === undefined ? '' : [element('samlp:StatusCode', '', { Value: STATUS + inner })]
  return element(
    'samlp:Response',
    [
      issuer(facts),
      element('samlp:Status', [
        element('samlp:StatusCode', nested, { Value: STATUS + outer }),
        text === undefined ? undefined : element('samlp:StatusMessage', text),
      ]),
      content,
    ],
    {
      'xmlns:samlp': PROTOCOL,
      'xmlns:saml': ASSERTION,
      ID: `_${randomUUID()}`,
      Version: '2.0',
      IssueInstant: instant(facts.issuedAt),
      Destination: facts.destination,
      InResponseTo: facts.inResponseTo,
    },
  )
}

function assertion(facts: ResponseFacts): XmlDraft {
  const { nameId, recipient, inResponseTo, notBefore, notOnOrAfter, audience, level, attributes } = facts
  const limit = instant(notOnOrAfter)
  return element(
    'saml:Assertion',
    [
      issuer(facts),
      element('saml:Subject', [
        element('saml:NameID', nameId, { Format: TRANSIENT, NameQualifier: facts.issuer }),
        element(
          'saml:SubjectConfirmation',
          [
            element('saml:SubjectConfirmationData', '', {
              InResponseTo: inResponseTo,
              NotOnOrAfter: limit,
              Recipient: recipient,
            }),
          ],
          { Method: BEARER },
        ),
      ]),
      element(
        'saml:Conditions',
        [element('saml:AudienceRestriction', [element('saml:Audience', audience)])],
        { NotBefore: instant(notBefore), NotOnOrAfter: limit },
      ),
      element(
        'saml:AuthnStatement',
        [element('saml:AuthnContext', [element('saml:AuthnContextClassRef', LEVEL_CLASS + level)])],
        { AuthnInstant: instant(facts.issuedAt), SessionIndex: nameId },
      ),
      element('saml:AttributeStatement', Object.entries(attributes).map(attribute)),
    ],
    {
      'xmlns:xs': 'http://www.w3.org/2001/XMLSchema',
      'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      ID: `_${randomUUID()}`,
      Version: '2.0',
      IssueInstant: instant(facts.issuedAt),
    },
  )
}

/** SPID marks the issuer as an entity; CIE leaves the format out. */
function issuer({ scheme, issuer: entityId }: ResponseFacts): XmlDraft {
  return element('saml:Issuer', entityId, scheme === 'spid' ? { Format: ENTITY } : {})
}

function attribute([name, value]: readonly [string, string]): XmlDraft {
  const type = name === 'dateOfBirth' ? 'xs:date' : 'xs:string'
  return element('saml:Attribute', [element('saml:AttributeValue', value, { 'xsi:type': type })], {
    Name: name,
    NameFormat: BASIC,
  })
}

/** An instant in UTC with whole seconds. */
export function instant(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}
