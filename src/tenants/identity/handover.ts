import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { hashToken, newSecret } from '#core/ids.ts'
import type { TenantVault } from '#core/vault.ts'
import type { Identity } from '#identity/scheme.ts'
import { errandColumns, errandOf, type Errand } from './requests.ts'

/** The browser follows a redirect: seconds would do. */
const LIFE_MS = 60_000

/**
 * Keeps a person whom a provider has named, for the browser to bring to the entity's own host.
 * @returns the one-time code of the address
 */
export async function keepForBrowser(
  tx: Tx,
  vault: TenantVault,
  tenantId: string,
  identity: Identity,
  errand: Errand,
  now: Date,
): Promise<string> {
  const code = newSecret()
  await tx
    .insertInto('sign_in_handovers')
    .values({
      tenant_id: tenantId,
      code_hash: hashToken(code),
      ...errandColumns(errand),
      identity_sealed: vault.seal(JSON.stringify(identity)),
      expires_at: new Date(now.getTime() + LIFE_MS),
    })
    .execute()
  return code
}

/**
 * Takes the person out, once. A code that another browser brings is used up all the same: it was stolen or planted.
 * @param nonce the secret in the browser's cookie
 * @throws DomainError sign_in.interrupted when the code is unknown, used, too old, or another browser's
 */
export async function takeFromBrowser(
  db: Db,
  vault: TenantVault,
  tenantId: string,
  { code, nonce }: { code: string; nonce: string | undefined },
  now: Date,
): Promise<{ identity: Identity; errand: Errand }> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .deleteFrom('sign_in_handovers')
      .where('tenant_id', '=', tenantId)
      .where('code_hash', '=', hashToken(code))
      .returningAll()
      .executeTakeFirst(),
  )
  const isTheirs = row && nonce !== undefined && row.nonce_hash === hashToken(nonce)
  if (!isTheirs || row.expires_at <= now) throw new DomainError('sign_in.interrupted')
  return { identity: JSON.parse(vault.open(row.identity_sealed)) as Identity, errand: errandOf(row) }
}
