import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { TenantVault } from '#core/vault.ts'
import type { Owner } from '#tenants/people/own.ts'
import { dietsOf, readDietNote, type Diet } from './diets.ts'

/** A guardian's child with its diets. */
export interface ChildDiets {
  readonly childId: string
  readonly firstName: string
  readonly diets: readonly Diet[]
}

/** The diets of one's own children. Invited people have none to see. */
export async function ownDiets(db: Db, owner: Owner): Promise<ChildDiets[]> {
  return inTenant(db, owner.tenantId, async (tx) => {
    const children = await ownChildren(tx, owner)
    const diets = await dietsOf(
      tx,
      owner.tenantId,
      children.map(({ id }) => id),
    )
    return children.map(({ id, first_name }) => ({
      childId: id,
      firstName: first_name,
      diets: diets.get(id) ?? [],
    }))
  })
}

/** Opens the note of one's own child's diet, and writes that down. @throws DomainError resource.not_found */
export async function readOwnDietNote(
  db: Db,
  keys: TenantVault,
  owner: Owner,
  dietId: string,
  now: Date,
): Promise<string> {
  const { tenantId, accountId } = owner
  return inTenant(db, tenantId, async (tx) => {
    const diet = await tx
      .selectFrom('diets as d')
      .innerJoin('guardianships as g', (join) =>
        join.onRef('g.tenant_id', '=', 'd.tenant_id').onRef('g.child_id', '=', 'd.child_id'),
      )
      .select('d.child_id')
      .where('d.tenant_id', '=', tenantId)
      .where('d.id', '=', dietId)
      .where('g.account_id', '=', accountId)
      .executeTakeFirst()
    if (!diet) throw new DomainError('resource.not_found')
    const actor = { kind: 'guardian', id: accountId } as const
    return readDietNote(tx, keys, tenantId, { childId: diet.child_id, dietId }, { actor, now })
  })
}

function ownChildren(tx: Tx, { tenantId, accountId }: Owner) {
  return tx
    .selectFrom('guardianships as g')
    .innerJoin('children as c', (join) =>
      join.onRef('c.tenant_id', '=', 'g.tenant_id').onRef('c.id', '=', 'g.child_id'),
    )
    .select(['c.id', 'c.first_name'])
    .where('g.tenant_id', '=', tenantId)
    .where('g.account_id', '=', accountId)
    .orderBy('c.first_name')
    .orderBy('c.id')
    .execute()
}
