import { sql } from 'kysely'
import { sqlState, UNIQUE_VIOLATION, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import type { TenantVault } from '#core/vault.ts'
import { claimCodeHash, newClaimCode } from './children.ts'

/** Who a child is, checked at the edge. */
export interface ChildFacts {
  readonly firstName: string
  readonly lastName: string
  /** Already parsed: parseFiscalCode. */
  readonly fiscalCode: string | null
}

/**
 * Adds a child, without services yet, and a code with which its parents find it in the portal. The code is stored only
 * as a hash: it is told once.
 * @throws DomainError child.fiscal_code_taken
 */
export async function addChild(
  tx: Tx,
  keys: TenantVault,
  tenantId: string,
  child: ChildFacts,
  now: Date,
): Promise<{ childId: string; claimCode: string }> {
  const [childId, claimCode] = [newId(), newClaimCode()]
  await withFreeCode(() =>
    tx
      .insertInto('children')
      .values({
        tenant_id: tenantId,
        id: childId,
        ...columnsOf(keys, child),
        claim_code_hash: claimCodeHash(claimCode),
        created_at: now,
      })
      .execute(),
  )
  return { childId, claimCode }
}

/**
 * Puts a child's names and fiscal code right.
 * @returns which of the three were changed
 * @throws DomainError child.fiscal_code_taken, resource.not_found
 */
export async function changeChild(
  tx: Tx,
  keys: TenantVault,
  tenantId: string,
  childId: string,
  child: ChildFacts,
): Promise<{ names: boolean; fiscalCode: boolean }> {
  const before = await tx
    .selectFrom('children')
    .select(['first_name', 'last_name', 'fiscal_code_hash'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', childId)
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new DomainError('resource.not_found')
  const after = columnsOf(keys, child)
  await withFreeCode(() =>
    tx
      .updateTable('children')
      .set(after)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', childId)
      .execute(),
  )
  return {
    names: before.first_name !== child.firstName || before.last_name !== child.lastName,
    fiscalCode: before.fiscal_code_hash?.toString('hex') !== after.fiscal_code_hash?.toString('hex'),
  }
}

/**
 * Gives a child a new code for its parents; the one of before is void.
 * @throws DomainError resource.not_found
 */
export async function renewClaimCode(tx: Tx, tenantId: string, childId: string): Promise<string> {
  const claimCode = newClaimCode()
  const changed = await tx
    .updateTable('children')
    .set({ claim_code_hash: claimCodeHash(claimCode) })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', childId)
    .returning('id')
    .executeTakeFirst()
  if (!changed) throw new DomainError('resource.not_found')
  return claimCode
}

/** A child that is called exactly so, accents and capitals aside; undefined where there is none. */
export async function namesakeOf(
  tx: Tx,
  tenantId: string,
  { firstName, lastName }: Pick<ChildFacts, 'firstName' | 'lastName'>,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from children
    where tenant_id = ${tenantId} and merged_into is null 
      and last_first = folded_name(${lastName}) || folded_name(${firstName}) order by id limit 1`.execute(tx)
  return rows[0]?.id
}

/** Makes sure that the entity has this child. @throws DomainError resource.not_found */
export async function assertChild(tx: Tx, tenantId: string, childId: string): Promise<void> {
  const child = await tx
    .selectFrom('children')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', childId)
    .executeTakeFirst()
  if (!child) throw new DomainError('resource.not_found')
}

function columnsOf(keys: TenantVault, { firstName, lastName, fiscalCode }: ChildFacts) {
  return {
    first_name: firstName,
    last_name: lastName,
    fiscal_code_sealed: fiscalCode === null ? null : keys.seal(fiscalCode),
    fiscal_code_hash: fiscalCode === null ? null : keys.lookUpHash(fiscalCode),
  }
}

async function withFreeCode(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new DomainError('child.fiscal_code_taken')
    throw error
  }
}
