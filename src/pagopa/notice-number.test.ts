import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupNoticeNumber, hasValidCheckDigits, isNoticeNumber } from './notice-number.ts'
import { iuvOf, noticeNumber, segregationCodeOf } from './notice-number.ts'

const parts = fc.record({
  segregationCode: fc.integer({ min: 0, max: 99 }).map((code) => String(code).padStart(2, '0')),
  sequence: fc.bigInt({ min: 0n, max: 9_999_999_999_999n }),
})

describe('the published vectors', () => {
  test.each([
    ['01', 42n, '301000000000004285'],
    ['01', 12_345n, '301000000001234519'],
    ['02', 1n, '302000000000000184'],
    ['99', 9_999_999_999_999n, '399999999999999903'],
  ])('segregation code %s and sequence %s give %s', (segregationCode, sequence, expected) => {
    expect(noticeNumber({ segregationCode, sequence })).toBe(expected)
  })

  test('the IUV of sequence 42 ends in its check digits, and the next number does not pass', () => {
    expect(iuvOf('301000000000004285')).toBe('01000000000004285')
    expect(hasValidCheckDigits('301000000000004286')).toBe(false)
  })

  test('a legacy number with auxiliary digit 0 passes too', () => {
    expect(hasValidCheckDigits('001340000013900808')).toBe(true)
    expect(iuvOf('001340000013900808')).toBe('340000013900808')
    expect(segregationCodeOf('001340000013900808')).toBeUndefined()
  })
})

test('every composed number has 18 digits, valid check digits and its parts back', () => {
  fc.assert(
    fc.property(parts, ({ segregationCode, sequence }) => {
      const number = noticeNumber({ segregationCode, sequence })
      expect(isNoticeNumber(number)).toBe(true)
      expect(hasValidCheckDigits(number)).toBe(true)
      expect(segregationCodeOf(number)).toBe(segregationCode)
      expect(number).toBe(`3${iuvOf(number)}`)
      expect(BigInt(number.slice(3, 16))).toBe(sequence)
    }),
  )
})

test('two different sequences never give the same number', () => {
  fc.assert(
    fc.property(parts, fc.bigInt({ min: 0n, max: 9_999_999_999_999n }), (one, sequence) => {
      fc.pre(sequence !== one.sequence)
      expect(noticeNumber(one)).not.toBe(noticeNumber({ ...one, sequence }))
    }),
  )
})

test('a single mistyped digit is always noticed', () => {
  fc.assert(
    fc.property(parts, fc.nat(17), fc.integer({ min: 1, max: 9 }), (one, index, shift) => {
      const number = noticeNumber(one)
      const digit = (Number(number[index]) + shift) % 10
      expect(hasValidCheckDigits(number.slice(0, index) + digit + number.slice(index + 1))).toBe(false)
    }),
  )
})

test('parts that do not fit are refused', () => {
  expect(() => noticeNumber({ segregationCode: '1', sequence: 1n })).toThrow('segregation')
  expect(() => noticeNumber({ segregationCode: '01', sequence: -1n })).toThrow('sequence')
  expect(() => noticeNumber({ segregationCode: '01', sequence: 10_000_000_000_000n })).toThrow('sequence')
  expect(() => iuvOf('30100000000123451')).toThrow('18 digits')
  expect(hasValidCheckDigits('3010000000012345 9')).toBe(false)
})

test('the printed form has groups of 4-4-4-4-2', () => {
  expect(groupNoticeNumber('301000000001234519')).toBe('3010 0000 0001 2345 19')
})
