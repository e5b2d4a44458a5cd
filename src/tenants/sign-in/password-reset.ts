import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { hashToken, newId } from '#core/ids.ts'
import { enqueue } from '#core/jobs/outbox.ts'
import { audit } from '#core/audit.ts'
import { requestEmail } from '#core/emails.ts'
import { isLanguage } from '#core/i18n.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { Attempts } from './attempts.ts'
import { assertPasswordOpen } from './methods.ts'
import { assertGoodPassword } from './password-choice.ts'
import { endAllSessions } from './own-sessions.ts'
import { hashPassword } from './passwords.ts'

export const RESET_JOB = 'password.reset'
export const CHANGED_EMAIL_JOB = 'password.changed_email'

/**
 * Notes that somebody wants a new password. Known and unknown names cost the same: what was typed is stored sealed, and a
 * job looks for the account. Callers count first: `attempts.request(…, 'password-reset', asUsername(asked), …)`.
 * @param asked a user name or an address of e-mail, as it was typed
 * @throws DomainError sign_in.method_closed
 */
export async function requestPasswordReset(
  services: Pick<Services, 'db' | 'vault' | 'clock' | 'nudge'>,
  tenant: Pick<Tenant, 'id' | 'policies'>,
  asked: string,
): Promise<void> {
  const { db, vault, clock } = services
  const now = clock.now()
  assertPasswordOpen(tenant, now)
  const tenantId = tenant.id
  const id = newId()
  const sealed = (await vault.of(tenantId)).seal(asked)
  await inTenant(db, tenantId, async (tx) => {
    await tx
      .insertInto('password_reset_requests')
      .values({ tenant_id: tenantId, id, asked_sealed: sealed, requested_at: now })
      .execute()
    await enqueue(tx, { tenantId, job: RESET_JOB, data: { tenantId, requestId: id } }, now)
  })
  services.nudge()
}

/** The account whose password a link sets. */
export interface Reset {
  readonly accountId: string
  readonly username: string
}

/**
 * Whose password a link's code sets.
 * @throws DomainError sign_in.method_closed after the entity's date, whenever the link was sent; link.not_valid when it
 *   is unknown, over or used
 */
export async function findReset(
  db: Db,
  tenant: Pick<Tenant, 'id' | 'policies'>,
  code: string,
  now: Date,
): Promise<Reset> {
  assertPasswordOpen(tenant, now)
  const row = await inTenant(db, tenant.id, (tx) =>
    tx
      .selectFrom('password_resets as r')
      .innerJoin('passwords as p', (join) =>
        join.onRef('p.tenant_id', '=', 'r.tenant_id').onRef('p.account_id', '=', 'r.account_id'),
      )
      .innerJoin('accounts as a', (join) =>
        join.onRef('a.tenant_id', '=', 'r.tenant_id').onRef('a.id', '=', 'r.account_id'),
      )
      .select(['r.account_id', 'p.username'])
      .where('r.tenant_id', '=', tenant.id)
      .where('r.code_hash', '=', hashToken(code))
      .where('r.expires_at', '>', now)
      .where('a.disabled_at', 'is', null)
      .executeTakeFirst(),
  )
  if (!row) throw new DomainError('link.not_valid')
  return { accountId: row.account_id, username: row.username }
}

/**
 * Sets the password of a link's account, once. All its sessions end, its address is told, and since the link arrived there
 * the address is confirmed.
 * @throws DomainError as {@link findReset}; password.too_short, password.too_common
 */
export async function setNewPassword(
  services: Services,
  attempts: Attempts,
  tenant: Tenant,
  { code, password }: { code: string; password: string },
): Promise<void> {
  const { db, clock } = services
  const tenantId = tenant.id
  const now = clock.now()
  const { accountId, username } = await findReset(db, tenant, code, now)
  assertGoodPassword(password, { username, entityName: tenant.name })
  const password_hash = await hashPassword(password)
  await inTenant(db, tenantId, async (tx) => {
    const used = await tx
      .updateTable('password_resets')
      .set({ used_at: now, code_hash: null })
      .where('tenant_id', '=', tenantId)
      .where('code_hash', '=', hashToken(code))
      .where('expires_at', '>', now)
      .returning('account_id')
      .executeTakeFirst()
    if (!used) throw new DomainError('link.not_valid')
    await tx
      .updateTable('passwords')
      .set({ password_hash, changed_at: now })
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .execute()
    await endAllSessions(tx, { tenantId, accountId }, now)
    const account = await tx
      .selectFrom('accounts')
      .select(['email', 'email_confirmed_at', 'language'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', accountId)
      .executeTakeFirstOrThrow()
    const subject = { kind: 'account', id: accountId } as const
    const actor = { kind: 'guardian', id: accountId } as const
    await audit(tx, tenantId, { actor, action: 'password.changed', subject, details: { by: 'reset' } }, now)
    if (account.email === null) return
    if (account.email_confirmed_at === null) {
      await tx
        .updateTable('accounts')
        .set({ email_confirmed_at: now })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', accountId)
        .execute()
      await audit(tx, tenantId, { actor, action: 'email.confirmed', subject, details: { by: 'reset' } }, now)
    }
    await requestEmail(services, tx, tenantId, {
      kind: 'password-changed',
      subjectId: accountId,
      job: CHANGED_EMAIL_JOB,
      address: account.email,
      language: isLanguage(account.language) ? account.language : 'it',
    })
  })
  await attempts.forgive(tenantId, 'password', username)
  services.nudge()
}
