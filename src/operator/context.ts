import type { Context, Hono } from 'hono'
import type { PageParts, PageVariables } from '#pages/context.ts'
import type { OperatorAttempts } from '#tenants/operators/attempts.ts'
import type { Operator, OperatorSessions } from '#tenants/operators/sessions.ts'

/** What the installation's own pages are given: those of no entity. */
export interface OperatorParts extends Pick<PageParts, 'services' | 'forms' | 'assets'> {
  readonly sessions: OperatorSessions
  readonly attempts: OperatorAttempts
}

/** No entity's name is in these addresses: `tenant` and `viewer` stay empty. */
export type OperatorEnv = { Variables: PageVariables & { operator?: Operator | undefined } }
export type OperatorContext = Context<OperatorEnv>
export type OperatorApp = Hono<OperatorEnv>

/** Where they lie; no entity can have this name. */
export const OPERATOR_PATH = '/gestione'
