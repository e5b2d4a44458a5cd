import { addDays, romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import { addPlan } from '#meals/tariff-plans.ts'
import { askForEnrolment } from '#tenants/people/enrolment-requests.ts'
import { addExemption } from '#tenants/people/reductions.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { ensureClass, ensureSchool } from '#tenants/schools/schools.ts'
import type { TestHouse } from './house.ts'

/** A school with a class of this year, prices of next year, a child's exemption, and a parent who asks for another one. */
export async function furnishedSchool(
  { house, clock }: TestHouse,
  tenant: Tenant,
  parentId: string,
  childId: string,
) {
  const now = clock.now()
  const today = romeDate(now)
  const { id } = tenant
  const asked = { firstName: 'Ada', lastName: 'Provetti', school: 'Dante', className: '1ª A' }
  const request = { ...asked, fiscalCode: null, category: 'REFEZIONE' }
  const enrolmentRequestId = await askForEnrolment(house.services, tenant, parentId, request)
  return inTenant(house.services.db, id, async (tx) => {
    const schoolId = await ensureSchool(tx, id, { code: 'DANTE', name: 'Primaria Dante' }, now)
    const place = { schoolId, schoolYear: schoolYearOf(today), name: '1ª A' }
    const classId = await ensureClass(tx, id, place, now)
    const everybody = { schoolId: null, dayType: null, iseeUpToCents: null, siblingFrom: 1, priceCents: 500n }
    const plan = { category: 'REFEZIONE', validFrom: addDays(today, 365), note: '', cells: [everybody] }
    const planId = await addPlan(tx, id, plan, { today, now, accountId: null })
    const days = { validFrom: today, validUntil: addDays(today, 100) }
    const exemption = { childId, category: 'REFEZIONE', percent: 50, ...days, reason: 'Relazione' }
    const exemptionId = await addExemption(tx, id, exemption, { now, accountId: null })
    const { id: enrolmentId } = await tx
      .selectFrom('enrolments')
      .select('id')
      .where('tenant_id', '=', id)
      .where('child_id', '=', childId)
      .executeTakeFirstOrThrow()
    return { schoolId, classId, planId, exemptionId, enrolmentId, enrolmentRequestId }
  })
}
