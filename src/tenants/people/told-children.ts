import { sql } from 'kysely'
import type { Tx } from '#core/db/tenant.ts'
import { parseFiscalCode } from '#core/fiscal-code.ts'
import type { TenantVault } from '#core/vault.ts'

/** A child by one of its names among programs. */
export interface ToldChild {
  readonly id?: string | undefined
  readonly fiscalCode?: string | undefined
  /** Its code in the entity's own program. */
  readonly externalId?: string | undefined
}

/** The ids of children, in the order in which they are told; undefined for one that is none of the entity's. */
export async function idsOfChildren(
  tx: Tx,
  tenantId: string,
  keys: TenantVault,
  told: readonly ToldChild[],
): Promise<(string | undefined)[]> {
  const named = told.map(({ id, fiscalCode, externalId }) => {
    const code = fiscalCode === undefined ? undefined : parseFiscalCode(fiscalCode)
    return { id, externalId, hash: code === undefined ? undefined : keys.lookUpHash(code) }
  })
  const present = <Value>(values: readonly (Value | undefined)[]) =>
    values.filter((value) => value !== undefined)
  const { rows } = await sql<{ id: string; hash: string | null; external_id: string | null }>`
    select c.id, encode(c.fiscal_code_hash, 'hex') as hash, c.external_id from children c
    where c.tenant_id = ${tenantId} and (c.id = any (${present(named.map(({ id }) => id))}::uuid[])
      or c.fiscal_code_hash = any (${present(named.map(({ hash }) => hash))}::bytea[])
      or c.external_id = any (${present(named.map(({ externalId }) => externalId))}::text[]))`.execute(tx)
  const [byId, byHash, byExternalId] = [
    new Map(rows.map(({ id }) => [id, id])),
    new Map(rows.map(({ id, hash }) => [hash, id])),
    new Map(rows.map(({ id, external_id }) => [external_id, id])),
  ]
  return named.map(({ id, hash, externalId }) => {
    if (id !== undefined) return byId.get(id)
    if (hash !== undefined) return byHash.get(hash.toString('hex'))
    return externalId === undefined ? undefined : byExternalId.get(externalId)
  })
}
