import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { LANGUAGES, negotiateLanguage } from '#core/i18n.ts'
import { isId } from '#core/ids.ts'
import { findSignedIn } from '#tenants/sign-in/sign-in.ts'
import type { ApiEnv, ApiParts, Caller } from './context.ts'

/** Gives every request a name, a language, and the parent whose token it carries. */
export function identify(parts: ApiParts): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    context.set('requestId', randomUUID())
    const spoken = context.req.header('accept-language')
    context.set('language', negotiateLanguage(spoken, LANGUAGES))
    const caller = await findCaller(parts, context.req.header('authorization'))
    context.set('caller', caller)
    if (caller) context.set('language', negotiateLanguage(spoken, caller.tenant.policies.languages))
    await next()
    context.header('vary', 'Accept-Language')
  }
}

/**
 * The entity comes from the token, and the session is looked for in that entity alone. A token of a browser's session,
 * or of a member of the staff, opens nothing here.
 */
async function findCaller(
  { registry, sessions, services }: ApiParts,
  authorization: string | undefined,
): Promise<Caller | undefined> {
  const [, token = ''] = /^Bearer +([!-~]{1,200})$/i.exec(authorization ?? '') ?? []
  const [tenantId = ''] = token.split('.')
  if (!isId(tenantId)) return undefined
  const tenant = await registry.byId(tenantId)
  if (!tenant) return undefined
  const viewer = await findSignedIn(sessions, tenant, token, 'app', services.clock.now())
  return viewer?.kind === 'guardian' ? { tenant, viewer } : undefined
}
