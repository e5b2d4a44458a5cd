import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_CENTS, cents } from '#core/money.ts'
import type { PostalSlip } from '#core/notice-scheme.ts'
import { dataMatrixText } from './datamatrix-text.ts'

const slip: PostalSlip = {
  noticeNumber: '470000008800999051',
  creditorFiscalCode: '99999000013',
  amountCents: cents(150_000),
  account: '000000123456',
  debtorFiscalCode: 'FFFCST83A15L113V',
  debtorName: 'Mario Rossi',
  subject: 'Avviso Pagamento di TEST',
}

const FIXED = 'codfase=NBPA;184700000088009990511200000012345610000015000038961P199999000013'

/** The three fields of free text as a reader of the code finds them. */
const fieldsOf = (text: string) => [text.slice(77, 93), text.slice(93, 133), text.slice(133, 243)]

test('the text is byte for byte the one in the DataMatrix code of the reference notice', () => {
  expect(dataMatrixText(slip)).toBe(
    `${FIXED}FFFCST83A15L113V${'Mario Rossi'.padEnd(40)}${'Avviso Pagamento di TEST'.padEnd(110)}${' '.repeat(12)}A`,
  )
})

test('fields of any length and script give 256 ASCII characters, each field in its place', () => {
  const anything = fc.string({ unit: 'grapheme', maxLength: 300 })
  fc.assert(
    fc.property(anything, anything, fc.option(anything, { nil: undefined }), (debtorName, subject, code) => {
      const text = dataMatrixText({ ...slip, debtorName, subject, debtorFiscalCode: code })
      expect(text).toMatch(/^[\x20-\x7e]{256}$/)
      expect(text.slice(0, 77)).toBe(FIXED)
      expect(text.slice(243)).toBe(`${' '.repeat(12)}A`)
    }),
    { numRuns: 1_000 },
  )
})

test('letters keep their case and lose what ASCII has no place for', () => {
  const text = dataMatrixText({
    ...slip,
    debtorFiscalCode: 'fffcst83a15l113v',
    debtorName: 'Zoë Łukasz D’Àmbrà 李 👩‍👧 Groß',
    subject: 'Ricarica «mensa» – è l’1/12 · 5 €\n\tdopo',
  })
  expect(fieldsOf(text).map((field) => field.trimEnd())).toEqual([
    'FFFCST83A15L113V',
    "Zoe Lukasz D'Ambra Gross",
    'Ricarica "mensa" - e l\'1/12 - 5 EUR dopo',
  ])
})

test('longer fields are cut at their length, and a debtor without a fiscal code is anonymous', () => {
  const text = dataMatrixText({
    ...slip,
    debtorFiscalCode: undefined,
    debtorName: 'N'.repeat(70),
    subject: 'S'.repeat(140),
  })
  expect(fieldsOf(text)).toEqual(['ANONIMO'.padEnd(16), 'N'.repeat(40), 'S'.repeat(110)])
})

test('what would not be a slip is refused', () => {
  expect(() => dataMatrixText({ ...slip, noticeNumber: '47' })).toThrow('notice number')
  expect(() => dataMatrixText({ ...slip, creditorFiscalCode: 'X' })).toThrow('fiscal code')
  expect(() => dataMatrixText({ ...slip, account: '123456' })).toThrow('postal account')
  expect(() => dataMatrixText({ ...slip, amountCents: cents(0) })).toThrow('amount')
  expect(() => dataMatrixText({ ...slip, amountCents: cents(MAX_CENTS) })).toThrow('amount')
})
