import type { Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'

/** @throws DomainError resource.not_found unless the wallet is one of the guardian's children's */
export async function assertGuardianOf(
  tx: Tx,
  tenantId: string,
  accountId: string,
  walletId: string,
): Promise<void> {
  if (!(await isGuardianOf(tx, tenantId, accountId, walletId))) throw new DomainError('resource.not_found')
}

/**
 * By what right somebody tops up a wallet.
 * @returns the invitation; undefined for a guardian, who needs none
 * @throws DomainError resource.not_found for whoever has neither
 */
export async function rightToPay(
  tx: Tx,
  tenantId: string,
  accountId: string,
  walletId: string,
  now: Date,
): Promise<string | undefined> {
  if (await isGuardianOf(tx, tenantId, accountId, walletId)) return undefined
  const invitation = await tx
    .selectFrom('wallets')
    .innerJoin('invitations', (join) =>
      join
        .onRef('invitations.tenant_id', '=', 'wallets.tenant_id')
        .onRef('invitations.child_id', '=', 'wallets.child_id'),
    )
    .select('invitations.id')
    .where('wallets.tenant_id', '=', tenantId)
    .where('wallets.id', '=', walletId)
    .where('invitations.account_id', '=', accountId)
    .where('invitations.revoked_at', 'is', null)
    .where('invitations.returned_at', 'is', null)
    .where('invitations.expires_at', '>', now)
    // Of two that hold, the one that holds longer.
    .orderBy('invitations.expires_at', 'desc')
    .orderBy('invitations.id')
    .executeTakeFirst()
  if (!invitation) throw new DomainError('resource.not_found')
  return invitation.id
}

async function isGuardianOf(tx: Tx, tenantId: string, accountId: string, walletId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('wallets')
    .innerJoin('guardianships', (join) =>
      join
        .onRef('guardianships.tenant_id', '=', 'wallets.tenant_id')
        .onRef('guardianships.child_id', '=', 'wallets.child_id'),
    )
    .select('wallets.id')
    .where('wallets.tenant_id', '=', tenantId)
    .where('wallets.id', '=', walletId)
    .where('guardianships.account_id', '=', accountId)
    .executeTakeFirst()
  return row !== undefined
}
