import { expect, test } from 'vitest'
import type { CodePath } from './code-path.ts'
import { noticeQr, qr, qrSvg } from './qr.ts'
import { decodeQr } from './reading.ts'

const NOTICE = 'PAGOPA|002|301002611000421892|77777777777|5000'

test('the code of a notice is version 4 and says the pagoPA string', () => {
  expect(noticeQr(NOTICE).modules).toBe(33)
  expect(decode(noticeQr(NOTICE))).toBe(NOTICE)
})

test('the longest pagoPA string fits version 4, and what does not fit is refused', () => {
  const longest = 'PAGOPA|002|301002611000421892|77777777777|9999999999'
  expect(decode(noticeQr(longest))).toBe(longest)
  expect(() => noticeQr('x'.repeat(63))).toThrow('Maximum length exceeded')
})

test('other payloads take the version they need', () => {
  const payload = 'https://mensa.comune.example.it/verifica/'.padEnd(200, 'x')
  expect(qr('K7QF').modules).toBe(21)
  expect(decode(qr(payload))).toBe(payload)
})

test('on a web page the code is one image with a name, a quiet zone and nothing that runs', () => {
  const svg = qrSvg('K7QF-29XM', { label: 'Codice di "Sofia" <da mostrare>' })
  expect(svg).toMatch(
    /^<svg [^>]*role="img" aria-label="Codice di &#34;Sofia&#34; &#60;da mostrare&#62;"[^>]*>/,
  )
  expect(svg).toContain('viewBox="-4 -4 29 29"')
  expect(svg).not.toMatch(/style=|<script|K7QF/)
  expect(decode(qr('K7QF-29XM'))).toBe('K7QF-29XM')
  expect(svg).toContain(qr('K7QF-29XM').d)
})

/** Paints the path, ten pixels a module with a quiet zone of four, and reads it. */
function decode({ d, modules }: CodePath): string | undefined {
  const scale = 10
  const side = (modules + 8) * scale
  const image = new Uint8Array(side * side).fill(255)
  for (const [, x, y, run] of d.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = 0; row < scale; row++) {
      const start = ((Number(y) + 4) * scale + row) * side + (Number(x) + 4) * scale
      image.fill(0, start, start + Number(run) * scale)
    }
  }
  return decodeQr(image, side, side)
}
