/** How far a provider's clock and ours may differ. */
export const CLOCK_SKEW_MS = 2_000

const FORM = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z?$/

/**
 * Reads an instant of SAML: UTC, with or without `Z` (SAML core §1.3.3), up to nanoseconds; offsets are refused.
 * @returns milliseconds since the epoch, undefined for anything that is no real instant
 */
export function readInstant(text: string | undefined): number | undefined {
  const match = text === undefined ? null : FORM.exec(text)
  if (!match) return undefined
  const seconds = Date.parse(`${match[1]}Z`)
  // A day that does not exist would silently become one of the next month.
  if (Number.isNaN(seconds) || !new Date(seconds).toISOString().startsWith(match[1]!)) return undefined
  return seconds + Math.floor(Number(`0.${match[2] ?? '0'}`) * 1000)
}

/** Writes an instant in UTC with whole seconds, as all messages of ours do. */
export function writeInstant(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`
}

/** The instant without its milliseconds: providers that answer in whole seconds must not look earlier than we asked. */
export function wholeSeconds(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1000) * 1000)
}
