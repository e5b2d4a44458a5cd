import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cents, formatMoney, MAX_CENTS, parseAmount, parseWireAmount, wireAmount } from './money.ts'

const anyAmount = fc.bigInt({ min: 0n, max: MAX_CENTS })

describe('an amount as people type it', () => {
  test.each([
    ['50', 5000n],
    ['37,5', 3750n],
    ['37,50', 3750n],
    ['37.50', 3750n],
    ['1.250,00', 125_000n],
    ['1.250', 125_000n],
    [' 7 ', 700n],
    ['0,01', 1n],
    ['999999999,99', MAX_CENTS],
  ])('%s is read', (text, value) => expect(parseAmount(text)).toBe(value))

  test.each([
    '',
    ' ',
    '-5',
    '+5',
    '0,001',
    '0.001',
    '5,',
    ',5',
    '1e3',
    '1e308',
    'NaN',
    'Infinity',
    '10€',
    '12.34.56',
    '1.25,00',
    '1,250.00',
    '٣',
    '10 000',
    '9999999999',
  ])('%j is refused', (text) => expect(parseAmount(text)).toBeUndefined())

  test('anything printed in Italian is read back as the same amount', () => {
    fc.assert(
      fc.property(anyAmount, (value) => parseAmount(formatMoney(value).replace(/\s?€/, '')) === value),
    )
  })

  test('no text makes a negative, oversized or fractional amount', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.,-]{0,14}$/)), (text) => {
        const value = parseAmount(text)
        return value === undefined || (value >= 0n && value <= MAX_CENTS)
      }),
    )
  })
})

describe('an amount on the wire', () => {
  test('goes out and comes back the same', () => {
    fc.assert(fc.property(anyAmount, (value) => parseWireAmount(wireAmount(cents(value))) === value))
  })
  test.each(['5', '5.0', '5.000', '-5.00', '5,00', '', ' 5.00', '1000000000.00'])('%j is refused', (text) => {
    expect(parseWireAmount(text)).toBeUndefined()
  })
})

test('money is printed with its groups, a true minus and the euro sign', () => {
  expect(formatMoney(123_456n)).toBe('1.234,56\u00A0€')
  expect(formatMoney(-735n)).toBe('−7,35\u00A0€')
  expect(formatMoney(123_456n, 'en')).toBe('€1,234.56')
})

test('a negative amount to pay is our bug', () => {
  expect(() => cents(-1n)).toThrow(/out of range/)
})
