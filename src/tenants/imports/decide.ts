import type { UpdateObject } from 'kysely'
import { audit, type AuditAction } from '#core/audit.ts'
import type { ImportState } from '#core/db/import-tables.ts'
import type { Database } from '#core/db/schema.ts'
import { inTenant, sqlState, UNIQUE_VIOLATION, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { enqueue } from '#core/jobs/outbox.ts'
import type { ImportKind, ImportOptions, ImportServices } from './kind.ts'
import { headersKey, rememberable, type Mapping } from './mapping.ts'
import { endParked, replayOwn } from './parked.ts'
import { sealedIn } from './result.ts'
import type { FileColumns } from './upload.ts'

export const CHECK_JOB = 'import.check'
export const RUN_JOB = 'import.run'

/** Who decides on which import. */
export interface ImportOwner {
  readonly tenantId: string
  readonly accountId: string
  readonly importId: string
}

/**
 * Says which column is what, remembers it for files with the same headers, and has the file checked.
 * @throws DomainError resource.not_found, import.state once it is being written
 */
export async function chooseColumns(
  services: ImportServices,
  kind: ImportKind,
  { tenantId, importId }: Omit<ImportOwner, 'accountId'>,
  mapping: Mapping,
  options: ImportOptions,
): Promise<void> {
  const keys = await services.vault.of(tenantId)
  const sealed = sealedIn(keys, importId)
  const now = services.clock.now()
  await inTenant(services.db, tenantId, async (tx) => {
    const { columns_sealed } = await lockImport(tx, tenantId, importId, [
      'uploaded',
      'checked',
      'wrong',
      'failed',
    ])
    const columns = { ...(sealed.open('columns', columns_sealed!) as FileColumns), mapping }
    await change(tx, tenantId, importId, {
      columns_sealed: sealed.seal('columns', columns),
      options: JSON.stringify(options),
      state: 'checking',
      reason: null,
    })
    const headers_hash = keys.lookUpHash(headersKey(kind.id, columns.header))
    const mapping_sealed = keys.seal(JSON.stringify(rememberable(mapping, columns.header)))
    await tx
      .insertInto('import_mappings')
      .values({ tenant_id: tenantId, kind: kind.id, headers_hash, mapping_sealed, used_at: now })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'kind', 'headers_hash']).doUpdateSet({ mapping_sealed, used_at: now }),
      )
      .execute()
    await begin(tx, tenantId, importId, CHECK_JOB, now)
  })
  services.nudge()
}

/**
 * Has a file written as its dry run told; money waits for a second person first.
 * @throws DomainError resource.not_found, import.state when there is no dry run that would change anything,
 *   import.one_at_a_time while another file of the kind is being written
 */
export async function confirmImport(
  services: ImportServices,
  kind: ImportKind,
  owner: ImportOwner,
): Promise<void> {
  const now = services.clock.now()
  await deciding(services, owner, async (tx) => {
    const { added, changed } = await lockImport(tx, owner.tenantId, owner.importId, ['checked'])
    if (added + changed === 0) throw new DomainError('import.state')
    const waits = kind.controlColumn !== undefined
    await change(tx, owner.tenantId, owner.importId, {
      state: waits ? 'approval' : 'running',
      reason: null,
      confirmed_at: now,
      confirmed_by: owner.accountId,
    })
    if (!waits) await begin(tx, owner.tenantId, owner.importId, RUN_JOB, now)
    await write(tx, owner, 'import.confirmed', now, { kind: kind.id, added, changed })
  })
}

/**
 * A second person's word, after which the money is booked.
 * @throws DomainError resource.not_found, import.state, import.same_person, import.one_at_a_time
 */
