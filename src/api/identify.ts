import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { LANGUAGES, negotiateLanguage } from '#core/i18n.ts'
import { isId } from '#core/ids.ts'
import { findMachine, tenantOfToken } from '#tenants/staff/tokens.ts'
import { findSignedIn } from '#tenants/sign-in/sign-in.ts'
import type { ApiEnv, ApiParts, Caller, MachineCaller } from './context.ts'

/** Gives every request a name, a language, and the parent or the machine whose token it carries. */
export function identify(parts: ApiParts): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    context.set('requestId', randomUUID())
    const spoken = context.req.header('accept-language')
    context.set('language', negotiateLanguage(spoken, LANGUAGES))
    const token = bearer(context.req.header('authorization'))
    const machine = await findMachineCaller(parts, token)
    const caller = machine ? undefined : await findCaller(parts, token)
    context.set('machine', machine)
    context.set('caller', caller)
    const tenant = (machine ?? caller)?.tenant
    if (tenant) context.set('language', negotiateLanguage(spoken, tenant.policies.languages))
    await next()
    context.header('vary', 'Accept-Language')
  }
}

function bearer(authorization: string | undefined): string {
  return /^Bearer +([!-~]{1,200})$/i.exec(authorization ?? '')?.[1] ?? ''
}

/** Machines work for their office as long as there is one: until the entity is closed. */
async function findMachineCaller(
  { registry, services }: ApiParts,
  token: string,
): Promise<MachineCaller | undefined> {
  const tenantId = tenantOfToken(token)
  const tenant = tenantId === undefined ? undefined : await registry.byId(tenantId)
  if (!tenant || tenant.state === 'closed') return undefined
  const machine = await findMachine(services, tenant.id, token)
  return machine && { tenant, machine }
}

/**
 * The entity comes from the token, and the session is looked for in that entity alone. A token of a browser's session,
 * or of a member of the staff, opens nothing here.
 */
async function findCaller(
  { registry, sessions, services }: ApiParts,
  token: string,
): Promise<Caller | undefined> {
  const [tenantId = ''] = token.split('.')
  if (!isId(tenantId)) return undefined
  const tenant = await registry.byId(tenantId)
  if (!tenant) return undefined
  const viewer = await findSignedIn(sessions, tenant, token, 'app', services.clock.now())
  return viewer?.kind === 'guardian' ? { tenant, viewer } : undefined
}
