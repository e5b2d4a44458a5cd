import { ownTopUp as findOwnTopUp } from '#tenants/people/own.ts'
import { walletsOfGuardian } from '#tenants/people/wallets.ts'
import type { TopUp } from '#core/top-ups/top-up.ts'
import type { PortalContext, PortalParts } from '../context.ts'
import { viewerOf } from '../form.ts'

/** The wallets of the signed-in parent's children. */
export async function ownWalletIds({ services }: PortalParts, context: PortalContext): Promise<string[]> {
  const wallets = await walletsOfGuardian(services.pool, context.var.tenant.id, viewerOf(context).accountId)
  return wallets.map(({ id }) => id)
}

/** The top-up that the address names. @throws DomainError resource.not_found when it is not the parent's own */
export async function ownTopUp({ services }: PortalParts, context: PortalContext): Promise<TopUp> {
  const owner = { tenantId: context.var.tenant.id, accountId: viewerOf(context).accountId }
  return findOwnTopUp(services, owner, context.req.param('id'))
}
