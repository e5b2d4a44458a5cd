/** A reason in somebody's own words, as the database keeps it. */
export const REASON_MIN = 3
export const REASON_MAX = 200

/** A typed reason without needless blanks; undefined when it is too short or too long to be one. */
export function reasonFrom(typed: string | undefined): string | undefined {
  const reason = (typed ?? '').trim().replace(/\s+/g, ' ')
  return reason.length >= REASON_MIN && reason.length <= REASON_MAX ? reason : undefined
}
