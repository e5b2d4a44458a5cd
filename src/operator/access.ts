import { DomainError } from '#core/errors.ts'
import type { Operator } from '#tenants/operators/sessions.ts'
import { OPERATOR_PATH, type OperatorApp, type OperatorContext } from './context.ts'

/** Every route of the installation's pages, and for whom: the matrix of their test asks each as everybody. */
export const OPERATOR_ROUTES = {
  'GET /accedi': 'anybody',
  'POST /accedi': 'anybody',
  'GET /accedi/codice': 'anybody',
  'POST /accedi/codice': 'anybody',
  'GET /accedi/secondo-fattore': 'anybody',
  'POST /accedi/secondo-fattore': 'anybody',
  'POST /esci': 'anybody',
  'GET /': 'operator',
  'GET /registro': 'operator',
  'GET /enti/nuovo': 'operator',
  'POST /enti/nuovo': 'operator',
  'GET /enti/:slug': 'operator',
  'GET /enti/:slug/stato': 'operator',
  'POST /enti/:slug/stato': 'operator',
  'POST /enti/:slug/inviti': 'operator',
  'POST /enti/:slug/inviti/:id/ancora': 'operator',
  'POST /enti/:slug/inviti/:id/revoca': 'operator',
  'POST /enti/:slug/assistenza': 'operator',
  'GET /lavori': 'operator',
  'POST /lavori': 'operator',
  'GET /code': 'operator',
  'GET /code/*': 'operator',
} as const satisfies Record<string, 'anybody' | 'operator'>

export type OperatorRoute = keyof typeof OPERATOR_ROUTES
type Public = {
  [Route in OperatorRoute]: (typeof OPERATOR_ROUTES)[Route] extends 'anybody' ? Route : never
}[OperatorRoute]
type Answer = Response | Promise<Response>

/** Puts a page on a route of the table, for operators alone. */
export function operatorRoute(
  app: OperatorApp,
  route: Exclude<OperatorRoute, Public>,
  handler: (context: OperatorContext, operator: Operator) => Answer,
): void {
  register(app, route, (context) => {
    const { operator } = context.var
    if (!operator) throw new DomainError('sign_in.required')
    return handler(context, operator)
  })
}

/** Puts a page on a route of the table that needs no sign-in. */
export function publicRoute(
  app: OperatorApp,
  route: Public,
  handler: (context: OperatorContext) => Answer,
): void {
  register(app, route, handler)
}

function register(
  app: OperatorApp,
  route: OperatorRoute,
  handler: (context: OperatorContext) => Answer,
): void {
  const [method, path] = route.split(' ') as [string, string]
  // Home answers with and without its slash.
  const paths = path === '/' ? [OPERATOR_PATH, `${OPERATOR_PATH}/`] : [OPERATOR_PATH + path]
  for (const whole of paths) app.on(method, whole, (context) => handler(context))
}
