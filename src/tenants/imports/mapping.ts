import { createHash } from 'node:crypto'
import { LANGUAGES, translator } from '#core/i18n.ts'
import type { ImportColumn } from './kind.ts'
import type { ProblemList } from './problems.ts'
import type { Table } from './rows.ts'

/** Which column of the file (from 0) holds what, by the key of the kind's column. */
export type Mapping = Readonly<Record<string, number>>

/** A row as its kind reads it. */
export interface MappedRow {
  readonly row: number
  /** The cell under a column's key; empty where the file has no such column. */
  cell(key: string): string
}

/** A header as people may also have written it: without case, accents, blanks and punctuation. */
export function plainHeader(header: string): string {
  return header
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
}

/** The headers by which a column is remembered: a name that stands twice is told apart by its turn. */
export function headerNames(header: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return header.map((text) => {
    const name = plainHeader(text)
    const turn = (seen.get(name) ?? 0) + 1
    seen.set(name, turn)
    return `${name}#${turn}`
  })
}

/** Names a set of headers, whatever their order. */
export function headersKey(kindId: string, header: readonly string[]): string {
  const names = headerNames(header).toSorted().join('\n')
  return `import-headers/${kindId}/${createHash('sha256').update(names).digest('hex')}`
}

/**
 * Guesses which column is what from the headers. A name that several columns of the kind know, as "Nome", goes to the
 * first of them, and its second turn to the next.
 */
export function proposeMapping(columns: readonly ImportColumn[], header: readonly string[]): Mapping {
  const names = header.map(plainHeader)
  const mapping: Record<string, number> = {}
  const taken = new Set<number>()
  for (const { key, names: known } of columns) {
    const own = LANGUAGES.map((language) => plainHeader(translator(language)(`imports.column.${key}`)))
    // Names stand in the order of preference; our own are those of the template.
    for (const name of [...own, ...known]) {
      const at = names.findIndex((one, index) => one === name && !taken.has(index))
      if (at < 0) continue
      taken.add(at)
      mapping[key] = at
      break
    }
  }
  return mapping
}

/** A mapping by headers, to be remembered. */
export function rememberable(mapping: Mapping, header: readonly string[]): Record<string, string> {
  const names = headerNames(header)
  return Object.fromEntries(Object.entries(mapping).map(([key, index]) => [key, names[index]!]))
}

/** A remembered mapping for the headers of another file; what it has no header for is left out. */
export function recalled(remembered: Readonly<Record<string, string>>, header: readonly string[]): Mapping {
  const names = headerNames(header)
  const found = Object.entries(remembered).map(([key, name]) => [key, names.indexOf(name)] as const)
  return Object.fromEntries(found.filter(([, index]) => index >= 0))
}

/** The table's rows under the kind's columns. A row with more cells than there are headers is a mistake. */
export function mapRows(table: Table, mapping: Mapping, problems: ProblemList): MappedRow[] {
  const width = table.header.length
  return table.rows.map(({ row, cells }) => {
    if (cells.length > width) problems.add(row, null, 'cells')
    return {
      row,
      cell(key) {
        const index = mapping[key]
        return index === undefined ? '' : (cells[index] ?? '')
      },
    }
  })
}
