import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Services } from '#core/services.ts'
import { idsOfChildren, type ToldChild } from '../people/told-children.ts'

/** The wallet of a child for a service. @throws DomainError resource.not_found also for a child that nothing tells */
export async function walletOfChild(
  { db, vault }: Pick<Services, 'db' | 'vault'>,
  tenantId: string,
  child: ToldChild,
  category: string,
): Promise<string> {
  const keys = await vault.of(tenantId)
  return inTenant(db, tenantId, async (tx) => {
    const [childId] = await idsOfChildren(tx, tenantId, keys, [child])
    if (childId === undefined) throw new DomainError('resource.not_found')
    const wallet = await tx
      .selectFrom('wallets')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('child_id', '=', childId)
      .where('category', '=', category)
      .executeTakeFirst()
    if (!wallet) throw new DomainError('resource.not_found')
    return wallet.id
  })
}
