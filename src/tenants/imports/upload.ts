import { createHash } from 'node:crypto'
import { audit } from '#core/audit.ts'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import type { TenantVault } from '#core/vault.ts'
import type { ImportKind, ImportServices } from './kind.ts'
import { headersKey, proposeMapping, recalled, type Mapping } from './mapping.ts'
import { sealedIn } from './result.ts'
import type { Table } from './rows.ts'
import { readTable } from './table.ts'

/** A file that somebody of the staff hands in, with what they typed beside it. */
export interface UploadedFile {
  readonly name: string
  readonly bytes: Uint8Array
  readonly accountId: string
  /** How many rows and which sum in cents the file should have; only for kinds that ask. */
  readonly control: { readonly rows: number; readonly cents: bigint } | null
}

/** What the page of columns needs to know of a file. */
export interface FileColumns {
  readonly header: readonly string[]
  /** The first rows, so that a column is known by what stands in it. */
  readonly samples: readonly (readonly string[])[]
  readonly mapping: Mapping
  /** True when the columns are those that somebody chose for a file with these headers. */
  readonly isRemembered: boolean
}

const SAMPLES = 3

/**
 * Takes a file in, sealed, with a proposal of which column is what. Nothing of it is in the register yet.
 * @returns the import's id
 * @throws DomainError as readTable
 */
export async function uploadImport(
  { db, vault, clock }: ImportServices,
  kind: ImportKind,
  tenantId: string,
  { name, bytes, accountId, control }: UploadedFile,
): Promise<string> {
  const table = await readTable(bytes)
  const keys = await vault.of(tenantId)
  const [id, now] = [newId(), clock.now()]
  const sealed = sealedIn(keys, id)
  await inTenant(db, tenantId, async (tx) => {
    const columns_sealed = sealed.seal('columns', await columnsOf({ tx, keys, tenantId }, kind, table))
    await tx
      .insertInto('imports')
      .values({
        tenant_id: tenantId,
        id,
        kind: kind.id,
        file_name: plainName(name),
        sha256: createHash('sha256').update(bytes).digest('hex'),
        file_rows: table.rows.length,
        file_sealed: sealed.sealFile(bytes),
        columns_sealed,
        options: {},
        control_rows: control?.rows ?? null,
        control_cents: control?.cents ?? null,
        state: 'uploaded',
        uploaded_at: now,
        uploaded_by: accountId,
      })
      .execute()
    await tx
      .insertInto('import_progress')
      .values({ tenant_id: tenantId, import_id: id, percent: 0, told_at: now })
      .execute()
    const entry = {
      actor: { kind: 'staff', id: accountId },
      action: 'import.uploaded',
      subject: { kind: 'import', id },
      details: { kind: kind.id, rows: table.rows.length },
    } as const
    await audit(tx, tenantId, entry, now)
  })
  return id
}

async function columnsOf(
  { tx, keys, tenantId }: { tx: Parameters<typeof audit>[0]; keys: TenantVault; tenantId: string },
  kind: ImportKind,
  { header, rows }: Table,
): Promise<FileColumns> {
  const row = await tx
    .selectFrom('import_mappings')
    .select('mapping_sealed')
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind.id)
    .where('headers_hash', '=', keys.lookUpHash(headersKey(kind.id, header)))
    .executeTakeFirst()
  const remembered = row && (JSON.parse(keys.open(row.mapping_sealed)) as Record<string, string>)
  return {
    header,
    samples: rows.slice(0, SAMPLES).map(({ cells }) => cells),
    mapping: remembered ? recalled(remembered, header) : proposeMapping(kind.columns, header),
    isRemembered: remembered !== undefined,
  }
}

/** A browser sends the file's name alone, an older one its whole path. */
function plainName(fileName: string): string {
  const name = fileName.split(/[\\/]/).at(-1)!
  return (
    name
      .replaceAll(/\p{Cc}/gu, '')
      .trim()
      .slice(0, 200) || 'file'
  )
}
