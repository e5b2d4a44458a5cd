import { audit } from '#core/audit.ts'
import { romeDate } from '#core/clock.ts'
import type { EnrolmentRequestState } from '#core/db/enrolment-tables.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { requestEmail } from '#core/emails.ts'
import { DomainError } from '#core/errors.ts'
import { isLanguage } from '#core/i18n.ts'
import { cents } from '#core/money.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { TenantVault } from '#core/vault.ts'
import { assertOpenClass } from '../schools/edit-schools.ts'
import { placeChild } from '../schools/schools.ts'
import { addChild, assertChild } from './edit-children.ts'
import { ENROLMENT_EMAIL_JOB } from './enrolment-letters.ts'
import { readEnrolmentDetails, type EnrolmentDetails } from './enrolment-requests.ts'
import { enrolInService } from './enrolments.ts'
import { refreshPrices } from './refresh-prices.ts'

/** A request that is not decided yet, as the office sees it. */
export interface WaitingEnrolment {
  readonly id: string
  readonly createdAt: Date
  /** `documents` while the parent is to answer. */
  readonly state: Extract<EnrolmentRequestState, 'pending' | 'documents'>
  readonly parent: { readonly id: string; readonly name: string }
  readonly details: EnrolmentDetails
  readonly fiscalCodeHash: Buffer | null
  readonly category: string
  readonly schoolYear: string
  readonly classId: string | undefined
  /** What the office wanted, and what the parent answered. */
  readonly wanted: string | undefined
  readonly reply: string | undefined
}

const SHOWN_TO_OFFICE = 50

/** The requests that are not decided, those that wait for the office first, the oldest first. */
export async function waitingEnrolments(services: Services, tenantId: string): Promise<WaitingEnrolment[]> {
  const keys = await services.vault.of(tenantId)
  const rows = await inTenant(services.db, tenantId, (tx) =>
    waiting(tx, tenantId)
      .orderBy('r.state', 'desc')
      .orderBy('r.created_at')
      .orderBy('r.id')
      .limit(SHOWN_TO_OFFICE)
      .execute(),
  )
  return rows.map((row) => toWaiting(row, keys))
}

/** One of them. @throws DomainError resource.not_found, enrolment_request.decided */
export async function findWaitingEnrolment(
  services: Services,
  tenantId: string,
  id: string,
): Promise<WaitingEnrolment> {
  const keys = await services.vault.of(tenantId)
  const row = await inTenant(services.db, tenantId, async (tx) => {
    const found = await waiting(tx, tenantId).where('r.id', '=', id).executeTakeFirst()
    return found ?? refuseDecided(tx, tenantId, id)
  })
  return toWaiting(row, keys)
}

/** The office's word. A child is one that the entity has, or undefined for a new one. */
export type EnrolmentAnswer =
  | { readonly kind: 'approved'; readonly childId: string | undefined; readonly classId: string | undefined }
  | { readonly kind: 'refused' | 'documents'; readonly text: string }

/**
 * Answers a request. An approved one enrols the child, puts it into its class and links the parent, in one transaction.
 * Each answer is told by a letter where the parent's address has been confirmed.
 * @throws DomainError enrolment_request.decided, enrolment.already_there, child.fiscal_code_taken where a new child's
 *   code is another's, class.school_closed, resource.not_found
 */
export async function answerEnrolment(
  services: Services,
  tenant: Tenant,
  staffId: string,
  id: string,
  answer: EnrolmentAnswer,
): Promise<void> {
  const { db, clock, vault } = services
  const now = clock.now()
  const keys = await vault.of(tenant.id)
  await inTenant(db, tenant.id, async (tx) => {
    const row = await waiting(tx, tenant.id).where('r.id', '=', id).forUpdate('r').executeTakeFirst()
    if (!row) return refuseDecided(tx, tenant.id, id)
    const request = toWaiting(row, keys)
    const childId =
      answer.kind === 'approved' ? await enrol(tx, keys, tenant, request, answer, now) : undefined
    await tx
      .updateTable('enrolment_requests')
      .set({
        state: answer.kind,
        answered_at: now,
        answered_by: staffId,
        ...(answer.kind === 'approved' ? { child_id: childId! } : { answer: answer.text }),
      })
      .where('tenant_id', '=', tenant.id)
      .where('id', '=', id)
      .execute()
    const entry = {
      actor: { kind: 'staff', id: staffId },
      action: `enrolment_request.${answer.kind}`,
      subject: { kind: 'enrolment_request', id },
      details: { account: request.parent.id, category: request.category, child: childId ?? null },
    } as const
    await audit(tx, tenant.id, entry, now)
    await askForLetter(services, tx, tenant.id, request.parent.id, { id, kind: answer.kind })
  })
  services.nudge()
}

