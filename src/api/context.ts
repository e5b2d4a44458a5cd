import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Payer } from '#core/channel.ts'
import { DomainError } from '#core/errors.ts'
import type { Language } from '#core/i18n.ts'
import type { Services } from '#core/services.ts'
import type { StaffScope } from '#core/db/token-tables.ts'
import type { Tenant } from '#core/tenant.ts'
import type { Cashier } from '#tenants/cashier.ts'
import type { IdentityHouse } from '#tenants/identity/open.ts'
import type { Attempts } from '#tenants/sign-in/attempts.ts'
import type { Machine } from '#tenants/staff/tokens.ts'
import type { TenantRegistry } from '#tenants/registry.ts'
import type { Sessions, SignedIn } from '#tenants/sign-in/sessions.ts'

/** What the API is given. */
export interface ApiParts {
  readonly services: Services
  readonly registry: TenantRegistry
  readonly sessions: Sessions
  readonly cashier: Cashier
  readonly attempts: Attempts
  readonly identity: IdentityHouse
}

/** The parent behind a request and the entity that their token names. */
export interface Caller {
  readonly tenant: Tenant
  readonly viewer: SignedIn
}

/** The machine behind a request and the entity that its token names. */
export interface MachineCaller {
  readonly tenant: Tenant
  readonly machine: Machine
}

/** What a request knows of itself once the middleware has run. */
export interface ApiVariables {
  requestId: string
  language: Language
  caller: Caller | undefined
  machine: MachineCaller | undefined
}

export type ApiEnv = { Variables: ApiVariables }
export type ApiContext = Context<ApiEnv>
export type Api = OpenAPIHono<ApiEnv>

/** Who calls. The tenant of a request is never told by anything else than the token. @throws DomainError sign_in.required */
export function callerOf(context: ApiContext): Caller {
  const { caller } = context.var
  if (!caller) throw new DomainError('sign_in.required')
  return caller
}

/**
 * Which machine calls, with a token that may do one of these things.
 * @throws DomainError staff_token.required, staff_token.scope
 */
export function machineOf(context: ApiContext, ...scopes: readonly StaffScope[]): MachineCaller {
  const { machine: found } = context.var
  if (!found) throw new DomainError('staff_token.required')
  if (!scopes.some((scope) => found.machine.scopes.includes(scope)))
    throw new DomainError('staff_token.scope', { scope: scopes.join(', ') })
  return found
}

/** The signed-in parent as the one who pays. @throws DomainError sign_in.required */
export function payerOf(context: ApiContext): Payer {
  const { accountId, email } = callerOf(context).viewer
  return { accountId, email, language: context.var.language }
}

/** The signed-in parent as the owner of what is asked for. @throws DomainError sign_in.required */
export function ownerOf(context: ApiContext): { tenantId: string; accountId: string } {
  const { tenant, viewer } = callerOf(context)
  return { tenantId: tenant.id, accountId: viewer.accountId }
}
