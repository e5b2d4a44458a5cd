import { audit, type Actor } from '#core/audit.ts'
import { requestEmail } from '#core/emails.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { isLanguage, type Language } from '#core/i18n.ts'
import { newId } from '#core/ids.ts'
import type { Services } from '#core/services.ts'
import { linkCodeHash } from '../link-code.ts'
import type { StaffRole } from '../people/guardians.ts'

export const STAFF_INVITATION_JOB = 'staff.invitation_email'
/** For how many days the link in a letter can be followed. */
export const INVITATION_DAYS = 7

/** Somebody who is asked to work for an entity. */
export interface NewStaffInvitation {
  /** Where the letter goes; whoever follows its link has shown that the address is theirs. */
  readonly email: string
  readonly role: StaffRole
  /** The letter's. */
  readonly language: Language
  /** A former colleague's, who comes back. */
  readonly accountId?: string
}

/**
 * Invites somebody inside the transaction that causes it. Callers count the letter first (`attempts.request(…,
 * 'staff-invitation', …)`) and nudge the relay afterwards.
 * @returns the invitation's id
 * @throws DomainError staff.already_invited when a letter to the same address, or to the same colleague, waits already
 */
export async function inviteStaff(
  services: Services,
  tx: Tx,
  tenantId: string,
  { email, role, language, accountId }: NewStaffInvitation,
  by: Actor,
): Promise<string> {
  const now = services.clock.now()
  const keys = await services.vault.of(tenantId)
  const waiting = await tx
    .selectFrom('staff_invitations')
    .select(['address_sealed', 'account_id'])
    .where('tenant_id', '=', tenantId)
    .where('token_hash', 'is not', null)
    .where('expires_at', '>', now)
    .execute()
  const isSame = (sealed: Buffer) => keys.open(sealed).toLowerCase() === email.toLowerCase()
  const isBack = (id: string | null) => accountId !== undefined && id === accountId
  if (waiting.some((row) => isSame(row.address_sealed) || isBack(row.account_id)))
    throw new DomainError('staff.already_invited')
  const id = newId()
  const token = newId()
  await tx
    .insertInto('staff_invitations')
    .values({
      tenant_id: tenantId,
      id,
      staff_role: role,
      address_sealed: keys.seal(email),
      language,
      token_id: token,
      token_hash: await linkCodeHash(services.vault, tenantId, 'staff-invitation', token),
      invited_by: by.kind === 'staff' ? by.id : null,
      operator_id: by.kind === 'operator' ? by.id : null,
      created_at: now,
      sent_at: now,
      expires_at: endOf(now),
      account_id: accountId ?? null,
    })
    .execute()
  const subject = { kind: 'staff_invitation', id } as const
  const details = { role, comes_back: accountId !== undefined }
  await audit(tx, tenantId, { actor: by, action: 'staff.invited', subject, details }, now)
  const letter = { kind: 'staff-invitation', subjectId: id, job: STAFF_INVITATION_JOB } as const
  await requestEmail(services, tx, tenantId, { ...letter, address: email, language })
  return id
}

function endOf(now: Date): Date {
  return new Date(now.getTime() + INVITATION_DAYS * 86_400_000)
}

/** An invitation that can still be accepted, or only has run out. @throws DomainError resource.not_found */
async function openOne(tx: Tx, tenantId: string, id: string) {
  const row = await tx
    .selectFrom('staff_invitations')
    .select(['staff_role', 'address_sealed', 'language'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('token_hash', 'is not', null)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new DomainError('resource.not_found')
  return row
}

/** The address of an invitation that waits, to count the letter that goes there. @throws DomainError resource.not_found */
export async function addressOfInvitation(
  { db, vault }: Pick<Services, 'db' | 'vault'>,
  tenantId: string,
  id: string,
): Promise<string> {
  const row = await inTenant(db, tenantId, (tx) => openOne(tx, tenantId, id))
  return (await vault.of(tenantId)).open(row.address_sealed)
}

/**
 * Sends the letter again, with another link that is good for as long as the first one was; the former link is dead at once.
 * @throws DomainError resource.not_found when it is accepted, revoked or nobody's
 */
export async function sendInvitationAgain(
  services: Services,
  tenantId: string,
  id: string,
  by: Actor,
): Promise<void> {
  const now = services.clock.now()
  const keys = await services.vault.of(tenantId)
  const token = newId()
  const hash = await linkCodeHash(services.vault, tenantId, 'staff-invitation', token)
  await inTenant(services.db, tenantId, async (tx) => {
    const row = await openOne(tx, tenantId, id)
    await tx
      .updateTable('staff_invitations')
      .set({ token_id: token, token_hash: hash, sent_at: now, expires_at: endOf(now) })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute()
    const subject = { kind: 'staff_invitation', id } as const
    const details = { role: row.staff_role }
    await audit(tx, tenantId, { actor: by, action: 'staff.invited_again', subject, details }, now)
    await requestEmail(services, tx, tenantId, {
      kind: 'staff-invitation',
      subjectId: id,
      job: STAFF_INVITATION_JOB,
      address: keys.open(row.address_sealed),
      language: isLanguage(row.language) ? row.language : 'it',
    })
  })
  services.nudge()
}

/** Takes an invitation back. @throws DomainError resource.not_found as {@link sendInvitationAgain} */
export async function revokeInvitation(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  tenantId: string,
  id: string,
  by: Actor,
): Promise<void> {
  const now = clock.now()
  await inTenant(db, tenantId, async (tx) => {
    const { staff_role: role } = await openOne(tx, tenantId, id)
    await tx
      .updateTable('staff_invitations')
      .set({ token_hash: null, revoked_at: now })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute()
    const subject = { kind: 'staff_invitation', id } as const
    const entry = { actor: by, action: 'staff.invitation_revoked', subject, details: { role } } as const
    await audit(tx, tenantId, entry, now)
  })
}

/** An invitation that nobody has accepted or taken back. */
export interface WaitingInvitation {
  readonly id: string
  readonly role: StaffRole
  readonly email: string
  readonly sentAt: Date
  readonly expiresAt: Date
  /** True where the operators invited, not a colleague. */
  readonly isFromOperators: boolean
  /** True once its link is too old: it can only be sent again. */
  readonly isOver: boolean
}

/** The entity's invitations that wait, the newest first. */
export async function waitingInvitations(
  { db, vault, clock }: Pick<Services, 'db' | 'vault' | 'clock'>,
  tenantId: string,
): Promise<WaitingInvitation[]> {
  const keys = await vault.of(tenantId)
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('staff_invitations')
      .select(['id', 'staff_role', 'address_sealed', 'sent_at', 'expires_at', 'invited_by'])
      .where('tenant_id', '=', tenantId)
      .where('token_hash', 'is not', null)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute(),
  )
  const now = clock.now()
  return rows.map((row) => ({
    id: row.id,
    role: row.staff_role,
    email: keys.open(row.address_sealed),
    sentAt: row.sent_at,
    expiresAt: row.expires_at,
    isFromOperators: row.invited_by === null,
    isOver: row.expires_at <= now,
  }))
}
