import { addDays, daysBetween, type RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { serviceDays } from '#meals/calendar.ts'
import { mondayOf, storedDay } from '#meals/menus.ts'
import { ROTATION, type Dish } from './dishes.ts'

const CATEGORY = 'REFEZIONE'
const WORKING_DAYS = 0b0011111
/** Any Monday of the past: the same week has the same menu, whenever it is written. */
const ROTATION_SINCE = '2020-01-06'

/** A span of days, both included. */
interface Span {
  readonly first: RomeDate
  readonly last: RomeDate
}

/**
 * Publishes the menus of all weeks in which the canteen of a demonstration cooks, for everybody to read. Weeks that have
 * a menu keep it.
 */
export async function writeMenus(tx: Tx, tenantId: string, { first, last }: Span, now: Date): Promise<void> {
  const from = mondayOf(first)
  const asked = { category: CATEGORY, from, days: daysBetween(from, last) + 1 }
  const served = [...(await serviceDays(tx, tenantId, asked))].filter(([, { runs }]) => runs)
  const weeks = Map.groupBy(
    served.map(([day]) => day),
    mondayOf,
  )
  if (weeks.size === 0) return
  const menu = { tenant_id: tenantId, category: CATEGORY, school_id: null }
  const saved = { state: 'published' as const, is_public: true, saved_at: now, saved_by: null }
  const written = await tx
    .insertInto('menus')
    .values([...weeks.keys()].map((week) => ({ ...menu, ...saved, id: newId(), week })))
    .onConflict((conflict) => conflict.doNothing())
    .returning(['id', 'week'])
    .execute()
  const days = written.flatMap(({ id, week }) =>
    weeks.get(week)!.flatMap((day) => {
      const dishes = dishesOf(day)
      return dishes ? [{ tenant_id: tenantId, menu_id: id, day, ...asStored(dishes) }] : []
    }),
  )
  if (days.length > 0) await tx.insertInto('menu_days').values(days).execute()
}

function asStored(dishes: readonly Dish[]) {
  const courses = dishes.map(([name, ...allergens]) => ({ name, allergens }))
  return storedDay({ courses, dayAllergens: [] })
}

/** Undefined at the weekend. */
function dishesOf(day: RomeDate): readonly Dish[] | undefined {
  const days = daysBetween(ROTATION_SINCE, day)
  return ROTATION[Math.floor(days / 7) % ROTATION.length]![days % 7]
}

/**
 * Lets a canteen that would be shut for the whole week of a day cook in that week and the next: whoever looks at a
 * demonstration in the holidays shall find the tables laid.
 */
export async function cookInHolidays(tx: Tx, tenantId: string, today: RomeDate, now: Date): Promise<void> {
  const first = mondayOf(today)
  const last = addDays(first, 13)
  const week = await serviceDays(tx, tenantId, { category: CATEGORY, from: first, days: 7 })
  if ([...week.values()].some(({ runs }) => runs)) return
  const shut = await tx
    .deleteFrom('closures')
    .where('tenant_id', '=', tenantId)
    .where('first_day', '<=', last)
    .where('last_day', '>=', first)
    .returningAll()
    .execute()
  const rest = shut.flatMap((closure) => [
    { ...closure, id: newId(), last_day: addDays(first, -1) },
    { ...closure, id: newId(), first_day: addDays(last, 1) },
  ])
  const kept = rest.filter(({ first_day, last_day }) => first_day <= last_day)
  if (kept.length > 0) await tx.insertInto('closures').values(kept).execute()
  await tx
    .insertInto('service_periods')
    .values({
      tenant_id: tenantId,
      id: newId(),
      category: CATEGORY,
      school_id: null,
      first_day: first,
      last_day: last,
      weekdays: WORKING_DAYS,
      created_at: now,
    })
    .execute()
}
