import { invariant } from '#core/errors.ts'

/**
 * Numbers of payment notices (numero avviso, NAV): `3` + segregation code (2) + base (13) + check digits (2).
 * The IUV is the NAV without its first digit (protocol §2.1).
 */

const SEQUENCE_MAX = 9_999_999_999_999n

/**
 * Composes a new 18-digit notice number with auxiliary digit 3, the only one still allowed for new notices.
 * @param sequence the tenant's own counter: an IUV must be unique per creditor for ever
 */
export function noticeNumber(parts: { segregationCode: string; sequence: bigint }): string {
  invariant(/^[0-9]{2}$/.test(parts.segregationCode), 'a segregation code has two digits')
  invariant(parts.sequence >= 0n && parts.sequence <= SEQUENCE_MAX, 'a notice sequence has 13 digits')
  const body = `3${parts.segregationCode}${parts.sequence.toString().padStart(13, '0')}`
  return body + checkDigits(body)
}

/** True for 18 digits. Inbound numbers are not refused by their check digits: legacy ones need not have any. */
export function isNoticeNumber(text: string): boolean {
  return /^[0-9]{18}$/.test(text)
}

/** The IUV inside a notice number: 17 digits, or 15 under the legacy auxiliary digit 0. */
export function iuvOf(noticeNumber: string): string {
  invariant(isNoticeNumber(noticeNumber), 'a notice number has 18 digits')
  return noticeNumber.slice(noticeNumber.startsWith('0') ? 3 : 1)
}

/** The segregation code, which only notices with auxiliary digit 3 carry. */
export function segregationCodeOf(noticeNumber: string): string | undefined {
  invariant(isNoticeNumber(noticeNumber), 'a notice number has 18 digits')
  return noticeNumber.startsWith('3') ? noticeNumber.slice(1, 3) : undefined
}

/** True when the last two digits are the first sixteen modulo 93. */
export function hasValidCheckDigits(noticeNumber: string): boolean {
  return isNoticeNumber(noticeNumber) && checkDigits(noticeNumber.slice(0, 16)) === noticeNumber.slice(16)
}

/** As notices print it, in groups of 4-4-4-4-2: `3010 0000 0001 2345 19`. */
export function groupNoticeNumber(noticeNumber: string): string {
  return noticeNumber.replaceAll(/\d{4}(?=\d)/g, '$& ')
}

function checkDigits(body: string): string {
  return (BigInt(body) % 93n).toString().padStart(2, '0')
}
