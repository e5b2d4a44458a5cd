import { addDays, type RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import { assertChild } from './edit-children.ts'
import { askForRecharge } from './recharge.ts'

/*
 * What makes a meal cheaper for one child: the family's income (ISEE, DPCM 159/2013), and exemptions. Each change asks for
 * the charges of the days that it touches; the price at present is the caller's to refresh.
 */

/** From which day until which, both included. */
export interface Validity {
  readonly validFrom: RomeDate
  readonly validUntil: RomeDate
}

export interface IseeDeclaration extends Validity {
  readonly iseeCents: bigint
}

/** A part of a service's price that a child does not pay. */
export interface Exemption extends Validity {
  readonly category: string
  /** 1 to 100. */
  readonly percent: number
  readonly reason: string
}

interface By {
  readonly now: Date
  readonly accountId: string | null
}

export const EXEMPTION_REASON_MAX = 200

/**
 * Notes a family's income for a child; a declaration that begins on the same day is replaced.
 * @throws DomainError resource.not_found, enrolment.wrong_days when it would end before it begins
 */
export async function recordIsee(
  tx: Tx,
  tenantId: string,
  { childId, validFrom, validUntil, iseeCents }: IseeDeclaration & { readonly childId: string },
  { now, accountId }: By,
): Promise<void> {
  await assertChild(tx, tenantId, childId)
  assertOrder({ validFrom, validUntil })
  const values = {
    valid_until: validUntil,
    isee_cents: iseeCents,
    recorded_at: now,
    recorded_by: accountId,
  }
  const before = await tx
    .selectFrom('isee_declarations')
    .select('valid_until')
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', childId)
    .where('valid_from', '=', validFrom)
    .forUpdate()
    .executeTakeFirst()
  await tx
    .insertInto('isee_declarations')
    .values({ tenant_id: tenantId, child_id: childId, valid_from: validFrom, ...values })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'child_id', 'valid_from']).doUpdateSet(values))
    .execute()
  const until = before && before.valid_until > validUntil ? before.valid_until : validUntil
  await askForRecharge(tx, tenantId, { childIds: [childId], from: validFrom, until }, now)
}

/** Takes a declaration away that was noted by mistake. @throws DomainError resource.not_found */
export async function deleteIsee(
  tx: Tx,
  tenantId: string,
  { childId, validFrom }: { childId: string; validFrom: RomeDate },
  now: Date,
): Promise<void> {
  const deleted = await tx
    .deleteFrom('isee_declarations')
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', childId)
    .where('valid_from', '=', validFrom)
    .returning('valid_until')
    .executeTakeFirst()
  if (!deleted) throw new DomainError('resource.not_found')
  const span = { from: validFrom, until: deleted.valid_until }
  await askForRecharge(tx, tenantId, { childIds: [childId], ...span }, now)
}

/**
 * Frees a child from a part of a service's price.
 * @throws DomainError resource.not_found for a child or a service that the entity does not have, enrolment.wrong_days
 */
export async function addExemption(
  tx: Tx,
  tenantId: string,
  exemption: Exemption & { readonly childId: string },
  { now, accountId }: By,
): Promise<string> {
  await assertChild(tx, tenantId, exemption.childId)
  assertOrder(exemption)
  const service = await tx
    .selectFrom('service_categories')
    .select('code')
    .where('tenant_id', '=', tenantId)
    .where('code', '=', exemption.category)
    .executeTakeFirst()
  if (!service) throw new DomainError('resource.not_found')
  const id = newId()
  await tx
    .insertInto('exemptions')
    .values({
      tenant_id: tenantId,
      id,
      child_id: exemption.childId,
      category: exemption.category,
      percent: exemption.percent,
      valid_from: exemption.validFrom,
      valid_until: exemption.validUntil,
      reason: exemption.reason,
      created_at: now,
      created_by: accountId,
    })
    .execute()
  const { category, validFrom: from, validUntil: until } = exemption
  await askForRecharge(tx, tenantId, { childIds: [exemption.childId], category, from, until }, now)
  return id
}

/**
 * Sets the last day of an exemption.
 * @returns the last day of before
 * @throws DomainError resource.not_found, enrolment.wrong_days
 */
export async function endExemption(
  tx: Tx,
  tenantId: string,
  { childId, exemptionId }: { childId: string; exemptionId: string },
  validUntil: RomeDate,
  now: Date,
): Promise<RomeDate> {
  const before = await tx
    .selectFrom('exemptions')
    .select(['category', 'valid_from', 'valid_until'])
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', childId)
    .where('id', '=', exemptionId)
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new DomainError('resource.not_found')
  assertOrder({ validFrom: before.valid_from, validUntil })
  await tx
    .updateTable('exemptions')
    .set({ valid_until: validUntil })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', exemptionId)
    .execute()
  const [earlier, later] = [validUntil, before.valid_until].toSorted() as [RomeDate, RomeDate]
  const span = { from: addDays(earlier, 1), until: later }
  await askForRecharge(tx, tenantId, { childIds: [childId], category: before.category, ...span }, now)
  return before.valid_until
}

/** A child's declarations and exemptions, the latest first. @throws DomainError resource.not_found */
export async function reductionsOf(
  tx: Tx,
  tenantId: string,
  childId: string,
): Promise<{ declarations: IseeDeclaration[]; exemptions: (Exemption & { id: string })[] }> {
  await assertChild(tx, tenantId, childId)
  const declarations = await tx
    .selectFrom('isee_declarations')
    .select(['valid_from as validFrom', 'valid_until as validUntil', 'isee_cents as iseeCents'])
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', childId)
    .orderBy('valid_from', 'desc')
    .execute()
  const exemptions = await tx
    .selectFrom('exemptions')
    .select(['id', 'category', 'percent', 'reason'])
    .select(['valid_from as validFrom', 'valid_until as validUntil'])
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', childId)
    .orderBy('valid_from', 'desc')
    .orderBy('id')
    .execute()
  return { declarations, exemptions }
}

function assertOrder({ validFrom, validUntil }: Validity): void {
  if (validFrom > validUntil) throw new DomainError('enrolment.wrong_days')
}
