import { DomainError } from '#core/errors.ts'
import { COLUMNS_MAX, type RowCollector } from './rows.ts'
import { openParts, type Parts } from './xlsx-parts.ts'
import { readLayout, type Layout } from './xlsx-layout.ts'

/** True for a ZIP archive, which every workbook is. */
export function isArchive(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 0x03 || bytes[2] === 0x05)
}

/**
 * Reads the first visible sheet of an Office Open XML workbook (ECMA-376 part 1, SpreadsheetML) into `rows`. Of a formula
 * counts the value that was saved with it; nothing is calculated.
 * @throws DomainError as readTable
 */
export async function readWorkbook(bytes: Uint8Array, rows: RowCollector): Promise<void> {
  try {
    const parts = await openParts(bytes)
    const layout = await readLayout(parts)
    await readSheet(parts, layout, rows)
  } catch (error) {
    if (error instanceof DomainError) throw error
    throw new DomainError('import.unreadable', {}, error instanceof Error ? error.message : String(error))
  }
}

async function readSheet(parts: Parts, layout: Layout, rows: RowCollector): Promise<void> {
  let row = 0
  let cells: string[] = []
  let column = 0
  let cell: { type: string; style: number } | undefined
  let [value, isText, isSkipped] = ['', false, false]
  await parts.read(layout.sheet, {
    open(name, attributes) {
      if (name === 'row') {
        row = attributes.r === undefined ? row + 1 : Number(attributes.r)
        if (!Number.isSafeInteger(row) || row < 1) throw new Error('a row without a number')
        ;[cells, column] = [[], 0]
      } else if (name === 'c') {
        const at = attributes.r === undefined ? column + 1 : columnOf(attributes.r)
        column = at
        value = ''
        cell = { type: attributes.t ?? 'n', style: Number(attributes.s ?? 0) }
      } else if (name === 'v' || (name === 't' && !isSkipped)) isText = cell !== undefined
      else if (name === 'rPh') isSkipped = true
    },
    text(text) {
      if (isText) value += text
    },
    close(name) {
      if (name === 'v' || name === 't') isText = false
      else if (name === 'rPh') isSkipped = false
      else if (name === 'c' && cell) {
        const text = textOf(value, cell, layout)
        cell = undefined
        if (text === '') return
        if (column > COLUMNS_MAX) throw new DomainError('import.too_wide', { maximum: COLUMNS_MAX })
        while (cells.length < column) cells.push('')
        cells[column - 1] = text
      } else if (name === 'row') rows.add(row, cells)
    },
  })
}

/** The column of a cell's address, from 1: `B7` is 2. */
function columnOf(address: string): number {
  const [letters] = /^[A-Z]{1,3}/.exec(address) ?? []
  if (!letters) throw new Error('a cell without an address')
  return letters.split('').reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0)
}

function textOf(value: string, { type, style }: { type: string; style: number }, layout: Layout): string {
  if (type === 's') return layout.strings[Number(value)] ?? ''
  if (type !== 'n' || value === '') return value
  const number = Number(value)
  if (!Number.isFinite(number)) return value
  if (layout.dateStyles[style]) return dayOf(number, layout.startsIn1904) ?? value
  return numberText(number)
}

/**
 * A number as one types it, without what floating point adds. One of three decimals gets a fourth: `1.234` alone could be
 * read as a thousand.
 */
function numberText(number: number): string {
  const text = Number.isInteger(number) ? String(number) : String(Number(number.toFixed(6)))
  return /\.\d{3}$/.test(text) ? `${text}0` : text
}

const DAY_MS = 86_400_000
/** The last day that spreadsheets know, 31 December 9999. */
const LAST_SERIAL = 2_958_465

/** The day of a serial number; spreadsheets believe that 1900 had a 29 February. */
function dayOf(serial: number, startsIn1904: boolean): string | undefined {
  const whole = Math.floor(serial) + (startsIn1904 ? 1_462 : 0)
  if (whole < 1 || whole > LAST_SERIAL) return undefined
  const days = whole < 60 ? whole + 1 : whole
  return new Date(Date.UTC(1899, 11, 30) + days * DAY_MS).toISOString().slice(0, 10)
}
