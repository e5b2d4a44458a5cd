import { expect, test } from 'vitest'
import { loadCatalogue } from '../i18n.ts'
import { cents } from '../money.ts'
import type { NoticeDocument, SecondLanguage } from './notice-data.ts'
import { germanWording, noticeTexts } from './notice-texts.ts'
import { printNotice } from './print.ts'
import {
  overlappingWords,
  readDarkest,
  readFonts,
  readImages,
  readProperties,
  readText,
  readWords,
  scanQr,
  scanSlip,
} from './reading.ts'
import { specimenNotice, specimenSlip } from './specimen.ts'

const withSlip: NoticeDocument = { ...specimenNotice, postalSlip: specimenSlip }
const { dueDate: _, ...withoutDay } = specimenNotice

const variants: readonly (readonly [string, NoticeDocument])[] = [
  ['plain', specimenNotice],
  ['without a due date', withoutDay],
  ['with the postal slip', withSlip],
  ['with the slip and no due date', { ...withoutDay, postalSlip: specimenSlip }],
  ['with English', { ...specimenNotice, secondLanguage: 'en' }],
  ['with English and the slip', { ...withSlip, secondLanguage: 'en' }],
  ['with German', { ...specimenNotice, secondLanguage: 'de' }],
  ['with German and the slip', { ...withSlip, secondLanguage: 'de' }],
  ['with German and no due date', { ...withoutDay, secondLanguage: 'de' }],
]

/** Every field at its maximum, in words of so many letters. */
function fullest(letter: string, wordLength: number): Partial<NoticeDocument> {
  const words = Array.from({ length: 20 }, () => letter.repeat(wordLength)).join(' ')
  const some = (length: number) => words.slice(0, length)
  return {
    subject: some(90),
    creditor: { ...specimenNotice.creditor, name: some(100), office: some(50), info: some(100) },
    debtor: { fiscalCode: 'XXXYYY00A00X000X', fullName: some(70), address: some(140) },
  }
}

/** What must hold of a notice whatever it says. */
async function expectSoundNotice(notice: NoticeDocument): Promise<Uint8Array> {
  const pdf = await printNotice(notice)
  expect(readProperties(pdf).get('Pages')).toBe('1')
  const words = readWords(pdf)
  for (const { word, left, right, bottom } of words) {
    expect(left, word).toBeGreaterThan(27)
    expect(right, word).toBeLessThan(568)
    expect(bottom, word).toBeLessThan(819)
  }
  expect(overlappingWords(words)).toEqual([])
  expect(scanQr(pdf)).toEqual([notice.qrText])
  if (notice.postalSlip) expect(scanSlip(pdf)).toBe(notice.postalSlip.dataMatrixText)
  return pdf
}

test.each(variants)(
  'the notice %s is one page of the two official typefaces, and its codes are vector and scan',
  async (_, notice) => {
    const pdf = await expectSoundNotice(notice)
    expect(readFonts(pdf)).toEqual([
      'RobotoMono-Bold',
      'RobotoMono-Regular',
      'TitilliumWeb-Bold',
      'TitilliumWeb-Regular',
    ])
    expect(readImages(pdf)).toEqual([])
  },
)

test.each(
  variants
    .filter(([, notice]) => notice.postalSlip)
    .flatMap(([name, notice]) => ['n 7', 'W 50', 'W 9'].map((fill) => [name, fill, notice] as const)),
)(
  'the notice %s with all fields at their maxima (%s letters a word) stays in its modules and scans',
  async (_, fill, notice) => {
    const [letter, length] = fill.split(' ')
    const pdf = await expectSoundNotice({ ...notice, ...fullest(letter!, Number(length)) })
    expect(readText(pdf)).toContain('BOLLETTINO POSTALE PA')
  },
)

