import { audit } from '#core/audit.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import { requestEmail } from '#core/emails.ts'
import { DomainError } from '#core/errors.ts'
import { isLanguage, type Language } from '#core/i18n.ts'
import { hashToken, newId } from '#core/ids.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { linkCodeHash } from '../link-code.ts'

export const CONFIRMATION_EMAIL_JOB = 'email.confirmation'
export const CHANGE_ASKED_EMAIL_JOB = 'email.change_asked'

const LINK_LIFE_MS = 24 * 3_600_000

/** An account's address of e-mail. */
export interface EmailAddress {
  readonly address: string | null
  /** Whether its owner has shown that mail to it arrives. Only then is anything sent to it by itself. */
  readonly confirmed: boolean
}

/** The account's address; none where there is no such account. */
export async function emailAddressOf(db: Db, tenantId: string, accountId: string): Promise<EmailAddress> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('accounts')
      .select(['email', 'email_confirmed_at'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', accountId)
      .executeTakeFirst(),
  )
  return { address: row?.email ?? null, confirmed: row !== undefined && row.email_confirmed_at !== null }
}

/**
 * Sends an address a link with which it becomes the account's confirmed one: the account's own address, or one that shall
 * replace it and counts only then. A link sent before ends. Where a confirmed address shall be replaced, that one is told.
 * Callers count first: `attempts.request(…, 'email-confirmation', address, …)`.
 */
export async function requestEmailConfirmation(
  services: Services,
  tenant: Pick<Tenant, 'id'>,
  accountId: string,
  address: string,
  language: Language,
): Promise<void> {
  const { db, vault, clock } = services
  const tenantId = tenant.id
  const now = clock.now()
  const id = newId()
  const [keys, codeHash] = [
    await vault.of(tenantId),
    await linkCodeHash(vault, tenantId, 'email-confirmation', id),
  ]
  await inTenant(db, tenantId, async (tx) => {
    const account = await tx
      .selectFrom('accounts')
      .select(['email', 'email_confirmed_at', 'language'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', accountId)
      .forUpdate()
      .executeTakeFirst()
    if (!account) throw new DomainError('resource.not_found')
    await tx
      .updateTable('email_confirmations')
      .set({ code_hash: null })
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .execute()
    await tx
      .insertInto('email_confirmations')
      .values({
        tenant_id: tenantId,
        id,
        account_id: accountId,
        address_sealed: keys.seal(address),
        code_hash: codeHash,
        requested_at: now,
        expires_at: new Date(now.getTime() + LINK_LIFE_MS),
        used_at: null,
      })
      .execute()
    const confirmation = { kind: 'email-confirmation', subjectId: id, job: CONFIRMATION_EMAIL_JOB } as const
    await requestEmail(services, tx, tenantId, { ...confirmation, address, language })
    const { email, email_confirmed_at: confirmedAt } = account
    if (email === null || confirmedAt === null || email.toLowerCase() === address.toLowerCase()) return
    await requestEmail(services, tx, tenantId, {
      kind: 'email-change-asked',
      subjectId: accountId,
      job: CHANGE_ASKED_EMAIL_JOB,
      address: email,
      language: isLanguage(account.language) ? account.language : 'it',
    })
  })
  services.nudge()
}

/** The address that a link would confirm. @throws DomainError link.not_valid when it is unknown, used or over */
export async function addressToConfirm(
  { db, vault, clock }: Pick<Services, 'db' | 'vault' | 'clock'>,
  tenantId: string,
  code: string,
): Promise<string> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('email_confirmations')
      .select('address_sealed')
      .where('tenant_id', '=', tenantId)
      .where('code_hash', '=', hashToken(code))
      .where('expires_at', '>', clock.now())
      .executeTakeFirst(),
  )
  if (!row) throw new DomainError('link.not_valid')
  return (await vault.of(tenantId)).open(row.address_sealed)
}

/** Makes a link's address the account's confirmed one, once. @throws DomainError link.not_valid */
export async function confirmEmail(
  { db, vault, clock }: Pick<Services, 'db' | 'vault' | 'clock'>,
  tenantId: string,
  code: string,
): Promise<void> {
  const now = clock.now()
  const keys = await vault.of(tenantId)
  await inTenant(db, tenantId, async (tx) => {
    const link = await tx
      .updateTable('email_confirmations')
      .set({ used_at: now, code_hash: null })
      .where('tenant_id', '=', tenantId)
      .where('code_hash', '=', hashToken(code))
      .where('expires_at', '>', now)
      .returning(['account_id', 'address_sealed'])
      .executeTakeFirst()
    if (!link) throw new DomainError('link.not_valid')
    await tx
      .updateTable('accounts')
      .set({ email: keys.open(link.address_sealed), email_confirmed_at: now })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', link.account_id)
      .execute()
    // What lies in the former mailbox opens nothing any more.
    await tx
      .updateTable('password_resets')
      .set({ code_hash: null })
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', link.account_id)
      .execute()
    const account = { kind: 'account', id: link.account_id } as const
    // Whoever holds the link need not be signed in.
    await audit(tx, tenantId, { actor: { kind: 'nobody' }, action: 'email.confirmed', subject: account }, now)
  })
}
