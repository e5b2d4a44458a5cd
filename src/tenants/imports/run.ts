import { setImmediate } from 'node:timers/promises'
import { audit } from '#core/audit.ts'
import { crashPoint } from '#core/crash-point.ts'
import { inTenant, sqlState, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { readCents } from '#core/reconciliation/bank-columns.ts'
import type { Tenant } from '#core/tenant.ts'
import type { TenantVault } from '#core/vault.ts'
import type { ImportKind, ImportOptions, ImportPlan, ImportServices, PlanContext } from './kind.ts'
import { mapRows, type MappedRow } from './mapping.ts'
import { ProblemList } from './problems.ts'
import { tellProgress } from './progress.ts'
import { countsOf, fingerprintOf, resultOf, sealedIn, type ImportResult } from './result.ts'
import type { Table } from './rows.ts'
import { readTable } from './table.ts'
import type { FileColumns } from './upload.ts'

type Kinds = readonly ImportKind[]

/** @throws DomainError resource.not_found for a kind that is none of them */
export function kindOf(kinds: Kinds, id: string): ImportKind {
  const kind = kinds.find((one) => one.id === id)
  if (!kind) throw new DomainError('resource.not_found')
  return kind
}

/** The dry run: compares the file with the register and writes nothing but what it found. Does nothing twice. */
export async function checkImport(
  services: ImportServices,
  kinds: Kinds,
  tenantId: string,
  importId: string,
): Promise<void> {
  const file = await openFile(services, kinds, tenantId, importId, 'checking')
  if (!file) return
  const progress = tellProgress(services, tenantId, importId)
  await progress(20)
  const { plan, problems } = await inTenant(services.db, tenantId, (tx) =>
    makePlan(services, file, tx, false),
  )
  await progress(90)
  await inTenant(services.db, tenantId, (tx) => storeResult(tx, file, plan, problems, 'checking', null))
}

/**
 * Writes a confirmed file, all of it in one transaction or nothing. The plan is made anew in that transaction, with
 * what it rests on locked: when it is not the one that was confirmed, nothing is written and the new one is shown. A
 * second run finds the import done and does nothing.
 */
export async function runImport(
  services: ImportServices,
  kinds: Kinds,
  tenantId: string,
  importId: string,
): Promise<void> {
  const file = await openFile(services, kinds, tenantId, importId, 'running')
  if (!file) return
  const progress = tellProgress(services, tenantId, importId)
  await progress(10)
  try {
    const isWritten = await inTenant(services.db, tenantId, (tx) => write(services, file, tx, progress))
    if (isWritten) {
      services.nudge()
      return await progress(100)
    }
  } catch (error) {
    // What the database refuses it would refuse again: the register is not what the plan believed.
    if (!/^2[23]/.test(sqlState(error) ?? '')) throw error
    services.log.error(
      { tenantId, importId, sqlState: sqlState(error) },
      'an import was refused by the database',
    )
    return inTenant(services.db, tenantId, (tx) => fail(tx, file, services.clock.now()))
  }
  await inTenant(services.db, tenantId, async (tx) => {
    const { plan, problems } = await makePlan(services, file, tx, false)
    await storeResult(tx, file, plan, problems, 'running', 'register-changed')
  })
}

/** Answers false when the plan is not the confirmed one; then nothing was written. */
async function write(
  services: ImportServices,
  file: OpenedFile,
  tx: Tx,
  progress: (percent: number) => Promise<void>,
): Promise<boolean> {
  const { tenant, importId, kind } = file
  const row = await tx
    .selectFrom('imports')
    .select(['state', 'result_sealed'])
    .where('tenant_id', '=', tenant.id)
    .where('id', '=', importId)
    .forUpdate()
    .executeTakeFirst()
  if (row?.state !== 'running') return true
  const confirmed = file.sealed.open('result', row.result_sealed!) as ImportResult
  const { plan, problems } = await makePlan(services, file, tx, true)
  if (problems.count > 0 || fingerprintOf(plan) !== confirmed.fingerprint) return false
  await progress(30)
  await plan.write((part) => progress(30 + Math.floor(part * 65)))
  const now = services.clock.now()
  const { added, changed, unchanged } = countsOf(plan, problems)
  await tx
    .updateTable('imports')
    .set({ state: 'done', reason: null, added, changed, unchanged, problems: 0, finished_at: now })
    .where('tenant_id', '=', tenant.id)
    .where('id', '=', importId)
    .execute()
  const details = { kind: kind.id, added, changed, unchanged }
  const subject = { kind: 'import', id: importId }
  await audit(tx, tenant.id, { actor: { kind: 'system' }, action: 'import.completed', subject, details }, now)
  crashPoint('import-written')
  return true
}

interface OpenedFile {
  readonly tenant: Tenant
  readonly importId: string
  readonly kind: ImportKind
  readonly keys: TenantVault
  readonly sealed: ReturnType<typeof sealedIn>
  readonly table: Table
  readonly columns: FileColumns
  readonly options: ImportOptions
  readonly sha256: string
  readonly by: PlanContext['by']
  readonly control: { rows: number; cents: bigint } | undefined
}

/** Undefined when the import does not stand where the job believes, or its file is gone. */
async function openFile(
  { db, vault, tenants }: ImportServices,
  kinds: Kinds,
  tenantId: string,
  importId: string,
  state: 'checking' | 'running',
): Promise<OpenedFile | undefined> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('imports as i')
      .innerJoin('accounts as a', (join) =>
        join.onRef('a.tenant_id', '=', 'i.tenant_id').onRef('a.id', '=', 'i.uploaded_by'),
      )
      .select(['i.kind', 'i.file_sealed', 'i.columns_sealed', 'i.options', 'i.sha256'])
      .select(['i.control_rows', 'i.control_cents', 'i.uploaded_by', 'a.staff_role'])
      .where('i.tenant_id', '=', tenantId)
      .where('i.id', '=', importId)
      .where('i.state', '=', state)
      .executeTakeFirst(),
  )
  const tenant = await tenants.byId(tenantId)
  if (!row?.file_sealed || !row.columns_sealed || !tenant) return undefined
  const keys = await vault.of(tenantId)
  const sealed = sealedIn(keys, importId)
  return {
    tenant,
    importId,
    kind: kindOf(kinds, row.kind),
    keys,
    sealed,
    table: await readTable(sealed.openFile(row.file_sealed)),
    columns: sealed.open('columns', row.columns_sealed) as FileColumns,
    options: row.options as ImportOptions,
    sha256: row.sha256,
    // Only the staff hand files in.
    by: { accountId: row.uploaded_by, role: row.staff_role! },
    control: row.control_rows === null ? undefined : { rows: row.control_rows, cents: row.control_cents! },
  }
}

