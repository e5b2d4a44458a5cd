import { addDays, type RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import type { Cents } from '#core/money.ts'
import { assertChild } from './edit-children.ts'
import { askForRecharge } from './recharge.ts'

/** The first and the last day of a child in a service; null where it is the whole school year. */
export interface EnrolmentDays {
  readonly startsOn: RomeDate | null
  readonly endsOn: RomeDate | null
}

/** A child in a service for a school year. */
export interface ServiceEnrolment extends EnrolmentDays {
  readonly childId: string
  readonly category: string
  readonly schoolYear: string
  /** What counts while the service has no tariff plan. */
  readonly tariffCents: Cents
}

/**
 * Enrols a child in a service, with a wallet for it where there is none, and asks for the charges of its days. Prices and
 * siblings are the caller's to bring up to date.
 * @throws DomainError enrolment.already_there in that service and year, enrolment.unknown_category,
 *   enrolment.wrong_days, resource.not_found for a child that the entity does not have
 */
export async function enrolInService(
  tx: Tx,
  tenantId: string,
  enrolment: ServiceEnrolment,
  now: Date,
): Promise<string> {
  const { childId, category, schoolYear, startsOn, endsOn, tariffCents } = enrolment
  assertDays(schoolYear, enrolment)
  await assertChild(tx, tenantId, childId)
  await assertCategory(tx, tenantId, category)
  const added = await tx
    .insertInto('enrolments')
    .values({
      tenant_id: tenantId,
      id: newId(),
      child_id: childId,
      category,
      school_year: schoolYear,
      tariff_cents: tariffCents,
      starts_on: startsOn,
      ends_on: endsOn,
      created_at: now,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'child_id', 'category', 'school_year']).doNothing(),
    )
    .returning('id')
    .executeTakeFirst()
  if (!added) throw new DomainError('enrolment.already_there')
  await tx
    .insertInto('wallets')
    .values({ tenant_id: tenantId, id: newId(), child_id: childId, category, created_at: now })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'child_id', 'category']).doNothing())
    .execute()
  const span = { from: startsOn ?? daysOf(schoolYear).first, until: endsOn }
  await askForRecharge(tx, tenantId, { childIds: [childId], category, ...span }, now)
  return added.id
}

/**
 * Sets from when until when a child is in a service: so an enrolment ends, and goes on. Meals of days that it gains or loses
 * are charged or given back.
 * @returns the days of before
 * @throws DomainError enrolment.wrong_days, resource.not_found when the child has no such enrolment
 */
export async function changeEnrolmentDays(
  tx: Tx,
  tenantId: string,
  { childId, enrolmentId }: { childId: string; enrolmentId: string },
  days: EnrolmentDays,
  now: Date,
): Promise<EnrolmentDays> {
  const before = await tx
    .selectFrom('enrolments')
    .select(['category', 'school_year', 'starts_on', 'ends_on'])
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', childId)
    .where('id', '=', enrolmentId)
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new DomainError('resource.not_found')
  assertDays(before.school_year, days)
  await tx
    .updateTable('enrolments')
    .set({ starts_on: days.startsOn, ends_on: days.endsOn })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', enrolmentId)
    .execute()
  const { category, school_year: schoolYear } = before
  const { first, last } = daysOf(schoolYear)
  const [opened, starts] = [before.starts_on ?? first, days.startsOn ?? first].toSorted() as [string, string]
  const [ends, closed] = [before.ends_on ?? last, days.endsOn ?? last].toSorted() as [string, string]
  for (const span of [
    { from: opened, until: addDays(starts, -1) },
    { from: addDays(ends, 1), until: closed },
  ])
    await askForRecharge(tx, tenantId, { childIds: [childId], category, ...span }, now)
  return { startsOn: before.starts_on, endsOn: before.ends_on }
}

function daysOf(schoolYear: string): { first: RomeDate; last: RomeDate } {
  return { first: `${schoolYear.slice(0, 4)}-08-01`, last: `${schoolYear.slice(5)}-07-31` }
}

/** A service's days lie in its school year, which turns on the first of August. */
function assertDays(schoolYear: string, { startsOn, endsOn }: EnrolmentDays): void {
  const { first, last } = daysOf(schoolYear)
  const outside = [startsOn, endsOn].some((day) => day !== null && (day < first || day > last))
  if (outside || (startsOn !== null && endsOn !== null && startsOn > endsOn))
    throw new DomainError('enrolment.wrong_days')
}

async function assertCategory(tx: Tx, tenantId: string, category: string): Promise<void> {
  const known = await tx
    .selectFrom('service_categories')
    .select('code')
    .where('tenant_id', '=', tenantId)
    .where('code', '=', category)
    .executeTakeFirst()
  if (!known) throw new DomainError('enrolment.unknown_category')
}
