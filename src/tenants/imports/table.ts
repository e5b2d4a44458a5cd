import { DomainError } from '#core/errors.ts'
import { readCsv } from './csv-table.ts'
import { RowCollector, type Table } from './rows.ts'
import { isArchive, readWorkbook } from './xlsx-table.ts'

/** What a file may weigh, in bytes. */
export const FILE_BYTES_MAX = 20 * 1024 * 1024

/**
 * Reads a file of rows: CSV with `;`, `,` or tab, in UTF-8, UTF-16 or the older encoding of Western Europe, or the first
 * sheet of an XLSX workbook. What it is follows from its bytes; its name may say anything.
 * @throws DomainError import.too_large, import.too_wide, import.unreadable, import.no_rows, import.quotes with the row
 */
export async function readTable(bytes: Uint8Array): Promise<Table> {
  if (bytes.byteLength > FILE_BYTES_MAX) throw new DomainError('import.too_large')
  const rows = new RowCollector()
  await (isArchive(bytes) ? readWorkbook(bytes, rows) : readCsv(bytes, rows))
  return rows.table()
}
