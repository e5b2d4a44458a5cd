import { audit } from '#core/audit.ts'
import { addDays, type RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import { serviceDays } from './calendar.ts'
import { NO_MENU, readMenu, saveMenu, type Menu, type MenuKey } from './menus.ts'

/** How many weeks a rotation may have, and for how many weeks ahead it is written: a school year. */
export const ROTATION_WEEKS_MAX = 12
const REPEATED_WEEKS_MAX = 52

/**
 * Repeats the last weeks' menus, up to and with the week of `key`, until a day. Weeks that have a menu keep it, weeks in
 * which there is no service are passed over without losing one's place, and each repetition is published where its model
 * is.
 * @returns how many menus were written
 */
export async function repeatMenus(
  tx: Tx,
  tenantId: string,
  key: MenuKey,
  { weeks, until }: { weeks: number; until: RomeDate },
  by: { staffId: string; now: Date },
): Promise<number> {
  const first = addDays(key.week, -7 * (weeks - 1))
  const models: (Menu | undefined)[] = []
  for (let place = 0; place < weeks; place++)
    models.push(await readMenu(tx, tenantId, { ...key, week: addDays(first, 7 * place) }))
  let written = 0
  let place = 0
  for (let ahead = 1; ahead <= REPEATED_WEEKS_MAX && addDays(key.week, 7 * ahead) <= until; ahead++) {
    const week = addDays(key.week, 7 * ahead)
    if (!(await runsInWeek(tx, tenantId, { ...key, week }))) continue
    const model = models[place++ % weeks]
    if (!model || (await readMenu(tx, tenantId, { ...key, week }))) continue
    await saveMenu(tx, tenantId, { ...key, week }, { ...inWeek(model, week), seen: NO_MENU }, by)
    written++
  }
  const details = { category: key.category, school: key.schoolId, week: key.week, weeks, until, written }
  const actor = { kind: 'staff', id: by.staffId } as const
  await audit(tx, tenantId, { actor, action: 'menu.repeated', details }, by.now)
  return written
}

/** The same menu, on the same days of another week. */
export function inWeek(menu: Menu, week: RomeDate): Menu {
  const days = new Map([...menu.days].map(([day, one]) => [addDays(week, weekdayOf(day)), one]))
  return { ...menu, days }
}

/** 0 for Monday. */
function weekdayOf(day: RomeDate): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7
}

async function runsInWeek(tx: Tx, tenantId: string, { category, schoolId, week }: MenuKey): Promise<boolean> {
  const asked = { category, schoolId: schoolId ?? undefined, from: week, days: 7 }
  return [...(await serviceDays(tx, tenantId, asked)).values()].some(({ runs }) => runs)
}
