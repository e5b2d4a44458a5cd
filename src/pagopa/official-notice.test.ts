import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type NoticeDocument, SECOND_LANGUAGES } from '#core/documents/notice-data.ts'
import { printNotice } from '#core/documents/print.ts'
import {
  type PrintedWord,
  readFonts,
  readProperties,
  readWords,
  scanQr,
  scanSlip,
} from '#core/documents/reading.ts'
import { cents } from '#core/money.ts'
import { noticeScheme } from './notice-scheme.ts'

/*
 * Our notices beside the ones that pagoPA itself printed, which lie beside the repository and are not copied into
 * it; and the codes of ours in the eyes of tools that share no code with us.
 */

/** The data of pagoPA's examples, as they can be read in them. */
const example: NoticeDocument = {
  subject: 'Avviso Pagamento di TEST',
  amountCents: cents(150_000),
  dueDate: '2024-12-31',
  payableUntil: '2024-12-31',
  creditor: {
    fiscalCode: '99999000013',
    name: 'Comune di Test',
    office: 'Settore di Test',
    info: 'Info di Test',
    cbill: 'CBI1234',
  },
  debtor: {
    fiscalCode: 'FFFCST83A15L113V',
    fullName: 'Mario Rossi',
    address: 'Via Nazionale 1\n00100 Roma (RM)',
  },
  noticeNumber: '470000008800999051',
  qrText: '',
}

/** The notice with the texts of its codes, and with a slip of that account. */
function coded(notice: NoticeDocument, account?: string): NoticeDocument {
  const { noticeNumber, amountCents, creditor, debtor, subject } = notice
  const codes = { noticeNumber, amountCents, creditorFiscalCode: creditor.fiscalCode }
  const texts = { debtorFiscalCode: debtor.fiscalCode, debtorName: debtor.fullName, subject }
  return {
    ...notice,
    qrText: noticeScheme.qrText(codes),
    ...(account
      ? {
          postalSlip: {
            account,
            holder: creditor.name.slice(0, 50),
            authorization: 'AUT. 08/5 S3/81 53079 08129.07.20211',
            dataMatrixText: noticeScheme.dataMatrixText({ ...codes, ...texts, account }),
          },
        }
      : {}),
  }
}

/** pagoPA's own notice; undefined, and said aloud, where the reference is absent. */
function official(name: string): Uint8Array | undefined {
  const path = fileURLToPath(new URL(`../../../shared/pagopa/avviso/${name}`, import.meta.url))
  if (existsSync(path)) return readFileSync(path)
  console.warn(`NOT COMPARED with pagoPA's own notice ${name}: no ../shared/pagopa/avviso`)
  return undefined
}

/** Since version 3.1 the guide names the entity and "Operatori Abilitati"; "Ente Creditore" has its capitals. */
const REWORDED = {
  official: ["dell'ente,", 'Esercenti', 'Convenzionati.', 'creditore'],
  ours: ['di', 'Comune', 'di', 'Test,', 'Operatori', 'Abilitati.', 'Creditore'],
}

test.each([
  ['scenario_ft_01.pdf', undefined],
  ['scenario_ft_03.pdf', '000000123456'],
])('our notice has the words and the codes of %s, and no others', async (name, account) => {
  const reference = official(name)
  if (!reference) return
  const pdf = await printNotice(coded(example, account))
  const [theirs, ours] = [reference, pdf].map((file) => readWords(file).map(({ word }) => word))
  expect(theirs!.length).toBeGreaterThan(100)
  expect(surplus(theirs!, ours!)).toEqual(REWORDED.official)
  expect(surplus(ours!, theirs!).toSorted()).toEqual(REWORDED.ours.toSorted())
  expect(scanQr(pdf)).toEqual(scanQr(reference))
  expect(readProperties(pdf).get('Pages')).toBe('1')
  if (account) expect(scanSlip(pdf)).toBe(scanSlip(reference))
})

