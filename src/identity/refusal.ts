/** Why an answer is not believed. Stable words for logs and metrics; none can hold personal data. */
export const REFUSAL_REASONS = [
  // before anything is parsed
  'message.missing',
  'message.too-large',
  'message.not-base64',
  'message.not-utf8',
  'message.not-compressed',
  'xml.not-well-formed',
  'xml.document-type',
  'xml.processing-instruction',
  'xml.too-large',
  // the request that it answers
  'response.not-a-response',
  'response.in-response-to',
  'request.unknown',
  'request.expired',
  'provider.unknown',
  'provider.error',
  // the Response around the Assertion
  'response.id',
  'response.version',
  'response.issue-instant',
  'response.destination',
  'response.issuer',
  'response.status',
  'response.assertion-count',
  'response.encrypted',
  // signatures
  'signature.missing',
  'signature.misplaced',
  'signature.algorithm',
  'signature.invalid',
  // the signed Assertion
  'assertion.id',
  'assertion.version',
  'assertion.issue-instant',
  'assertion.issuer',
  'assertion.name-id',
  'assertion.subject-confirmation',
  'assertion.conditions',
  'assertion.audience',
  'assertion.level',
  'assertion.attributes',
  'fiscal-number.missing',
  'fiscal-number.malformed',
  // logout
  'logout.not-a-request',
  'logout.unsigned',
  'logout.query',
  'logout.expired',
] as const

export type RefusalReason = (typeof REFUSAL_REASONS)[number]

/** Ends the judging of a message. Internal to this room: callers get a typed outcome. */
export class Refused extends Error {
  readonly reason: RefusalReason
  constructor(reason: RefusalReason) {
    super(reason)
    this.name = 'Refused'
    this.reason = reason
  }
}

/** Goes on only when the condition holds. */
export function must(condition: unknown, reason: RefusalReason): asserts condition {
  if (!condition) throw new Refused(reason)
}
