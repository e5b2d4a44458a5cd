import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MINIMUM_CONTRAST, contrast, themeColours, themeCss } from './theme.ts'

const colour = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)

describe('the theme of an entity', () => {
  test('white on black has the greatest contrast there is, and a colour on itself the least', () => {
    expect(contrast('#ffffff', '#000000')).toBeCloseTo(21, 5)
    expect(contrast('#777777', '#777777')).toBe(1)
    // A pair whose ratio the WCAG documents as the border case.
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
  })

  test('whatever colour is chosen, text on it and text in it can be read', () => {
    fc.assert(
      fc.property(colour, (primary) => {
        const theme = themeColours({ primary })
        expect(contrast(theme.onPrimary, theme.primary)).toBeGreaterThanOrEqual(MINIMUM_CONTRAST)
        expect(contrast(theme.onPrimary, theme.primaryDark)).toBeGreaterThanOrEqual(MINIMUM_CONTRAST)
        expect(contrast(theme.primary, '#f3f6fa')).toBeGreaterThanOrEqual(MINIMUM_CONTRAST)
        expect(contrast(theme.primary, theme.tint)).toBeGreaterThanOrEqual(MINIMUM_CONTRAST)
        expect(contrast(theme.primaryDark, theme.tint)).toBeGreaterThanOrEqual(MINIMUM_CONTRAST)
      }),
    )
  })

  test('a colour that reads well is kept as it was chosen', () => {
    expect(themeColours({ primary: '#00695C' }).primary).toBe('#00695c')
  })

  test('a pale colour is darkened, and stays of its kind', () => {
    const { primary } = themeColours({ primary: '#ffd400' })
    expect(primary).not.toBe('#ffd400')
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(primary.slice(at, at + 2), 16)) as [
      number,
      number,
      number,
    ]
    expect(red).toBeGreaterThan(green)
    expect(green).toBeGreaterThan(blue)
  })

  test('the sheet is four custom properties and nothing else', () => {
    const [, body] = /^:root\{(.*)\}\n$/.exec(themeCss({ primary: '#8c1d40' }))!
    const properties = body!.split(';').map((one) => one.split(':')[0])
    expect(properties).toEqual([
      '--tenant-primary',
      '--tenant-primary-dark',
      '--tenant-on-primary',
      '--tenant-tint',
    ])
  })

  test.each(['red', '#fff', '#00695c;}body{display:none', ''])(
    '%j is no colour and never reaches the sheet',
    (primary) => {
      expect(() => themeCss({ primary })).toThrow(RangeError)
    },
  )
})
