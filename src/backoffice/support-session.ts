import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { PageContext, PageEnv } from '#pages/context.ts'
import { noteSupportWrite, supportOf } from '#tenants/support/enter.ts'
import { mayUse, OFFICE_PATH, OFFICE_ROUTES, type OfficeRoute } from './routes.ts'
import type { OfficeParts } from './context.ts'

/**
 * Holds an operator's session to the entity's leave: it is asked for with every page, and what the operator changes is
 * written into both logs before it is done.
 */
export function supportSession({ services }: OfficeParts): MiddlewareHandler<PageEnv> {
  return async (context, next) => {
    const { viewer, tenant } = context.var
    if (viewer?.method !== 'support') return next()
    const support = await supportOf(services, tenant.id, viewer.sessionId)
    if (!support) {
      context.set('viewer', undefined)
      return next()
    }
    context.set('support', support)
    const route = routeOf(context)
    const changes = !['GET', 'HEAD'].includes(context.req.method)
    const isWork = route !== undefined && OFFICE_ROUTES[route].for !== 'anybody'
    if (changes && isWork && mayUse(support.role, route))
      await noteSupportWrite(services, tenant.id, support, route)
    return next()
  }
}

/** The route of the office's table that the request goes to. */
function routeOf(context: PageContext): OfficeRoute | undefined {
  const { method } = context.req
  const names = matchedRoutes(context).map(({ path }) => `${method} ${path.slice(OFFICE_PATH.length) || '/'}`)
  return names.find((name): name is OfficeRoute => name in OFFICE_ROUTES)
}
