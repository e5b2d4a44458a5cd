import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import type { MealDay } from './charges.ts'
import { classesOfDay } from './classes-of-day.ts'
import { addUpDiets, dietMeals, type DietMeals } from './diets-served.ts'

/** What a kitchen cooks for a school on a day: numbers, never names. */
export interface KitchenSchool {
  readonly schoolId: string
  readonly name: string
  readonly meals: number
  /** Classes whose list is not closed yet: their number may still change. */
  readonly open: number
  /** Of the meals, those that are none of the common menu. */
  readonly diets: readonly DietMeals[]
  readonly classes: readonly KitchenClass[]
}

export interface KitchenClass {
  readonly name: string
  readonly meals: number
  readonly diets: readonly DietMeals[]
  readonly isClosed: boolean
}

/** Meals and diets per school and class; schools without service on the day are left out. */
export async function kitchenDay(db: Db, tenantId: string, day: MealDay): Promise<KitchenSchool[]> {
  const schools = await classesOfDay(db, tenantId, day)
  const diets = await inTenant(db, tenantId, (tx) => dietMeals(tx, tenantId, day))
  return schools
    .filter(({ service }) => service.runs)
    .map(({ schoolId, name, classes }) => {
      const counted = classes.map((one) => ({
        name: one.name,
        meals: one.children - one.absent,
        diets: addUpDiets(diets.get(one.classId) ?? []),
        isClosed: one.state === 'closed',
      }))
      return {
        schoolId,
        name,
        meals: counted.reduce((sum, { meals }) => sum + meals, 0),
        open: counted.filter(({ isClosed }) => !isClosed).length,
        diets: addUpDiets(counted.flatMap((one) => one.diets)),
        classes: counted,
      }
    })
}
