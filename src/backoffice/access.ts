import type { Hono } from 'hono'
import { DomainError } from '#core/errors.ts'
import type { PageContext, PageEnv } from '#pages/context.ts'
import { FORM_MAX_BYTES, limitBody } from '#pages/middleware.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import type { SignedIn } from '#tenants/sign-in/sessions.ts'
import {
  mayUse,
  OFFICE_PATH,
  OFFICE_ROUTES,
  type Access,
  type OfficeRoute,
  type PublicRoute,
} from './routes.ts'

/** A member of the entity's staff who is signed in to the office. */
export interface Staff {
  readonly accountId: string
  readonly role: StaffRole
}

export type OfficeApp = Hono<PageEnv>
type Answer = Response | Promise<Response>

/** Puts a page on a route of the table, for those whom the table names. */
export function officeRoute(
  app: OfficeApp,
  route: Exclude<OfficeRoute, PublicRoute>,
  handler: (context: PageContext, staff: Staff) => Answer,
): void {
  // The role is asked before a body is read.
  register(
    app,
    route,
    (context) => handler(context, authorized(context, route)),
    (context) => {
      authorized(context, route)
    },
  )
}

/** Puts a page on a route of the table that needs no sign-in. */
export function publicRoute(
  app: OfficeApp,
  route: PublicRoute,
  handler: (context: PageContext) => Answer,
): void {
  register(app, route, handler, () => {})
}

function register(
  app: OfficeApp,
  route: OfficeRoute,
  handler: (context: PageContext) => Answer,
  guard: (context: PageContext) => void,
): void {
  const [method, path] = route.split(' ') as [string, string]
  const { maxBytes = FORM_MAX_BYTES } = OFFICE_ROUTES[route] as Access
  // Home answers with and without its slash.
  const paths = path === '/' ? [OFFICE_PATH, `${OFFICE_PATH}/`] : [OFFICE_PATH + path]
  for (const whole of paths)
    app.on(
      method,
      whole,
      async (context, next) => {
        guard(context)
        await next()
      },
      limitBody(maxBytes),
      (context) => handler(context),
    )
}

/** The signed-in member of staff; undefined for anybody else. */
export function staffOf({ viewer }: { viewer: SignedIn | undefined }): Staff | undefined {
  if (!viewer || viewer.kind !== 'staff' || !viewer.staffRole) return undefined
  return { accountId: viewer.accountId, role: viewer.staffRole as StaffRole }
}

/** @throws DomainError sign_in.required, role.not_allowed */
function authorized(context: PageContext, route: OfficeRoute): Staff {
  const staff = staffOf(context.var)
  if (!staff) throw new DomainError('sign_in.required')
  if (!mayUse(staff.role, route)) throw new DomainError('role.not_allowed')
  return staff
}
