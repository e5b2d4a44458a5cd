import { addDays, romeDate, romeInstant, type RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Policies } from '#core/tenant.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { serviceDays } from './calendar.ts'
import { lockList } from './class-list.ts'

/** How many days ahead, today included, parents see and announce. */
export const ABSENCE_DAYS = 14

/** A day of a child's service, as its guardians see it. */
export interface AbsenceDay {
  readonly day: RomeDate
  /** Whether it may still be announced or withdrawn. */
  readonly isOpen: boolean
  readonly state: 'expected' | 'announced' | 'absent' | 'present'
}

/** A child in one service, with its next days on which there is service. */
export interface AbsencePlan {
  readonly childId: string
  readonly firstName: string
  readonly category: string
  readonly label: string
  readonly days: readonly AbsenceDay[]
}

type Owner = { readonly tenantId: string; readonly accountId: string }
type Rules = Pick<Policies, 'absenceUntil'>

/** The services of a guardian's children and their days of the next two weeks. Invited people have none. */
export async function absencePlans(db: Db, owner: Owner, rules: Rules, now: Date): Promise<AbsencePlan[]> {
  return inTenant(db, owner.tenantId, async (tx) => {
    const today = romeDate(now)
    const children = await enrolledOf(tx, owner, today)
    const plans: AbsencePlan[] = []
    for (const child of children) {
      const { childId, category } = child
      const runs = await serviceDays(tx, owner.tenantId, {
        category,
        schoolId: child.schoolId ?? undefined,
        from: today,
        days: ABSENCE_DAYS,
      })
      const said = await tx
        .selectFrom('attendance as a')
        .leftJoin('attendance_lists as l', (join) =>
          join
            .onRef('l.tenant_id', '=', 'a.tenant_id')
            .onRef('l.category', '=', 'a.category')
            .onRef('l.day', '=', 'a.day')
            .onRef('l.class_id', '=', 'a.class_id'),
        )
        .select(['a.day', 'a.state', 'a.source', 'l.state as list_state'])
        .where('a.tenant_id', '=', owner.tenantId)
        .where('a.child_id', '=', childId)
        .where('a.category', '=', category)
        .where('a.day', '>=', today)
        .execute()
      const days = [...runs].flatMap(([day, service]): AbsenceDay[] => {
        if (!service.runs || !isEnrolled(child, day)) return []
        const row = said.find((one) => one.day === day)
        const state = row === undefined ? 'expected' : row.source === 'parent' ? 'announced' : row.state
        const isOpen = now < endOf(rules, day) && row?.list_state !== 'closed'
        return [{ day, isOpen, state }]
      })
      plans.push({ childId, firstName: child.firstName, category, label: child.label, days })
    }
    return plans
  })
}

/**
 * Announces that a child stays away, or takes the announcement back. Doing either twice is doing it once.
 * @throws DomainError resource.not_found for whoever is no guardian of the child, attendance.not_offered,
 * attendance.too_late after the entity's hour, attendance.too_early beyond two weeks, attendance.no_service,
 * attendance.list_closed once the school has closed the day's list
 */
