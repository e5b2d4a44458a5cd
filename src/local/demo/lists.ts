import { daysBetween, romeInstant, type RomeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import type { Services } from '#core/services.ts'
import { serviceDays } from '#meals/calendar.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'

const CATEGORY = 'REFEZIONE'
/** Of so many canteen days of a child one was spent in bed. */
const ABSENT_EVERY = 19

/** Whose past is told: the children who eat, and who of the office closes the lists. */
export interface ListsOf {
  readonly eating: ReadonlySet<string>
  readonly staffId: string
}

/**
 * Closes the lists of all classes for the canteen days of the present school year from `first` until yesterday. A child that
 * nobody has claimed is enrolled and does not come yet.
 * @returns these days, in order: each is still to be charged
 */
export async function closeLists(
  { db }: Services,
  tenantId: string,
  { eating, staffId }: ListsOf,
  { first, today }: { first: RomeDate; today: RomeDate },
): Promise<RomeDate[]> {
  return inTenant(db, tenantId, async (tx) => {
    const places = await tx
      .selectFrom('placements')
      .select(['child_id', 'class_id'])
      .where('tenant_id', '=', tenantId)
      .where('school_year', '=', schoolYearOf(today))
      .orderBy('child_id')
      .execute()
    const days = await canteenDays(tx, tenantId, first, today)
    if (days.length === 0) return days
    const written = { tenant_id: tenantId, category: CATEGORY }
    const at = (day: RomeDate) => romeInstant(`${day}T10:15:00`)
    const classIds = [...new Set(places.map(({ class_id }) => class_id))]
    await tx
      .insertInto('attendance_lists')
      .values(
        days.flatMap((day) =>
          classIds.map((class_id) => ({
            ...written,
            day,
            class_id,
            state: 'closed' as const,
            saved_at: at(day),
            saved_by: staffId,
          })),
        ),
      )
      .execute()
    const isIll = (child: number, day: number) => (day + 7 * child) % ABSENT_EVERY === ABSENT_EVERY - 1
    await tx
      .insertInto('attendance')
      .values(
        days.flatMap((day, dayIndex) =>
          places.map(({ child_id, class_id }, childIndex) => ({
            ...written,
            day,
            child_id,
            class_id,
            state:
              eating.has(child_id) && !isIll(childIndex, dayIndex)
                ? ('present' as const)
                : ('absent' as const),
            source: 'class' as const,
            recorded_at: at(day),
            recorded_by: staffId,
          })),
        ),
      )
      .execute()
    return days
  })
}

/** The days before today on which a list could be handed in: those of earlier school years are over. */
async function canteenDays(tx: Tx, tenantId: string, first: RomeDate, today: RomeDate): Promise<RomeDate[]> {
  const asked = { category: CATEGORY, from: first, days: daysBetween(first, today) }
  const services = await serviceDays(tx, tenantId, asked)
  const year = schoolYearOf(today)
  return [...services].filter(([day, { runs }]) => runs && schoolYearOf(day) === year).map(([day]) => day)
}
