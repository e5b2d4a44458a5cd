import { audit } from '#core/audit.ts'
import { addDays, daysBetween, isRomeDate, romeDate, startOfRomeDay, type RomeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { requestEmail } from '#core/emails.ts'
import { DomainError } from '#core/errors.ts'
import type { Language } from '#core/i18n.ts'
import { newId } from '#core/ids.ts'
import type { Services } from '#core/services.ts'
import type { Attempts } from '../sign-in/attempts.ts'
import { INVITATION_EMAIL_JOB } from './household-emails.ts'
import { invitationCode, invitationCodeHash } from './invitation-code.ts'
import type { Owner } from './own.ts'

/** An invitation lasts until a whole day, at most this many days from today. */
export const INVITATION_MAX_DAYS = 365
/** How long its code can be used. */
export const INVITATION_CODE_DAYS = 14
/** Invitations of one child that live at the same time. */
export const INVITATIONS_MAX = 10

/** What a guardian says of an invitation, checked at the edge. */
export interface NewInvitation {
  childId: string
  /** What the guardian calls the invited person; 1 to 60 characters. */
  label: string
  /** The last day. */
  until: RomeDate
  /** Where the code is sent; nowhere when null. */
  email: string | null
  language: Language
}

/** True for a day on which an invitation made today may end. */
export function isInvitationDay(until: string, today: RomeDate): boolean {
  if (!isRomeDate(until)) return false
  const days = daysBetween(today, until)
  return days >= 0 && days <= INVITATION_MAX_DAYS
}

/**
 * Invites somebody to top up one of the guardian's children, and asks for the letter where there is an address: callers
 * count it first, with {@link countInvitationLetter}.
 * @returns the invitation's id; its code is {@link codeOfInvitation}
 * @throws DomainError resource.not_found for another's child, invitation.wrong_day, invitation.too_many
 */
export async function inviteToTopUp(
  services: Services,
  { tenantId, accountId }: Owner,
  invitation: NewInvitation,
): Promise<string> {
  const { db, vault, clock } = services
  const now = clock.now()
  const today = romeDate(now)
  const { childId, label, until, email, language } = invitation
  if (!isInvitationDay(until, today)) throw new DomainError('invitation.wrong_day')
  const keys = await vault.of(tenantId)
  const id = newId()
  await inTenant(db, tenantId, async (tx) => {
    await lockChild(tx, tenantId, childId)
    await assertOwnChild(tx, tenantId, accountId, childId)
    if ((await countLiving(tx, tenantId, childId, now)) >= INVITATIONS_MAX)
      throw new DomainError('invitation.too_many', { maximum: INVITATIONS_MAX })
    await tx
      .insertInto('invitations')
      .values({
        tenant_id: tenantId,
        id,
        child_id: childId,
        label,
        invited_by: accountId,
        created_at: now,
        code_hash: invitationCodeHash(keys, invitationCode(keys, id)),
        code_expires_at: startOfRomeDay(addDays(today, INVITATION_CODE_DAYS + 1)),
        expires_at: startOfRomeDay(addDays(until, 1)),
      })
      .execute()
    const actor = { kind: 'guardian', id: accountId } as const
    const details = { child: childId, until, emailed: email !== null }
    await audit(tx, tenantId, { actor, action: 'invitation.created', subject: subject(id), details }, now)
    if (email !== null) {
      const letter = { kind: 'invitation', subjectId: id, address: email, language } as const
      await requestEmail(services, tx, tenantId, { ...letter, job: INVITATION_EMAIL_JOB })
    }
  })
  services.nudge()
  return id
}

/**
 * Counts the letter of an invitation, where there is one: an invitation that is ended at once makes room for the next, and
 * its letter goes to a mailbox that nobody has shown to be anybody's.
 * @param from where the caller is: remoteAddress()
 * @throws DomainError request.too_many with the seconds to wait; nothing is made then
 */
export async function countInvitationLetter(
  attempts: Attempts,
  tenantId: string,
  { email }: Pick<NewInvitation, 'email'>,
  from: string,
): Promise<void> {
  if (email !== null) await attempts.request(tenantId, 'invitation', email.toLowerCase(), from)
}

/** The code of an invitation, for the guardian who has just made it. */
export async function codeOfInvitation({ vault }: Services, tenantId: string, id: string): Promise<string> {
  return invitationCode(await vault.of(tenantId), id)
}

/**
 * Accepts an invitation with its code. Who accepts twice has accepted once.
 * @returns the invitation's id
 * @throws DomainError invitation.unknown_code, also for one that is over or somebody else's by now;
 *   invitation.own_child for the child's own guardian
 */
export async function acceptInvitation(
  { db, vault, clock }: Services,
  { tenantId, accountId }: Owner,
  code: string,
): Promise<string> {
  const now = clock.now()
  const keys = await vault.of(tenantId)
  return inTenant(db, tenantId, async (tx) => {
    // Locked: of two who enter the same code at once, the second finds it taken.
    const row = await tx
      .selectFrom('invitations')
      .select(['id', 'child_id', 'account_id', 'code_expires_at', 'expires_at', 'revoked_at', 'returned_at'])
      .where('tenant_id', '=', tenantId)
      .where('code_hash', '=', invitationCodeHash(keys, code))
      .forUpdate()
      .executeTakeFirst()
    const isOver = !row || row.revoked_at || row.returned_at || row.expires_at <= now
    if (isOver || !(await isUsableAccount(tx, tenantId, accountId)))
      throw new DomainError('invitation.unknown_code')
    if (row.account_id === accountId) return row.id
    if (row.account_id !== null || row.code_expires_at <= now)
      throw new DomainError('invitation.unknown_code')
    if (await isOwnChild(tx, tenantId, accountId, row.child_id)) throw new DomainError('invitation.own_child')
    await tx
      .updateTable('invitations')
      .set({ account_id: accountId, accepted_at: now })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', row.id)
      .execute()
    const actor = { kind: 'guardian', id: accountId } as const
    const details = { child: row.child_id }
    await audit(
      tx,
      tenantId,
      { actor, action: 'invitation.accepted', subject: subject(row.id), details },
      now,
    )
    return row.id
  })
}

/**
 * Ends an invitation at once: a guardian of the child revokes it, the invited person gives it back. A guardian may do it
 * again; for the invited person it is no more.
 * @throws DomainError resource.not_found for whoever is neither
 */
export async function endInvitation(
  { db, clock }: Services,
  { tenantId, accountId }: Owner,
  id: string,
): Promise<void> {
  const now = clock.now()
  await inTenant(db, tenantId, async (tx) => {
    const row = await tx
      .selectFrom('invitations')
      .select(['child_id', 'account_id', 'expires_at', 'revoked_at', 'returned_at'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    if (!row) throw new DomainError('resource.not_found')
    const ended = row.revoked_at !== null || row.returned_at !== null
    const mine = await isOwnChild(tx, tenantId, accountId, row.child_id)
    const isInvited = row.account_id === accountId && !ended && row.expires_at > now
    if (!mine && !isInvited) throw new DomainError('resource.not_found')
    if (ended) return
    await tx
      .updateTable('invitations')
      .set(mine ? { revoked_at: now, revoked_by: accountId } : { returned_at: now })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute()
    const action = mine ? 'invitation.revoked' : 'invitation.returned'
    const actor = { kind: 'guardian', id: accountId } as const
    const details = { child: row.child_id }
    await audit(tx, tenantId, { actor, action, subject: subject(id), details }, now)
  })
}

const subject = (id: string) => ({ kind: 'invitation', id })

/**
 * The child's row is the gate: two guardians who invite at once come one after the other, and one whom the office removes
 * at the same time invites nobody any more.
 */
async function lockChild(tx: Tx, tenantId: string, childId: string): Promise<void> {
  await tx
    .selectFrom('children')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', childId)
    .forUpdate()
    .execute()
}

async function countLiving(tx: Tx, tenantId: string, childId: string, now: Date): Promise<number> {
  const { living } = await tx
    .selectFrom('invitations')
    .select((select) => select.fn.countAll<bigint>().as('living'))
    .where('tenant_id', '=', tenantId)
    .where('child_id', '=', childId)
    .where('revoked_at', 'is', null)
    .where('returned_at', 'is', null)
    .where('expires_at', '>', now)
    .where((where) => where.or([where('account_id', 'is not', null), where('code_expires_at', '>', now)]))
    .executeTakeFirstOrThrow()
  return Number(living)
}

async function assertOwnChild(tx: Tx, tenantId: string, accountId: string, childId: string): Promise<void> {
  if (!(await isOwnChild(tx, tenantId, accountId, childId))) throw new DomainError('resource.not_found')
}

async function isOwnChild(tx: Tx, tenantId: string, accountId: string, childId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('guardianships')
    .select('child_id')
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .where('child_id', '=', childId)
    .executeTakeFirst()
  return row !== undefined
}

async function isUsableAccount(tx: Tx, tenantId: string, accountId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('accounts')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', accountId)
    .where('kind', '=', 'guardian')
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}
