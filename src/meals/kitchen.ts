import type { Db } from '#core/db/connect.ts'
import type { MealDay } from './charges.ts'
import { classesOfDay } from './classes-of-day.ts'

/** What a kitchen cooks for a school on a day: numbers, never names. */
export interface KitchenSchool {
  readonly schoolId: string
  readonly name: string
  readonly meals: number
  /** Classes whose list is not closed yet: their number may still change. */
  readonly open: number
  readonly classes: readonly { readonly name: string; readonly meals: number; readonly isClosed: boolean }[]
}

/** Meals per school and class; schools without service on the day are left out. */
export async function kitchenDay(db: Db, tenantId: string, day: MealDay): Promise<KitchenSchool[]> {
  const schools = await classesOfDay(db, tenantId, day)
  return schools
    .filter(({ service }) => service.runs)
    .map(({ schoolId, name, classes }) => {
      const counted = classes.map((one) => ({
        name: one.name,
        meals: one.children - one.absent,
        isClosed: one.state === 'closed',
      }))
      return {
        schoolId,
        name,
        meals: counted.reduce((sum, { meals }) => sum + meals, 0),
        open: counted.filter(({ isClosed }) => !isClosed).length,
        classes: counted,
      }
    })
}
