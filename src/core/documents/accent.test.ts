import { expect, test } from 'vitest'
import { accentOf, contrast } from './accent.ts'

test.each(['#006657', '#FFB000', '#ffffff', '#000000', '#767676', '#777777'])(
  'with the primary colour %s every text keeps a contrast of 4.5 to 1',
  (color) => {
    const { fill, onFill, ink } = accentOf(color)
    expect(fill).toBe(color)
    expect(contrast(fill, onFill)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(ink, '#FFFFFF')).toBeGreaterThanOrEqual(4.5)
  },
)

test('without a colour, or with a malformed one, the accent is the blue of pagoPA', () => {
  expect(accentOf(undefined).fill).toBe('#0066CC')
  expect(accentOf('red; }').fill).toBe('#0066CC')
})
