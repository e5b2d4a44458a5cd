import { sql } from 'kysely'
import { parseFiscalCode } from '#core/fiscal-code.ts'
import type { Tx } from '#core/db/tenant.ts'
import type { TenantVault } from '#core/vault.ts'
import type { CellReader } from './cells.ts'
import { CHILDREN_COLUMNS } from './children-columns.ts'
import { sameName } from './children-rows.ts'
import type { ImportColumn } from './kind.ts'
import type { MappedRow } from './mapping.ts'

const column = (key: string): ImportColumn => ({
  ...CHILDREN_COLUMNS.find((one) => one.key === key)!,
  required: false,
})

/** The columns by which a row says which child of the register it is about: a code is needed, a name is compared. */
export const NAMED_CHILD_COLUMNS: readonly ImportColumn[] = [
  column('child_fiscal_code'),
  column('external_id'),
  column('child_last_name'),
  column('child_first_name'),
]
export const SERVICE_COLUMN: ImportColumn = column('service')

/** A child of the register. */
export interface NamedChild {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
}

/** Children of the register by the codes that a file has for them. */
export interface ChildrenByCode<Child extends NamedChild> {
  byCode(fiscalCode: string): Child | undefined
  byId(externalId: string): Child | undefined
}

/** The child of a row; whatever does not lead to exactly one child, or to one of another name, is a mistake of its cell. */
export function findNamedChild<Child extends NamedChild>(
  cells: CellReader,
  row: MappedRow,
  { byCode, byId }: ChildrenByCode<Child>,
): Child | undefined {
  const fiscalCode = cells.fiscalCode('child_fiscal_code')
  const externalId = row.cell('external_id')
  const ofCode = fiscalCode === undefined ? undefined : byCode(fiscalCode)
  const ofId = externalId === '' ? undefined : byId(externalId)
  if (row.cell('child_fiscal_code') === '' && externalId === '')
    return cells.wrong('child_fiscal_code', 'no-identity')
  if (fiscalCode !== undefined && !ofCode) return cells.wrong('child_fiscal_code', 'unknown-child')
  if (externalId !== '' && !ofId && !ofCode) return cells.wrong('external_id', 'unknown-child')
  if (ofCode && ofId && ofCode !== ofId) return cells.wrong('external_id', 'other-child')
  const child = ofCode ?? ofId
  for (const [key, name] of [
    ['child_last_name', child?.lastName],
    ['child_first_name', child?.firstName],
  ] as const)
    if (name !== undefined && row.cell(key) !== '' && !sameName(name, row.cell(key)))
      cells.wrong(key, 'other-name')
  return child
}

/** The codes of the children that the rows name: fiscal codes as hashes, and the entity's own. */
export function codesOf(keys: TenantVault, rows: readonly MappedRow[]): { hashes: Buffer[]; ids: string[] } {
  const codes = rows.map((row) => parseFiscalCode(row.cell('child_fiscal_code')))
  const known = new Set(codes.filter((code) => code !== undefined))
  const ids = new Set(rows.map((row) => row.cell('external_id')).filter((id) => id !== ''))
  return { hashes: [...known].map((code) => keys.lookUpHash(code)), ids: [...ids] }
}

/** Reads the children that the rows name. */
export async function readNamedChildren(
  tx: Tx,
  tenantId: string,
  keys: TenantVault,
  rows: readonly MappedRow[],
): Promise<ChildrenByCode<NamedChild>> {
  const { hashes, ids } = codesOf(keys, rows)
  const found = await sql<{
    id: string
    first_name: string
    last_name: string
    hash: string | null
    external_id: string | null
  }>`
    select c.id, c.first_name, c.last_name, encode(c.fiscal_code_hash, 'hex') as hash, c.external_id
    from children c
    where c.tenant_id = ${tenantId}
      and (c.fiscal_code_hash = any (${hashes}::bytea[]) or c.external_id = any (${ids}::text[]))`.execute(tx)
  const [byHash, byExternalId] = [new Map<string, NamedChild>(), new Map<string, NamedChild>()]
  for (const { id, first_name: firstName, last_name: lastName, hash, external_id } of found.rows) {
    const child = { id, firstName, lastName }
    if (hash) byHash.set(hash, child)
    if (external_id) byExternalId.set(external_id, child)
  }
  return {
    byCode: (code) => byHash.get(keys.lookUpHash(code).toString('hex')),
    byId: (id) => byExternalId.get(id),
  }
}
