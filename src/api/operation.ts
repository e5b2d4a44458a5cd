import { createRoute, type RouteConfig } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { FaultCode } from '#core/errors.ts'
import { NOT_MODIFIED, responsesOf, type Answers } from './responses.ts'
import type { StaffScope } from '#core/db/token-tables.ts'
import { callerOf, machineOf, type ApiEnv } from './context.ts'
import { conditionalHeaders, idempotencyHeaders } from './schemas/fields.ts'

type Request = NonNullable<RouteConfig['request']>

/** What an operation is: one declaration routes it, checks its input and documents it. */
interface Declaration<Path extends string, Input extends Request> {
  method: 'get' | 'post' | 'put' | 'delete'
  path: Path
  /** The operationId: a name that does not tell the method. */
  id: string
  tag: keyof typeof TAGS
  summary: string
  description?: string
  /** `personal` ones need a session's token; a list: a machine's, with one of these scopes. */
  access: 'open' | 'personal' | readonly StaffScope[]
  /** True for what must not be done twice: the caller names the request with an Idempotency-Key. */
  once?: boolean
  /** True for a read that answers If-None-Match: the caller asks again and again. */
  conditional?: boolean
  request?: Input
  answers: Answers
  /** What can go wrong besides what its kind of operation always meets. */
  faults?: readonly FaultCode[]
}

type Access = Declaration<string, Request>['access']

/** The chapters of the document. */
export const TAGS = {
  service: 'The state of the service.',
  entities: 'The entities of this installation, found by their activation code.',
  sessions: 'Signing in and out, going on, and registering.',
  family: 'The parent and the children in their care.',
  wallets: 'The credit of each child for each service, its movements and its code for the counter.',
  'top-ups': 'Paying into wallets.',
  payments: 'What was paid, and the receipts.',
  absences: 'The next days of the children’s services, and the absences that parents announce.',
  attendance: 'For machines with a token of the entity: the lists of classes, and how many meals there are.',
  till: 'For machines with a token of the entity: what families pay at its desk.',
} as const

/** A route that the framework takes; what it answers is typed by the views that make it. */
type Operation<Path extends string, Input extends Request> = {
  method: 'get' | 'post' | 'put' | 'delete'
  path: Path
  request: Input
  responses: RouteConfig['responses']
  getRoutingPath(): string
}

/** Declares an operation: its route, its checks and its page in the document. */
export function operation<const Path extends string, Input extends Request = Request>(
  declaration: Declaration<Path, Input>,
): Operation<Path, Input> {
  const { method, path, id, tag, summary, description, access, once, conditional, request } = declaration
  const guard = guardOf(access)
  const route = createRoute({
    method,
    path,
    operationId: id,
    tags: [tag],
    summary,
    description: description ?? `${summary}.`,
    security: securityOf(access),
    request: {
      ...request,
      ...(once ? { headers: idempotencyHeaders } : {}),
      ...(conditional ? { headers: conditionalHeaders } : {}),
    },
    responses: responsesOf(
      { ...declaration.answers, ...(conditional ? { 304: NOT_MODIFIED } : {}) },
      faultsOf(declaration),
    ),
    ...(guard ? { middleware: guard } : {}),
  })
  return route as unknown as Operation<Path, Input>
}

/** Runs before the input is looked at: who may not call learns nothing of what a call must look like. */
function guardOf(access: Access): MiddlewareHandler<ApiEnv> | undefined {
  if (access === 'open') return undefined
  return async (context, next) => {
    if (access === 'personal') callerOf(context)
    else machineOf(context, ...access)
    await next()
  }
}

function securityOf(access: Access): Record<string, string[]>[] {
  if (access === 'open') return [{}]
  return access === 'personal' ? [{ session: [] }] : [{ staffToken: [...access] }]
}

function faultsOf({
  access,
  once,
  method,
  request,
  faults = [],
}: Declaration<string, Request>): Set<FaultCode> {
  return new Set<FaultCode>([
    ...faults,
    ...(access === 'personal' ? (['sign_in.required'] as const) : []),
    ...(typeof access === 'string' ? [] : (['staff_token.required', 'staff_token.scope'] as const)),
    ...(request?.params ? (['resource.not_found'] as const) : []),
    ...(request?.query ? (['request.invalid'] as const) : []),
    ...(request?.body ? (['request.malformed', 'request.invalid', 'request.too_large'] as const) : []),
    ...(method === 'get' ? [] : (['request.foreign_origin'] as const)),
    ...(once ? (['idempotency.missing', 'idempotency.in_progress', 'idempotency.reused'] as const) : []),
    'request.too_many',
    'internal.failure',
    'service.overloaded',
  ])
}
