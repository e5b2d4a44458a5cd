import type { MiddlewareHandler } from 'hono'
import { DomainError } from '#core/errors.ts'
import { isForeignOrigin } from '#core/origin.ts'
import type { ApiEnv } from './context.ts'

/** Nothing here is a page, save the reader: it needs its one sheet. There is no CORS: apps are no browsers. */
const POLICY =
  "default-src 'none'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Keeps browsers from making more of an answer than it is. */
export function shelter(publicUrl: string): MiddlewareHandler<ApiEnv> {
  const secure = publicUrl.startsWith('https:')
  return async (context, next) => {
    context.header('content-security-policy', POLICY)
    context.header('x-content-type-options', 'nosniff')
    context.header('referrer-policy', 'no-referrer')
    context.header('cross-origin-resource-policy', 'same-origin')
    if (secure) context.header('strict-transport-security', 'max-age=31536000; includeSubDomains')
    await next()
  }
}

/** Pages of other sites may send nothing here, whatever token they have got hold of. */
export function refuseForeignOrigins(publicUrl: string): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const { method } = context.req
    if (method !== 'GET' && method !== 'HEAD') {
      const [origin, site, host] = ['origin', 'sec-fetch-site', 'host'].map((name) =>
        context.req.header(name),
      )
      if (isForeignOrigin({ origin, site, host }, publicUrl)) throw new DomainError('request.foreign_origin')
    }
    await next()
  }
}