async function makePlan(
  { clock }: ImportServices,
  { kind, table, columns, control, ...rest }: OpenedFile,
  tx: Tx,
  isWriting: boolean,
): Promise<{ plan: ImportPlan; problems: ProblemList }> {
  const problems = new ProblemList(kind.columns.flatMap(({ key, personal }) => (personal ? [key] : [])))
  const rows = mapRows(table, columns.mapping, problems)
  if (control && kind.controlColumn) compareTotals(rows, kind.controlColumn, control, problems)
  const turn = () => setImmediate(undefined)
  const plan = await kind.plan({ ...rest, tx, rows, problems, isWriting, now: clock.now(), turn })
  return { plan, problems }
}

/** What was typed before the file was read must be what it holds: a file cut short, or another one, is found out. */
function compareTotals(
  rows: readonly MappedRow[],
  column: string,
  control: { rows: number; cents: bigint },
  problems: ProblemList,
): void {
  if (rows.length !== control.rows) problems.add(null, null, 'control-rows', { value: String(rows.length) })
  const sum = rows.reduce((total, row) => total + (readCents(row.cell(column)) ?? 0n), 0n)
  if (sum !== control.cents) {
    const [sign, digits] = [sum < 0n ? '-' : '', (sum < 0n ? -sum : sum).toString().padStart(3, '0')]
    problems.add(null, null, 'control-sum', { value: `${sign}${digits.slice(0, -2)},${digits.slice(-2)}` })
  }
}

async function storeResult(
  tx: Tx,
  { tenant, importId, sealed }: OpenedFile,
  plan: ImportPlan,
  problems: ProblemList,
  from: 'checking' | 'running',
  reason: string | null,
): Promise<void> {
  await tx
    .updateTable('imports')
    .set({
      state: problems.count > 0 ? 'wrong' : 'checked',
      reason,
      ...countsOf(plan, problems),
      result_sealed: sealed.seal('result', resultOf(plan, problems)),
      report_sealed: problems.count > 0 ? null : sealed.seal('report', plan.outcomes),
      confirmed_at: null,
      confirmed_by: null,
      approved_at: null,
      approved_by: null,
    })
    .where('tenant_id', '=', tenant.id)
    .where('id', '=', importId)
    .where('state', '=', from)
    .execute()
}

async function fail(tx: Tx, { tenant, importId }: OpenedFile, now: Date): Promise<void> {
  await tx
    .updateTable('imports')
    .set({ state: 'failed', reason: 'database', finished_at: now })
    .where('tenant_id', '=', tenant.id)
    .where('id', '=', importId)
    .where('state', '=', 'running')
    .execute()
}
