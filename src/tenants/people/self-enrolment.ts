import { romeDate } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { cents } from '#core/money.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { enrolChild, type EnrolledChild, type NewEnrolment } from './children.ts'
import { schoolYearOf } from './school-year.ts'

/** What a parent tells of a child; the school year and the price of a meal are the entity's to say. */
export type OwnChild = Omit<NewEnrolment, 'schoolYear' | 'tariffCents'>

/**
 * Enrols a parent's own child for the present school year, where the entity lets parents do so.
 * @throws DomainError enrolment.closed, and what enrolChild throws
 */
export async function enrolOwnChild(
  { db, vault, clock }: Services,
  tenant: Tenant,
  accountId: string,
  child: OwnChild,
): Promise<EnrolledChild> {
  if (!tenant.policies.selfEnrolment) throw new DomainError('enrolment.closed')
  const now = clock.now()
  const enrolment = {
    ...child,
    schoolYear: schoolYearOf(romeDate(now)),
    tariffCents: cents(tenant.policies.mealTariffCents),
  }
  return enrolChild(db, vault, tenant.id, enrolment, accountId, now)
}
