import { randomInt } from 'node:crypto'

/** The two check digits of a notice number: aux digit, segregation code and base, modulo 93. */
export function checkDigits(first16: string): string {
  return (BigInt(first16) % 93n).toString().padStart(2, '0')
}

/** A well-formed notice number of the same station that nobody ever issued. */
export function unknownNoticeNumber(like: string): string {
  // The base of an issued notice counts upwards from one; one that starts with 9 is out of its reach.
  const base = `9${String(randomInt(1e12)).padStart(12, '0')}`
  const first16 = `${like.slice(0, 3)}${base}`
  return `${first16}${checkDigits(first16)}`
}

/** The creditor reference (IUV): the notice number without its aux digit. */
export function creditorReference(noticeNumber: string): string {
  return noticeNumber.slice(1)
}
