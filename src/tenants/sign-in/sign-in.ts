import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Tenant } from '#core/tenant.ts'
import type { Guesser } from './attempts.ts'
import { assertPasswordOpen, isMethodOpen } from './methods.ts'
import { hashPassword, isWeakerThanOurs, verifyPassword } from './passwords.ts'
import type { Face, Sessions, SignedIn } from './sessions.ts'

export interface Credentials {
  username: string
  password: string
}

/** How {@link checkCredentials} is counted, at whichever face: by the user name as it is looked up. */
export function passwordGuesser(username: string, address: string): Guesser {
  return { secret: 'password', account: asUsername(username), address }
}

/** A user name as it is stored. */
export function asUsername(typed: string): string {
  return typed.trim().toLowerCase()
}

/**
 * Whose user name and password these are: guardians' at their faces, staff's at the office, nobody's at the other's. The
 * day on which an entity closes its passwords is the guardians', who then have SPID and CIE.
 * @returns the account's id
 * @throws DomainError sign_in.method_closed after the entity's date, sign_in.wrong without saying which of the two
 */
export async function checkCredentials(
  db: Db,
  tenant: Pick<Tenant, 'id' | 'policies'>,
  credentials: Credentials,
  face: Face,
  now: Date,
): Promise<string> {
  if (face !== 'office') assertPasswordOpen(tenant, now)
  const row = await inTenant(db, tenant.id, (tx) =>
    tx
      .selectFrom('passwords')
      .innerJoin('accounts', (join) =>
        join
          .onRef('accounts.tenant_id', '=', 'passwords.tenant_id')
          .onRef('accounts.id', '=', 'passwords.account_id'),
      )
      .select(['passwords.account_id', 'password_hash', 'accounts.kind', 'accounts.disabled_at'])
      .where('passwords.tenant_id', '=', tenant.id)
      .where('username', '=', asUsername(credentials.username))
      .executeTakeFirst(),
  )
  const kind = face === 'office' ? 'staff' : 'guardian'
  const usable = row && row.kind === kind && row.disabled_at === null
  const right = await verifyPassword(usable ? row.password_hash : undefined, credentials.password)
  if (!right || !row) throw new DomainError('sign_in.wrong')
  if (isWeakerThanOurs(row.password_hash)) await hashAnew(db, tenant.id, row, credentials.password)
  return row.account_id
}

/** Only a sign-in brings the password with which an old hash can be made anew. A change meanwhile stays. */
async function hashAnew(
  db: Db,
  tenantId: string,
  { account_id: accountId, password_hash: old }: { account_id: string; password_hash: string },
  password: string,
): Promise<void> {
  const password_hash = await hashPassword(password)
  await inTenant(db, tenantId, (tx) =>
    tx
      .updateTable('passwords')
      .set({ password_hash })
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .where('password_hash', '=', old)
      .execute(),
  )
}

/** The name with which an account signs in by password; undefined where it has none. */
export async function usernameOf(db: Db, tenantId: string, accountId: string): Promise<string | undefined> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('passwords')
      .select('username')
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .executeTakeFirst(),
  )
  return row?.username
}

/** The living session of a face behind a token, unless its way of signing in has been closed to guardians meanwhile. */
export async function findSignedIn(
  sessions: Sessions,
  tenant: Tenant,
  token: string | undefined,
  face: Face,
  now: Date,
): Promise<SignedIn | undefined> {
  if (!token) return undefined
  const found = await sessions.find(tenant.id, token, face)
  if (!found) return undefined
  return found.kind === 'staff' || isMethodOpen(tenant, found.method, now) ? found : undefined
}
