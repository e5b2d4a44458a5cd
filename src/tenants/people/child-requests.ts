import { z } from 'zod'
import { audit } from '#core/audit.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { requestEmail } from '#core/emails.ts'
import { DomainError } from '#core/errors.ts'
import { isLanguage } from '#core/i18n.ts'
import { newId } from '#core/ids.ts'
import type { Services } from '#core/services.ts'
import { CHILD_REQUEST_EMAIL_JOB } from './household-emails.ts'
import type { Owner } from './own.ts'

/** Requests of one parent that wait at the same time. */
export const CHILD_REQUESTS_MAX = 5
/** Characters of what the parent adds, and of the office's reason. */
export const CHILD_REQUEST_NOTE_MAX = 300

/** What a parent writes of a child, checked at the edge. Sealed as one piece. */
export interface ChildDetails {
  firstName: string
  lastName: string
  school: string
  className: string
  /** Already parsed: parseFiscalCode. */
  fiscalCode: string | null
  note: string
}

const sealedDetails = z.object({
  firstName: z.string(),
  lastName: z.string(),
  school: z.string(),
  className: z.string(),
  fiscalCode: z.string().nullable(),
  note: z.string(),
})

/** How a request stands, as its parent sees it. */
export interface OwnChildRequest {
  id: string
  firstName: string
  lastName: string
  createdAt: Date
  state: 'pending' | 'approved' | 'refused'
  decidedAt: Date | undefined
  reason: string | undefined
}

/** A request that waits, as the office sees it. */
export interface PendingChildRequest {
  id: string
  createdAt: Date
  parent: { id: string; name: string }
  details: ChildDetails
  fiscalCodeHash: Buffer | null
}

/**
 * Asks the office for a child that no code is at hand for.
 * @throws DomainError child_request.too_many
 */
export async function askForChild(
  { db, vault, clock }: Services,
  { tenantId, accountId }: Owner,
  details: ChildDetails,
): Promise<string> {
  const keys = await vault.of(tenantId)
  const { fiscalCode } = details
  const id = newId()
  await inTenant(db, tenantId, async (tx) => {
    // The account's row is the gate: requests sent together are counted one after the other.
    await tx
      .selectFrom('accounts')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', accountId)
      .forUpdate()
      .execute()
    const { waiting } = await tx
      .selectFrom('child_requests')
      .select((select) => select.fn.countAll<bigint>().as('waiting'))
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .where('outcome', 'is', null)
      .executeTakeFirstOrThrow()
    if (Number(waiting) >= CHILD_REQUESTS_MAX)
      throw new DomainError('child_request.too_many', { maximum: CHILD_REQUESTS_MAX })
    await tx
      .insertInto('child_requests')
      .values({
        tenant_id: tenantId,
        id,
        account_id: accountId,
        details_sealed: keys.seal(JSON.stringify(details)),
        fiscal_code_hash: fiscalCode === null ? null : keys.lookUpHash(fiscalCode),
        created_at: clock.now(),
      })
      .execute()
  })
  return id
}

const SHOWN_TO_PARENT = 10

/** A parent's latest requests, the newest first. */
export async function childRequestsOf(
  { db, vault }: Services,
  { tenantId, accountId }: Owner,
): Promise<OwnChildRequest[]> {
  const keys = await vault.of(tenantId)
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('child_requests')
      .select(['id', 'details_sealed', 'created_at', 'outcome', 'decided_at', 'reason'])
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .orderBy('created_at', 'desc')
      .limit(SHOWN_TO_PARENT)
      .execute(),
  )
  return rows.map((row) => {
    const { firstName, lastName } = sealedDetails.parse(JSON.parse(keys.open(row.details_sealed)))
    return {
      id: row.id,
      firstName,
      lastName,
      createdAt: row.created_at,
      state: row.outcome ?? 'pending',
      decidedAt: row.decided_at ?? undefined,
      reason: row.reason ?? undefined,
    }
  })
}

const SHOWN_TO_OFFICE = 50

/** The requests that wait, the oldest first: those are answered first. */
export async function pendingChildRequests(
  services: Services,
  tenantId: string,
): Promise<PendingChildRequest[]> {
  const rows = await inTenant(services.db, tenantId, (tx) =>
    pending(tx, tenantId).orderBy('r.created_at').orderBy('r.id').limit(SHOWN_TO_OFFICE).execute(),
  )
  return Promise.all(rows.map((row) => toPending(services, tenantId, row)))
}

