import { z } from '@hono/zod-openapi'
import { FAULTS, type FaultCode } from '#core/errors.ts'

const codes = Object.keys(FAULTS) as [FaultCode, ...FaultCode[]]

/** An error as RFC 9457 writes it. `type` is stable; the texts are in the caller's language. */
export const problemSchema = z
  .strictObject({
    type: z
      .string()
      .max(200)
      .regex(/^\/api\/problems\/[a-z_.]+$/)
      .openapi({ format: 'uri-reference', description: 'The stable name of the problem.' }),
    title: z.string().max(200).openapi({ description: 'What happened, in the language of Accept-Language.' }),
    status: z.int().min(400).max(599).openapi({ format: 'int32' }),
    detail: z.string().max(1000).openapi({ description: 'What to do about it, in the same language.' }),
    code: z.enum(codes).openapi({ description: 'The last part of `type`.' }),
    requestId: z.uuid().openapi({ description: 'Names the request: quote it when you ask for help.' }),
    errors: z
      .array(z.strictObject({ path: z.string().max(200), message: z.string().max(500) }))
      .min(1)
      .max(20)
      .optional()
      .openapi({ description: 'With `request.invalid`: what is wrong, field by field.' }),
  })
  .openapi('Problem')
