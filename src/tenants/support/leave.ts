import { audit } from '#core/audit.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError, invariant } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import type { Services } from '#core/services.ts'
import type { StaffRole } from '../people/guardians.ts'
import { endAllSessions } from '../sign-in/own-sessions.ts'

/* An entity lets the operators into its office for some hours, in a role of its choice. Without that there is no way in. */

/** The roles that an operator may have there: none that decides about people and rights. */
export const SUPPORT_ROLES = ['clerk', 'accountant', 'school'] as const satisfies readonly StaffRole[]
export type SupportRole = (typeof SUPPORT_ROLES)[number]

/** For how many hours a leave may be given. */
export const SUPPORT_HOURS = [1, 2, 4, 8, 24] as const

/** The name under which operators appear in the office and in its log. */
const NAME = { first_name: 'Assistenza', last_name: 'Borsellino' } as const

type Deps = Pick<Services, 'db' | 'clock'>

/** A leave that holds. */
export interface SupportLeave {
  readonly id: string
  readonly role: SupportRole
  readonly grantedAt: Date
  readonly endsAt: Date
}

/** The leave that holds now; undefined while operators are not let in. */
export async function currentLeave({ db, clock }: Deps, tenantId: string): Promise<SupportLeave | undefined> {
  return inTenant(db, tenantId, (tx) => leaveNow(tx, tenantId, clock.now()))
}

/** The same inside a transaction. */
export async function leaveNow(tx: Tx, tenantId: string, now: Date): Promise<SupportLeave | undefined> {
  const row = await tx
    .selectFrom('support_leaves')
    .select(['id', 'staff_role', 'granted_at', 'ends_at'])
    .where('tenant_id', '=', tenantId)
    .where('ended_at', 'is', null)
    .where('ends_at', '>', now)
    .orderBy('granted_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { id: row.id, role: row.staff_role, grantedAt: row.granted_at, endsAt: row.ends_at }
}

/**
 * Lets the operators in. The account as which they work is made with the first leave and takes the role of each.
 * @param hours one of SUPPORT_HOURS
 * @throws DomainError support.already_open while another leave holds
 */
export async function allowSupport(
  { db, clock }: Deps,
  { tenantId, by }: { tenantId: string; by: string },
  { role, hours }: { role: SupportRole; hours: number },
): Promise<void> {
  invariant(
    SUPPORT_HOURS.some((one) => one === hours),
    'a leave is given for some hours of the list',
  )
  const now = clock.now()
  await inTenant(db, tenantId, async (tx) => {
    // Locked, so that two who press at once give one leave.
    await tx.selectFrom('tenants').select('id').where('id', '=', tenantId).forNoKeyUpdate().execute()
    if (await leaveNow(tx, tenantId, now)) throw new DomainError('support.already_open')
    const accountId = await supportAccount(tx, tenantId, role, now)
    const id = newId()
    const endsAt = new Date(now.getTime() + hours * 3_600_000)
    await tx
      .insertInto('support_leaves')
      .values({
        tenant_id: tenantId,
        id,
        account_id: accountId,
        staff_role: role,
        granted_by: by,
        granted_at: now,
        ends_at: endsAt,
      })
      .execute()
    const subject = { kind: 'support_leave', id } as const
    const details = { role, hours }
    await audit(
      tx,
      tenantId,
      { actor: { kind: 'staff', id: by }, action: 'support.allowed', subject, details },
      now,
    )
  })
}

/**
 * Ends the leave at once, with every session that it let in.
 * @throws DomainError support.no_leave when none holds
 */
export async function endSupport(
  { db, clock }: Deps,
  { tenantId, by }: { tenantId: string; by: string },
): Promise<void> {
  const now = clock.now()
  const actor = { kind: 'staff', id: by } as const
  await inTenant(db, tenantId, async (tx) => {
    const ended = await tx
      .updateTable('support_leaves')
      .set({ ended_at: now })
      .where('tenant_id', '=', tenantId)
      .where('ended_at', 'is', null)
      .where('ends_at', '>', now)
      .returning(['id', 'account_id'])
      .executeTakeFirst()
    if (!ended) throw new DomainError('support.no_leave')
    await endAllSessions(tx, { tenantId, accountId: ended.account_id, actor }, now)
    const subject = { kind: 'support_leave', id: ended.id } as const
    await audit(tx, tenantId, { actor, action: 'support.ended', subject }, now)
  })
}

/** The account of all leaves: it has no password, no address and no code, so nobody signs in to it. */
async function supportAccount(tx: Tx, tenantId: string, role: SupportRole, now: Date): Promise<string> {
  const known = await tx
    .selectFrom('support_leaves')
    .select('account_id')
    .where('tenant_id', '=', tenantId)
    .limit(1)
    .executeTakeFirst()
  if (known) {
    await tx
      .updateTable('accounts')
      .set({ staff_role: role })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', known.account_id)
      .execute()
    // A session of a leave that ran out would live on in the new one, with its role.
    await tx
      .deleteFrom('sessions')
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', known.account_id)
      .execute()
    return known.account_id
  }
  const id = newId()
  const noCode = { email: null, fiscal_code_sealed: null, fiscal_code_hash: null, fiscal_code_proof: null }
  await tx
    .insertInto('accounts')
    .values({
      tenant_id: tenantId,
      id,
      kind: 'staff',
      staff_role: role,
      ...NAME,
      ...noCode,
      language: 'it',
      created_at: now,
    })
    .execute()
  return id
}
