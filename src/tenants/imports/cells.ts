import type { RomeDate } from '#core/clock.ts'
import { parseFiscalCode } from '#core/fiscal-code.ts'
import { cents, MAX_CENTS, type Cents } from '#core/money.ts'
import { readCents, readDay } from '#core/reconciliation/bank-columns.ts'
import type { MappedRow } from './mapping.ts'
import type { ProblemList } from './problems.ts'

/** Reads the cells of one row; what is wrong is written down and read as nothing. */
export interface CellReader {
  /** The text of a cell, of so many characters at most. */
  text(key: string, maximum: number): string
  /** The same for a cell that must not be empty. */
  needed(key: string, maximum: number): string
  /** A fiscal code with its check character, also one of omocodia (DM 23/12/1976); undefined for an empty cell. */
  fiscalCode(key: string): string | undefined
  email(key: string): string | undefined
  day(key: string): RomeDate | undefined
  /** An amount that is not negative. */
  cents(key: string): Cents | undefined
  /** Whole number within bounds. */
  whole(key: string, minimum: number, maximum: number): number | undefined
  wrong(key: string | null, what: string, other?: number): undefined
}

const EMAIL = /^[^\s@<>"(),;:]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?\.[A-Za-z]{2,24}$/

export function cellsOf(row: MappedRow, problems: ProblemList): CellReader {
  const wrong = (key: string | null, what: string, other?: number): undefined => {
    problems.add(row.row, key, what, {
      ...(key !== null && { value: row.cell(key) }),
      ...(other !== undefined && { other }),
    })
    return undefined
  }
  const read = <Value>(
    key: string,
    what: string,
    parse: (cell: string) => Value | undefined,
  ): Value | undefined => {
    const cell = row.cell(key)
    return cell === '' ? undefined : (parse(cell) ?? wrong(key, what))
  }
  const text = (key: string, maximum: number): string => {
    const cell = row.cell(key)
    if (cell.length > maximum) wrong(key, 'too-long')
    return cell.slice(0, maximum)
  }
  return {
    wrong,
    text,
    needed(key, maximum) {
      if (row.cell(key) === '') wrong(key, 'required')
      return text(key, maximum)
    },
    fiscalCode: (key) => read(key, 'fiscal-code', parseFiscalCode),
    email: (key) => read(key, 'email', (cell) => (EMAIL.test(cell) ? cell : undefined)),
    day: (key) => read(key, 'date', readDay),
    cents: (key) =>
      read(key, 'amount', (cell) => {
        const value = readCents(cell)
        return value !== undefined && value >= 0n && value <= MAX_CENTS ? cents(value) : undefined
      }),
    whole: (key, minimum, maximum) =>
      read(key, 'number', (cell) => {
        const value = /^\d{1,9}$/.test(cell) ? Number(cell) : NaN
        return value >= minimum && value <= maximum ? value : undefined
      }),
  }
}
