import { audit, staffOrSystem } from '#core/audit.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { StaffRole } from '../people/guardians.ts'
import { isSupportAccount } from '../people/staff.ts'
import { endAllSessions } from '../sign-in/own-sessions.ts'
import { revokeTokensOf } from './tokens.ts'

/** An administrator who decides about a colleague. */
export interface Decision {
  readonly tenantId: string
  /** The administrator; null for a command of the operator. */
  readonly by: string | null
  /** The colleague. */
  readonly accountId: string
}

/**
 * Gives a colleague another role, from the next page they open. The same role again changes nothing.
 * @throws DomainError staff.yourself; resource.not_found; staff.last_administrator
 */
export async function changeRole(db: Db, decision: Decision, role: StaffRole, now: Date): Promise<void> {
  const { tenantId, by, accountId } = decision
  await inTenant(db, tenantId, async (tx) => {
    const before = await colleague(tx, decision)
    if (before === role) return
    await tx
      .updateTable('accounts')
      .set({ staff_role: role })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', accountId)
      .execute()
    const subject = { kind: 'account', id: accountId } as const
    const entry = { actor: staffOrSystem(by), action: 'staff.role_changed', subject } as const
    await audit(tx, tenantId, { ...entry, details: { from: before, to: role } }, now)
  })
}

/**
 * Closes a colleague's account: sessions, password, second factor and the tokens they made for machines are gone with it,
 * what they did stays in the log.
 * Another invitation opens it again.
 * @throws DomainError staff.yourself; resource.not_found; staff.last_administrator
 */
export async function disableStaff(db: Db, decision: Decision, now: Date): Promise<void> {
  const { tenantId, by, accountId } = decision
  const actor = staffOrSystem(by)
  await inTenant(db, tenantId, async (tx) => {
    const role = await colleague(tx, decision)
    await tx
      .updateTable('accounts')
      .set({ disabled_at: now })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', accountId)
      .execute()
    for (const table of ['passwords', 'second_factors', 'recovery_codes'] as const)
      await tx
        .deleteFrom(table)
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .execute()
    const ended = await endAllSessions(tx, { tenantId, accountId, actor }, now)
    const tokens = await revokeTokensOf(tx, { tenantId, accountId, by }, now)
    const subject = { kind: 'account', id: accountId } as const
    const details = { role, sessions_ended: ended, tokens_revoked: tokens }
    await audit(tx, tenantId, { actor, action: 'staff.disabled', subject, details }, now)
  })
}

/**
 * The role of the colleague, with all administrators locked: of two who lower each other at once, the second is judged
 * by what the first has left.
 */
async function colleague(tx: Tx, { tenantId, by, accountId }: Decision): Promise<StaffRole> {
  if (by === accountId) throw new DomainError('staff.yourself')
  const administrators = await tx
    .selectFrom('accounts')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'staff')
    .where('staff_role', '=', 'administrator')
    .where('disabled_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute()
  // Asked again under the lock: whoever was lowered a moment ago decides no more.
  if (by !== null && !administrators.some(({ id }) => id === by)) throw new DomainError('role.not_allowed')
  const row = await tx
    .selectFrom('accounts')
    .select('staff_role')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', accountId)
    .where('kind', '=', 'staff')
    .where('disabled_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (!row?.staff_role || (await isSupportAccount(tx, tenantId, accountId)))
    throw new DomainError('resource.not_found')
  if (row.staff_role === 'administrator' && administrators.length < 2)
    throw new DomainError('staff.last_administrator')
  return row.staff_role
}
