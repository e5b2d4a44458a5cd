import type { ColumnType, Generated } from 'kysely'

/* Files that an office hands in: migrations/0018-imports.sql tells the rules. */

export const IMPORT_STATES = [
  'uploaded',
  'checking',
  'wrong',
  'checked',
  'approval',
  'running',
  'done',
  'failed',
  'withdrawn',
  'expired',
] as const
/** Where a file stands between the upload and the register. */
export type ImportState = (typeof IMPORT_STATES)[number]

export interface ImportTables {
  imports: ImportsTable
  import_progress: { tenant_id: string; import_id: string; percent: number; told_at: Date }
  import_mappings: {
    tenant_id: string
    kind: string
    headers_hash: Buffer
    mapping_sealed: Buffer
    used_at: Date
  }
}

interface ImportsTable {
  tenant_id: string
  id: string
  kind: string
  file_name: string
  sha256: string
  file_rows: number
  /** Null once the file is no longer kept. */
  file_sealed: Buffer | null
  columns_sealed: Buffer | null
  result_sealed: ColumnType<Buffer | null, undefined, Buffer | null>
  report_sealed: ColumnType<Buffer | null, undefined, Buffer | null>
  options: unknown
  control_rows: number | null
  control_cents: bigint | null
  state: ImportState
  reason: ColumnType<string | null, undefined, string | null>
  added: Generated<number>
  changed: Generated<number>
  unchanged: Generated<number>
  problems: Generated<number>
  uploaded_at: Date
  uploaded_by: string
  confirmed_at: ColumnType<Date | null, undefined, Date | null>
  confirmed_by: ColumnType<string | null, undefined, string | null>
  approved_at: ColumnType<Date | null, undefined, Date | null>
  approved_by: ColumnType<string | null, undefined, string | null>
  finished_at: ColumnType<Date | null, undefined, Date | null>
}