/** The words of one list that remain when each word of the other has taken one like it. */
function surplus(words: readonly string[], taken: readonly string[]): string[] {
  const rest = [...taken]
  return words.filter((word) => {
    const index = rest.indexOf(word)
    if (index === -1) return true
    rest.splice(index, 1)
    return false
  })
}

test('each word of the slip stands on the line of the official slip, and within two millimetres of its place', async () => {
  const reference = official('scenario_ft_03.pdf')
  if (!reference) return
  const pdf = await printNotice(coded(example, '000000123456'))
  const [theirs, ours] = [reference, pdf].map(slipWords)
  expect(theirs!.size).toBeGreaterThan(60)
  const far = [...theirs!].filter(([key, place]) => {
    const found = ours!.get(key)
    if (!found) return true
    // What ends at the right margin begins elsewhere in another typeface.
    const across = Math.min(Math.abs(found.left - place.left), Math.abs(found.right - place.right))
    return across > (2 * 72) / 25.4 || Math.abs(found.y - place.y) > 1
  })
  expect(far).toEqual([])
})

/** The words of the slip by text and turn, with their height as seen from its title. */
function slipWords(pdf: Uint8Array): Map<string, { left: number; right: number; y: number }> {
  const words = readWords(pdf)
  const bar = words.find(({ word }) => word === 'BOLLETTINO')!
  const turns = new Map<string, number>()
  return new Map(
    words
      .filter(({ top }) => top >= bar.top - 1)
      .map(({ word, left, right, top, bottom }: PrintedWord) => {
        const turn = (turns.get(word) ?? 0) + 1
        turns.set(word, turn)
        // The boxes of two typefaces differ about the line; their middles do not.
        return [
          `${word} ${turn}`,
          { left, right, y: (top + bottom) / 2 - (bar.top + bar.bottom) / 2 },
        ] as const
      }),
  )
}

const awkward = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 160 }),
  fc.constantFrom(
    'Zoë D’Àmbrà-Łukasz 👩‍👩‍👧 李小龙',
    'שלום \u202eأهلا\u202c mondo',
    `z${'\u0337\u0321'.repeat(40)}algo`,
    'W'.repeat(140),
    'Außenstelle für Grundschulen '.repeat(6),
    'i'.repeat(100),
    '\n\n\t',
    '',
  ),
)

test('whatever the fields hold, the notice is one page, in two typefaces, and both codes scan as composed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ name: awkward, fullName: awkward, subject: awkward, office: awkward, address: awkward }),
      fc.bigInt(1n, 9_999_999_999n),
      fc.stringMatching(/^3\d{17}$/),
      fc.stringMatching(/^\d{12}$/),
      fc.option(fc.constantFrom(...SECOND_LANGUAGES), { nil: undefined }),
      async ({ name, fullName, subject, office, address }, amount, noticeNumber, account, secondLanguage) => {
        const notice = coded(
          {
            ...example,
            ...(secondLanguage ? { secondLanguage } : {}),
            subject,
            amountCents: cents(amount),
            creditor: { ...example.creditor, name, office, info: office },
            debtor: { ...example.debtor, fullName, address },
            noticeNumber,
          },
          account,
        )
        const pdf = await printNotice(notice)
        expect(readProperties(pdf).get('Pages')).toBe('1')
        expect(readFonts(pdf).filter((font) => !/^(?:TitilliumWeb|RobotoMono)-/.test(font))).toEqual([])
        expect(scanQr(pdf)).toEqual([notice.qrText])
        expect(scanSlip(pdf)).toBe(notice.postalSlip!.dataMatrixText)
        for (const { word, left, right, bottom } of readWords(pdf)) {
          expect(left, word).toBeGreaterThan(27)
          expect(right, word).toBeLessThan(568)
          expect(bottom, word).toBeLessThan(819)
        }
      },
    ),
    { numRuns: 12 },
  )
}, 120_000)
