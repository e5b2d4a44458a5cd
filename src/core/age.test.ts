import { describe, expect, test } from 'vitest'
import { bornOn, isAdult } from './age.ts'

describe('the day of birth in a codice fiscale', () => {
  test.each([
    ['RSSMRA80A01Z999M', '1980-01-01'],
    ['FRRLNE85A41Z999W', '1985-01-01'],
    ['PCCPTR12E15Z999X', '2012-05-15'],
    // Letters in place of digits.
    ['RSSMRAULALMZVVVX', '1980-01-01'],
    ['RSSMRA26S28Z999X', '2026-11-28'],
    ['RSSMRA26S29Z999X', '1926-11-29'],
  ])('of %s is %s', (code, born) => expect(bornOn(code, '2026-11-28')).toBe(born))

  test('makes an adult on the eighteenth birthday, not a day before', () => {
    const code = 'PCCPTR08S28Z999X'
    expect(isAdult(code, '2026-11-27')).toBe(false)
    expect(isAdult(code, '2026-11-28')).toBe(true)
    expect(isAdult('PCCPTR08B29Z999X', '2026-02-28')).toBe(false)
    expect(isAdult('PCCPTR08B29Z999X', '2026-03-01')).toBe(true)
  })
})
