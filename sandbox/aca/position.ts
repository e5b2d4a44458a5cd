import { z } from 'zod'
import type { StoredRecord } from '../state/store.ts'

/** The body of paCreatePosition (ACA, version 1): exactly the published fields and no others. */
export const positionSchema = z.strictObject({
  paFiscalCode: z.string().length(11),
  entityType: z.enum(['F', 'G']),
  entityFiscalCode: z.string().min(2),
  entityFullName: z.string().min(1).max(255),
  iuv: z.string().min(1).max(255),
  nav: z.string().min(1).max(255).optional(),
  amount: z.int().min(0).max(99_999_999_999),
  description: z.string().min(1).max(255),
  // A date-time of OpenAPI is one of RFC 3339: an offset is not optional.
  expirationDate: z.iso.datetime({ offset: true }),
  iban: z.string().length(27).optional(),
  postalIban: z.string().length(27).optional(),
  switchToExpired: z.boolean().default(false),
  payStandIn: z.boolean().default(true),
})

export type PositionRequest = z.infer<typeof positionSchema>

/** One accepted call about a position. */
export interface PositionEvent {
  readonly at: string
  readonly action: 'created' | 'updated' | 'closed' | 'repeated' | 'paid in stand-in'
  readonly amountCents: number
}

/** VALID: payable; INVALID: closed by its creditor; PAID: paid in stand-in. */
export type PositionStatus = 'VALID' | 'INVALID' | 'PAID'

/** A position as ACA knows it. `amount` is cents and keeps its last value when the position is closed. */
export interface Position extends StoredRecord, Omit<PositionRequest, 'nav'> {
  readonly nav: string
  readonly companyName: string
  readonly status: PositionStatus
  readonly history: readonly PositionEvent[]
}
