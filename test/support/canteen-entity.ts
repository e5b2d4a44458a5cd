import { sql } from 'kysely'
import type { RomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import type { Tenant } from '#core/tenant.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { ensureClass, ensureSchool, placeChild } from '#tenants/schools/schools.ts'
import type { TestHouse } from './house.ts'

/** What an entity's canteen has. */
export interface CanteenPlace {
  schoolId: string
  classId: string
}

/** Puts children into a class of their own, and lets the service run every day of the school year around `day`. */
export async function openCanteen(
  { house }: Pick<TestHouse, 'house'>,
  tenant: Tenant,
  childIds: readonly string[],
  day: RomeDate,
  name = '3ª B',
): Promise<CanteenPlace> {
  const { db, clock } = house.services
  const now = clock.now()
  const schoolYear = schoolYearOf(day)
  return inTenant(db, tenant.id, async (tx) => {
    const schoolId = await ensureSchool(tx, tenant.id, { code: 'DANTE', name: 'Primaria Dante' }, now)
    const classId = await ensureClass(tx, tenant.id, { schoolId, schoolYear, name }, now)
    for (const childId of childIds) {
      await placeChild(tx, tenant.id, { childId, classId }, now)
      await sql`update enrolments set school_year = ${schoolYear} where tenant_id = ${tenant.id} and child_id = ${childId}`.execute(
        tx,
      )
    }
    const year = Number(schoolYear.slice(0, 4))
    await sql`insert into service_periods (tenant_id, id, category, first_day, last_day, weekdays, created_at)
      select ${tenant.id}, ${newId()}, 'REFEZIONE', ${`${year}-08-01`}, ${`${year + 1}-07-31`}, 127, ${now}
      where not exists (select from service_periods where tenant_id = ${tenant.id})`.execute(tx)
    return { schoolId, classId }
  })
}

/** Closes the service on some days. */
export async function closeCanteen(
  { house }: Pick<TestHouse, 'house'>,
  tenant: Tenant,
  day: RomeDate,
  reason = 'Sciopero del personale',
): Promise<void> {
  const { db, clock } = house.services
  await inTenant(db, tenant.id, (tx) =>
    sql`insert into closures (tenant_id, id, first_day, last_day, reason, created_at)
      values (${tenant.id}, ${newId()}, ${day}, ${day}, ${reason}, ${clock.now()})`.execute(tx),
  )
}

/** The first period of an entity, and a closure of its own far away. */
export async function calendarOf(
  { house }: Pick<TestHouse, 'house'>,
  tenant: Tenant,
): Promise<{ periodId: string; closureId: string }> {
  await closeCanteen({ house }, tenant, '2020-01-06', 'Epifania')
  return inTenant(house.services.db, tenant.id, async (tx) => {
    const id = (table: 'service_periods' | 'closures') =>
      tx.selectFrom(table).select('id').where('tenant_id', '=', tenant.id).executeTakeFirstOrThrow()
    return { periodId: (await id('service_periods')).id, closureId: (await id('closures')).id }
  })
}
