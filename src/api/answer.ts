import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { entityTag, namesTag } from '#core/entity-tag.ts'
import { once } from '#core/idempotency.ts'
import { callerOf, type ApiContext, type ApiParts } from './context.ts'

/** What holds of one person is kept by nobody on the way. */
const PERSONAL = 'no-store'

/** A personal answer. */
export function answer(context: ApiContext, body: object, status: ContentfulStatusCode = 200): Response {
  context.header('cache-control', PERSONAL)
  return context.json(body, status)
}

/** A read that is asked again and again: it carries a strong ETag, and 304 says that nothing has changed. */
export function conditionalAnswer(context: ApiContext, body: object, cacheControl = PERSONAL): Response {
  const text = JSON.stringify(body)
  const tag = entityTag(text)
  context.header('etag', tag)
  context.header('cache-control', cacheControl)
  if (namesTag(context.req.header('if-none-match'), tag)) return context.body(null, 304)
  return context.body(text, 200, { 'content-type': 'application/json' })
}

/** A PDF to save, for its owner alone. */
export function pdfAnswer(context: ApiContext, pdf: Uint8Array, fileName: string): Response {
  context.header('cache-control', PERSONAL)
  context.header('content-disposition', `attachment; filename="${fileName}"`)
  return context.body(new Uint8Array(pdf), 200, { 'content-type': 'application/pdf' })
}

/**
 * Does the work of a request once, under the caller's Idempotency-Key: a repetition gets the first one's answer, byte
 * for byte. A key belongs to one operation and one content.
 * @throws DomainError idempotency.reused, idempotency.in_progress, and what the work throws
 */
export async function answerOnce(
  { services }: ApiParts,
  context: ApiContext,
  content: unknown,
  status: ContentfulStatusCode,
  work: () => Promise<object>,
): Promise<Response> {
  const request = {
    ...askerOf(context),
    content: JSON.stringify([context.req.method, context.req.path, content]),
  }
  // As text: the database would put the fields of JSON in an order of its own.
  const stored = await once(services.db, request, services.clock.now(), async () => ({
    status,
    body: JSON.stringify(await work()),
  }))
  context.header('cache-control', PERSONAL)
  return context.body(stored.body as string, stored.status as ContentfulStatusCode, {
    'content-type': 'application/json',
  })
}

/** Who asks, and the name of the request. The portal's forms have keys of their own, and so has each machine of a colleague. */
function askerOf(context: ApiContext): { tenantId: string; accountId: string; key: string } {
  const { machine: found } = context.var
  const key = `api ${context.req.header('idempotency-key')}`
  if (!found) {
    const { tenant, viewer } = callerOf(context)
    return { tenantId: tenant.id, accountId: viewer.accountId, key }
  }
  const { tokenId, accountId } = found.machine
  return { tenantId: found.tenant.id, accountId, key: `${tokenId} ${key}` }
}

/** Tells where the next page is, as RFC 8288 does. */
export function linkNext(context: ApiContext, cursor: string | null): void {
  if (cursor === null) return
  const { pathname, searchParams } = new URL(context.req.url)
  searchParams.set('cursor', cursor)
  context.header('link', `<${pathname}?${searchParams.toString()}>; rel="next"`)
}
