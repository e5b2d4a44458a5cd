import { expect, test, vi } from 'vitest'

test('missing fonts are named, with the place and the command that puts them there', async () => {
  // Another file of this worker may have loaded them.
  vi.resetModules()
  const { fontMetrics, loadFonts } = await import('./fonts.ts')
  expect(() => fontMetrics('regular')).toThrow('before loadFonts()')
  await expect(loadFonts(new URL('file:///nowhere/ttf/'))).rejects.toThrow(
    /missing from \/nowhere\/ttf\/: titillium-web-400\.ttf, .*roboto-mono-700\.ttf\. .*build-assets/,
  )
  await loadFonts()
  expect(fontMetrics('regular').ascent).toBeCloseTo(1.133)
  expect(fontMetrics('mono').advance('0')).toBe(fontMetrics('monoBold').advance('W'))
})
