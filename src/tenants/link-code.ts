import { hashToken } from '#core/ids.ts'
import type { Vault } from '#core/vault.ts'

/** What a link in an e-mail is for. */
export type LinkPurpose = 'password-reset' | 'email-confirmation' | 'staff-invitation'

/**
 * The code in a link, 160 bits, derived from its row's id with a key of the tenant that lies outside the database in the
 * clear. So the database keeps only {@link hashToken} of it, and a letter that is written twice carries the same link.
 */
export async function linkCode(
  vault: Vault,
  tenantId: string,
  purpose: LinkPurpose,
  id: string,
): Promise<string> {
  const keys = await vault.of(tenantId)
  return keys.lookUpHash(`link ${purpose} ${id}`).subarray(0, 20).toString('base64url')
}

/** What is stored of the code of a new row. */
export async function linkCodeHash(
  vault: Vault,
  tenantId: string,
  purpose: LinkPurpose,
  id: string,
): Promise<string> {
  return hashToken(await linkCode(vault, tenantId, purpose, id))
}
