import { romeDate, type RomeDate } from '#core/clock.ts'
import type { Tenant } from '#core/tenant.ts'

/** The entity's day of "pagoPA only", and whether it has come. */
export interface PagopaOnly {
  /** The first day on which nothing but pagoPA is taken. */
  readonly from: RomeDate
  readonly inForce: boolean
}

/** From which day top-ups are paid through pagoPA only; null where the entity has set none. */
export function pagopaOnly({ policies }: Pick<Tenant, 'policies'>, now: Date): PagopaOnly | null {
  const from = policies.pagopaOnlyFrom
  return from === null ? null : { from, inForce: romeDate(now) >= from }
}
