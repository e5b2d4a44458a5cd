import { z } from '@hono/zod-openapi'
import { id, line } from './fields.ts'

/** A child as a program of the entity knows it. */
export const toldChild = z
  .strictObject({
    id: id.optional(),
    fiscalCode: z
      .string()
      .max(16)
      .regex(/^[A-Za-z0-9]{16}$/)
      .optional(),
    externalId: line(60).min(1).optional().openapi({
      description: 'The child’s code in the entity’s own program.',
    }),
  })
  .refine((child) => Object.values(child).filter((code) => code !== undefined).length === 1)
  .openapi('ToldChild', { description: 'A child of the entity, told by exactly one of these.' })
