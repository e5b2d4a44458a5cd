import type { RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { TenantVault } from '#core/vault.ts'
import type { EnrolmentDays } from './enrolments.ts'

/** A child with its class and its services, as the office edits them. */
export interface ChildCard {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  readonly fiscalCode: string | undefined
  /** Whether there is a code with which its parents can find it. */
  readonly hasClaimCode: boolean
  readonly place: { readonly classId: string; readonly schoolId: string } | undefined
  readonly enrolments: readonly (EnrolmentDays & {
    readonly id: string
    readonly category: string
    readonly label: string
    readonly tariffCents: bigint
    readonly siblingRank: number
    readonly hasEnded: boolean
  })[]
}

/** A child as it is in a school year. @throws DomainError resource.not_found */
export async function childCard(
  tx: Tx,
  keys: TenantVault,
  tenantId: string,
  childId: string,
  { schoolYear, today }: { schoolYear: string; today: RomeDate },
): Promise<ChildCard> {
  const child = await tx
    .selectFrom('children')
    .select(['first_name', 'last_name', 'fiscal_code_sealed', 'claim_code_hash'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', childId)
    .executeTakeFirst()
  if (!child) throw new DomainError('resource.not_found')
  const place = await tx
    .selectFrom('placements as p')
    .innerJoin('classes as c', (join) =>
      join.onRef('c.tenant_id', '=', 'p.tenant_id').onRef('c.id', '=', 'p.class_id'),
    )
    .select(['c.id', 'c.school_id'])
    .where('p.tenant_id', '=', tenantId)
    .where('p.child_id', '=', childId)
    .where('p.school_year', '=', schoolYear)
    .where('p.left_on', 'is', null)
    .executeTakeFirst()
  const enrolments = await tx
    .selectFrom('enrolments as e')
    .innerJoin('service_categories as s', (join) =>
      join.onRef('s.tenant_id', '=', 'e.tenant_id').onRef('s.code', '=', 'e.category'),
    )
    .select(['e.id', 'e.category', 's.label', 'e.tariff_cents', 'e.sibling_rank', 'e.starts_on', 'e.ends_on'])
    .where('e.tenant_id', '=', tenantId)
    .where('e.child_id', '=', childId)
    .where('e.school_year', '=', schoolYear)
    .orderBy('e.category')
    .execute()
  return {
    id: childId,
    firstName: child.first_name,
    lastName: child.last_name,
    fiscalCode: child.fiscal_code_sealed === null ? undefined : keys.open(child.fiscal_code_sealed),
    hasClaimCode: child.claim_code_hash !== null,
    place: place && { classId: place.id, schoolId: place.school_id },
    enrolments: enrolments.map((row) => ({
      id: row.id,
      category: row.category,
      label: row.label,
      tariffCents: row.tariff_cents,
      siblingRank: row.sibling_rank,
      startsOn: row.starts_on,
      endsOn: row.ends_on,
      hasEnded: row.ends_on !== null && row.ends_on < today,
    })),
  }
}
