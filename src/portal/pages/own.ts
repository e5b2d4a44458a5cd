import { DomainError } from '#core/errors.ts'
import { idFrom } from '#core/ids.ts'
import { findTopUp } from '#core/top-ups/read.ts'
import type { TopUp } from '#core/top-ups/top-up.ts'
import { walletsOfGuardian } from '#tenants/people/wallets.ts'
import type { PortalContext, PortalParts } from '../context.ts'
import { viewerOf } from '../form.ts'

/** The wallets of the signed-in parent's children. */
export async function ownWalletIds({ services }: PortalParts, context: PortalContext): Promise<string[]> {
  const wallets = await walletsOfGuardian(services.pool, context.var.tenant.id, viewerOf(context).accountId)
  return wallets.map(({ id }) => id)
}

/**
 * The top-up that the address names, when it is of the parent's own wallets.
 * @throws DomainError resource.not_found, the same for one of somebody else and one that does not exist
 */
export async function ownTopUp(parts: PortalParts, context: PortalContext): Promise<TopUp> {
  const walletIds = await ownWalletIds(parts, context)
  const topUp = await findTopUp(parts.services.db, context.var.tenant.id, idFrom(context.req.param('id')))
  if (!topUp || !walletIds.includes(topUp.walletId)) throw new DomainError('resource.not_found')
  return topUp
}
