import { addDays, type RomeDate } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import type { Tenant } from '#core/tenant.ts'

/** Whether the entity's own desk still takes money on a Rome day: until the day before its `pagopaOnlyFrom`. */
export function isTillOpen({ policies }: Pick<Tenant, 'policies'>, on: RomeDate): boolean {
  return policies.pagopaOnlyFrom === null || on < policies.pagopaOnlyFrom
}

/** The last day on which something may be recorded at the desk; undefined while it has no end. */
export function lastTillDay({ policies }: Pick<Tenant, 'policies'>): RomeDate | undefined {
  return policies.pagopaOnlyFrom === null ? undefined : addDays(policies.pagopaOnlyFrom, -1)
}

/**
 * The one rule of the old channel, for page, API and imports alike. The day of the recording counts, not the one on
 * which the family paid; `ledger_record_till` asks it again in the database.
 * @throws DomainError office_till.closed with the day (`YYYY-MM-DD`) from which only pagoPA counts
 */
export function assertTillOpen(tenant: Pick<Tenant, 'policies'>, on: RomeDate): void {
  const { pagopaOnlyFrom } = tenant.policies
  if (!isTillOpen(tenant, on) && pagopaOnlyFrom !== null)
    throw new DomainError('office_till.closed', { date: pagopaOnlyFrom })
}
