import { addDays, romeDate, type RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Owner } from '#tenants/people/own.ts'
import { enrolledOf, isEnrolled, type EnrolledChild } from './absences.ts'
import { serviceDays, type ServiceDay } from './calendar.ts'
import { menuDays, mondayOf, type MenuDay } from './menus.ts'

/** A day of a child's service: whether there is any, what is on the table, and whether the child is there. */
export interface TableDay {
  readonly day: RomeDate
  readonly service: ServiceDay
  /** Undefined where nothing is published. */
  readonly menu: MenuDay | undefined
  /** `announced` by a guardian, or `absent` as the school wrote it down. */
  readonly absence: 'announced' | 'absent' | undefined
}

/** A week of a child in a service. */
export interface OwnWeek {
  readonly childId: string
  readonly firstName: string
  readonly category: string
  readonly label: string
  readonly week: RomeDate
  /** Whether the office has published a menu for this week. */
  readonly isPublished: boolean
  /** Monday to Sunday. */
  readonly days: readonly TableDay[]
}

/** The services of a guardian's children in a week's school year, for a choice; invited people have none. */
export async function ownServices(db: Db, owner: Owner, week: RomeDate): Promise<EnrolledChild[]> {
  return inTenant(db, owner.tenantId, (tx) => enrolledOf(tx, owner, week))
}

/**
 * The week of one's own child in a service.
 * @throws DomainError resource.not_found for whoever is no guardian of the child, or where it is not enrolled
 */
export async function ownWeek(
  db: Db,
  owner: Owner,
  { childId, category, week }: { childId: string; category: string; week: RomeDate },
): Promise<OwnWeek> {
  return inTenant(db, owner.tenantId, async (tx) => {
    const monday = mondayOf(week)
    const children = await enrolledOf(tx, owner, monday)
    const child = children.find((one) => one.childId === childId && one.category === category)
    if (!child) throw new DomainError('resource.not_found')
    const { firstName, label } = child
    const days = await tableDays(tx, owner.tenantId, child, { week: monday, from: monday, days: 7 })
    return { childId, firstName, category, label, week: monday, ...days }
  })
}

/** A child's day in a service, where its school has a menu this week. */
export interface OwnToday {
  readonly childId: string
  readonly category: string
  readonly today: TableDay
}

/** Today, for each of a guardian's children and services; without asking further where no menu is published this week. */
export async function ownToday(db: Db, owner: Owner, now: Date): Promise<OwnToday[]> {
  const today = romeDate(now)
  const week = mondayOf(today)
  return inTenant(db, owner.tenantId, async (tx) => {
    const published = await tx
      .selectFrom('menus')
      .select('id')
      .where('tenant_id', '=', owner.tenantId)
      .where('week', '=', week)
      .where('state', '=', 'published')
      .limit(1)
      .executeTakeFirst()
    if (!published) return []
    const tables: OwnToday[] = []
    for (const child of await enrolledOf(tx, owner, today)) {
      const { isPublished, days } = await tableDays(tx, owner.tenantId, child, { week, from: today, days: 1 })
      if (isPublished) tables.push({ childId: child.childId, category: child.category, today: days[0]! })
    }
    return tables
  })
}

/** Some days of one week. */
async function tableDays(
  tx: Tx,
  tenantId: string,
  child: EnrolledChild,
  { week, from, days }: { week: RomeDate; from: RomeDate; days: number },
): Promise<Pick<OwnWeek, 'isPublished' | 'days'>> {
  const { childId, category } = child
  const schoolId = child.schoolId ?? undefined
  const services = await serviceDays(tx, tenantId, { category, schoolId, from, days })
  const menu = await publishedMenu(tx, tenantId, { category, schoolId, week })
  const said = await tx
    .selectFrom('attendance')
    .select(['day', 'source'])
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', childId)
    .where('category', '=', category)
    .where('day', '>=', from)
    .where('day', '<=', addDays(from, days - 1))
    .where('state', '=', 'absent')
    .execute()
  const shown = [...services].map(([day, service]): TableDay => {
    const absence = said.find((one) => one.day === day)
    const isThere = isEnrolled(child, day)
    return {
      day,
      service: isThere ? service : { runs: false, why: 'no-service' },
      menu: isThere && service.runs ? menu?.get(day) : undefined,
      absence: absence && (absence.source === 'parent' ? 'announced' : 'absent'),
    }
  })
  return { isPublished: menu !== undefined, days: shown }
}

/** The published menu of a school's week: its own, or that of all schools. */
async function publishedMenu(
  tx: Tx,
  tenantId: string,
  { category, schoolId, week }: { category: string; schoolId: string | undefined; week: RomeDate },
): Promise<ReadonlyMap<RomeDate, MenuDay> | undefined> {
  const menu = await tx
    .selectFrom('menus')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('category', '=', category)
    .where('week', '=', week)
    .where('state', '=', 'published')
    .where((where) =>
      where.or([where('school_id', 'is', null), ...(schoolId ? [where('school_id', '=', schoolId)] : [])]),
    )
    .orderBy(({ eb }) => eb('school_id', 'is', null))
    .executeTakeFirst()
  if (!menu) return undefined
  return (await menuDays(tx, tenantId, [menu.id])).get(menu.id) ?? new Map()
}

/** A menu that everybody may read. */
export interface PublicMenu {
  readonly category: string
  readonly label: string
  /** Undefined for all schools that have none of their own. */
  readonly schoolName: string | undefined
  /** Only days on which there is service. */
  readonly days: readonly { readonly day: RomeDate; readonly menu: MenuDay }[]
}

/** What an entity lets everybody read of a week. */
export async function publicMenus(db: Db, tenantId: string, week: RomeDate): Promise<PublicMenu[]> {
  return inTenant(db, tenantId, async (tx) => {
    const monday = mondayOf(week)
    const menus = await tx
      .selectFrom('menus as m')
      .innerJoin('service_categories as c', (join) =>
        join.onRef('c.tenant_id', '=', 'm.tenant_id').onRef('c.code', '=', 'm.category'),
      )
      .leftJoin('schools as s', (join) =>
        join.onRef('s.tenant_id', '=', 'm.tenant_id').onRef('s.id', '=', 'm.school_id'),
      )
      .select(['m.id', 'm.category', 'c.label', 'm.school_id', 's.name'])
      .where('m.tenant_id', '=', tenantId)
      .where('m.week', '=', monday)
      .where('m.state', '=', 'published')
      .where('m.is_public', '=', true)
      .orderBy('c.label')
      .orderBy(({ eb }) => eb('m.school_id', 'is not', null))
      .orderBy('s.name')
      .orderBy('m.id')
      .execute()
    const days = await menuDays(
      tx,
      tenantId,
      menus.map(({ id }) => id),
    )
    const shown: PublicMenu[] = []
    for (const { id, category, label, school_id, name } of menus) {
      const schoolId = school_id ?? undefined
      const services = await serviceDays(tx, tenantId, { category, schoolId, from: monday, days: 7 })
      shown.push({
        category,
        label,
        schoolName: name ?? undefined,
        days: [...(days.get(id) ?? [])]
          .filter(([day]) => services.get(day)?.runs)
          .map(([day, menu]) => ({ day, menu })),
      })
    }
    return shown
  })
}

/** Whether an entity lets everybody read its menus: one that was published so tells that there are more. */
export async function hasPublicMenus(db: Db, tenantId: string): Promise<boolean> {
  const found = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('menus')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('state', '=', 'published')
      .where('is_public', '=', true)
      .limit(1)
      .executeTakeFirst(),
  )
  return found !== undefined
}
