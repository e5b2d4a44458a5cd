/** What kind of page an error of the provider deserves. */
export type ProviderErrorKind =
  | 'too-many-attempts'
  | 'level-not-available'
  | 'timeout'
  | 'consent-denied'
  | 'identity-blocked'
  | 'cancelled'
  | 'wrong-identity-type'
  | 'our-request'
  | 'other'

export interface ProviderError {
  /** The provider's number (`ErrorCode nrNN`); undefined when it gave none. */
  readonly number?: number
  readonly kind: ProviderErrorKind
  /** Whether trying again with the same identity can help. */
  readonly canRetry: boolean
  /** True when our request was at fault: a person of the installation must hear of it. */
  readonly isOurs: boolean
}

/** Errors that people cause (SPID technical rules, table of error messages; CIE uses 21, 22, 23 and 25). */
const BY_PERSON: Readonly<Record<number, readonly [ProviderErrorKind, boolean]>> = {
  19: ['too-many-attempts', true],
  20: ['level-not-available', false],
  21: ['timeout', true],
  22: ['consent-denied', true],
  23: ['identity-blocked', false],
  25: ['cancelled', true],
  30: ['wrong-identity-type', true],
}

/** Errors that our request causes: format, version, issuer, class, instant, destination, consumer, policy, attributes. */
const BY_REQUEST: ReadonlySet<number> = new Set([8, 9, 11, 12, 13, 14, 15, 16, 17, 18])

/** Reads the provider's status message, `ErrorCode nr22`. It is usually unsigned: it may choose a page, no more. */
export function providerError(statusMessage: string | undefined): ProviderError {
  const digits = /^ErrorCode nr(\d{1,2})$/.exec(statusMessage?.trim() ?? '')?.[1]
  if (digits === undefined) return { kind: 'other', canRetry: true, isOurs: false }
  const number = Number(digits)
  const byPerson = BY_PERSON[number]
  if (byPerson) return { number, kind: byPerson[0], canRetry: byPerson[1], isOurs: false }
  const isOurs = BY_REQUEST.has(number)
  return { number, kind: isOurs ? 'our-request' : 'other', canRetry: !isOurs, isOurs }
}
