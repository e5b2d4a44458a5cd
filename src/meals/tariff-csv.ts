import { CsvError, parse } from 'csv-parse/sync'
import { CSV_START, csvLine } from '#core/csv.ts'
import { parseAmount } from '#core/money.ts'
import { amountText } from './tariff-draft.ts'
import { PRICE_MAX_CENTS, type TariffCell } from './tariff-plans.ts'

/** What is wrong with a row of a file of prices. */
export interface TariffFileProblem {
  /** Row of the file, from 1, as a spreadsheet counts them; 0 is the file as a whole. */
  readonly row: number
  readonly column: TariffColumn | undefined
  readonly problem: 'file' | 'header' | 'cells' | 'school' | 'day' | 'isee' | 'sibling' | 'price' | 'repeated'
}

/** The columns as files call them, Italian first. Only the price must be there. */
const COLUMNS = {
  scuola: 'school',
  tipo_giorno: 'day_type',
  isee_fino_a: 'isee_up_to',
  figlio: 'sibling',
  prezzo: 'price',
} as const
export type TariffColumn = keyof typeof COLUMNS
const NAMES = Object.keys(COLUMNS) as TariffColumn[]
const ROWS_MAX = 5_000
const PROBLEMS_MAX = 50

/** The prices of a plan as a file for spreadsheets; schools go by their codes. */
export function writeTariffCsv(cells: readonly TariffCell[], codeOf: (schoolId: string) => string): string {
  const lines = cells.map((cell) =>
    csvLine([
      cell.schoolId === null ? '' : codeOf(cell.schoolId),
      cell.dayType ?? '',
      cell.iseeUpToCents === null ? '' : amountText(cell.iseeUpToCents),
      String(cell.siblingFrom),
      amountText(cell.priceCents),
    ]),
  )
  return CSV_START + csvLine(NAMES) + lines.join('')
}

/**
 * Reads a file of prices: `;` or `,`, UTF-8 or Windows-1252, a header in Italian or English, one price a row. All or
 * nothing: with one row wrong there are no prices, and the first fifty problems are named.
 * @param idOf the school of a code; undefined for a code that the entity does not have
 */
export function readTariffCsv(
  bytes: Uint8Array,
  idOf: (code: string) => string | undefined,
): { cells: TariffCell[] } | { problems: TariffFileProblem[] } {
  const records = readRecords(bytes)
  if (!Array.isArray(records)) return { problems: [records] }
  const [header = [], ...rows] = records
  const places = placesOf(header)
  if (!places) return { problems: [{ row: 1, column: 'prezzo', problem: 'header' }] }
  if (rows.length > ROWS_MAX) return { problems: [{ row: 0, column: undefined, problem: 'file' }] }
  const seen = new Set<string>()
  const cells: TariffCell[] = []
  const problems: TariffFileProblem[] = []
  for (const [index, fields] of rows.entries()) {
    const row = index + 2
    if (fields.every((field) => field.trim() === '')) continue
    if (fields.length !== header.length) {
      problems.push({ row, column: undefined, problem: 'cells' })
      continue
    }
    const read = readRow(row, (column) => fields[places.get(column) ?? -1]?.trim() ?? '', idOf)
    if (Array.isArray(read)) problems.push(...read)
    else if (seen.has(keyOf(read))) problems.push({ row, column: undefined, problem: 'repeated' })
    else {
      seen.add(keyOf(read))
      cells.push(read)
    }
  }
  if (cells.length === 0 && problems.length === 0)
    problems.push({ row: 0, column: undefined, problem: 'file' })
  return problems.length > 0 ? { problems: problems.slice(0, PROBLEMS_MAX) } : { cells }
}

function readRow(
  row: number,
  field: (column: TariffColumn) => string,
  idOf: (code: string) => string | undefined,
): TariffCell | TariffFileProblem[] {
  const problems: TariffFileProblem[] = []
  const refuse = (column: TariffColumn, problem: TariffFileProblem['problem']) =>
    problems.push({ row, column, problem })
  const code = field('scuola').toUpperCase()
  const schoolId = code === '' ? null : idOf(code)
  if (schoolId === undefined) refuse('scuola', 'school')
  const dayType = field('tipo_giorno') || null
  if (dayType !== null && dayType.length > 30) refuse('tipo_giorno', 'day')
  const band = field('isee_fino_a')
  const iseeUpToCents = band === '' ? null : parseAmount(band)
  if (iseeUpToCents === undefined) refuse('isee_fino_a', 'isee')
  const sibling = field('figlio') || '1'
  const siblingFrom = /^\d{1,2}$/.test(sibling) ? Number(sibling) : 0
  if (siblingFrom < 1 || siblingFrom > 20) refuse('figlio', 'sibling')
  const priceCents = parseAmount(field('prezzo').replace(/\s*€$/, ''))
  if (priceCents === undefined || priceCents > PRICE_MAX_CENTS) refuse('prezzo', 'price')
  if (problems.length > 0) return problems
  return {
    schoolId: schoolId!,
    dayType,
    iseeUpToCents: iseeUpToCents!,
    siblingFrom,
    priceCents: priceCents!,
  }
}

function keyOf({ schoolId, dayType, iseeUpToCents, siblingFrom }: TariffCell): string {
  return JSON.stringify([schoolId, dayType, iseeUpToCents?.toString() ?? null, siblingFrom])
}

function placesOf(header: readonly string[]): ReadonlyMap<TariffColumn, number> | undefined {
  const names = header.map((name) => name.trim().toLowerCase().replace(/\s+/g, '_'))
  const places = new Map(
    NAMES.map((column) => [column, names.findIndex((name) => name === column || name === COLUMNS[column])]),
  )
  return places.get('prezzo') === -1 ? undefined : places
}

/** The file's fields; what is wrong with it where it is no such text. */
function readRecords(bytes: Uint8Array): string[][] | TariffFileProblem {
  if (bytes.includes(0)) return { row: 0, column: undefined, problem: 'file' }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    text = new TextDecoder('windows-1252').decode(bytes)
  }
  const [firstLine = ''] = text.split(/\r\n|\r|\n/, 1)
  try {
    return parse(text, {
      bom: true,
      delimiter: firstLine.includes(';') ? ';' : ',',
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
    })
  } catch (error) {
    if (error instanceof CsvError)
      return { row: Number(error.lines ?? 0), column: undefined, problem: 'file' }
    throw error
  }
}
