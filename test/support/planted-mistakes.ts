import { FAMILIES_HEADER, familyRow, inventedCode } from './families-file.ts'

type Header = (typeof FAMILIES_HEADER)[number] | 'Servizio' | 'Decorrenza'

/** Columns that only the mistakes need. */
const MORE = ['Servizio', 'Decorrenza'] as const
const HEADER: readonly string[] = [...FAMILIES_HEADER, ...MORE]

interface Mistake {
  readonly cells: Partial<Record<Header, string>>
  readonly column: string | null
  readonly what: string
  /** The row, counted from the planted one, that it does not agree with. */
  readonly other?: number
}

/** Every kind of mistake that a file of families can hold; the whole list is planted until there are fifty. */
const MISTAKES: readonly Mistake[] = [
  { cells: { 'Cognome alunno': '' }, column: 'child_last_name', what: 'required' },
  { cells: { 'Nome alunno': 'A'.repeat(61) }, column: 'child_first_name', what: 'too-long' },
  {
    cells: { 'Codice fiscale alunno': 'PRVSFO18E41Z999A' },
    column: 'child_fiscal_code',
    what: 'fiscal-code',
  },
  { cells: { 'Codice fiscale alunno': 'PRVSFO' }, column: 'child_fiscal_code', what: 'fiscal-code' },
  { cells: { 'Codice fiscale alunno': '' }, column: 'child_fiscal_code', what: 'no-identity' },
  { cells: { Scuola: '' }, column: 'school', what: 'required' },
  { cells: { Classe: '' }, column: 'class', what: 'required' },
  { cells: { Tariffa: 'quattro' }, column: 'tariff', what: 'amount' },
  { cells: { Tariffa: '999,00' }, column: 'tariff', what: 'amount-range' },
  { cells: { Servizio: 'NUOTO' }, column: 'service', what: 'unknown-service' },
  { cells: { Decorrenza: '31/02/2027' }, column: 'starts_on', what: 'date' },
  { cells: { Decorrenza: '1/1/2020' }, column: 'starts_on', what: 'outside-year' },
  { cells: { 'Cognome genitore 1': '' }, column: 'g1_last_name', what: 'required' },
  { cells: { 'Codice fiscale genitore 1': '' }, column: 'g1_fiscal_code', what: 'required' },
  {
    cells: { 'Codice fiscale genitore 1': 'RSSMRA80A01H501Z' },
    column: 'g1_fiscal_code',
    what: 'fiscal-code',
  },
  { cells: { 'Email genitore 1': 'elena at example.org' }, column: 'g1_email', what: 'email' },
]

/** Where the fifty stand: every 37th row, from the 11th. */
const PLACES = Array.from({ length: 50 }, (_, index) => 11 + index * 37)

interface Planted {
  readonly row: number
  readonly column: string | null
  readonly what: string
  readonly other: number | null
}

function mistakeAt(
  place: number,
  index: number,
): { cells: Partial<Record<Header, string>>; planted: Planted[] } {
  const earlier = place - 2
  if (index === 47)
    // The same child once more.
    return {
      cells: { ...cellsOf(earlier) },
      planted: [{ row: place, column: null, what: 'twice', other: earlier }],
    }
  if (index === 48)
    return {
      cells: { 'Codice fiscale genitore 1': inventedCode(earlier - 1, 'M'), 'Email genitore 1': '' },
      planted: [{ row: place, column: 'g1_last_name', what: 'contradicts', other: earlier }],
    }
  if (index === 49)
    return {
      cells: { 'Codice fiscale genitore 1': inventedCode(place - 1, 'F') },
      planted: [{ row: place, column: 'g1_fiscal_code', what: 'childs-code', other: null }],
    }
  const { cells, column, what } = MISTAKES[index % MISTAKES.length]!
  return { cells, planted: [{ row: place, column, what, other: null }] }
}

function cellsOf(row: number): Partial<Record<Header, string>> {
  const cells = familyRow(row - 1)
  return Object.fromEntries(FAMILIES_HEADER.map((header, index) => [header, cells[index]!]))
}

/** What a check must tell of them, in the order of the file. */
export const PLANTED: readonly Planted[] = PLACES.flatMap((place, index) => mistakeAt(place, index).planted)

/** A file of families with fifty mistakes in it; the file needs 1,900 rows. */
export function withMistakes(file: readonly (readonly string[])[]): string[][] {
  const rows = file.map((cells) => [...cells, '', ''])
  rows[0] = [...HEADER]
  for (const [index, place] of PLACES.entries())
    for (const [header, value] of Object.entries(mistakeAt(place, index).cells))
      rows[place - 1]![HEADER.indexOf(header)] = value
  return rows
}
