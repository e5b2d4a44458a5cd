import { expect, test } from 'vitest'
import { fontMetrics, loadFonts } from './fonts.ts'

test('missing fonts are named, with the place and the command that puts them there', async () => {
  expect(() => fontMetrics('regular')).toThrow('before loadFonts()')
  await expect(loadFonts(new URL('file:///nowhere/ttf/'))).rejects.toThrow(
    /missing from \/nowhere\/ttf\/: titillium-web-400\.ttf, .*roboto-mono-700\.ttf\. .*build-assets/,
  )
  await loadFonts()
  expect(fontMetrics('regular').ascent).toBeCloseTo(1.133)
  expect(fontMetrics('mono').advance('0')).toBe(fontMetrics('monoBold').advance('W'))
})
