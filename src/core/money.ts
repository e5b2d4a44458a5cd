import { invariant } from './errors.ts'

declare const brand: unique symbol

/** Whole euro cents of something asked or paid: never negative. Postings use {@link SignedCents}. */
export type Cents = bigint & { readonly [brand]: 'Cents' }

/** Whole euro cents with a sign: postings and balances. */
export type SignedCents = bigint & { readonly [brand]: 'SignedCents' }

/** The largest amount the protocol can carry (999999999.99 euro, paForNode stAmount), in cents. */
export const MAX_CENTS = 99_999_999_999n

/** Takes whole cents; a negative or oversized amount is a bug of ours and throws. */
export function cents(value: bigint | number): Cents {
  const whole = BigInt(value)
  invariant(whole >= 0n && whole <= MAX_CENTS, `amount of ${whole} cents is out of range`)
  return whole as Cents
}

/** Takes whole cents with a sign. */
export function signedCents(value: bigint | number): SignedCents {
  return BigInt(value) as SignedCents
}

/** Adds amounts; an empty list is zero. */
export function sumCents(values: readonly Cents[]): Cents {
  return cents(values.reduce((sum, value) => sum + value, 0n))
}

/**
 * Reads an amount as people type it: `50`, `37,5`, `37,50`, `1.250,00`, `37.50`.
 * A comma is always the decimal sign; a dot is one only where no comma stands and one or two digits follow it.
 * @returns the cents, or undefined when the text is no amount (sign, letters, a third decimal, empty, too large)
 */
export function parseAmount(text: string): Cents | undefined {
  const trimmed = text.trim()
  const match =
    /^([1-9]\d{0,2}(?:\.\d{3})+|\d{1,9})(?:,(\d{1,2}))?$/.exec(trimmed) ??
    /^(\d{1,9})\.(\d{1,2})$/.exec(trimmed)
  if (!match) return undefined
  const whole = BigInt(match[1]!.replaceAll('.', ''))
  const value = whole * 100n + BigInt((match[2] ?? '').padEnd(2, '0'))
  return value > MAX_CENTS ? undefined : cents(value)
}

/** Reads the wire's decimal (`\d+\.\d{2}`, paForNode stAmount); undefined when it is none. */
export function parseWireAmount(text: string): Cents | undefined {
  const match = /^(\d{1,12})\.(\d{2})$/.exec(text)
  if (!match) return undefined
  const value = BigInt(match[1]!) * 100n + BigInt(match[2]!)
  return value > MAX_CENTS ? undefined : cents(value)
}

/** Writes the wire's decimal: 5000 → `50.00`. */
export function wireAmount(value: Cents): string {
  const digits = value.toString().padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}

const formats = new Map<string, Intl.NumberFormat>()

/**
 * Writes an amount for people, in the reader's language: `1.250,00 €`.
 * The true minus sign (U+2212) is used, as typography asks and screen readers say "meno".
 */
export function formatMoney(value: bigint, language = 'it'): string {
  let format = formats.get(language)
  if (!format) {
    const locale =
      language === 'it' ? 'it-IT' : language === 'de' ? 'de-DE' : language === 'en' ? 'en-IE' : language
    // it-IT groups only from five digits on unless told otherwise.
    format = new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR', useGrouping: 'always' })
    formats.set(language, format)
  }
  const absolute = value < 0n ? -value : value
  const text = format.format(
    `${absolute / 100n}.${(absolute % 100n).toString().padStart(2, '0')}` as `${number}`,
  )
  return value < 0n ? `−${text}` : text
}
