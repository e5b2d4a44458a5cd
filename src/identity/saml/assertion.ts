import type { XmlElement } from '#core/read-xml.ts'
import { must } from '../refusal.ts'
import type { Identity, Level, PendingRequest } from '../scheme.ts'
import { attributeOf, childrenOf, onlyChild, textOf } from './tree.ts'
import { readPerson } from './attributes.ts'
import { isIssuedInTime, isIssuer } from './envelope.ts'
import { CLOCK_SKEW_MS, readInstant } from './instant.ts'
import { ASSERTION, BEARER, TRANSIENT_FORMAT, levelOf } from './names.ts'
import type { SamlProfile } from './profile.ts'

export interface Subject {
  readonly nameId: string
  readonly nameQualifier: string
}

/**
 * Reads who signed in from an Assertion (checks 33 to 103 of the public suite).
 * @param assertion parsed from the bytes that were signed, never from the message
 * @throws Refused
 */
export function readAssertion(
  assertion: XmlElement,
  pending: PendingRequest,
  profile: SamlProfile,
  now: Date,
): { readonly identity: Identity; readonly subject: Subject } {
  must(assertion.name === 'Assertion' && assertion.namespace === ASSERTION, 'assertion.id')
  const id = attributeOf(assertion, 'ID')
  must(id, 'assertion.id')
  must(attributeOf(assertion, 'Version') === '2.0', 'assertion.version')
  must(isIssuedInTime(attributeOf(assertion, 'IssueInstant'), pending, now), 'assertion.issue-instant')
  const issuer = onlyChild(assertion, ASSERTION, 'Issuer')
  must(isIssuer(issuer, pending.providerId, profile.requiresIssuerFormat), 'assertion.issuer')
  const subject = readSubject(assertion, pending, now)
  checkConditions(assertion, pending, now)
  const level = readLevel(assertion, pending.level)
  const person = readPerson(assertion)
  const { nameId } = subject
  const known = { scheme: profile.id, issuer: pending.providerId, assertionId: id, nameId }
  return { identity: { ...person, level, ...known }, subject }
}

/** A transient name, confirmed for whoever bears the answer to this very request, here and now (41 to 66). */
function readSubject(assertion: XmlElement, pending: PendingRequest, now: Date): Subject {
  const subject = onlyChild(assertion, ASSERTION, 'Subject')
  const name = subject && onlyChild(subject, ASSERTION, 'NameID')
  must(name, 'assertion.name-id')
  const nameId = textOf(name)
  const nameQualifier = attributeOf(name, 'NameQualifier')
  must(nameId && nameQualifier, 'assertion.name-id')
  must(attributeOf(name, 'Format') === TRANSIENT_FORMAT, 'assertion.name-id')
  const confirmation = onlyChild(subject, ASSERTION, 'SubjectConfirmation')
  const data = confirmation && onlyChild(confirmation, ASSERTION, 'SubjectConfirmationData')
  must(data && attributeOf(confirmation, 'Method') === BEARER, 'assertion.subject-confirmation')
  const holds =
    attributeOf(data, 'Recipient') === pending.assertionConsumerUrl &&
    attributeOf(data, 'InResponseTo') === pending.id &&
    isBefore(now, attributeOf(data, 'NotOnOrAfter'))
  must(holds, 'assertion.subject-confirmation')
  return { nameId, nameQualifier }
}

/** Valid now, and made for this tenant and no other (73 to 87). */
function checkConditions(assertion: XmlElement, pending: PendingRequest, now: Date): void {
  const conditions = onlyChild(assertion, ASSERTION, 'Conditions')
  must(conditions, 'assertion.conditions')
  const notBefore = readInstant(attributeOf(conditions, 'NotBefore'))
  must(notBefore !== undefined && notBefore <= now.getTime() + CLOCK_SKEW_MS, 'assertion.conditions')
  must(isBefore(now, attributeOf(conditions, 'NotOnOrAfter')), 'assertion.conditions')
  const restriction = onlyChild(conditions, ASSERTION, 'AudienceRestriction')
  const audience = restriction && onlyChild(restriction, ASSERTION, 'Audience')
  must(audience && textOf(audience) === pending.entityId, 'assertion.audience')
}

/** A level at least as high as asked: a provider may authenticate better (88 to 97, comparison "minimum"). */
function readLevel(assertion: XmlElement, least: Level): Level {
  const statement = onlyChild(assertion, ASSERTION, 'AuthnStatement')
  const context = statement && onlyChild(statement, ASSERTION, 'AuthnContext')
  const [classRef, ...more] = context ? childrenOf(context, ASSERTION, 'AuthnContextClassRef') : []
  const level = classRef && levelOf(textOf(classRef) ?? '')
  must(level !== undefined && more.length === 0 && level >= least, 'assertion.level')
  return level
}

/** The instant named lies after now, give or take the clocks' difference. */
function isBefore(now: Date, notOnOrAfter: string | undefined): boolean {
  const limit = readInstant(notOnOrAfter)
  return limit !== undefined && now.getTime() - CLOCK_SKEW_MS < limit
}
