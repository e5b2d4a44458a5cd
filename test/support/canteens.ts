import { sql } from 'kysely'
import type { RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import type { AttendanceState } from '#core/db/meal-tables.ts'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { ensureClass, ensureSchool, placeChild } from '#tenants/schools/schools.ts'
import { bareTenant } from './entities.ts'

const made = new Date('2026-09-01T08:00:00Z')

/** An entity with one class of children who pay 4,50 € a meal, Monday to Friday, straight in the tables. */
export interface Canteen {
  readonly id: string
  readonly schoolId: string
  readonly classId: string
  readonly childIds: readonly string[]
  /** Hands in the list of the class; a child of `withoutClass` is written down as eating nowhere. */
  attend(
    day: RomeDate,
    states: Readonly<Record<string, AttendanceState>>,
    withoutClass?: readonly string[],
    state?: 'open' | 'closed',
  ): Promise<void>
  /** A tariff plan with one price for everybody. */
  tariff(validFrom: RomeDate, priceCents: number): Promise<void>
  /** Moves a child to a school for which the plan has no price: the plan's price is the first school's from then on. */
  onlyForElsewhere(childId: string): Promise<void>
  close(day: RomeDate): Promise<void>
  /** A member of the staff, without a way in. */
  staff(): Promise<string>
}

/** Opens a canteen for so many children. */
export async function canteen(db: Db, children: number): Promise<Canteen> {
  const { id, childId } = await bareTenant(db)
  const childIds = [childId, ...Array.from({ length: children - 1 }, () => newId())]
  const { schoolId, classId } = await inTenant(db, id, async (tx) => {
    const schoolId = await ensureSchool(tx, id, { code: 'DANTE', name: 'Dante' }, made)
    const place = { schoolId, schoolYear: '2026/2027', name: '1ª A' }
    const classId = await ensureClass(tx, id, place, made)
    for (const [index, child] of childIds.entries()) {
      if (index > 0) {
        await sql`insert into children (tenant_id, id, first_name, last_name, created_at)
          values (${id}, ${child}, 'Prova', ${`Provetti ${index}`}, ${made})`.execute(tx)
        await sql`insert into wallets (tenant_id, id, child_id, category, created_at)
          values (${id}, ${newId()}, ${child}, 'REFEZIONE', ${made})`.execute(tx)
      }
      await placeChild(tx, id, { childId: child, classId }, made)
      await sql`insert into enrolments (tenant_id, id, child_id, category, school_year, tariff_cents, created_at)
        values (${id}, ${newId()}, ${child}, 'REFEZIONE', '2026/2027', 450, ${made})`.execute(tx)
    }
    await sql`insert into service_periods (tenant_id, id, category, first_day, last_day, weekdays, created_at)
      values (${id}, ${newId()}, 'REFEZIONE', '2026-09-14', '2027-06-30', 31, ${made})`.execute(tx)
    return { schoolId, classId }
  })
  return {
    id,
    schoolId,
    classId,
    childIds,
    async attend(day, states, withoutClass = [], state = 'closed') {
      await inTenant(db, id, async (tx) => {
        await sql`insert into attendance_lists (tenant_id, category, day, class_id, state, saved_at)
          values (${id}, 'REFEZIONE', ${day}, ${classId}, ${state}, ${made})
          on conflict (tenant_id, category, day, class_id) do update set revision = attendance_lists.revision + 1`.execute(
          tx,
        )
        for (const [child, present] of Object.entries(states))
          await sql`insert into attendance (tenant_id, day, category, child_id, state, class_id, source, recorded_at)
            values (${id}, ${day}, 'REFEZIONE', ${child}, ${present}, ${withoutClass.includes(child) ? null : classId}, 'class', ${made})
            on conflict (tenant_id, day, category, child_id) do update set state = excluded.state,
              revision = attendance.revision + case when attendance.state = excluded.state then 0 else 1 end`.execute(
            tx,
          )
      })
    },
    async tariff(validFrom, priceCents) {
      await inTenant(db, id, async (tx) => {
        const planId = newId()
        await sql`insert into tariff_plans (tenant_id, id, category, valid_from, created_at)
          values (${id}, ${planId}, 'REFEZIONE', ${validFrom}, ${made})`.execute(tx)
        await sql`insert into tariff_prices (tenant_id, plan_id, id, price_cents)
          values (${id}, ${planId}, ${newId()}, ${priceCents})`.execute(tx)
      })
    },
    async onlyForElsewhere(childId) {
      await inTenant(db, id, async (tx) => {
        const other = await ensureSchool(tx, id, { code: 'RODARI', name: 'Rodari' }, made)
        const place = { schoolId: other, schoolYear: '2026/2027', name: '2ª B' }
        const classId = await ensureClass(tx, id, place, made)
        await sql`insert into attendance_lists (tenant_id, category, day, class_id, state, saved_at)
          select tenant_id, category, day, ${classId}, state, saved_at from attendance_lists where tenant_id = ${id}`.execute(
          tx,
        )
        await sql`update attendance set class_id = ${classId} where tenant_id = ${id} and child_id = ${childId}`.execute(
          tx,
        )
        await sql`insert into tariff_prices (tenant_id, plan_id, id, school_id, price_cents)
          select tenant_id, plan_id, ${newId()}, ${schoolId}, price_cents from tariff_prices
          where tenant_id = ${id}`.execute(tx)
        await sql`delete from tariff_prices where tenant_id = ${id} and school_id is null`.execute(tx)
      })
    },
    async close(day) {
      await inTenant(db, id, (tx) =>
        sql`insert into closures (tenant_id, id, first_day, last_day, reason, created_at)
          values (${id}, ${newId()}, ${day}, ${day}, 'Sciopero', ${made})`.execute(tx),
      )
    },
    async staff() {
      const accountId = newId()
      await inTenant(db, id, (tx) =>
        sql`insert into accounts (tenant_id, id, kind, staff_role, first_name, last_name, created_at)
          values (${id}, ${accountId}, 'staff', 'clerk', 'Prova', 'Sportelli', ${made})`.execute(tx),
      )
      return accountId
    },
  }
}
