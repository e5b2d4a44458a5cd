import type { Proof } from '#tenants/sign-in/sessions.ts'
import type { PageContext, PageParts } from './context.ts'
import { keepSession, sessionToken, type CookieFace } from './session-cookie.ts'

/** Somebody who has just proved who they are. */
export interface Arrival {
  readonly accountId: string
  readonly proof: Proof
}

/**
 * Begins the session of whoever has just proved who they are, gives it to the browser, and sends the browser on. A
 * session that it had before ends: no session's name outlives a sign-in.
 * @param next a path of the face, from safeNext()
 */
export async function arrive(
  { services, sessions }: PageParts,
  context: PageContext,
  face: CookieFace,
  { accountId, proof }: Arrival,
  next: string,
): Promise<Response> {
  const former = sessionToken(context, face, services.config)
  const { token } = await sessions.begin(context.var.tenant.id, accountId, face, proof)
  if (former?.startsWith(`${context.var.tenant.id}.`)) await sessions.end(former)
  keepSession(context, face, services.config, token)
  return context.redirect(next, 303)
}
