import { baseOf, type PortalContext, type PortalParts } from '../context.ts'
import { viewerOf } from '../form.ts'
import { frame, page } from '../frame.ts'

/** Instead of RICARICA while the entity takes no top-ups: why, in the entity's words. */
export function pausedPage(parts: PortalParts, context: PortalContext, status: 200 | 403 = 200): Response {
  viewerOf(context)
  const { tenant } = context.var
  const view = {
    // The page itself says what the banner says elsewhere.
    ...frame(parts, context, 'top-up'),
    alerts: [],
    entity: tenant.name,
    reason: tenant.stateReason,
    homeHref: `${baseOf(tenant)}/`,
  }
  return page(parts, context, 'top-up-paused', view, status)
}