export async function announceAbsence(
  tx: Tx,
  owner: Owner,
  { childId, category, day, absent }: { childId: string; category: string; day: RomeDate; absent: boolean },
  rules: Rules,
  now: Date,
): Promise<void> {
  const { tenantId, accountId } = owner
  const child = (await enrolledOf(tx, owner, day)).find(
    (one) => one.childId === childId && one.category === category,
  )
  if (!child) throw new DomainError('resource.not_found')
  if (rules.absenceUntil === null) throw new DomainError('attendance.not_offered')
  if (now >= endOf(rules, day)) throw new DomainError('attendance.too_late', { hour: rules.absenceUntil })
  const last = addDays(romeDate(now), ABSENCE_DAYS - 1)
  if (day > last) throw new DomainError('attendance.too_early', { date: last })
  const runs = await serviceDays(tx, tenantId, {
    category,
    schoolId: child.schoolId ?? undefined,
    from: day,
    days: 1,
  })
  if (!runs.get(day)!.runs || !isEnrolled(child, day)) throw new DomainError('attendance.no_service')
  if (child.classId) {
    const list = await lockList(tx, tenantId, { category, day, classId: child.classId }, now)
    if (list.state === 'closed') throw new DomainError('attendance.list_closed')
  }
  if (!absent) {
    await tx
      .deleteFrom('attendance')
      .where('tenant_id', '=', tenantId)
      .where('day', '=', day)
      .where('category', '=', category)
      .where('child_id', '=', childId)
      .where('source', '=', 'parent')
      .execute()
    return
  }
  await tx
    .insertInto('attendance')
    .values({
      tenant_id: tenantId,
      day,
      category,
      child_id: childId,
      state: 'absent',
      class_id: child.classId,
      source: 'parent',
      recorded_at: now,
      recorded_by: accountId,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'day', 'category', 'child_id'])
        .doUpdateSet((set) => ({
          state: 'absent',
          source: 'parent',
          revision: set('attendance.revision', '+', 1),
          recorded_at: now,
          recorded_by: accountId,
        }))
        .where('attendance.state', '=', 'present'),
    )
    .execute()
}

/** The instant from which a day can no longer be announced. */
function endOf({ absenceUntil }: Rules, day: RomeDate): Date {
  return absenceUntil === null ? new Date(0) : romeInstant(`${day}T${absenceUntil}:00`)
}

/** A guardian's child in a service. */
export interface EnrolledChild {
  childId: string
  firstName: string
  category: string
  label: string
  classId: string | null
  schoolId: string | null
  startsOn: RomeDate | null
  endsOn: RomeDate | null
}

/** Whether the child's enrolment holds on a day. */
export function isEnrolled({ startsOn, endsOn }: EnrolledChild, day: RomeDate): boolean {
  return (startsOn === null || startsOn <= day) && (endsOn === null || endsOn >= day)
}

/** The guardian's children in the services of a day's school year, with their class. Invited people have none. */
export async function enrolledOf(
  tx: Tx,
  { tenantId, accountId }: Owner,
  day: RomeDate,
): Promise<EnrolledChild[]> {
  const rows = await tx
    .selectFrom('guardianships as g')
    .innerJoin('children as c', (join) =>
      join.onRef('c.tenant_id', '=', 'g.tenant_id').onRef('c.id', '=', 'g.child_id'),
    )
    .innerJoin('enrolments as e', (join) =>
      join.onRef('e.tenant_id', '=', 'c.tenant_id').onRef('e.child_id', '=', 'c.id'),
    )
    .innerJoin('service_categories as s', (join) =>
      join.onRef('s.tenant_id', '=', 'e.tenant_id').onRef('s.code', '=', 'e.category'),
    )
    .leftJoin('placements as p', (join) =>
      join
        .onRef('p.tenant_id', '=', 'e.tenant_id')
        .onRef('p.child_id', '=', 'e.child_id')
        .onRef('p.school_year', '=', 'e.school_year')
        .on((on) => on.or([on('p.left_on', 'is', null), on('p.left_on', '>', day)])),
    )
    .leftJoin('classes as k', (join) =>
      join.onRef('k.tenant_id', '=', 'p.tenant_id').onRef('k.id', '=', 'p.class_id'),
    )
    .select([
      'c.id',
      'c.first_name',
      'e.category',
      's.label',
      'k.id as class_id',
      'k.school_id',
      'e.starts_on',
      'e.ends_on',
    ])
    .where('g.tenant_id', '=', tenantId)
    .where('g.account_id', '=', accountId)
    .where('e.school_year', '=', schoolYearOf(day))
    .orderBy('c.first_name')
    .orderBy('c.id')
    .orderBy('s.label')
    .execute()
  return rows.map((row) => ({
    childId: row.id,
    firstName: row.first_name,
    category: row.category,
    label: row.label,
    classId: row.class_id,
    schoolId: row.school_id,
    startsOn: row.starts_on,
    endsOn: row.ends_on,
  }))
}
