import { audit, type Actor } from '#core/audit.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Language } from '#core/i18n.ts'
import type { Services } from '#core/services.ts'
import { createTenant, type NewTenant } from '../create.ts'
import { inviteStaff, revokeInvitation, sendInvitationAgain } from '../staff/invitations.ts'
import { operatorAudit } from './audit.ts'

/* Operators invite an entity's administrator only while it has none: from then on its people are its own affair. */

/** Whom to write to, and in which language. */
export interface FirstAdministrator {
  readonly email: string
  readonly language: Language
}

/**
 * Takes an entity aboard and invites its first administrator, all or nothing, with a line in both logs.
 * @param by an operator, or the system for a command
 * @returns the entity's id and activation code
 * @throws DomainError tenant.conflict as createTenant()
 */
export async function takeAboard(
  services: Services,
  entity: NewTenant,
  administrator: FirstAdministrator | undefined,
  by: Actor,
): Promise<{ id: string; activationCode: string }> {
  const now = services.clock.now()
  const made = await createTenant(services.db, services.vault, entity, now, {
    async also(tx, tenantId) {
      const subject = { kind: 'tenant', id: tenantId } as const
      const details = { state: entity.state ?? 'live' }
      await audit(tx, tenantId, { actor: by, action: 'tenant.created', subject, details }, now)
      const operatorId = by.kind === 'operator' ? by.id : null
      await operatorAudit(tx, { operatorId, action: 'tenant.created', subject, details }, now)
      if (administrator)
        await inviteStaff(services, tx, tenantId, { ...administrator, role: 'administrator' }, by)
    },
  })
  services.nudge()
  return made
}

/**
 * Asks somebody to be the administrator of an entity that has none.
 * @throws DomainError staff.administrator_there, staff.already_invited
 */
export async function inviteAdministrator(
  services: Services,
  tenantId: string,
  { email, language }: FirstAdministrator,
  operatorId: string,
): Promise<void> {
  await inTenant(services.db, tenantId, async (tx) => {
    await assertNoAdministrator(tx, tenantId)
    const by = { kind: 'operator', id: operatorId } as const
    await inviteStaff(services, tx, tenantId, { email, language, role: 'administrator' }, by)
    await noteInvitation(tx, tenantId, operatorId, services.clock.now())
  })
  services.nudge()
}

/**
 * Sends the letter again. @throws DomainError staff.administrator_there; resource.not_found also for an invitation that
 * the entity's own administrators sent
 */
export async function inviteAdministratorAgain(
  services: Services,
  tenantId: string,
  id: string,
  operatorId: string,
): Promise<void> {
  await inTenant(services.db, tenantId, async (tx) => {
    await assertOurs(tx, tenantId, id)
    await assertNoAdministrator(tx, tenantId)
    await noteInvitation(tx, tenantId, operatorId, services.clock.now())
  })
  await sendInvitationAgain(services, tenantId, id, { kind: 'operator', id: operatorId })
}

/** Takes such an invitation back. @throws DomainError resource.not_found as {@link inviteAdministratorAgain} */
export async function revokeAdministrator(
  services: Services,
  tenantId: string,
  id: string,
  operatorId: string,
): Promise<void> {
  await inTenant(services.db, tenantId, (tx) => assertOurs(tx, tenantId, id))
  await revokeInvitation(services, tenantId, id, { kind: 'operator', id: operatorId })
}

async function noteInvitation(tx: Tx, tenantId: string, operatorId: string, now: Date): Promise<void> {
  const subject = { kind: 'tenant', id: tenantId } as const
  await operatorAudit(tx, { operatorId, action: 'tenant.administrator_invited', subject }, now)
}

async function assertOurs(tx: Tx, tenantId: string, id: string): Promise<void> {
  const row = await tx
    .selectFrom('staff_invitations')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('invited_by', 'is', null)
    .where('token_hash', 'is not', null)
    .executeTakeFirst()
  if (!row) throw new DomainError('resource.not_found')
}

async function assertNoAdministrator(tx: Tx, tenantId: string): Promise<void> {
  const row = await tx
    .selectFrom('accounts')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('staff_role', '=', 'administrator')
    .where('disabled_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  if (row) throw new DomainError('staff.administrator_there')
}
