import { z } from '@hono/zod-openapi'
import { FAULTS, type FaultCode } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { problemSchema } from './schemas/problem.ts'

type Headers = Record<string, { $ref: string }>

/** One response of an operation, as the document shows it. */
interface Answer {
  description: string
  headers?: Headers
  content?: Record<string, { schema: z.ZodType }>
}
export type Answers = Record<number, Answer>

const reference = (name: string) => ({ $ref: `#/components/headers/${name}` })

/** Headers of every answer to who may call: how much of the minute's quota is left. */
const LIMIT_HEADERS = {
  'RateLimit-Limit': reference('RateLimitLimit'),
  'RateLimit-Remaining': reference('RateLimitRemaining'),
  'RateLimit-Reset': reference('RateLimitReset'),
}
const CACHE_HEADER = { 'Cache-Control': reference('CacheControl') }
const RETRY_HEADER = { 'Retry-After': reference('RetryAfter') }

/** Documented once, under components. */
export const HEADER_COMPONENTS = {
  RateLimitLimit: countHeader('Requests allowed in the present minute.'),
  RateLimitRemaining: countHeader('Requests left in the present minute.'),
  RateLimitReset: countHeader('Seconds until the count begins anew.'),
  RetryAfter: countHeader('Seconds to wait before trying again.'),
  CacheControl: textHeader(
    'no-store for what is personal; max-age in seconds for what anybody may keep.',
    60,
  ),
  EntityTag: textHeader('Names this state of the answer, for If-None-Match.', 80),
  NextPage: textHeader('The address of the next page, rel="next" (RFC 8288); absent on the last one.', 500),
}

/** An answer with a JSON body. */
export function jsonAnswer(description: string, schema: z.ZodType, headers: Headers = {}): Answer {
  return { description, headers, content: { 'application/json': { schema } } }
}

/** The same, for operations that answer If-None-Match, and for lists in pages. */
export const ETAG_HEADER = { ETag: reference('EntityTag') }
export const LINK_HEADER = { Link: reference('NextPage') }

/** To a conditional request. */
export const NOT_MODIFIED: Answer = { description: 'Nothing has changed.', headers: ETAG_HEADER }

/** A PDF to save. */
export const PDF_ANSWER: Answer = {
  description: 'The document, to be saved.',
  content: { 'application/pdf': { schema: z.string().openapi({ format: 'binary' }) } },
}

/** An operation's whole table of responses: its answers, and its faults grouped by status. */
export function responsesOf(answers: Answers, faults: ReadonlySet<FaultCode>): Answers {
  const t = translator('en')
  const byStatus = Map.groupBy([...faults], (code) => FAULTS[code].status)
  const problems = [...byStatus].map(([status, codes]) => {
    const lines = codes.map((code) => `- \`${code}\`: ${t(`fault.${code}`)}.`)
    const answer = {
      description: lines.join('\n'),
      headers: { ...limitHeadersOf(status), ...(status === 429 || status >= 502 ? RETRY_HEADER : {}) },
      content: { 'application/problem+json': { schema: problemSchema } },
    }
    return [status, answer] as const
  })
  const limited = Object.entries(answers).map(([status, answer]) => {
    const headers = { ...limitHeadersOf(Number(status)), ...CACHE_HEADER, ...answer.headers }
    return [status, { ...answer, headers }] as const
  })
  return Object.fromEntries<Answer>([...limited, ...problems])
}

function limitHeadersOf(status: number): Headers {
  return status < 500 ? LIMIT_HEADERS : {}
}

function countHeader(description: string) {
  return {
    description,
    schema: { type: 'integer', format: 'int32', minimum: 0, maximum: 2_147_483_647 },
  } as const
}

function textHeader(description: string, maxLength: number) {
  return { description, schema: { type: 'string', maxLength, pattern: '^[ -~]*$' } } as const
}
