import type { Context } from 'hono'
import { z } from 'zod'
import type { NoticeKey } from '../node/pagopa-node.ts'

export type ErrorStatus = 400 | 401 | 404 | 409 | 410 | 413 | 422

/** The request cannot be served; shown as a problem document or as a page, in its own words. */
export class RequestError extends Error {
  readonly status: ErrorStatus
  readonly title: string
  constructor(status: ErrorStatus, title: string, detail: string) {
    super(detail)
    this.status = status
    this.title = title
  }
}

/** Reads and checks a JSON body. @throws RequestError 400 listing every problem */
export async function readJson<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  return checked(await parseJson(c), schema)
}

/** Reads a JSON body as it is. @throws RequestError 400 when it is no JSON */
export async function parseJson(c: Context): Promise<unknown> {
  const text = await c.req.text()
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new RequestError(
      400,
      'Request validation error',
      `The body is not JSON: ${(error as SyntaxError).message}`,
    )
  }
}

/** Checks a value against a schema. @throws RequestError 400 listing every problem */
export function checked<S extends z.ZodType>(value: unknown, schema: S): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
  throw new RequestError(400, 'Request validation error', lines.join('; '))
}

/** Reads the text fields of a posted form, trimmed; an absent field is ''. */
export async function readForm<Name extends string>(
  c: Context,
  ...names: Name[]
): Promise<Record<Name, string>> {
  const body = await c.req.parseBody()
  const entries = names.map((name) => {
    const value = body[name]
    return [name, typeof value === 'string' ? value.trim() : '']
  })
  return Object.fromEntries(entries) as Record<Name, string>
}

/** A notice as the JSON API names it. */
export const noticeKeySchema = z.object({
  fiscalCode: z.string().regex(/^\d{11}$/, 'must be 11 digits'),
  noticeNumber: z.string().regex(/^\d{18}$/, 'must be 18 digits'),
})

/** Reads the text of a notice's QR code, `PAGOPA|002|notice|creditor|cents`; undefined when it is none. */
export function readNoticeQr(text: string): NoticeKey | undefined {
  const match = /^PAGOPA\|002\|(\d{18})\|(\d{11})\|\d{2,10}$/.exec(text.trim())
  return match ? { noticeNumber: match[1]!, fiscalCode: match[2]! } : undefined
}
