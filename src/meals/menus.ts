import { audit } from '#core/audit.ts'
import { addDays, type RomeDate } from '#core/clock.ts'
import type { MenuState } from '#core/db/menu-tables.ts'
import type { Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import { allergenBits, allergensOf, inAllergenOrder, type Allergen } from './allergens.ts'

/** How many courses a day may have, and how long the name of one may be. */
export const COURSES_MAX = 6
export const COURSE_LENGTH_MAX = 120

/** Which menu: of a service in a week, of one school or (null) of all that have none of their own. */
export interface MenuKey {
  readonly category: string
  readonly schoolId: string | null
  /** A Monday: {@link mondayOf}. */
  readonly week: RomeDate
}

/** A dish. No allergens say that none was named, not that there are none. */
export interface Course {
  readonly name: string
  readonly allergens: readonly Allergen[]
}

/** What is on the table on a day. */
export interface MenuDay {
  readonly courses: readonly Course[]
  /** Allergens that were named of the day, and of no course in particular. */
  readonly dayAllergens: readonly Allergen[]
}

/** Every allergen of a day, of whatever it was named. */
export function allergensOfDay({ courses, dayAllergens }: MenuDay): Allergen[] {
  return inAllergenOrder([...dayAllergens, ...courses.flatMap(({ allergens }) => allergens)])
}

/** A day as its row has it. */
export function storedDay(day: MenuDay) {
  return {
    courses: day.courses.map(({ name }) => name),
    allergens: allergenBits(allergensOfDay(day)),
    course_allergens: day.courses.map(({ allergens }) => allergenBits(allergens)),
    day_allergens: allergenBits(day.dayAllergens),
  }
}

/** A week's menu as it stands. */
export interface Menu {
  readonly state: MenuState
  /** Whether whoever is not signed in may read it, too, once it is published. */
  readonly isPublic: boolean
  readonly days: ReadonlyMap<RomeDate, MenuDay>
}

/** A menu that was saved. */
export interface SavedMenu extends Menu {
  /** Changes with every saving: who saves says what they had seen. */
  readonly version: string
}

/** What stands for a menu's version where there is none yet. */
export const NO_MENU = ''

/** The Monday of a day's week. */
export function mondayOf(day: RomeDate): RomeDate {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7
  return addDays(day, -weekday)
}

/** Reads the menu of exactly this school, or of exactly all; undefined where there is none yet. */
export async function readMenu(tx: Tx, tenantId: string, key: MenuKey): Promise<SavedMenu | undefined> {
  const menu = await rowOf(tx, tenantId, key).executeTakeFirst()
  if (!menu) return undefined
  const days = (await menuDays(tx, tenantId, [menu.id])).get(menu.id) ?? new Map<RomeDate, MenuDay>()
  return { state: menu.state, isPublic: menu.is_public, days, version: menu.saved_at.toISOString() }
}

function rowOf(tx: Tx, tenantId: string, { category, schoolId, week }: MenuKey) {
  return tx
    .selectFrom('menus')
    .select(['id', 'state', 'is_public', 'saved_at'])
    .where('tenant_id', '=', tenantId)
    .where('category', '=', category)
    .where('school_id', 'is not distinct from', schoolId)
    .where('week', '=', week)
}

/** The days of some menus, by menu. */
export async function menuDays(
  tx: Tx,
  tenantId: string,
  menuIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<RomeDate, MenuDay>>> {
  if (menuIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('menu_days')
    .select(['menu_id', 'day', 'courses', 'allergens', 'course_allergens', 'day_allergens'])
    .where('tenant_id', '=', tenantId)
    .where('menu_id', 'in', menuIds)
    .orderBy('day')
    .execute()
  const menus = new Map<string, Map<RomeDate, MenuDay>>()
  for (const { menu_id, day, courses, allergens, course_allergens, day_allergens } of rows) {
    const named = courses.map((name, index) => ({
      name,
      allergens: allergensOf(course_allergens[index] ?? 0),
    }))
    const days = menus.get(menu_id) ?? new Map<RomeDate, MenuDay>()
    menus.set(
      menu_id,
      days.set(day, { courses: named, dayAllergens: allergensOf(day_allergens ?? allergens) }),
    )
  }
  return menus
}

/** The weeks of which there is a menu, the latest first. */
export async function menuWeeks(
  tx: Tx,
  tenantId: string,
  { category, schoolId }: Omit<MenuKey, 'week'>,
  limit: number,
): Promise<RomeDate[]> {
  const rows = await tx
    .selectFrom('menus')
    .select('week')
    .where('tenant_id', '=', tenantId)
    .where('category', '=', category)
    .where('school_id', 'is not distinct from', schoolId)
    .orderBy('week', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ week }) => week)
}

/**
 * Saves a week's menu, in place of what was there, and writes down who did and what families see of it now.
 * @param seen the version that was read, or {@link NO_MENU}
 * @throws DomainError menu.changed when somebody has saved since
 */
export async function saveMenu(
  tx: Tx,
  tenantId: string,
  key: MenuKey,
  { state, isPublic, days, seen }: Menu & { readonly seen: string },
  { staffId, now }: { staffId: string; now: Date },
): Promise<void> {
  const before = await rowOf(tx, tenantId, key).forUpdate().executeTakeFirst()
  if ((before?.saved_at.toISOString() ?? NO_MENU) !== seen) throw new DomainError('menu.changed')
  const saved = { state, is_public: isPublic, saved_at: now, saved_by: staffId }
  const id = before?.id ?? newId()
  if (before)
    await tx.updateTable('menus').set(saved).where('tenant_id', '=', tenantId).where('id', '=', id).execute()
  else {
    const { category, schoolId: school_id, week } = key
    const made = await tx
      .insertInto('menus')
      .values({ tenant_id: tenantId, id, category, school_id, week, ...saved })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst()
    // Two began the same week at once.
    if (!made) throw new DomainError('menu.changed')
  }
  await replaceDays(tx, tenantId, id, days)
  const details = {
    category: key.category,
    school: key.schoolId,
    week: key.week,
    stateBefore: before?.state ?? null,
    stateAfter: state,
    publicBefore: before?.is_public ?? null,
    publicAfter: isPublic,
    days: days.size,
  }
  const actor = { kind: 'staff', id: staffId } as const
  await audit(tx, tenantId, { actor, action: 'menu.saved', subject: { kind: 'menu', id }, details }, now)
}

async function replaceDays(
  tx: Tx,
  tenantId: string,
  menuId: string,
  days: ReadonlyMap<RomeDate, MenuDay>,
): Promise<void> {
  await tx.deleteFrom('menu_days').where('tenant_id', '=', tenantId).where('menu_id', '=', menuId).execute()
  const rows = [...days].filter(([, { courses }]) => courses.length > 0)
  if (rows.length === 0) return
  await tx
    .insertInto('menu_days')
    .values(rows.map(([day, menu]) => ({ tenant_id: tenantId, menu_id: menuId, day, ...storedDay(menu) })))
    .execute()
}
