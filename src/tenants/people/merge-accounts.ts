import { audit } from '#core/audit.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { requestEmail } from '#core/emails.ts'
import { DomainError } from '#core/errors.ts'
import { isLanguage } from '#core/i18n.ts'
import { hashToken } from '#core/ids.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { endAllSessions } from '../sign-in/own-sessions.ts'
import { newClaimCode } from './children.ts'
import { LINKED_LETTER_JOB } from './linked-letter.ts'

/** The letter with the code is handed over at the desk: a fortnight is long. */
export const LINK_CODE_DAYS = 14

/**
 * Gives the account that a person had before SPID and CIE to that person: it takes over the fiscal code and the children
 * of the one they came in with, which ends. What was paid stays where it is, with its children.
 * @param present the account that they came in with
 * @param former the one whose password, or whose code from the office, they have shown
 * @throws DomainError account.other_person when the former one is known to be somebody else's, account.not_linkable
 */
export async function takeOverAccount(
  services: Services,
  tenant: Tenant,
  accounts: { present: string; former: string },
  how: 'password' | 'office',
): Promise<void> {
  await inTenant(services.db, tenant.id, (tx) => merge(services, tx, tenant, accounts, how))
  services.nudge()
}

/**
 * The same with a code from the office, which is used up by it.
 * @returns the account that is now theirs
 * @throws DomainError account.unknown_code for a code that is unknown, used or too old
 */
export async function takeOverByCode(
  services: Services,
  tenant: Tenant,
  present: string,
  code: string,
): Promise<string> {
  const now = services.clock.now()
  const former = await inTenant(services.db, tenant.id, async (tx) => {
    const row = await tx
      .updateTable('account_link_codes')
      .set({ used_at: now })
      .where('tenant_id', '=', tenant.id)
      .where('code_hash', '=', linkCodeHash(code))
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .returning('account_id')
      .executeTakeFirst()
    if (!row) throw new DomainError('account.unknown_code')
    await merge(services, tx, tenant, { present, former: row.account_id }, 'office')
    return row.account_id
  })
  services.nudge()
  return former
}

/**
 * Makes a code for a person who had an account here and can no longer prove it; earlier ones for it are void.
 * @param issuedBy the member of staff who has looked at the person's document
 * @returns the code, shown once
 * @throws DomainError resource.not_found unless it is a guardian's living account
 */
export async function issueLinkCode(
  services: Services,
  tenantId: string,
  accountId: string,
  issuedBy: string,
): Promise<string> {
  const now = services.clock.now()
  const code = newClaimCode()
  await inTenant(services.db, tenantId, async (tx) => {
    const account = await tx
      .selectFrom('accounts')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', accountId)
      .where('kind', '=', 'guardian')
      .where('disabled_at', 'is', null)
      .executeTakeFirst()
    if (!account) throw new DomainError('resource.not_found')
    await tx
      .deleteFrom('account_link_codes')
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .where('used_at', 'is', null)
      .execute()
    await tx
      .insertInto('account_link_codes')
      .values({
        tenant_id: tenantId,
        code_hash: linkCodeHash(code),
        account_id: accountId,
        issued_by: issuedBy,
        issued_at: now,
        expires_at: new Date(now.getTime() + LINK_CODE_DAYS * 86_400_000),
      })
      .execute()
    const actor = { kind: 'staff', id: issuedBy } as const
    const subject = { kind: 'account', id: accountId }
    await audit(tx, tenantId, { actor, action: 'account.link_code_issued', subject }, now)
  })
  return code
}

async function merge(
  services: Services,
  tx: Tx,
  tenant: Tenant,
  { present, former }: { present: string; former: string },
  how: 'password' | 'office',
): Promise<void> {
  const now = services.clock.now()
  const rows = await tx
    .selectFrom('accounts')
    .select(['id', 'fiscal_code_hash', 'fiscal_code_sealed', 'fiscal_code_proof', 'email', 'language'])
    .where('tenant_id', '=', tenant.id)
    .where('id', 'in', [present, former])
    .where('kind', '=', 'guardian')
    .where('disabled_at', 'is', null)
    // In one order, so that two at once wait for each other instead of for ever.
    .orderBy('id')
    .forUpdate()
    .execute()
  const [mine, theirs] = [present, former].map((id) => rows.find((row) => row.id === id))
  if (!mine || !theirs || present === former || mine.fiscal_code_proof !== 'identity')
    throw new DomainError('account.not_linkable')
  // Two fiscal codes are two people, whoever knows whose password (two parents of one child). A code that was only
  // typed may be a slip: the office has looked at a document, a password has not.
  const isKnown = theirs.fiscal_code_proof === 'registry' || theirs.fiscal_code_proof === 'identity'
  const isAnother = theirs.fiscal_code_hash !== null && how === 'password'
  if (isKnown || isAnother) throw new DomainError('account.other_person')
  const account = (id: string) =>
    tx.updateTable('accounts').where('tenant_id', '=', tenant.id).where('id', '=', id)
  await account(present)
    .set({ fiscal_code_hash: null, fiscal_code_sealed: null, fiscal_code_proof: null, disabled_at: now })
    .execute()
  await account(former)
    .set({
      fiscal_code_hash: mine.fiscal_code_hash,
      fiscal_code_sealed: mine.fiscal_code_sealed,
      fiscal_code_proof: 'identity',
      identity_linked_at: now,
    })
    .execute()
  await moveChildren(tx, tenant.id, present, former, now)
  // Whoever else was in the account of before is in it no more.
  for (const accountId of [present, former]) await endAllSessions(tx, { tenantId: tenant.id, accountId }, now)
  // Who needed the office's code did not know the password: somebody else may.
  if (how === 'office')
    await tx
      .deleteFrom('passwords')
      .where('tenant_id', '=', tenant.id)
      .where('account_id', '=', former)
      .execute()
  await audit(
    tx,
    tenant.id,
    {
      actor: { kind: 'guardian', id: former },
      action: 'account.merged',
      subject: { kind: 'account', id: present },
      details: { how },
    },
    now,
  )
  if (theirs.email !== null)
    await requestEmail(services, tx, tenant.id, {
      kind: 'account-linked',
      subjectId: former,
      address: theirs.email,
      language: isLanguage(theirs.language) ? theirs.language : 'it',
      job: LINKED_LETTER_JOB,
    })
}

/** The children of the one become the other's, and so do the invitations it gave and took and what it asked of the office. */
async function moveChildren(tx: Tx, tenantId: string, from: string, to: string, now: Date): Promise<void> {
  const children = await tx
    .deleteFrom('guardianships')
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', from)
    .returning('child_id')
    .execute()
  for (const table of ['invitations', 'child_requests', 'enrolment_requests'] as const)
    await tx
      .updateTable(table)
      .set({ account_id: to })
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', from)
      .execute()
  await tx
    .updateTable('invitations')
    .set({ invited_by: to })
    .where('tenant_id', '=', tenantId)
    .where('invited_by', '=', from)
    .execute()
  if (children.length === 0) return
  await tx
    .insertInto('guardianships')
    .values(children.map(({ child_id }) => ({ tenant_id: tenantId, account_id: to, child_id, since: now })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

function linkCodeHash(code: string): string {
  return hashToken(`link ${code.toUpperCase().replace(/[^0-9A-Z]/g, '')}`)
}
