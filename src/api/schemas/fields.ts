import { z } from '@hono/zod-openapi'
import { MAX_CENTS } from '#core/money.ts'

const MAX = Number(MAX_CENTS)

/** An id of ours. */
export const id = z.uuid().openapi({ example: '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071' })

/** Whole cents of something asked or paid. */
export const amountCents = z
  .int()
  .min(1)
  .max(MAX)
  .openapi({ format: 'int64', description: 'Whole euro cents.', example: 2500 })

/** Whole cents that may also be none. */
export const zeroOrMoreCents = z
  .int()
  .min(0)
  .max(MAX)
  .openapi({ format: 'int64', description: 'Whole euro cents.' })

/** Whole cents with a sign. */
export const signedCents = z
  .int()
  .min(-MAX)
  .max(MAX)
  .openapi({ format: 'int64', description: 'Whole euro cents; below zero for what is owed or taken.' })

export const currency = z.enum(['EUR'])
export const day = z.iso.date().openapi({ description: 'A calendar day in Rome.', example: '2026-11-23' })
export const instant = z.iso.datetime().openapi({ description: 'An instant in UTC.' })
export const noticeNumber = z
  .string()
  .regex(/^\d{18}$/)
  .max(18)
  .openapi({ description: 'Codice avviso, 18 digits.', example: '301000000000012345' })
export const creditorFiscalCode = z
  .string()
  .regex(/^\d{11}$/)
  .max(11)
  .openapi({ description: 'Codice fiscale ente creditore, 11 digits.' })
export const activationCode = z
  .string()
  .regex(/^\d{10}$/)
  .max(10)
  .openapi({ description: 'The 10 digits on the leaflet of the entity.', example: '1287764115' })

/** A line of text that somebody may type: no control characters, which no database and no document wants. */
export function line(maximum: number) {
  return z
    .string()
    .max(maximum)
    .regex(/^[ -~\u00a0-\uffff]*$/)
}

/** A text of ours in an answer, or none. */
export function textOrNone(maximum: number) {
  return z.string().max(maximum).nullable()
}

export function channelId() {
  return z
    .string()
    .max(40)
    .regex(/^[a-z][a-z0-9-]*$/)
    .openapi({ description: 'A way to pay, as the entity lists it.', example: 'pagopa-online' })
}

/** The path of what has an id. */
export const idPath = z.strictObject({ id })

/** What names a request that must not be done twice. */
export const idempotencyHeaders = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(200)
    .regex(/^[!-~]+$/)
    .openapi({
      description:
        'Made by the caller for this request, for example a UUID, and sent again when the request is repeated: the ' +
        'answer is then the first one’s. Kept for 24 hours.',
      example: '5f1c2b7e-3d8a-4c6f-9a52-0c5f4b7d9e11',
    }),
})

/** The headers of a conditional request. */
export const conditionalHeaders = z.object({
  'If-None-Match': z
    .string()
    .max(200)
    .regex(/^[ -~]*$/)
    .optional()
    .openapi({ description: 'The ETag that the caller already has: answered 304 while it still holds.' }),
})

/** How many items a page holds. */
export const pageLimit = z.coerce
  .number()
  .int()
  .min(1)
  .max(100)
  .default(25)
  .openapi({ type: 'integer', format: 'int32', minimum: 1, maximum: 100, default: 25 })

/** Where the next page begins: as the last answer told it. */
export function pageCursor(pattern: RegExp) {
  return z
    .string()
    .max(60)
    .regex(pattern)
    .optional()
    .openapi({ description: 'The `nextCursor` of the page before; the newest items when left out.' })
}

export const nextCursor = textOrNone(60).openapi({
  description: 'The cursor of the next page; null on the last.',
})

/** A request's JSON body. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } } as const
}
