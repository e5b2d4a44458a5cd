import { audit } from '#core/audit.ts'
import type { ImportState } from '#core/db/import-tables.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { ImportOwner } from './decide.ts'
import type { ImportOptions, ImportServices, RowOutcome } from './kind.ts'
import { isParked } from './parked.ts'
import { sealedIn, type Counts, type ImportResult } from './result.ts'
import type { FileColumns } from './upload.ts'

/** A file as lists show it. */
export interface ImportLine extends Counts {
  readonly id: string
  readonly kind: string
  readonly fileName: string
  readonly fileRows: number
  readonly state: ImportState
  readonly uploadedAt: Date
  readonly uploadedBy: string
}

/** A file with all that is known of it. */
export interface ImportDossier extends ImportLine {
  readonly uploadedById: string
  readonly confirmedById: string | undefined
  readonly confirmedBy: string | undefined
  readonly approvedBy: string | undefined
  readonly finishedAt: Date | undefined
  /** Why it stands again where it stood: `register-changed`, `database`. */
  readonly reason: string | undefined
  readonly options: ImportOptions
  readonly control: { readonly rows: number; readonly cents: bigint } | undefined
  /** Its job has failed as often as it may, and waits for somebody. */
  readonly isParked: boolean
  /** How far its job has come, in hundredths. */
  readonly percent: number
  /** Undefined once the file is no longer kept. */
  readonly columns: FileColumns | undefined
  readonly result: ImportResult | undefined
}

const LISTED = 50

/** The latest files of some kinds, newest first. */
export async function listImports(db: Db, tenantId: string, kinds: readonly string[]): Promise<ImportLine[]> {
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('imports as i')
      .innerJoin('accounts as a', (join) =>
        join.onRef('a.tenant_id', '=', 'i.tenant_id').onRef('a.id', '=', 'i.uploaded_by'),
      )
      .select(['i.id', 'i.kind', 'i.file_name', 'i.file_rows', 'i.state', 'i.uploaded_at'])
      .select(['i.added', 'i.changed', 'i.unchanged', 'i.problems', 'a.first_name', 'a.last_name'])
      .where('i.tenant_id', '=', tenantId)
      .where('i.kind', 'in', kinds)
      .orderBy('i.uploaded_at', 'desc')
      .orderBy('i.id', 'desc')
      .limit(LISTED)
      .execute(),
  )
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    fileName: row.file_name,
    fileRows: row.file_rows,
    state: row.state,
    added: row.added,
    changed: row.changed,
    unchanged: row.unchanged,
    problems: row.problems,
    uploadedAt: row.uploaded_at,
    uploadedBy: `${row.first_name} ${row.last_name}`,
  }))
}

/** One file. @throws DomainError resource.not_found */
export async function findImport(
  { db, vault }: Pick<ImportServices, 'db' | 'vault'>,
  tenantId: string,
  importId: string,
): Promise<ImportDossier> {
  const keys = await vault.of(tenantId)
  const sealed = sealedIn(keys, importId)
  const found = await inTenant(db, tenantId, async (tx) => {
    const row = await tx
      .selectFrom('imports as i')
      .innerJoin('import_progress as p', (join) =>
        join.onRef('p.tenant_id', '=', 'i.tenant_id').onRef('p.import_id', '=', 'i.id'),
      )
      .select([
        'i.id',
        'i.kind',
        'i.file_name',
        'i.file_rows',
        'i.state',
        'i.reason',
        'i.options',
        'i.uploaded_at',
      ])
      .select(['i.added', 'i.changed', 'i.unchanged', 'i.problems', 'i.control_rows', 'i.control_cents'])
      .select(['i.uploaded_by', 'i.confirmed_by', 'i.approved_by', 'i.finished_at', 'p.percent'])
      .select(['i.columns_sealed', 'i.result_sealed'])
      .where('i.tenant_id', '=', tenantId)
      .where('i.id', '=', importId)
      .executeTakeFirst()
    if (!row) throw new DomainError('resource.not_found')
    const people = [row.uploaded_by, row.confirmed_by, row.approved_by].filter((id) => id !== null)
    const names = await tx
      .selectFrom('accounts')
      .select(['id', 'first_name', 'last_name'])
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', people)
      .execute()
    const parked =
      (row.state === 'checking' || row.state === 'running') && (await isParked(tx, tenantId, importId))
    return { row, parked, names: new Map(names.map((one) => [one.id, `${one.first_name} ${one.last_name}`])) }
  })
  const { row, parked, names } = found
  const nameOf = (id: string | null) => (id === null ? undefined : names.get(id))
  return {
    id: row.id,
    kind: row.kind,
    fileName: row.file_name,
    fileRows: row.file_rows,
    state: row.state,
    reason: row.reason ?? undefined,
    added: row.added,
    changed: row.changed,
    unchanged: row.unchanged,
    problems: row.problems,
    options: row.options as ImportOptions,
    control: row.control_rows === null ? undefined : { rows: row.control_rows, cents: row.control_cents! },
    isParked: parked,
    percent: row.percent,
    uploadedAt: row.uploaded_at,
    uploadedById: row.uploaded_by,
    uploadedBy: nameOf(row.uploaded_by)!,
    confirmedById: row.confirmed_by ?? undefined,
    confirmedBy: nameOf(row.confirmed_by),
    approvedBy: nameOf(row.approved_by),
    finishedAt: row.finished_at ?? undefined,
    columns: row.columns_sealed ? (sealed.open('columns', row.columns_sealed) as FileColumns) : undefined,
    result: row.result_sealed ? (sealed.open('result', row.result_sealed) as ImportResult) : undefined,
  }
}

/**
 * What became of each row, for a file that names many families: that it was read is written down first.
 * @throws DomainError resource.not_found also where there is no report, or none any more
 */
export async function readReport(
  { db, vault, clock }: ImportServices,
  { tenantId, accountId, importId }: ImportOwner,
): Promise<readonly RowOutcome[]> {
  const keys = await vault.of(tenantId)
  return inTenant(db, tenantId, async (tx) => {
    const row = await tx
      .selectFrom('imports')
      .select(['kind', 'report_sealed', 'file_rows'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', importId)
      .where('state', 'in', ['checked', 'approval', 'done'])
      .executeTakeFirst()
    if (!row?.report_sealed) throw new DomainError('resource.not_found')
    const subject = { kind: 'import', id: importId }
    const details = { kind: row.kind, rows: row.file_rows }
    const actor = { kind: 'staff', id: accountId } as const
    await audit(tx, tenantId, { actor, action: 'import.report_read', subject, details }, clock.now())
    return sealedIn(keys, importId).open('report', row.report_sealed) as RowOutcome[]
  })
}
