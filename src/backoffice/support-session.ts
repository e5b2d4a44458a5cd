import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { PageContext, PageEnv } from '#pages/context.ts'
import { supportOf } from '#tenants/support/enter.ts'
import { noteSupportAct, type SupportAct } from '#tenants/support/log.ts'
import { subjectOf, tellsOfFamilies } from './family-pages.ts'
import { mayUse, OFFICE_PATH, OFFICE_ROUTES, type OfficeRoute } from './routes.ts'
import type { OfficeParts } from './context.ts'

/**
 * Holds an operator's session to the entity's leave, which is asked for with every page. What the operator tries to
 * change is written into both logs before, and what came of it after; so is every page that tells of families, before
 * it leaves the house: one that cannot be written down is not shown.
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
    if (!route || OFFICE_ROUTES[route].for === 'anybody' || !mayUse(support.role, route)) return next()
    const subject = subjectOf(route, context.req.path)
    const note = (action: SupportAct['action'], status?: number) =>
      noteSupportAct(services, tenant.id, support, {
        action,
        route,
        subject,
        ...(status !== undefined && { status }),
      })
    const changes = context.req.method !== 'GET'
    if (changes) await note('support.tried')
    await next()
    const { status } = context.res
    if (changes) await note(isDone(context.res) ? 'support.wrote' : 'support.refused', status)
    else if (status === 200 && tellsOfFamilies(route)) await note('support.read', status)
  }
}

/** Whether an answer says that what was asked for has been done: who comes second is led to the first one's decision. */
function isDone({ status, headers }: Response): boolean {
  return status < 400 && !/[?&]fatto=gia-/.test(headers.get('location') ?? '')
}

/** The route of the office's table that the request goes to; undefined for HEAD, which shows nothing. */
function routeOf(context: PageContext): OfficeRoute | undefined {
  const { method } = context.req
  const names = matchedRoutes(context)
    // What is asked of every address, shorter than the office's own, is no page of it.
    .filter(({ path }) => path.startsWith(OFFICE_PATH))
    .map(({ path }) => `${method} ${path.slice(OFFICE_PATH.length) || '/'}`)
  return names.find((name): name is OfficeRoute => name in OFFICE_ROUTES)
}
