import { DomainError } from '#core/errors.ts'
import type { CartReturn } from '#core/db/schema.ts'
import { recordReturn } from '#core/top-ups/carts.ts'
import { baseOf, type PortalApp, type PortalParts } from '../context.ts'

const OUTCOMES = ['ok', 'annullato', 'errore', 'attesa'] as const satisfies readonly CartReturn[]

/**
 * `/r/{token}/{outcome}`: where Checkout sends the browser back. It only notes the visit and leads on: what was paid
 * is told by receipts.
 */
export function returnRoutes(app: PortalApp, parts: PortalParts): void {
  app.get('/r/:token/:outcome', async (context) => {
    const outcome = OUTCOMES.find((one) => one === context.req.param('outcome'))
    if (!outcome) throw new DomainError('resource.not_found')
    const { services, registry } = parts
    const { tenantId, cart } = await recordReturn(
      services.db,
      context.req.param('token'),
      outcome,
      services.clock.now(),
    )
    const tenant = await registry.byId(tenantId)
    if (!tenant) throw new DomainError('resource.not_found')
    return context.redirect(`${baseOf(tenant)}/carrelli/${cart.id}`, 303)
  })
}