export async function approveImport(
  services: ImportServices,
  kind: ImportKind,
  owner: ImportOwner,
): Promise<void> {
  const now = services.clock.now()
  const { tenantId, accountId, importId } = owner
  await deciding(services, owner, async (tx) => {
    const row = await lockImport(tx, tenantId, importId, ['approval'])
    if (row.uploaded_by === accountId || row.confirmed_by === accountId)
      throw new DomainError('import.same_person')
    await change(tx, tenantId, importId, { state: 'running', approved_at: now, approved_by: accountId })
    await begin(tx, tenantId, importId, RUN_JOB, now)
    await write(tx, owner, 'import.approved', now, { kind: kind.id, added: row.added })
  })
}

/**
 * Gives a file up; it is not kept. One that is being written can be given up once its work was set aside: writing is one
 * transaction, so nothing of it is in the register, and it makes room for another file of its kind.
 * @throws DomainError resource.not_found, import.state while it is being written
 */
export async function withdrawImport(services: ImportServices, owner: ImportOwner): Promise<void> {
  const { tenantId, importId } = owner
  await inTenant(services.db, tenantId, async (tx) => {
    const { kind, state } = await lockImport(tx, tenantId, importId, [
      'uploaded',
      'checking',
      'wrong',
      'checked',
      'approval',
      'running',
      'failed',
    ])
    // A worker that is at it all the same holds the row that is locked here, and finds the file given up afterwards.
    const isSetAside = await endParked(tx, tenantId, importId, services.clock.now())
    if (state === 'running' && !isSetAside) throw new DomainError('import.state')
    await change(tx, tenantId, importId, {
      state: 'withdrawn',
      file_sealed: null,
      columns_sealed: null,
      result_sealed: null,
      report_sealed: null,
    })
    await write(tx, owner, 'import.withdrawn', services.clock.now(), { kind, state })
  })
}

/**
 * Gives the work on a file that was set aside another round.
 * @throws DomainError resource.not_found, import.state where nothing of it is set aside
 */
export async function retryImport(services: ImportServices, owner: ImportOwner): Promise<void> {
  const { tenantId, importId } = owner
  const now = services.clock.now()
  await inTenant(services.db, tenantId, async (tx) => {
    const { kind, state } = await lockImport(tx, tenantId, importId, ['checking', 'running'])
    if (!(await replayOwn(tx, tenantId, importId, now))) throw new DomainError('import.state')
    await write(tx, owner, 'import.retried', now, { kind, state })
  })
  services.nudge()
}

/** One file of a kind is written at a time: the index over running ones refuses a second. */
async function deciding(
  services: ImportServices,
  { tenantId }: ImportOwner,
  work: (tx: Tx) => Promise<void>,
): Promise<void> {
  try {
    await inTenant(services.db, tenantId, work)
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new DomainError('import.one_at_a_time')
    throw error
  }
  services.nudge()
}

/** @throws DomainError resource.not_found, import.state when it stands nowhere among `from` */
async function lockImport(tx: Tx, tenantId: string, importId: string, from: readonly ImportState[]) {
  const row = await tx
    .selectFrom('imports')
    .select(['kind', 'state', 'columns_sealed', 'added', 'changed', 'uploaded_by', 'confirmed_by'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', importId)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new DomainError('resource.not_found')
  if (!from.includes(row.state)) throw new DomainError('import.state')
  return row
}

async function change(
  tx: Tx,
  tenantId: string,
  importId: string,
  values: UpdateObject<Database, 'imports'>,
): Promise<void> {
  await tx
    .updateTable('imports')
    .set(values)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', importId)
    .execute()
}

async function begin(tx: Tx, tenantId: string, importId: string, job: string, now: Date): Promise<void> {
  await tx
    .updateTable('import_progress')
    .set({ percent: 0, told_at: now })
    .where('tenant_id', '=', tenantId)
    .where('import_id', '=', importId)
    .execute()
  await enqueue(tx, { tenantId, job, data: { tenantId, importId } }, now)
}

async function write(
  tx: Tx,
  { tenantId, accountId, importId }: ImportOwner,
  action: AuditAction,
  now: Date,
  details: Record<string, string | number>,
): Promise<void> {
  const subject = { kind: 'import', id: importId }
  await audit(tx, tenantId, { actor: { kind: 'staff', id: accountId }, action, subject, details }, now)
}
