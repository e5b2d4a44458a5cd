import type { XmlElement } from '#core/read-xml.ts'
import { must } from '../refusal.ts'
import type { PendingRequest } from '../scheme.ts'
import { CLOCK_SKEW_MS, readInstant } from './instant.ts'
import { ASSERTION, ENTITY_FORMAT, PROTOCOL, SUCCESS } from './names.ts'
import { attributeOf, childrenOf, onlyChild, textOf, walk } from './tree.ts'

/** An XML name that may be an ID: what SAML calls NCName, of sane length. */
const NAME = /^[A-Za-z_][\w.-]{0,255}$/

/** The status of a response: well, or what the provider says about it. */
export type ResponseStatus =
  | { readonly success: true }
  | { readonly success: false; readonly message?: string }

/** The request that a response claims to answer (checks 16 and 17). @throws Refused */
export function inResponseTo(root: XmlElement): string {
  must(root.name === 'Response' && root.namespace === PROTOCOL, 'response.not-a-response')
  const id = attributeOf(root, 'InResponseTo')
  must(id !== undefined && NAME.test(id), 'response.in-response-to')
  return id
}

/**
 * The response's one Assertion, if it has any. Another one anywhere, under whatever namespace or wrapping, or
 * anything encrypted, is refused before signatures are looked at.
 * @throws Refused
 */
export function soleAssertion(root: XmlElement): XmlElement | undefined {
  const id = attributeOf(root, 'ID')
  must(id !== undefined && NAME.test(id), 'response.id')
  const all = [...walk(root)]
  must(!all.some(({ name }) => name.startsWith('Encrypted')), 'response.encrypted')
  must(all.filter(({ name }) => name === 'Response').length === 1, 'response.not-a-response')
  const assertions = all.filter(({ name }) => name === 'Assertion')
  if (assertions.length === 0) return undefined
  const [assertion] = childrenOf(root, ASSERTION, 'Assertion')
  must(assertions.length === 1 && assertion !== undefined, 'response.assertion-count')
  const assertionId = attributeOf(assertion, 'ID')
  must(assertionId !== undefined && NAME.test(assertionId), 'assertion.id')
  return assertion
}

/**
 * Judges what stands around the Assertion (checks 10 to 31, 110 of the public suite). Where the Response is signed
 * this is given the signed bytes; where it is not, nothing here is kept but the right to refuse.
 * @throws Refused
 */
export function checkEnvelope(response: XmlElement, pending: PendingRequest, now: Date): ResponseStatus {
  must(attributeOf(response, 'Version') === '2.0', 'response.version')
  must(isIssuedInTime(attributeOf(response, 'IssueInstant'), pending, now), 'response.issue-instant')
  must(attributeOf(response, 'InResponseTo') === pending.id, 'response.in-response-to')
  must(attributeOf(response, 'Destination') === pending.assertionConsumerUrl, 'response.destination')
  must(isIssuer(onlyChild(response, ASSERTION, 'Issuer'), pending.providerId, false), 'response.issuer')
  const status = onlyChild(response, PROTOCOL, 'Status')
  const code = status && onlyChild(status, PROTOCOL, 'StatusCode')
  const value = code && attributeOf(code, 'Value')
  must(status && value?.startsWith('urn:oasis:names:tc:SAML:2.0:status:'), 'response.status')
  if (value === SUCCESS) return { success: true }
  const message = onlyChild(status, PROTOCOL, 'StatusMessage')
  const text = message && textOf(message)
  return { success: false, ...(text !== undefined && { message: text }) }
}

/** Neither before the request nor in the future, give or take the clocks' difference. */
export function isIssuedInTime(text: string | undefined, pending: PendingRequest, now: Date): boolean {
  const instant = readInstant(text)
  if (instant === undefined) return false
  return instant >= pending.issuedAt.getTime() - CLOCK_SKEW_MS && instant <= now.getTime() + CLOCK_SKEW_MS
}

/** The provider that was asked, in the format of entities; whether the format may be left out depends on the place. */
export function isIssuer(
  issuer: XmlElement | undefined,
  providerId: string,
  requiresFormat: boolean,
): boolean {
  if (!issuer || textOf(issuer) !== providerId) return false
  const format = attributeOf(issuer, 'Format')
  return format === undefined ? !requiresFormat : format === ENTITY_FORMAT
}
