import { DomainError } from '#core/errors.ts'

/** A file of rows as a spreadsheet shows it. Cells have no blanks around them and no line ends inside. */
export interface Table {
  readonly header: readonly string[]
  /** Row of the header in the file, from 1, as a spreadsheet counts. */
  readonly headerRow: number
  /** The rows below the header that are not blank. */
  readonly rows: readonly TableRow[]
}

export interface TableRow {
  readonly row: number
  readonly cells: readonly string[]
}

export const ROWS_MAX = 100_000
export const COLUMNS_MAX = 200

/** Takes rows in the file's order: the first that is not blank is the header. */
export class RowCollector {
  #header: { row: number; cells: string[] } | undefined
  readonly #rows: TableRow[] = []

  /** @throws DomainError import.too_large for a row too many, import.too_wide for one with a column too many */
  add(row: number, cells: readonly string[]): void {
    const tidied = cells.map(tidy)
    while (tidied.at(-1) === '') tidied.pop()
    if (tidied.length === 0) return
    if (tidied.length > COLUMNS_MAX) throw new DomainError('import.too_wide', { maximum: COLUMNS_MAX })
    if (!this.#header) {
      this.#header = { row, cells: tidied }
      return
    }
    if (this.#rows.length === ROWS_MAX) throw new DomainError('import.too_large')
    this.#rows.push({ row, cells: tidied })
  }

  /** @throws DomainError import.no_rows when there is nothing below a header */
  table(): Table {
    if (!this.#header || this.#rows.length === 0) throw new DomainError('import.no_rows')
    return { header: this.#header.cells, headerRow: this.#header.row, rows: this.#rows }
  }
}

function tidy(cell: string): string {
  return /[^\S ]|\p{Cc}|^ | $| {2}/u.test(cell) ? cell.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim() : cell
}
