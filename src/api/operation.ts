import { createRoute, type RouteConfig } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { FaultCode } from '#core/errors.ts'
import { NOT_MODIFIED, responsesOf, type Answers } from './responses.ts'
import { callerOf, type ApiEnv } from './context.ts'
import { conditionalHeaders, idempotencyHeaders } from './schemas/fields.ts'

type Request = NonNullable<RouteConfig['request']>

/** What an operation is: one declaration routes it, checks its input and documents it. */
interface Declaration<Path extends string, Input extends Request> {
  method: 'get' | 'post' | 'delete'
  path: Path
  /** The operationId: a name that does not tell the method. */
  id: string
  tag: keyof typeof TAGS
  summary: string
  description?: string
  /** `personal` ones need a session's token. */
  access: 'open' | 'personal'
  /** True for what must not be done twice: the caller names the request with an Idempotency-Key. */
  once?: boolean
  /** True for a read that answers If-None-Match: the caller asks again and again. */
  conditional?: boolean
  request?: Input
  answers: Answers
  /** What can go wrong besides what its kind of operation always meets. */
  faults?: readonly FaultCode[]
}

/** The chapters of the document. */
export const TAGS = {
  service: 'The state of the service.',
  entities: 'The entities of this installation, found by their activation code.',
  sessions: 'Signing in and out, going on, and registering.',
  family: 'The parent and the children in their care.',
  wallets: 'The credit of each child for each service, its movements and its code for the counter.',
  'top-ups': 'Paying into wallets.',
  payments: 'What was paid, and the receipts.',
} as const

/** A route that the framework takes; what it answers is typed by the views that make it. */
type Operation<Path extends string, Input extends Request> = {
  method: 'get' | 'post' | 'delete'
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
  const isPersonal = access === 'personal'
  const route = createRoute({
    method,
    path,
    operationId: id,
    tags: [tag],
    summary,
    description: description ?? `${summary}.`,
    security: isPersonal ? [{ session: [] }] : [{}],
    request: {
      ...request,
      ...(once ? { headers: idempotencyHeaders } : {}),
      ...(conditional ? { headers: conditionalHeaders } : {}),
    },
    responses: responsesOf(
      { ...declaration.answers, ...(conditional ? { 304: NOT_MODIFIED } : {}) },
      faultsOf(declaration),
    ),
    ...(isPersonal ? { middleware: requireCaller } : {}),
  })
  return route as unknown as Operation<Path, Input>
}

/** Runs before the input is looked at: who may not call learns nothing of what a call must look like. */
const requireCaller: MiddlewareHandler<ApiEnv> = async (context, next) => {
  callerOf(context)
  await next()
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