test('the slip says all that its code says, where the official one has it', async () => {
  const text = readText(await printNotice(withSlip))
  for (const part of [
    'BOLLETTINO POSTALE PA',
    'Rata unica entro 23/12/2026',
    'sul C/C n. 000000123456',
    'Intestato a Comune di Esempio - Servizio tesoreria',
    'Destinatario Elena Esempi',
    'Oggetto pagamento Ricarica mensa scolastica',
    'P1',
    'AUT. DB/TEST/PRV 00000 DEL 01/01/2026',
  ])
    expect(text).toContain(part)
  expect(text.match(/3010 0261 1000 4218 92/g)).toHaveLength(2)
  expect(text.match(/77777777777/g)).toHaveLength(3)
})

test('an entity without a postal account has no slip on its notices', async () => {
  const text = readText(await printNotice(specimenNotice))
  expect(text).not.toMatch(/BOLLETTINO|C\/C|AUT\./)
})

test('without a due date neither the notice nor its slip names a day, in any language', async () => {
  for (const secondLanguage of ['en', 'de'] as const) {
    const text = readText(await printNotice({ ...withoutDay, postalSlip: specimenSlip, secondLanguage }))
    expect(text).toContain('QUANTO PAGARE?')
    expect(text).toMatch(/How much to pay\?|WIE VIEL ZAHLEN\?/)
    expect(text).not.toMatch(/QUANDO|WANN|when|entro|Due Date|bis zum|\d\d\/\d\d\/2026 |23\/12/)
  }
})

test.each([
  ['en', 'Payment Notice'],
  ['de', 'ZAHLUNGSMITTEILUNG'],
] as const)(
  'with %s every fixed text stands in both languages, and amounts once',
  async (language, title) => {
    const pdf = await printNotice({
      ...specimenNotice,
      amountCents: cents(102_099),
      secondLanguage: language,
    })
    const text = readText(pdf)
    expect(text).toContain('AVVISO DI PAGAMENTO')
    expect(text).toContain(title)
    expect(text).toContain('1.020,99 Euro')
    expect(text).not.toContain('1,020.99')
    const printed = new Set(readWords(pdf).map(({ word }) => word.toLowerCase()))
    expect(missingWords('it', printed)).toEqual([])
    expect(missingWords(language, printed)).toEqual([])
  },
)

/** Words of the fixed texts that are not printed; titles may be in capitals. */
function missingWords(language: 'it' | SecondLanguage, printed: ReadonlySet<string>): string[] {
  const t = noticeTexts(language)
  return Object.keys(germanWording.messages)
    .filter((key) => !/short$|no_due_date$|instalment$/.test(key))
    .flatMap((key) =>
      t(key, { creditor: 'Comune di Esempio', date: '23/12/2026' })
        .split(/\s+/)
        .filter((word) => word !== '' && !printed.has(word.toLowerCase())),
    )
}

test('English is grey and smaller than Italian, German as black and as large', async () => {
  const lookOf = async (secondLanguage: SecondLanguage, wanted: string) => {
    const pdf = await printNotice({ ...specimenNotice, secondLanguage })
    const { left, right, top, bottom } = readWords(pdf).find(({ word }) => word === wanted)!
    const darkest = readDarkest(pdf, { left, top, width: right - left, height: bottom - top })
    return { height: Math.round((bottom - top) * 10) / 10, darkest }
  }
  const italian = await lookOf('de', 'Oggetto')
  const german = await lookOf('de', 'Zahlungsgegenstand')
  const english = await lookOf('en', 'Description')
  expect(german.height).toBe(italian.height)
  expect(english.height).toBeLessThan(italian.height)
  expect(german.darkest).toBeLessThan(0x20)
  expect(english.darkest).toBeGreaterThanOrEqual(0x7b)
})

test('German has every text that the notice needs, and says that it is not the official wording', () => {
  const slipOrPage = /^document\.notice\.(?:slip|page)_/
  const wanted = [...loadCatalogue('it').keys()].filter(
    (key) => key.startsWith('document.notice.') && !slipOrPage.test(key),
  )
  expect(Object.keys(germanWording.messages).toSorted()).toEqual(wanted.toSorted())
  expect(germanWording.status).toBe('provisional')
  expect(germanWording.comment).toContain('TO BE REPLACED')
  expect(() => noticeTexts('de')('document.receipt.title')).toThrow('no text')
  expect(() => noticeTexts('de')('document.notice.instalment_due')).toThrow('needs a value')
})
