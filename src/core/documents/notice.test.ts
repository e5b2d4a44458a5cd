import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cents, MAX_CENTS } from '../money.ts'
import type { NoticeDocument } from './notice-data.ts'
import { pagopaLogo } from './pagopa-logo.ts'
import { printNotice } from './print.ts'
import {
  overlappingWords,
  type PrintedWord,
  readGrey,
  readProperties,
  readQr,
  readText,
  readWords,
} from './reading.ts'
import { specimenNotice } from './specimen.ts'

const square = '<svg viewBox="0 0 10 10"><rect x="0" y="0" width="10" height="10" fill="#000"/></svg>'

const QR_REGION = { left: 18, top: 428, width: 91, height: 91 }

/** Every field at the maximum of the guide, in words too long for a line and in the widest letters. */
function fullest(letter: string): NoticeDocument {
  const word = letter.repeat(50)
  return {
    ...specimenNotice,
    subject: `${word} ${word}`.slice(0, 90),
    amountCents: cents(MAX_CENTS),
    creditor: {
      ...specimenNotice.creditor,
      name: `${word} ${word}`.slice(0, 100),
      office: word,
      info: `${word} ${word}`.slice(0, 100),
    },
    debtor: {
      fiscalCode: 'XXXYYY00A00X000X',
      fullName: `${word} ${word}`.slice(0, 70),
      address: `${word} ${word} ${word}`.slice(0, 140),
    },
  }
}

test('the notice prints all its data on one A4 page', async () => {
  const pdf = await printNotice(specimenNotice)
  const text = readText(pdf)
  for (const part of [
    'AVVISO DI PAGAMENTO',
    'Ricarica mensa scolastica',
    'Comune di Esempio',
    'Ufficio Scuola',
    'Elena Esempi',
    'XXXYYY00A00X000X',
    '50,00 Euro',
    '23/12/2026',
    'Rata unica entro il 23/12/2026',
    'Euro 50,00',
    '3010 0261 1000 4218 92',
    '77777777777',
    'AAAAA',
  ]) {
    expect(text).toContain(part)
  }
  const properties = readProperties(pdf)
  expect(properties.get('Pages')).toBe('1')
  expect(properties.get('Page size')).toBe('595.28 x 841.89 pts (A4)')
})

test('a telephone reads the pagoPA string from the printed QR code', async () => {
  expect(readQr(await printNotice(specimenNotice), QR_REGION)).toBe(specimenNotice.qrText)
})

test('the bars and the columns stand where the official grid has them', async () => {
  const pdf = await printNotice(specimenNotice)
  for (const [top, split] of [
    [128, true],
    [253, true],
    [401, false],
  ] as const) {
    expect(readGrey(pdf, 10, top + 2)).toBe(0xec)
    expect(readGrey(pdf, 10, top + 18)).toBe(0xec)
    expect(readGrey(pdf, 10, top - 3)).toBe(0xff)
    expect(readGrey(pdf, 10, top + 22)).toBe(0xff)
    expect(readGrey(pdf, 297, top + 10)).toBe(split ? 0xff : 0xec)
  }
  const words = readWords(pdf)
  expect(find(words, 'AVVISO').left).toBeCloseTo(73, 0)
  expect(find(words, 'ENTE').left).toBeCloseTo(28, 0)
  expect(find(words, 'DESTINATARIO').left).toBeCloseTo(318, 0)
  expect(find(words, 'Oggetto').left).toBeCloseTo(194, 0)
  expect(find(words, '3010').left).toBeCloseTo(276, 0)
  expect(words.filter(({ word }) => word === '77777777777').map(({ right }) => Math.round(right))).toEqual([
    283, 567,
  ])
  expect(find(words, 'entro').left).toBeCloseTo(196, 0)
})

