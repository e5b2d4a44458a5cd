import { CsvError, parse } from 'csv-parse/sync'
import type { RomeDate } from '../clock.ts'
import { DomainError } from '../errors.ts'
import { readCents, readDay, readHeaderRow, type Columns } from './bank-columns.ts'

/** A movement as the file has it. */
export interface FileMovement {
  /** Row of the file, from 1, as a spreadsheet counts them. */
  row: number
  bookedOn: RomeDate
  valueOn: RomeDate | undefined
  /** Signed: a credit is positive. */
  amountCents: bigint
  text: string
}

/** What is wrong with a cell, or (without a column) with a row. */
export interface FileProblem {
  row: number
  /** The column as the header calls it. */
  column: string | undefined
  problem: 'date' | 'amount' | 'both-amounts' | 'sign' | 'cells' | 'quotes'
}

/** A file with rows that cannot be read. Nothing of it is stored; `problems` names the first fifty. */
export class BankFileError extends DomainError {
  readonly problems: readonly FileProblem[]
  constructor(problems: readonly FileProblem[]) {
    const [first] = problems
    super('bank_statement.invalid', {
      row: first?.row ?? 0,
      column: first?.column ?? '–',
      problems: problems.length,
    })
    this.problems = problems.slice(0, PROBLEMS_MAX)
  }
}

const BYTES_MAX = 5 * 1024 * 1024
const ROWS_MAX = 20_000
const PROBLEMS_MAX = 50
/** Banks put the account's data above the table. */
const HEADER_WITHIN = 30
const DELIMITERS = [';', '\t', ',', '|'] as const

/**
 * Reads a bank's list of movements: CSV with `;`, `,` or tab, UTF-8 or ISO-8859-1, a header in Italian or English
 * somewhere in its first thirty rows, one signed column of amounts or two. Rows of zero and of balances are no
 * movements.
 * @throws DomainError bank_statement.too_large, bank_statement.unreadable when there is no such table,
 *   {@link BankFileError} when a row of it is wrong
 */
export function readBankFile(bytes: Uint8Array): FileMovement[] {
  if (bytes.byteLength > BYTES_MAX) throw new DomainError('bank_statement.too_large')
  const text = decode(bytes)
  const table = text === undefined ? undefined : findTable(text)
  if (!table) throw new DomainError('bank_statement.unreadable')
  const records = parseRecords(table)
  if (records.length > ROWS_MAX) throw new DomainError('bank_statement.too_large')
  const problems: FileProblem[] = []
  const movements: FileMovement[] = []
  for (const [index, cells] of records.entries()) {
    const row = table.headerRow + 1 + index
    if (cells.every((cell) => cell.trim() === '') || isBalance(cells, table.columns)) continue
    const movement = readRow(row, cells, table)
    if (Array.isArray(movement)) problems.push(...movement)
    else if (movement.amountCents !== 0n) movements.push(movement)
  }
  if (problems.length > 0) throw new BankFileError(problems)
  return movements
}

/** Undefined for bytes that are no text: a spreadsheet's own format, an archive. */
function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // What is no UTF-8 is the older encoding of Italian banks, in which every byte is a letter.
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

interface Table {
  header: string[]
  columns: Columns
  /** Row of the header in the file, from 1. */
  headerRow: number
  delimiter: string
  /** The file below the header. */
  body: string
}

function findTable(text: string): Table | undefined {
  let from = 0
  for (let row = 1; row <= HEADER_WITHIN && from < text.length; row++) {
    const { line, next } = lineAt(text, from)
    for (const delimiter of DELIMITERS) {
      const header = line.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
      const columns = readHeaderRow(header)
      if (columns) return { header, columns, headerRow: row, delimiter, body: text.slice(next) }
    }
    from = next
  }
  return undefined
}

function lineAt(text: string, from: number): { line: string; next: number } {
  const end = /\r\n|\r|\n/g
  end.lastIndex = from
  const match = end.exec(text)
  return match
    ? { line: text.slice(from, match.index), next: match.index + match[0].length }
    : { line: text.slice(from), next: text.length }
}

function parseRecords({ body, delimiter, headerRow }: Table): string[][] {
  try {
    return parse(body, {
      delimiter,
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: 100_000,
      to: ROWS_MAX + 1,
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const row = headerRow + Math.max(1, typeof error.lines === 'number' ? error.lines : 1)
    throw new BankFileError([{ row, column: undefined, problem: 'quotes' }])
  }
}

/** "Saldo iniziale", "Totale": rows of a table that are none of its movements have no date. */
function isBalance(cells: readonly string[], { booked }: Columns): boolean {
  if ((cells[booked] ?? '').trim() !== '' && readDay(cells[booked]!) !== undefined) return false
  return cells.some((cell) => /^\s*(saldo|totale?|balance|opening|closing)\b/i.test(cell))
}

function readRow(
  row: number,
  cells: readonly string[],
  { columns, header }: Table,
): FileMovement | FileProblem[] {
  const surplus = cells.slice(header.length)
  if (cells.length < header.length || surplus.some((cell) => cell.trim() !== ''))
    return [{ row, column: undefined, problem: 'cells' }]
  const problems: FileProblem[] = []
  const wrong = (column: number, problem: FileProblem['problem']) => {
    problems.push({ row, column: header[column], problem })
    return undefined
  }
  const bookedOn = readDay(cells[columns.booked]!) ?? wrong(columns.booked, 'date')
  // "Valuta" is the value date at one bank and the currency at another.
  const valueCell = columns.value === undefined ? '' : cells[columns.value]!.trim().replace(/^(EUR|€)$/i, '')
  const valueOn = valueCell === '' ? undefined : (readDay(valueCell) ?? wrong(columns.value!, 'date'))
  const amountCents = readAmount(cells, columns, wrong)
  if (problems.length > 0 || bookedOn === undefined || amountCents === undefined) return problems
  const text = columns.texts
    .map((column) => cells[column]!.trim())
    .filter(Boolean)
    .join(' ')
  return { row, bookedOn, valueOn, amountCents, text }
}

/** From one signed column, from one with a sign beside it, or from one of debits and one of credits. */
function readAmount(
  cells: readonly string[],
  { amount, credit, debit, sign }: Columns,
  wrong: (column: number, problem: FileProblem['problem']) => undefined,
): bigint | undefined {
  if (amount !== undefined) {
    const value = readCents(cells[amount]!)
    if (value === undefined) return wrong(amount, 'amount')
    if (sign === undefined) return value
    const word = cells[sign]!.trim().toUpperCase()
    if (/^(\+|A|C|CR|AVERE|CREDIT|CRDT)$/.test(word)) return value
    if (/^(-|−|D|DR|DARE|DEBIT|DBIT)$/.test(word)) return value > 0n ? -value : value
    return wrong(sign, 'sign')
  }
  const read = (column: number | undefined) => {
    const cell = column === undefined ? '' : cells[column]!.trim()
    return cell === '' ? 0n : (readCents(cell) ?? wrong(column!, 'amount'))
  }
  const [credited, debited] = [read(credit), read(debit)]
  if (credited === undefined || debited === undefined) return undefined
  if (credited !== 0n && debited !== 0n) return wrong(credit!, 'both-amounts')
  const isEmpty = [credit, debit].every((column) => column === undefined || cells[column]!.trim() === '')
  if (isEmpty) return wrong(credit!, 'amount')
  // Some banks write debits with their sign, some without.
  return debited > 0n ? credited - debited : credited + debited
}
