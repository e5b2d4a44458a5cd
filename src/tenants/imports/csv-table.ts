import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { CsvError, parse } from 'csv-parse'
import { DomainError } from '#core/errors.ts'
import { COLUMNS_MAX, type RowCollector } from './rows.ts'

const DELIMITERS = [';', '\t', ',', '|'] as const
/** Characters of one row; a quote that is never closed makes a row of the rest of the file. */
const RECORD_MAX = 100_000
const SLICE = 64 * 1024
/** After so many rows others have their turn: the file may be long, and this thread serves pages too. */
const TURN = 2_000

/** Reads a text of separated values into `rows`. @throws DomainError as readTable */
export async function readCsv(bytes: Uint8Array, rows: RowCollector): Promise<void> {
  const text = decode(bytes)
  if (text === undefined) throw new DomainError('import.unreadable')
  // Excel writes the separator above the table, for itself: it is a row of the file and none of the table.
  const told = /^sep=(.)(\r\n|\r|\n)/i.exec(text)
  const body = told ? text.slice(told[0].length) : text
  const rowsAbove = told ? 1 : 0
  let row = rowsAbove
  const delimiter = told?.[1] ?? delimiterOf(body)
  assertNarrow(body, delimiter)
  const parser = parse({
    delimiter,
    relax_column_count: true,
    // Programs that write no quotes leave those of a name where they are: Primaria "G. Rodari".
    relax_quotes: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: RECORD_MAX,
  })
  try {
    const records = Readable.from(slices(body)).pipe(parser) as AsyncIterable<string[]>
    for await (const record of records) {
      row++
      rows.add(row, record)
      if (row % TURN === 0) await setImmediate()
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // Rows before the broken one may still be on their way here: the parser's own count is the one to believe.
    throw new DomainError('import.quotes', { row: rowsAbove + Number(error.records ?? 0) + 1 })
  }
}

/** Undefined for bytes that are no text: another program's own format. */
function decode(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // What is no UTF-8 is the older encoding, in which every byte is a letter.
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Far more separators in a line than a row may have cells: each would be an object before anybody counts them. */
const SEPARATORS_MAX = 10 * COLUMNS_MAX

/** @throws DomainError import.too_wide */
function assertNarrow(text: string, delimiter: string): void {
  const [mark, lineFeed, carriageReturn] = [delimiter, '\n', '\r'].map((one) => one.charCodeAt(0))
  for (let at = 0, count = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === mark) count++
    else if (code === lineFeed || code === carriageReturn) count = 0
    if (count > SEPARATORS_MAX) throw new DomainError('import.too_wide', { maximum: COLUMNS_MAX })
  }
}

/** The separator that the first row with anything in it has most of, outside of quotes. */
function delimiterOf(text: string): string {
  const [line = ''] = /[^\r\n]*\S[^\r\n]*/.exec(text.slice(0, RECORD_MAX)) ?? []
  const bare = line.replaceAll(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!
}

/** Pieces of the text, none of which ends between a carriage return and its line feed. */
function* slices(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const end = start + SLICE
    const whole = text[end - 1] === '\r' ? end + 1 : end
    yield text.slice(start, whole)
    start = whole
  }
}
