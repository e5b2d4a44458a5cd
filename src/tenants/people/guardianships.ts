import { audit, type AuditEntry } from '#core/audit.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Services } from '#core/services.ts'
import type { Owner } from './own.ts'

/** A child with the adults responsible for it, as the office sees them. */
export interface ChildDossier {
  id: string
  name: string
  place: string
  guardians: ChildGuardian[]
  /** Invitations to top up that hold. */
  invitations: number
}

export interface ChildGuardian {
  accountId: string
  name: string
  since: Date
  hasPassword: boolean
  /** Since when they sign in with SPID or CIE; undefined while they never have. */
  identitySince: Date | undefined
}

/** A child and its guardians. @throws DomainError resource.not_found */
export async function findChild(db: Db, tenantId: string, childId: string, now: Date): Promise<ChildDossier> {
  return inTenant(db, tenantId, async (tx) => {
    const child = await tx
      .selectFrom('children')
      .select(['id', 'first_name', 'last_name', 'school', 'class_name'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', childId)
      .executeTakeFirst()
    if (!child) throw new DomainError('resource.not_found')
    const guardians = await tx
      .selectFrom('guardianships as g')
      .innerJoin('accounts as a', (join) =>
        join.onRef('a.tenant_id', '=', 'g.tenant_id').onRef('a.id', '=', 'g.account_id'),
      )
      .leftJoin('passwords as p', (join) =>
        join.onRef('p.tenant_id', '=', 'a.tenant_id').onRef('p.account_id', '=', 'a.id'),
      )
      .select(['a.id', 'a.first_name', 'a.last_name', 'a.identity_linked_at', 'p.username', 'g.since'])
      .where('g.tenant_id', '=', tenantId)
      .where('g.child_id', '=', childId)
      .orderBy('g.since')
      .orderBy('a.id')
      .execute()
    const { living } = await tx
      .selectFrom('invitations')
      .select((select) => select.fn.countAll<bigint>().as('living'))
      .where('tenant_id', '=', tenantId)
      .where('child_id', '=', childId)
      .where('account_id', 'is not', null)
      .where('revoked_at', 'is', null)
      .where('returned_at', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirstOrThrow()
    return {
      id: child.id,
      name: `${child.first_name} ${child.last_name}`,
      place: [child.school, child.class_name].filter(Boolean).join(', '),
      guardians: guardians.map((row) => ({
        accountId: row.id,
        name: `${row.first_name} ${row.last_name}`,
        since: row.since,
        hasPassword: row.username !== null,
        identitySince: row.identity_linked_at ?? undefined,
      })),
      invitations: Number(living),
    }
  })
}

/**
 * Takes a child from a guardian, at the office's word. Whom the guardian had invited to this child goes too, and the
 * school's code, which would let the guardian in again, is void.
 * @throws DomainError resource.not_found when the account is no guardian of the child
 */
export async function endGuardianship(
  { db, clock }: Services,
  { tenantId, accountId: staffId }: Owner,
  childId: string,
  guardianId: string,
): Promise<void> {
  const now = clock.now()
  const actor = { kind: 'staff', id: staffId } as const
  await inTenant(db, tenantId, async (tx) => {
    const ended = await tx
      .deleteFrom('guardianships')
      .where('tenant_id', '=', tenantId)
      .where('child_id', '=', childId)
      .where('account_id', '=', guardianId)
      .returning('account_id')
      .executeTakeFirst()
    if (!ended) throw new DomainError('resource.not_found')
    await tx
      .updateTable('children')
      .set({ claim_code_hash: null })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', childId)
      .execute()
    const subject = { kind: 'child', id: childId }
    await audit(
      tx,
      tenantId,
      { actor, action: 'guardianship.ended', subject, details: { account: guardianId } },
      now,
    )
    await revokeInvitationsOf(tx, tenantId, actor, { childId, guardianId }, now)
  })
}

async function revokeInvitationsOf(
  tx: Tx,
  tenantId: string,
  actor: { kind: 'staff'; id: string },
  { childId, guardianId }: { childId: string; guardianId: string },
  now: Date,
): Promise<void> {
  const revoked = await tx
    .updateTable('invitations')
    .set({ revoked_at: now, revoked_by: actor.id })
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', childId)
    .where((where) => where.or([where('invited_by', '=', guardianId), where('account_id', '=', guardianId)]))
    .where('revoked_at', 'is', null)
    .where('returned_at', 'is', null)
    .returning('id')
    .execute()
  for (const { id } of revoked) {
    const entry: AuditEntry = {
      actor,
      action: 'invitation.revoked',
      subject: { kind: 'invitation', id },
      details: { child: childId },
    }
    await audit(tx, tenantId, entry, now)
  }
}
