import { z } from 'zod'
import { formatDateTime } from '#core/clock.ts'
import { audit } from '#core/audit.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { requestEmail } from '#core/emails.ts'
import { isLanguage } from '#core/i18n.ts'
import { newId } from '#core/ids.ts'
import { defineJob, type Job } from '#core/jobs/job.ts'
import type { Services } from '#core/services.ts'
import { letterJob } from '../letter-job.ts'
import { linkCode, linkCodeHash } from '../link-code.ts'
import { isMethodOpen } from './methods.ts'
import { CHANGED_EMAIL_JOB, RESET_JOB } from './password-reset.ts'
import { asUsername } from './sign-in.ts'

const RESET_EMAIL_JOB = 'password.reset_email'

/** How long a link for a new password works, in minutes. */
export const RESET_LINK_MINUTES = 30
/** Letters an hour for one account, however many people ask from wherever. */
const LETTERS_AN_HOUR = 5
/** Accounts of a family that share a mailbox. */
const ACCOUNTS_OF_A_MAILBOX = 5

/** Looks for the account of who wants a new password, and writes to it. */
export function passwordJobs(services: Services): Job[] {
  return [
    defineJob({
      name: RESET_JOB,
      lane: 'mail',
      data: z.object({ tenantId: z.uuid(), requestId: z.uuid() }),
      run: ({ tenantId, requestId }) => answerRequest(services, tenantId, requestId),
    }),
    letterJob(services, RESET_EMAIL_JOB, async (tenant, { subjectId }) => ({
      name: 'password_reset',
      values: { minutes: RESET_LINK_MINUTES },
      recipientName: await nameForReset(services, tenant.id, subjectId),
      path: `/${tenant.slug}/password-nuova?codice=${await linkCode(services.vault, tenant.id, 'password-reset', subjectId)}`,
    })),
    letterJob(services, CHANGED_EMAIL_JOB, async (tenant, { language }) => ({
      name: 'password_changed',
      values: { when: formatDateTime(services.clock.now(), language) },
      recipientName: null,
      path: `/${tenant.slug}/password-dimenticata`,
    })),
  ]
}

/** Deletes the request and, where there are accounts, makes each its link: both or neither, so that it may run twice. */
async function answerRequest(services: Services, tenantId: string, requestId: string): Promise<void> {
  const { db, vault, clock } = services
  const tenant = await services.tenants.byId(tenantId)
  const keys = await vault.of(tenantId)
  await inTenant(db, tenantId, async (tx) => {
    const request = await tx
      .deleteFrom('password_reset_requests')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', requestId)
      .returning('asked_sealed')
      .executeTakeFirst()
    if (!request || !tenant || !isMethodOpen(tenant, 'password', clock.now())) return
    for (const account of await accountsNamed(tx, tenantId, keys.open(request.asked_sealed)))
      await sendLink(services, tx, tenantId, account)
  })
  services.nudge()
}

interface NamedAccount {
  id: string
  email: string
  language: string
}

/**
 * Guardians with a password by user name or by address. An address that nobody has confirmed names no account, not even one
 * whose user name it is: it may be a stranger's, by mistake, who must not become the account's owner for it.
 */
async function accountsNamed(tx: Tx, tenantId: string, asked: string): Promise<NamedAccount[]> {
  const name = asUsername(asked)
  const rows = await tx
    .selectFrom('passwords as p')
    .innerJoin('accounts as a', (join) =>
      join.onRef('a.tenant_id', '=', 'p.tenant_id').onRef('a.id', '=', 'p.account_id'),
    )
    .select(['a.id', 'a.email', 'a.language'])
    .where('p.tenant_id', '=', tenantId)
    .where('a.kind', '=', 'guardian')
    .where('a.disabled_at', 'is', null)
    .where(({ eb, fn, and, or }) =>
      or([
        and([
          eb('p.username', '=', name),
          or([eb('a.email_confirmed_at', 'is not', null), eb(fn('lower', ['a.email']), '<>', name)]),
        ]),
        and([eb(fn('lower', ['a.email']), '=', name), eb('a.email_confirmed_at', 'is not', null)]),
      ]),
    )
    .orderBy('a.id')
    .limit(ACCOUNTS_OF_A_MAILBOX)
    .execute()
  return rows.flatMap(({ email, ...row }) => (email === null ? [] : [{ ...row, email }]))
}

async function sendLink(
  services: Services,
  tx: Tx,
  tenantId: string,
  { id: accountId, email, language }: NamedAccount,
): Promise<void> {
  const now = services.clock.now()
  const before = tx
    .selectFrom('password_resets')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .where('requested_at', '>', new Date(now.getTime() - 3_600_000))
  if ((await before.executeTakeFirstOrThrow()).count >= LETTERS_AN_HOUR) return
  const id = newId()
  await tx
    .updateTable('password_resets')
    .set({ code_hash: null })
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .execute()
  await tx
    .insertInto('password_resets')
    .values({
      tenant_id: tenantId,
      id,
      account_id: accountId,
      code_hash: await linkCodeHash(services.vault, tenantId, 'password-reset', id),
      requested_at: now,
      expires_at: new Date(now.getTime() + RESET_LINK_MINUTES * 60_000),
      used_at: null,
    })
    .execute()
  const subject = { kind: 'account', id: accountId } as const
  await audit(tx, tenantId, { actor: { kind: 'nobody' }, action: 'password.reset_requested', subject }, now)
  await requestEmail(services, tx, tenantId, {
    kind: 'password-reset',
    subjectId: id,
    job: RESET_EMAIL_JOB,
    address: email,
    language: isLanguage(language) ? language : 'it',
  })
}

/** The first name of who asked, where the address is known to be theirs. */
async function nameForReset({ db }: Services, tenantId: string, resetId: string): Promise<string | null> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('password_resets as r')
      .innerJoin('accounts as a', (join) =>
        join.onRef('a.tenant_id', '=', 'r.tenant_id').onRef('a.id', '=', 'r.account_id'),
      )
      .select(['a.first_name', 'a.email_confirmed_at'])
      .where('r.tenant_id', '=', tenantId)
      .where('r.id', '=', resetId)
      .executeTakeFirst(),
  )
  return row?.email_confirmed_at ? row.first_name : null
}