test.each(['n', 'W'])(
  'fields at their maxima (words of 50 %s) stay in their modules and inside the margins',
  async (letter) => {
    const pdf = await printNotice(fullest(letter))
    expect(readProperties(pdf).get('Pages')).toBe('1')
    expect(readQr(pdf, QR_REGION)).toBe(specimenNotice.qrText)
    const words = readWords(pdf)
    for (const { word, left, right, bottom } of words) {
      expect(left, word).toBeGreaterThan(27)
      expect(right, word).toBeLessThan(568)
      expect(bottom, word).toBeLessThan(571)
    }
    expect(overlappingWords(words)).toEqual([])
    expect(words.some(({ word }) => word.includes('4218'))).toBe(true)
  },
)

test('a longer field than the guide allows is cut with an ellipsis', async () => {
  const text = readText(await printNotice({ ...specimenNotice, subject: 'mensa '.repeat(40) }))
  expect(text).toContain('mensa…')
})

test('without a due date the notice names no day', async () => {
  const { dueDate: _, ...noDueDate } = specimenNotice
  const text = readText(await printNotice(noDueDate))
  expect(text).toContain('QUANTO PAGARE?')
  expect(text).toContain('Rata unica')
  expect(text).not.toContain('entro il')
  expect(text).not.toContain('QUANDO')
})

test('metadata name the kind of document and no person, and the same data give the same bytes', async () => {
  const pdf = await printNotice(specimenNotice)
  const properties = readProperties(pdf)
  expect(properties.get('Title')).toBe('Avviso di pagamento')
  expect(properties.get('Creator')).toBe('Borsellino')
  expect(Array.from(properties.values()).join(' ')).not.toMatch(/Esempi|Ricarica|XXXYYY/)
  expect(Buffer.from(pdf).toString('latin1')).toContain('/Lang (it)')
  expect(Buffer.compare(await printNotice(specimenNotice), pdf)).toBe(0)
})

test('a letter the fonts lack is printed without its accent, never as an empty box', async () => {
  const debtor = { fullName: 'Linh Nguyễn 李' }
  expect(readText(await printNotice({ ...specimenNotice, debtor }))).toContain('Linh Nguyen ?')
})

test.each([
  ['no picture at all', new TextEncoder().encode('hello')],
  ['a truncated PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0)],
])('a logo that is %s leaves the notice without a logo', async (_, logo) => {
  const creditor = { ...specimenNotice.creditor, logo }
  const pdf = await printNotice({ ...specimenNotice, creditor })
  expect(readText(pdf)).toContain('AVVISO DI PAGAMENTO')
  expect(readGrey(pdf, 523, 70)).toBe(0xff)
})

test.each(['<image', '<IMAGE', '<im<!-- -->age', '<!-<!-- -->- --><image'])(
  'an SVG logo that refers to a file of ours with %s does not print it',
  async (tag) => {
    const folder = mkdtempSync(join(tmpdir(), 'logo-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const secret = join(folder, 'secret.svg')
    writeFileSync(secret, square)
    const reference = `${tag} src="${secret}" x="0" y="0" width="10" height="10"/>`
    const logo = new TextEncoder().encode(`<svg viewBox="0 0 10 10">${reference}</svg>`)
    const pdf = await printNotice({ ...specimenNotice, creditor: { ...specimenNotice.creditor, logo } })
    expect(readGrey(pdf, 523, 70)).toBe(0xff)
  },
)

test('an SVG logo is drawn in its square of 30 mm', async () => {
  const logo = new TextEncoder().encode(square)
  const pdf = await printNotice({ ...specimenNotice, creditor: { ...specimenNotice.creditor, logo } })
  expect([readGrey(pdf, 483, 30), readGrey(pdf, 563, 110)]).toEqual([0, 0])
  expect([readGrey(pdf, 478, 70), readGrey(pdf, 567, 70)]).toEqual([0xff, 0xff])
})

test('the mark on the notice is the official one', () => {
  const source = new URL(
    'assets/LogoPagoPAProduct/LogoPagoPAProduct.js',
    import.meta.resolve('@pagopa/mui-italia/package.json'),
  )
  const official = readFileSync(source, 'utf8')
  for (const outline of pagopaLogo.outlines) expect(official).toContain(`"${outline}"`)
})

function find(words: readonly PrintedWord[], wanted: string): PrintedWord {
  const found = words.find(({ word }) => word === wanted)
  expect(found, `the word ${wanted}`).toBeDefined()
  return found!
}
