import type { Context, Hono } from 'hono'
import type { PageParts, PageVariables } from '#pages/context.ts'
import type { PaymentChannel } from '#core/channel.ts'
import type { Queues } from '#core/jobs/queue.ts'
import type { OperatorAttempts } from '#tenants/operators/attempts.ts'
import type { Operator, OperatorSessions } from '#tenants/operators/sessions.ts'
import type { TenantRegistry } from '#tenants/registry.ts'
import type { Attempts } from '#tenants/sign-in/attempts.ts'
import type { Sessions } from '#tenants/sign-in/sessions.ts'
import type { Preflight } from '#tenants/states.ts'

/** What the installation's own pages are given: those of no entity. */
export interface OperatorParts extends Pick<PageParts, 'services' | 'forms' | 'assets'> {
  readonly sessions: OperatorSessions
  readonly attempts: OperatorAttempts
  readonly registry: TenantRegistry
  /** The queues, to look into. */
  readonly queues: Queues
  /** What an entity lacks before it goes live. */
  readonly preflight: Preflight
  /** What a new entity is offered. */
  readonly channels: readonly PaymentChannel[]
  /** Of the entities' offices, where operators help by their leave. */
  readonly office: { readonly sessions: Sessions; readonly attempts: Attempts }
}

/** No entity's name is in these addresses: `tenant` and `viewer` stay empty. */
export type OperatorEnv = { Variables: PageVariables & { operator?: Operator | undefined } }
export type OperatorContext = Context<OperatorEnv>
export type OperatorApp = Hono<OperatorEnv>

/** Where they lie; no entity can have this name. */
export const OPERATOR_PATH = '/gestione'
