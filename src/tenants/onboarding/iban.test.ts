import { expect, test } from 'vitest'
import { isFiscalCodeOfBody, isItalianIban, isPostalIban, plainIban } from './iban.ts'

test('an IBAN is right by its check digits, and any one changed character is found', () => {
  const right = 'IT60X0542811101000000123456'
  expect(isItalianIban(right)).toBe(true)
  for (let place = 2; place < right.length; place++) {
    if (place === 4) continue
    const digit = right[place] === '9' ? '1' : '9'
    expect(isItalianIban(right.slice(0, place) + digit + right.slice(place + 1)), String(place)).toBe(false)
  }
  expect(isItalianIban('DE89370400440532013000')).toBe(false)
  expect(plainIban('it60 x054 2811 1010 0000 0123 456')).toBe(right)
  expect([isPostalIban('IT00X0760100000000000000000'), isPostalIban(right)]).toEqual([true, false])
})

test('the fiscal code of a body is right by its last digit', () => {
  expect(isFiscalCodeOfBody('00000000000')).toBe(true)
  expect(isFiscalCodeOfBody('12345678903')).toBe(true)
  expect(isFiscalCodeOfBody('12345678904')).toBe(false)
  expect(isFiscalCodeOfBody('1234567890')).toBe(false)
})