/** One request that waits. @throws DomainError resource.not_found, child_request.decided */
export async function findChildRequest(
  services: Services,
  tenantId: string,
  id: string,
): Promise<PendingChildRequest> {
  const row = await inTenant(services.db, tenantId, async (tx) => {
    const found = await pending(tx, tenantId).where('r.id', '=', id).executeTakeFirst()
    if (!found) await refuseDecided(tx, tenantId, id)
    return found!
  })
  return toPending(services, tenantId, row)
}

function pending(tx: Tx, tenantId: string) {
  return tx
    .selectFrom('child_requests as r')
    .innerJoin('accounts as a', (join) =>
      join.onRef('a.tenant_id', '=', 'r.tenant_id').onRef('a.id', '=', 'r.account_id'),
    )
    .select(['r.id', 'r.account_id', 'r.details_sealed', 'r.fiscal_code_hash', 'r.created_at'])
    .select(['a.first_name', 'a.last_name'])
    .where('r.tenant_id', '=', tenantId)
    .where('r.outcome', 'is', null)
}

async function toPending(
  { vault }: Services,
  tenantId: string,
  row: Awaited<ReturnType<ReturnType<typeof pending>['execute']>>[number],
): Promise<PendingChildRequest> {
  const keys = await vault.of(tenantId)
  return {
    id: row.id,
    createdAt: row.created_at,
    parent: { id: row.account_id, name: `${row.first_name} ${row.last_name}` },
    details: sealedDetails.parse(JSON.parse(keys.open(row.details_sealed))),
    fiscalCodeHash: row.fiscal_code_hash,
  }
}

/** The office's word: the child that it is, or why not. */
export type ChildRequestDecision = { childId: string } | { reason: string }

/**
 * Decides a request, once: of two who decide at the same time the second is told. An approved one links the parent, and
 * the parent gets a letter where an address has been confirmed: to any other one nothing is sent by itself.
 * @throws DomainError child_request.decided, resource.not_found also for a child that the entity does not have
 */
export async function decideChildRequest(
  services: Services,
  { tenantId, accountId: staffId }: Owner,
  id: string,
  decision: ChildRequestDecision,
): Promise<void> {
  const { db, clock } = services
  const now = clock.now()
  const outcome = 'childId' in decision ? 'approved' : 'refused'
  await inTenant(db, tenantId, async (tx) => {
    if ('childId' in decision) await assertChild(tx, tenantId, decision.childId)
    const decided = await tx
      .updateTable('child_requests')
      .set({
        outcome,
        decided_at: now,
        decided_by: staffId,
        ...('childId' in decision ? { child_id: decision.childId } : decision),
      })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('outcome', 'is', null)
      .returning('account_id')
      .executeTakeFirst()
    if (!decided) return refuseDecided(tx, tenantId, id)
    const { account_id: parentId } = decided
    if ('childId' in decision) {
      await tx
        .insertInto('guardianships')
        .values({ tenant_id: tenantId, account_id: parentId, child_id: decision.childId, since: now })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
    const entry = {
      actor: { kind: 'staff', id: staffId },
      action: `child_request.${outcome}`,
      subject: { kind: 'child_request', id },
      details: { account: parentId, ...('childId' in decision ? { child: decision.childId } : {}) },
    } as const
    await audit(tx, tenantId, entry, now)
    await askForLetter(services, tx, tenantId, parentId, { id, outcome })
  })
  services.nudge()
}

async function refuseDecided(tx: Tx, tenantId: string, id: string): Promise<never> {
  const known = await tx
    .selectFrom('child_requests')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  throw new DomainError(known ? 'child_request.decided' : 'resource.not_found')
}

async function assertChild(tx: Tx, tenantId: string, childId: string): Promise<void> {
  const child = await tx
    .selectFrom('children')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', childId)
    .executeTakeFirst()
  if (!child) throw new DomainError('resource.not_found')
}

async function askForLetter(
  services: Services,
  tx: Tx,
  tenantId: string,
  parentId: string,
  { id, outcome }: { id: string; outcome: 'approved' | 'refused' },
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
    kind: `child-request-${outcome}`,
    subjectId: id,
    address: parent.email,
    language: isLanguage(parent.language) ? parent.language : 'it',
    job: CHILD_REQUEST_EMAIL_JOB,
  })
}
