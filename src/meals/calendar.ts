import { sql } from 'kysely'
import { addDays, type RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'

/** Whether a service runs in a school on a day, and if not, why. */
export type ServiceDay =
  | { readonly runs: true; readonly dayType: string }
  /** `reason` is the closure's, as the office wrote it. */
  | { readonly runs: false; readonly why: 'closed'; readonly reason: string }
  | { readonly runs: false; readonly why: 'no-service' }

/**
 * Asks the calendar for some days of a service in a school, in order.
 * @param schoolId undefined for what holds for every school
 */
export async function serviceDays(
  tx: Tx,
  tenantId: string,
  {
    category,
    schoolId,
    from,
    days,
  }: { category: string; schoolId?: string | undefined; from: RomeDate; days: number },
): Promise<ReadonlyMap<RomeDate, ServiceDay>> {
  const school = schoolId ?? null
  const { rows } = await sql<{ day: string; day_type: string | null; reason: string | null }>`
    select d.day::date as day, service_day_type(${tenantId}, ${category}, d.day::date, ${school}) as day_type, (
      select c.reason from closures c
      where c.tenant_id = ${tenantId} and d.day between c.first_day and c.last_day
        and (c.school_id is null or c.school_id = ${school}) and (c.category is null or c.category = ${category})
        -- A day without service is not closed on top of it.
        and exists (select from service_periods p where p.tenant_id = ${tenantId} and p.category = ${category}
          and d.day between p.first_day and p.last_day and (p.school_id is null or p.school_id = ${school})
          and (p.weekdays >> (extract(isodow from d.day)::int - 1)) & 1 = 1)
      order by c.school_id is null, c.first_day desc, c.id limit 1) as reason
    from generate_series(${from}::date, ${addDays(from, days - 1)}::date, interval '1 day') as d (day)`.execute(
    tx,
  )
  return new Map(
    rows.map(({ day, day_type, reason }): [RomeDate, ServiceDay] => {
      if (day_type !== null) return [day, { runs: true, dayType: day_type }]
      return [
        day,
        reason === null ? { runs: false, why: 'no-service' } : { runs: false, why: 'closed', reason },
      ]
    }),
  )
}

/** One day of a service in a school. */
export async function serviceDay(
  tx: Tx,
  tenantId: string,
  { category, schoolId, day }: { category: string; schoolId?: string | undefined; day: RomeDate },
): Promise<ServiceDay> {
  const days = await serviceDays(tx, tenantId, { category, schoolId, from: day, days: 1 })
  return days.get(day)!
}
