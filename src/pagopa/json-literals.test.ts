import fc from 'fast-check'
import { expect, test } from 'vitest'
import { euroCents, parseWithLiterals } from './json-literals.ts'

test('a number in JSON stays the text that stands there', () => {
  expect(parseWithLiterals('{"pay":100.10,"list":[1e3,-0.5],"text":"1.50","none":null}')).toEqual({
    pay: '100.10',
    list: ['1e3', '-0.5'],
    text: '1.50',
    none: null,
  })
})

test.each([
  ['100', 10_000n],
  ['100.1', 10_010n],
  ['100.10', 10_010n],
  ['0.01', 1n],
  ['1.0E7', 1_000_000_000n],
  ['1.23456789E7', 1_234_567_890n],
  ['12345678.9', 1_234_567_890n],
  ['5E-2', 5n],
  ['-3.5', -350n],
  ['0', 0n],
  ['0.001', undefined],
  ['100.94999999999999', undefined],
  ['1e-3', undefined],
  ['1e99', undefined],
  ['1e30', undefined],
  ['', undefined],
  ['1,5', undefined],
  ['0x10', undefined],
])('%s euro are %s cents', (literal, cents) => {
  expect(euroCents(literal)).toBe(cents)
})

test('every amount to the last cent survives, where a double would not', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 99_999_999_999n }), (cents) => {
      const literal = `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`
      const { pay } = parseWithLiterals(`{"pay":${literal}}`) as { pay: string }
      expect(euroCents(pay)).toBe(cents)
    }),
  )
})
