import { ownTopUp as findOwnTopUp, type Owner, type Wish } from '#tenants/people/own.ts'
import type { TopUp } from '#core/top-ups/top-up.ts'
import type { PortalContext, PortalParts } from '../context.ts'
import { viewerOf } from '../form.ts'

/** The signed-in person as the owner of what is asked for. */
export function ownerOf(context: PortalContext): Owner {
  return { tenantId: context.var.tenant.id, accountId: viewerOf(context).accountId }
}

/** The top-up that the address names. @throws DomainError resource.not_found when it is not the reader's to see, or pay */
export async function ownTopUp(
  { services }: PortalParts,
  context: PortalContext,
  wish: Wish,
): Promise<TopUp> {
  return findOwnTopUp(services, ownerOf(context), context.req.param('id'), wish)
}
