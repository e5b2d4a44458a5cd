import { beforeAll, expect, test } from 'vitest'
import { loadFonts } from './fonts.ts'
import { breakLines, cut, printable, textWidth } from './typesetting.ts'

const style = { face: 'regular', size: 10 } as const

beforeAll(() => loadFonts())

test('lines are filled word by word and none is wider than asked', () => {
  const lines = breakLines(
    'presso Banche e Sportelli ATM, negli Uffici Postali e Punti Postali',
    style,
    100,
    9,
  )
  expect(lines.join(' ')).toBe('presso Banche e Sportelli ATM, negli Uffici Postali e Punti Postali')
  expect(lines.length).toBeGreaterThan(2)
  for (const line of lines) expect(textWidth(line, style)).toBeLessThanOrEqual(100)
})

test('a word wider than a line is broken inside, and loses no letter', () => {
  const lines = breakLines('m'.repeat(50), style, 100, 99)
  expect(lines.join('')).toBe('m'.repeat(50))
  for (const line of lines) expect(textWidth(line, style)).toBeLessThanOrEqual(100)
})

test('text that needs more lines than there are ends with an ellipsis that still fits', () => {
  const lines = breakLines('uno due tre quattro cinque sei sette otto nove dieci', style, 60, 2)
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatch(/\p{L}…$/u)
  expect(textWidth(lines[1]!, style)).toBeLessThanOrEqual(60)
})

test('a line feed begins a line, other white space and control characters do not', () => {
  expect(breakLines('Via  Prova\t1\n00000\u0007 Esempio', style, 500, 9)).toEqual([
    'Via Prova 1',
    '00000 Esempio',
  ])
})

test('cutting counts characters as a reader does and says that something is missing', () => {
  expect(cut('Ricarica mensa', 14)).toBe('Ricarica mensa')
  expect(cut('Ricarica mensa', 10)).toBe('Ricarica…')
  expect(cut('e\u0301'.repeat(4), 4)).toBe('éééé')
})

test('cutting never leaves half of a character', () => {
  const family = '👩‍👩‍👧'
  expect(cut(family.repeat(4), 3)).toBe(`${family.repeat(2)}…`)
  expect(cut('x\u0323\u0308'.repeat(5), 3)).toBe(`${'x\u0323\u0308'.repeat(2).normalize('NFC')}…`)
  expect(cut('𝒜'.repeat(5), 3)).toBe('𝒜𝒜…')
})

test('each character without a glyph leaves one sign, marks of no letter none', () => {
  expect(printable('Ada 👩‍👩‍👧 b', 'regular')).toBe('Ada ? b')
  expect(printable('x\u0323 \u0301a', 'regular')).toBe('x a')
  expect(printable(`z${'\u0337\u0321'.repeat(50)}oe`, 'regular')).toBe('zoe')
  expect(printable('\u202eשלום\u202c', 'regular')).toBe('????')
})

test('a letter without a glyph becomes its base letter, and one without either a question mark', () => {
  expect(printable('Nguyễn Đào 李 €', 'regular')).toBe('Nguyen Đào ? €')
})