async function enrol(
  tx: Tx,
  keys: TenantVault,
  tenant: Tenant,
  { details, category, schoolYear, parent }: WaitingEnrolment,
  answer: Extract<EnrolmentAnswer, { kind: 'approved' }>,
  now: Date,
): Promise<string> {
  if (answer.childId !== undefined) await assertChild(tx, tenant.id, answer.childId)
  const childId = answer.childId ?? (await addChild(tx, keys, tenant.id, details, now)).childId
  if (answer.classId !== undefined) {
    await assertOpenClass(tx, tenant.id, answer.classId)
    await placeChild(tx, tenant.id, { childId, classId: answer.classId }, now)
  } else if (answer.childId === undefined)
    await tx
      .updateTable('children')
      .set({ school: details.school, class_name: details.className })
      .where('tenant_id', '=', tenant.id)
      .where('id', '=', childId)
      .execute()
  const tariffCents = cents(tenant.policies.mealTariffCents)
  const days = { startsOn: null, endsOn: null }
  await enrolInService(tx, tenant.id, { childId, category, schoolYear, tariffCents, ...days }, now)
  await tx
    .insertInto('guardianships')
    .values({ tenant_id: tenant.id, account_id: parent.id, child_id: childId, since: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await refreshPrices(tx, tenant.id, romeDate(now), [childId])
  return childId
}

function waiting(tx: Tx, tenantId: string) {
  return tx
    .selectFrom('enrolment_requests as r')
    .innerJoin('accounts as a', (join) =>
      join.onRef('a.tenant_id', '=', 'r.tenant_id').onRef('a.id', '=', 'r.account_id'),
    )
    .select(['r.id', 'r.account_id', 'r.details_sealed', 'r.fiscal_code_hash', 'r.created_at', 'r.state'])
    .select(['r.category', 'r.school_year', 'r.class_id', 'r.answer', 'r.reply_sealed'])
    .select(['a.first_name', 'a.last_name'])
    .where('r.tenant_id', '=', tenantId)
    .where('r.state', 'in', ['pending', 'documents'])
}

function toWaiting(
  row: Awaited<ReturnType<ReturnType<typeof waiting>['execute']>>[number],
  keys: TenantVault,
): WaitingEnrolment {
  return {
    id: row.id,
    createdAt: row.created_at,
    state: row.state === 'documents' ? 'documents' : 'pending',
    parent: { id: row.account_id, name: `${row.first_name} ${row.last_name}` },
    details: readEnrolmentDetails(keys.open(row.details_sealed)),
    fiscalCodeHash: row.fiscal_code_hash,
    category: row.category,
    schoolYear: row.school_year,
    classId: row.class_id ?? undefined,
    wanted: row.answer ?? undefined,
    reply: row.reply_sealed === null ? undefined : keys.open(row.reply_sealed),
  }
}

async function refuseDecided(tx: Tx, tenantId: string, id: string): Promise<never> {
  const known = await tx
    .selectFrom('enrolment_requests')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  throw new DomainError(known ? 'enrolment_request.decided' : 'resource.not_found')
}

async function askForLetter(
  services: Services,
  tx: Tx,
  tenantId: string,
  parentId: string,
  { id, kind }: { id: string; kind: EnrolmentAnswer['kind'] },
): Promise<void> {
  const parent = await tx
    .selectFrom('accounts')
    .select(['email', 'email_confirmed_at', 'language'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', parentId)
    .executeTakeFirstOrThrow()
  // The letter greets by name: a mistyped address is somebody else's. The answer stands in the portal anyway.
  if (parent.email === null || parent.email_confirmed_at === null) return
  await requestEmail(services, tx, tenantId, {
    kind: `enrolment-${kind}`,
    subjectId: id,
    address: parent.email,
    language: isLanguage(parent.language) ? parent.language : 'it',
    job: ENROLMENT_EMAIL_JOB,
  })
}
