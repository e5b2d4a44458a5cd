import { addDays, startOfRomeDay, type RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Policies } from '#core/tenant.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { serviceDay } from './calendar.ts'

/** The first day whose lists may still be handed in; administrators reach back to the beginning of the school year. */
export function firstOpenDay(
  { attendanceDaysBack }: Pick<Policies, 'attendanceDaysBack'>,
  today: RomeDate,
  isAdministrator: boolean,
): RomeDate {
  const yearBegan = `${schoolYearOf(today).slice(0, 4)}-08-01`
  if (isAdministrator) return yearBegan
  const first = addDays(today, -attendanceDaysBack)
  return first < yearBegan ? yearBegan : first
}

/**
 * Refuses the days for which no list can be handed in.
 * @throws DomainError attendance.too_far for the future and for days too long ago, attendance.closed with the closure's
 * reason, attendance.no_service
 */
export async function assertListable(
  tx: Tx,
  tenantId: string,
  { category, schoolId, day }: { category: string; schoolId: string; day: RomeDate },
  { first, now }: { first: RomeDate; now: Date },
): Promise<void> {
  if (startOfRomeDay(day) > now || day < first) throw new DomainError('attendance.too_far', { date: first })
  const service = await serviceDay(tx, tenantId, { category, schoolId, day })
  if (service.runs) return
  if (service.why === 'closed') throw new DomainError('attendance.closed', { reason: service.reason })
  throw new DomainError('attendance.no_service')
}
