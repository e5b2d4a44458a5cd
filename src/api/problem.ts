import type { Hook } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import type { Log } from '#core/log.ts'
import type { ApiContext, ApiEnv } from './context.ts'
import { explain, type FieldProblem } from './field-problems.ts'

/** Where a fault's stable name leads: the reader page explains it there. */
export const PROBLEM_BASE = '/api/problems/'

const RETRY_SECONDS = {
  'service.overloaded': 30,
  'upstream.unavailable': 30,
  'request.too_many': 60,
} as const

/** A request that does not have the documented shape, with what is wrong field by field. */
export class InvalidRequest extends DomainError {
  readonly fields: readonly FieldProblem[]
  constructor(fields: readonly FieldProblem[]) {
    super('request.invalid')
    this.fields = fields
  }
}

/**
 * Refuses what does not fit the documented shape. A path that holds no id is the same 404 as an id that does not
 * exist.
 */
export const refuseInvalid: Hook<unknown, ApiEnv, string, void> = (result, context) => {
  if (result.success) return
  if (result.target === 'param') throw new DomainError('resource.not_found')
  if (result.target === 'header' && context.req.header('idempotency-key') === undefined)
    throw new DomainError('idempotency.missing')
  const raw = 'data' in result ? result.data : undefined
  throw new InvalidRequest(explain(result.error.issues, raw, context.var.language))
}

/** Answers any error as problem+json (RFC 9457), in the caller's language; a failure of ours is logged. */
export function problem(log: Log, context: ApiContext, thrown: unknown): Response {
  const error = thrown instanceof HTTPException ? faultOf(thrown) : thrown
  const { requestId, language } = context.var
  const { code, status, title, detail } = faultText(error, language)
  if (status >= 500) log.error({ error, requestId, route: context.req.routePath }, 'request failed')
  if (status === 401) context.header('www-authenticate', 'Bearer')
  if (code in RETRY_SECONDS) context.header('retry-after', String(retrySeconds(error, code as Retryable)))
  const fields = error instanceof InvalidRequest ? { errors: error.fields } : {}
  const body = { type: PROBLEM_BASE + code, title, status, detail, code, requestId, ...fields }
  return context.body(JSON.stringify(body), status as ContentfulStatusCode, {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-language': language,
    'cache-control': 'no-store',
  })
}

type Retryable = keyof typeof RETRY_SECONDS

function retrySeconds(error: unknown, code: Retryable): number {
  const told = error instanceof DomainError ? error.details.seconds : undefined
  return typeof told === 'number' ? told : RETRY_SECONDS[code]
}

/** What the framework refuses by itself: a body that is no JSON, or is said to be something else. */
function faultOf(error: HTTPException): Error {
  if (error.status === 413) return new DomainError('request.too_large')
  return error.status < 500 ? new DomainError('request.malformed') : error
}
