import { cents } from '#core/money.ts'
import type { Cents } from '#core/money.ts'
import { isRomeDate, romeInstant } from '#core/clock.ts'
import type { RomeDate } from '#core/clock.ts'
import { simple } from './xsd.ts'
import type { Type } from './xsd.ts'

const XSD_NAMESPACE = 'http://www.w3.org/2001/XMLSchema'

/** An xsd:date as written, and its calendar day (any offset dropped: a due date means the day it names). */
export interface WireDate {
  readonly literal: string
  /** Undefined outside the years 1 to 9999, which the schema allows and calendars of ours do not. */
  readonly day: RomeDate | undefined
}

/** An xsd:dateTime as written, and its instant; without an offset it is local time in Rome (protocol §1.2). */
export interface WireDateTime {
  readonly literal: string
  /** Undefined outside the years 1 to 9999. */
  readonly instant: Date | undefined
}

/** xsd:string with length bounds, counted in code points; whitespace counts, as the schema preserves it. */
export function text(name: string, lengthMin: number, lengthMax: number): Type<string> {
  return simple(name, (value) => {
    const length = codePointCount(value)
    return length < lengthMin || length > lengthMax ? undefined : value
  })
}

/** xsd:string that must match as a whole. */
export function pattern(name: string, expression: RegExp, lengthMax = Infinity): Type<string> {
  return simple(name, (value) => (value.length <= lengthMax && expression.test(value) ? value : undefined))
}

/** xsd:string with an enumeration. */
export function oneOf<const Values extends readonly string[]>(
  name: string,
  values: Values,
): Type<Values[number]> {
  return simple(name, (value) => (values.includes(value) ? value : undefined))
}

export const xsdString: Type<string> = simple(`{${XSD_NAMESPACE}}string`, (value) => value)

export const xsdBoolean: Type<boolean> = simple(`{${XSD_NAMESPACE}}boolean`, (value) => {
  const collapsed = collapse(value)
  if (collapsed === 'true' || collapsed === '1') return true
  return collapsed === 'false' || collapsed === '0' ? false : undefined
})

/** xsd:int restricted to a range of single digits: `01` and `+1` are 1 as well. */
export function smallInteger(name: string, min: number, max: number): Type<number> {
  return simple(name, (value) => {
    const digit = /^\+?0*(\d)$/.exec(collapse(value))?.[1]
    return digit !== undefined && Number(digit) >= min && Number(digit) <= max ? Number(digit) : undefined
  })
}

/** Euro with exactly two decimals, at most 999999999.99; leading zeros are allowed by the schema. */
export function amount(name: string, min: bigint): Type<Cents> {
  return simple(name, (value) => {
    const match = /^0*(\d{1,9})\.(\d{2})$/.exec(collapse(value))
    if (!match) return undefined
    const whole = BigInt(match[1]! + match[2]!)
    return whole < min ? undefined : cents(whole)
  })
}

/** The bytes behind base64; whitespace inside is allowed, stray characters and loose trailing bits are not. */
export const base64Binary: Type<Uint8Array> = simple(`{${XSD_NAMESPACE}}base64Binary`, (value) => {
  const packed = value.replaceAll(/[ \t\r\n]/g, '')
  const isValid =
    packed.length % 4 === 0 &&
    /^[A-Za-z0-9+/]*={0,2}$/.test(packed) &&
    (!packed.endsWith('=') || /(?:[AQgw]==|[AEIMQUYcgkosw048]=)$/.test(packed))
  return isValid ? Buffer.from(packed, 'base64') : undefined
})

const DATE = String.raw`(-?(?:[1-9]\d{4,17}|\d{4}))-(\d\d)-(\d\d)`
const OFFSET = String.raw`(Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?`
const dateExpression = new RegExp(`^${DATE}${OFFSET}$`)
const dateTimeExpression = new RegExp(
  String.raw`^${DATE}T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d|24:00:00)(?:\.(\d+))?${OFFSET}$`,
)

/** xsd:date under a schema's own name. */
export function date(name: string): Type<WireDate> {
  return simple(name, (value) => {
    const literal = collapse(value)
    const match = dateExpression.exec(literal)
    if (!match || !isCalendarDay(match[1]!, match[2]!, match[3]!)) return undefined
    const day = `${match[1]}-${match[2]}-${match[3]}`
    return { literal, day: isRomeDate(day) ? day : undefined }
  })
}

/** xsd:dateTime under a schema's own name. */
export function dateTime(name: string): Type<WireDateTime> {
  return simple(name, (value) => {
    const literal = collapse(value)
    const match = dateTimeExpression.exec(literal)
    if (!match || !isCalendarDay(match[1]!, match[2]!, match[3]!)) return undefined
    const [, year, month, day, time, fraction = '', offset] = match
    if (time === '24:00:00' && /[1-9]/.test(fraction)) return undefined
    if (!isRomeDate(`${year}-${month}-${day}`)) return { literal, instant: undefined }
    const seconds = `${year}-${month}-${day}T${time}`
    const whole = offset === undefined ? romeInstant(seconds) : new Date(`${seconds}${offset}`)
    return { literal, instant: new Date(whole.getTime() + Number(fraction.slice(0, 3).padEnd(3, '0'))) }
  })
}

/** XML Schema 1.0 has no year zero; a year may be negative or longer than four digits. */
function isCalendarDay(year: string, month: string, day: string): boolean {
  if (/^-?0+$/.test(year)) return false
  // The leap rule depends on the last four digits only.
  const lastDigits = Number(year.slice(-4))
  const isLeap = lastDigits % 4 === 0 && (lastDigits % 100 !== 0 || lastDigits % 400 === 0)
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(month) - 1]
  return days !== undefined && Number(day) >= 1 && Number(day) <= days
}

/** whiteSpace="collapse" for values that hold no inner space; in linear time, which a regular expression is not. */
function collapse(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isXmlSpace(value.charCodeAt(start))) start++
  while (end > start && isXmlSpace(value.charCodeAt(end - 1))) end--
  return value.slice(start, end)
}

function isXmlSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
}

function codePointCount(value: string): number {
  return /[\ud800-\udbff]/.test(value) ? Array.from(value).length : value.length
}
