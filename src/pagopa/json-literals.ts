import { z } from 'zod'
import { MAX_CENTS } from '#core/money.ts'

/**
 * Reads JSON with every number as the text that stands there: an amount like 100.10 never goes through a double.
 * @throws SyntaxError when it is no JSON
 */
export function parseWithLiterals(text: string): unknown {
  return JSON.parse(text, (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value,
  ) as unknown
}

/** A whole number's literal, as a number; 2^53 is beyond anything that is counted here. */
export const wholeNumber = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)

/** An amount in euro, as cents with its sign; see {@link euroCents}. */
export const euroAmount = z.string().transform((literal, context) => {
  const value = euroCents(literal)
  if (value !== undefined) return value
  context.addIssue({ code: 'custom', message: 'no amount in euro' })
  return z.NEVER
})

const DECIMAL = /^(-?)(\d{1,20})(?:\.(\d{1,20}))?(?:[eE]([+-]?\d{1,2}))?$/

/**
 * The cents of a JSON number's literal in euro: `100`, `100.1`, `100.10`, also `1.0E7` as Java writes large doubles.
 * @returns undefined when it is no number, has a part of a cent, or is larger than pagoPA can carry
 */
export function euroCents(literal: string): bigint | undefined {
  const match = DECIMAL.exec(literal)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = whole + fraction
  const point = whole.length + Number(exponent) + 2
  if (/[1-9]/.test(digits.slice(Math.max(point, 0)))) return undefined
  const value = BigInt(digits.slice(0, Math.max(point, 0)).padEnd(Math.min(Math.max(point, 1), 140), '0'))
  if (value > MAX_CENTS * 1_000n) return undefined
  return sign ? -value : value
}
