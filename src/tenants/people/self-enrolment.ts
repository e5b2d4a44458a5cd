import { romeDate } from '#core/clock.ts'
import { inTenant, sqlState, UNIQUE_VIOLATION } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { cents } from '#core/money.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { assertOpenClass } from '../schools/edit-schools.ts'
import { placeChild } from '../schools/schools.ts'
import { insertEnrolledChild, type EnrolledChild, type NewEnrolment } from './children.ts'
import { refreshPrices } from './refresh-prices.ts'
import { schoolYearOf } from './school-year.ts'

/** What a parent tells of a child; the school year and the price of a meal are the entity's to say. */
export type OwnChild = Omit<NewEnrolment, 'schoolYear' | 'tariffCents'> & {
  /** A class of the present school year, where the parent chose it from the entity's. */
  classId?: string | undefined
}

/**
 * Enrols a parent's own child for the present school year, where the entity lets parents do so.
 * @throws DomainError enrolment.closed, enrolment.asked where the office decides (askForEnrolment), class.school_closed,
 *   resource.not_found for a class that is none, and what enrolChild throws
 */
export async function enrolOwnChild(
  { db, vault, clock }: Services,
  tenant: Tenant,
  accountId: string,
  { classId, ...child }: OwnChild,
): Promise<EnrolledChild> {
  const { selfEnrolment, enrolmentRequests, mealTariffCents } = tenant.policies
  if (!selfEnrolment) throw new DomainError('enrolment.closed')
  if (enrolmentRequests === 'asked') throw new DomainError('enrolment.asked')
  const now = clock.now()
  const today = romeDate(now)
  const enrolment = { ...child, schoolYear: schoolYearOf(today), tariffCents: cents(mealTariffCents) }
  const keys = await vault.of(tenant.id)
  try {
    return await inTenant(db, tenant.id, async (tx) => {
      const enrolled = await insertEnrolledChild(tx, keys, tenant.id, enrolment, accountId, now)
      const { childId } = enrolled
      if (classId !== undefined) {
        await assertOpenClass(tx, tenant.id, classId)
        await placeChild(tx, tenant.id, { childId, classId }, now)
      }
      await refreshPrices(tx, tenant.id, today, [childId])
      return enrolled
    })
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new DomainError('enrolment.already_there')
    throw error
  }
}
