import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { parseFiscalCode } from '#core/fiscal-code.ts'
import type { Services } from '#core/services.ts'

/** A child by one of its names among programs. */
export interface ToldChild {
  readonly id?: string | undefined
  readonly fiscalCode?: string | undefined
  /** Its code in the entity's own program. */
  readonly externalId?: string | undefined
}

/** The wallet of a child for a service. @throws DomainError resource.not_found also for a child that nothing tells */
export async function walletOfChild(
  { db, vault }: Pick<Services, 'db' | 'vault'>,
  tenantId: string,
  { id, fiscalCode, externalId }: ToldChild,
  category: string,
): Promise<string> {
  const code = fiscalCode === undefined ? undefined : parseFiscalCode(fiscalCode)
  const hash = code === undefined ? undefined : (await vault.of(tenantId)).lookUpHash(code)
  if (id === undefined && hash === undefined && externalId === undefined)
    throw new DomainError('resource.not_found')
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('wallets as w')
      .innerJoin('children as c', (join) =>
        join.onRef('c.tenant_id', '=', 'w.tenant_id').onRef('c.id', '=', 'w.child_id'),
      )
      .select('w.id')
      .where('w.tenant_id', '=', tenantId)
      .where('w.category', '=', category)
      .$if(id !== undefined, (query) => query.where('c.id', '=', id!))
      .$if(hash !== undefined, (query) => query.where('c.fiscal_code_hash', '=', hash!))
      .$if(externalId !== undefined, (query) => query.where('c.external_id', '=', externalId!))
      .executeTakeFirst(),
  )
  if (!row) throw new DomainError('resource.not_found')
  return row.id
}
