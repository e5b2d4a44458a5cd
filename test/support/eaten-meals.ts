import { romeInstant, type RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { createLog } from '#core/log.ts'
import type { Services } from '#core/services.ts'
import { chargeDay } from '#meals/charges.ts'
import { mealJobs } from '#meals/meal-jobs.ts'
import { addPlan, type TariffCell } from '#meals/tariff-plans.ts'
import { canteen, type Canteen } from './canteens.ts'

/** Tuesdays. */
export const [FIRST, SECOND, THIRD] = ['2026-11-10', '2026-11-17', '2026-11-24'] as const
export const DAYS: readonly RomeDate[] = [FIRST, SECOND, THIRD]

export const cell = { schoolId: null, dayType: null, iseeUpToCents: null, siblingFrom: 1, priceCents: 520n }
/** 5,20 € for everybody, 4,00 € from the second sibling on, 2,00 € up to an income of 8.000 €. */
export const CELLS: readonly TariffCell[] = [
  cell,
  { ...cell, siblingFrom: 2, priceCents: 400n },
  { ...cell, iseeUpToCents: 800_000n, priceCents: 200n },
]

/** Meals that were eaten and charged on three days, seen on the evening of the last. */
export function eatenMeals(db: Db) {
  const now = romeInstant(`${THIRD}T18:00:00`)
  const services = {
    db,
    clock: { now: () => now },
    tenants: { byId: async () => ({ policies: { chargeMealsAt: '13:00' } }) },
    log: createLog('silent'),
  } as unknown as Services
  const jobs = mealJobs(services)
  const inside = <Value>({ id }: Canteen, work: (tx: Tx) => Promise<Value>) => inTenant(db, id, work)
  const rerun = (entity: Canteen, day: RomeDate) =>
    chargeDay(services, entity.id, { category: 'REFEZIONE', day }, { kind: 'system' })
  return {
    now,
    services,
    inside,
    /** Brings a whole day to what is right. */
    rerun,
    /** Children who ate on all days, charged by a plan or by their own tariff. */
    async eaten(children: number, cells: readonly TariffCell[] | null = CELLS): Promise<Canteen> {
      const entity = await canteen(db, children)
      const plan = { category: 'REFEZIONE', validFrom: '2026-09-01', note: '' }
      if (cells)
        await inside(entity, (tx) =>
          addPlan(tx, entity.id, { ...plan, cells }, { today: THIRD, now, accountId: null }),
        )
      for (const day of DAYS) {
        await entity.attend(day, Object.fromEntries(entity.childIds.map((id) => [id, 'present' as const])))
        await rerun(entity, day)
      }
      return entity
    },
    /** Does the work that changes asked for; answers how many pieces it were. */
    async settle({ id }: Canteen): Promise<number> {
      const asked = await inTenant(db, id, (tx) =>
        tx
          .updateTable('outbox')
          .set({ done_at: now })
          .where('tenant_id', '=', id)
          .where('done_at', 'is', null)
          .returning(['job', 'data'])
          .execute(),
      )
      for (const { job, data } of asked) {
        const known = jobs.find(({ name }) => name === job)!
        await known.run(known.data.parse(data))
      }
      return asked.length
    },
    /** What stands of each day, in cents; and why what does not stand was taken back. */
    async charges(entity: Canteen, childId = entity.childIds[0]!) {
      const rows = await inside(entity, (tx) =>
        tx
          .selectFrom('meal_charges')
          .select(['day', 'amount_cents', 'reversal_kind'])
          .where('tenant_id', '=', entity.id)
          .where('child_id', '=', childId)
          .orderBy('day')
          .orderBy('revision')
          .execute(),
      )
      return DAYS.map((day) => {
        const own = rows.filter((row) => row.day === day)
        const standing = own.find((row) => row.reversal_kind === null)
        return [standing && Number(standing.amount_cents), ...own.flatMap((row) => row.reversal_kind ?? [])]
      })
    },
    async enrolmentOf({ id }: Canteen, childId: string): Promise<string> {
      const row = await inTenant(db, id, (tx) =>
        tx
          .selectFrom('enrolments')
          .select('id')
          .where('tenant_id', '=', id)
          .where('child_id', '=', childId)
          .executeTakeFirstOrThrow(),
      )
      return row.id
    },
  }
}
