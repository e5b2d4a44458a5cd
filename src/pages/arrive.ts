import type { ProofColumns } from '#core/db/session-tables.ts'
import { issueAppCode } from '#tenants/sign-in/app-codes.ts'
import { browserLabel } from '#tenants/sign-in/device.ts'
import { columnsOf, type Proof } from '#tenants/sign-in/proof.ts'
import { appAddress, dropAppRequest, pendingAppRequest, type AppRequest } from './app-request.ts'
import type { PageContext, PageParts } from './context.ts'
import { keepSession, sessionToken, type CookieFace } from './session-cookie.ts'

/** Somebody who has just proved who they are. */
export interface Arrival {
  readonly accountId: string
  readonly proof: Proof
}

/**
 * Where every way in ends. Begins the session of whoever has just proved who they are, gives it to the browser, and sends
 * the browser on. A session that it had before ends: no session's name outlives a sign-in. Where an app has sent the
 * browser, nothing begins here: the browser goes back to the app with a one-time code.
 * @param next a path of the face, from safeNext()
 */
export async function arrive(
  parts: PageParts,
  context: PageContext,
  face: CookieFace,
  arrival: Arrival,
  next: string,
): Promise<Response> {
  const app = face === 'portal' ? pendingAppRequest(parts.services, context) : undefined
  const { accountId, proof } = arrival
  if (app) return returnToApp(parts, context, app, { accountId, proof: columnsOf(proof) })
  await takeIn(parts, context, face, arrival)
  return context.redirect(next, 303)
}

/** Begins the session and gives it to the browser with whatever is answered; the former one ends. */
export async function takeIn(
  { services, sessions }: PageParts,
  context: PageContext,
  face: CookieFace,
  { accountId, proof }: Arrival,
): Promise<void> {
  const { tenant } = context.var
  const former = sessionToken(context, face, services.config)
  const device = browserLabel(context.req.header('user-agent'))
  const { token } = await sessions.begin(tenant.id, accountId, face, proof, device)
  if (former?.startsWith(`${tenant.id}.`)) await sessions.end(former)
  keepSession(context, face, services.config, token)
}

/** Sends the browser back to the app that waits for it, which thereby waits no longer. */
export async function returnToApp(
  { services }: PageParts,
  context: PageContext,
  app: AppRequest,
  { accountId, proof }: { accountId: string; proof: ProofColumns },
): Promise<Response> {
  const tenantId = context.var.tenant.id
  const code = await issueAppCode(services.db, { tenantId, accountId, proof }, app, services.clock.now())
  dropAppRequest(services, context)
  context.header('cache-control', 'no-store')
  return context.redirect(appAddress(app, code), 303)
}
