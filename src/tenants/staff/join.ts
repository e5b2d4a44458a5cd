import { audit } from '#core/audit.ts'
import { inTenant, sqlState, UNIQUE_VIOLATION, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Language } from '#core/i18n.ts'
import { hashToken, newId } from '#core/ids.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { StaffRole } from '../people/guardians.ts'
import { assertGoodPassword } from '../sign-in/password-choice.ts'
import { hashPassword } from '../sign-in/passwords.ts'
import { asUsername } from '../sign-in/sign-in.ts'

/** What a link invites to. */
export interface OpenInvitation {
  readonly id: string
  readonly role: StaffRole
  /** Of a colleague who comes back. */
  readonly known: { readonly firstName: string; readonly lastName: string } | undefined
}

/** Whoever accepts, checked at the edge. */
export interface NewColleague {
  readonly firstName: string
  readonly lastName: string
  readonly username: string
  readonly password: string
  readonly language: Language
}

/**
 * The invitation of a link's token. Callers count it as a guess: `attempts.guess(…, { secret: 'link', … })`.
 * @throws DomainError link.not_valid when it is unknown, over, taken back or accepted
 */
export async function findInvitation(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  tenantId: string,
  token: string,
): Promise<OpenInvitation> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('staff_invitations as i')
      .leftJoin('accounts as a', (join) =>
        join.onRef('a.tenant_id', '=', 'i.tenant_id').onRef('a.id', '=', 'i.account_id'),
      )
      .select(['i.id', 'i.staff_role', 'a.first_name', 'a.last_name'])
      .where('i.tenant_id', '=', tenantId)
      .where('i.token_hash', '=', hashToken(token))
      .where('i.expires_at', '>', clock.now())
      .executeTakeFirst(),
  )
  if (!row) throw new DomainError('link.not_valid')
  const known = row.first_name === null ? undefined : { firstName: row.first_name, lastName: row.last_name! }
  return { id: row.id, role: row.staff_role, known }
}

/**
 * Makes the account of whoever accepts an invitation, or opens the former colleague's again. The second factor is set up at
 * the first sign-in, as for everybody else.
 * @returns the account's id
 * @throws DomainError link.not_valid; password.too_short, password.too_common; registration.username_taken
 */
export async function acceptStaffInvitation(
  services: Pick<Services, 'db' | 'vault' | 'clock'>,
  tenant: Tenant,
  token: string,
  person: NewColleague,
): Promise<string> {
  const { db, vault, clock } = services
  const tenantId = tenant.id
  await findInvitation(services, tenantId, token)
  const username = asUsername(person.username)
  assertGoodPassword(person.password, { username, entityName: tenant.name })
  const passwordHash = await hashPassword(person.password)
  const keys = await vault.of(tenantId)
  const now = clock.now()
  try {
    return await inTenant(db, tenantId, async (tx) => {
      // Locked: of two who follow the same link at once, the second finds it used.
      const row = await tx
        .selectFrom('staff_invitations')
        .select(['id', 'staff_role', 'address_sealed', 'account_id'])
        .where('tenant_id', '=', tenantId)
        .where('token_hash', '=', hashToken(token))
        .where('expires_at', '>', now)
        .forUpdate()
        .executeTakeFirst()
      if (!row) throw new DomainError('link.not_valid')
      const accountId = row.account_id ?? newId()
      const account = {
        staff_role: row.staff_role,
        first_name: person.firstName,
        last_name: person.lastName,
        // The link arrived there.
        email: keys.open(row.address_sealed),
        email_confirmed_at: now,
        language: person.language,
      }
      const comesBack = row.account_id !== null
      await (comesBack
        ? reopen(tx, tenantId, accountId, account)
        : tx
            .insertInto('accounts')
            .values({
              tenant_id: tenantId,
              id: accountId,
              kind: 'staff',
              ...account,
              ...NO_CODE,
              created_at: now,
            })
            .execute())
      await tx
        .insertInto('passwords')
        .values({
          tenant_id: tenantId,
          account_id: accountId,
          username,
          password_hash: passwordHash,
          changed_at: now,
        })
        .execute()
      await tx
        .updateTable('staff_invitations')
        .set({ accepted_at: now, token_hash: null, account_id: accountId })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', row.id)
        .execute()
      const actor = { kind: 'staff', id: accountId } as const
      const subject = { kind: 'account', id: accountId } as const
      const details = { role: row.staff_role, comes_back: comesBack, invitation: row.id }
      await audit(tx, tenantId, { actor, action: 'staff.joined', subject, details }, now)
      return accountId
    })
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new DomainError('registration.username_taken')
    throw error
  }
}

const NO_CODE = { fiscal_code_sealed: null, fiscal_code_hash: null, fiscal_code_proof: null }

type Again = {
  staff_role: StaffRole
  first_name: string
  last_name: string
  email: string
  email_confirmed_at: Date
  language: string
}

/** @throws DomainError link.not_valid when the account is open again by another way */
async function reopen(tx: Tx, tenantId: string, accountId: string, account: Again): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('accounts')
    .set({ ...account, disabled_at: null })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', accountId)
    .where('kind', '=', 'staff')
    .where('disabled_at', 'is not', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw new DomainError('link.not_valid')
}
