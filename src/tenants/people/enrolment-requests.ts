import { z } from 'zod'
import { romeDate } from '#core/clock.ts'
import type { EnrolmentRequestState } from '#core/db/enrolment-tables.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { assertOpenClass } from '../schools/edit-schools.ts'
import type { Owner } from './own.ts'
import { schoolYearOf } from './school-year.ts'
import type { OwnChild } from './self-enrolment.ts'

/** Requests of one parent that wait at the same time. */
export const ENROLMENT_REQUESTS_MAX = 5
/** Characters of what the parent answers, and of the office's words. */
export const ENROLMENT_WORDS_MAX = 500

/** What a parent wrote of a child. Sealed as one piece. */
const details = z.object({
  firstName: z.string(),
  lastName: z.string(),
  fiscalCode: z.string().nullable(),
  school: z.string(),
  className: z.string(),
})
export type EnrolmentDetails = z.infer<typeof details>

/** Reads what {@link askForEnrolment} sealed, once opened. */
export function readEnrolmentDetails(opened: string): EnrolmentDetails {
  return details.parse(JSON.parse(opened))
}

/** A request as its parent sees it. */
export interface OwnEnrolmentRequest {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  readonly category: string
  readonly createdAt: Date
  readonly state: EnrolmentRequestState
  /** The office's words: what is wanted, or why not. */
  readonly answer: string | undefined
  readonly hasReplied: boolean
}

/**
 * Asks the office for a child's place in a service, this school year.
 * @throws DomainError enrolment.closed, enrolment.unknown_category, enrolment_request.too_many, class.school_closed,
 *   resource.not_found for a class that is none
 */
export async function askForEnrolment(
  { db, vault, clock }: Services,
  tenant: Tenant,
  accountId: string,
  { classId, category, ...child }: OwnChild,
): Promise<string> {
  if (!tenant.policies.selfEnrolment) throw new DomainError('enrolment.closed')
  const keys = await vault.of(tenant.id)
  const now = clock.now()
  const id = newId()
  await inTenant(db, tenant.id, async (tx) => {
    // The account's row is the gate: requests sent together are counted one after the other.
    await tx
      .selectFrom('accounts')
      .select('id')
      .where('tenant_id', '=', tenant.id)
      .where('id', '=', accountId)
      .forUpdate()
      .execute()
    const { waiting } = await tx
      .selectFrom('enrolment_requests')
      .select((select) => select.fn.countAll<bigint>().as('waiting'))
      .where('tenant_id', '=', tenant.id)
      .where('account_id', '=', accountId)
      .where('state', 'in', ['pending', 'documents'])
      .executeTakeFirstOrThrow()
    if (Number(waiting) >= ENROLMENT_REQUESTS_MAX)
      throw new DomainError('enrolment_request.too_many', { maximum: ENROLMENT_REQUESTS_MAX })
    if (classId !== undefined) await assertOpenClass(tx, tenant.id, classId)
    const service = await tx
      .selectFrom('service_categories')
      .select('code')
      .where('tenant_id', '=', tenant.id)
      .where('code', '=', category)
      .executeTakeFirst()
    if (!service) throw new DomainError('enrolment.unknown_category')
    await tx
      .insertInto('enrolment_requests')
      .values({
        tenant_id: tenant.id,
        id,
        account_id: accountId,
        details_sealed: keys.seal(JSON.stringify(child satisfies EnrolmentDetails)),
        fiscal_code_hash: child.fiscalCode === null ? null : keys.lookUpHash(child.fiscalCode),
        category,
        school_year: schoolYearOf(romeDate(now)),
        class_id: classId ?? null,
        created_at: now,
      })
      .execute()
  })
  return id
}

const SHOWN_TO_PARENT = 10

/** A parent's latest requests, the newest first. */
export async function enrolmentRequestsOf(
  { db, vault }: Services,
  { tenantId, accountId }: Owner,
): Promise<OwnEnrolmentRequest[]> {
  const keys = await vault.of(tenantId)
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('enrolment_requests')
      .select(['id', 'details_sealed', 'category', 'created_at', 'state', 'answer', 'replied_at'])
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .limit(SHOWN_TO_PARENT)
      .execute(),
  )
  return rows.map((row) => {
    const { firstName, lastName } = readEnrolmentDetails(keys.open(row.details_sealed))
    return {
      id: row.id,
      firstName,
      lastName,
      category: row.category,
      createdAt: row.created_at,
      state: row.state,
      answer: row.answer ?? undefined,
      hasReplied: row.replied_at !== null,
    }
  })
}

/**
 * The parent's answer to what the office wanted: the request waits for the office again.
 * @throws DomainError enrolment_request.decided where nothing is wanted any more, resource.not_found for a request of
 *   somebody else
 */
export async function replyToOffice(
  { db, vault, clock }: Services,
  { tenantId, accountId }: Owner,
  id: string,
  text: string,
): Promise<void> {
  const keys = await vault.of(tenantId)
  await inTenant(db, tenantId, async (tx) => {
    const own = await tx
      .selectFrom('enrolment_requests')
      .select('state')
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    if (!own) throw new DomainError('resource.not_found')
    if (own.state !== 'documents') throw new DomainError('enrolment_request.decided')
    await tx
      .updateTable('enrolment_requests')
      .set({ state: 'pending', reply_sealed: keys.seal(text), replied_at: clock.now() })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute()
  })
}
