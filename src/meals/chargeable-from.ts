import { romeInstant, type RomeDate } from '#core/clock.ts'
import type { Policies } from '#core/tenant.ts'

/** The instant from which an entity's day is charged. */
export function chargeableFrom({ chargeMealsAt }: Pick<Policies, 'chargeMealsAt'>, day: RomeDate): Date {
  return romeInstant(`${day}T${chargeMealsAt}:00`)
}
