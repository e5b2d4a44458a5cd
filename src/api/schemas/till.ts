import { z } from '@hono/zod-openapi'
import type { RecordedTillEntry } from '#tenants/books/till.ts'
import { TILL_WAYS } from '#tenants/books/till.ts'
import { category } from './attendance.ts'
import { amountCents, currency, day, id, line } from './fields.ts'
import { toldChild } from './told-child.ts'

const way = z.enum(TILL_WAYS).openapi({ description: 'How the family paid.' })
const slip = line(40)
  .min(1)
  .regex(/[A-Za-z0-9]/)
  .openapi({ description: 'The number of the paper receipt: each is recorded once.', example: '12/2026' })

export const newTillEntrySchema = z
  .strictObject({
    child: toldChild,
    category,
    amountCents,
    way,
    paidOn: day,
    slip,
    note: line(200).optional(),
  })
  .openapi('NewTillEntry')

export const tillEntrySchema = z
  .strictObject({
    id,
    number: z.string().max(20).openapi({ description: 'From 1 in each year.', example: '12/2026' }),
    walletId: id,
    amountCents,
    currency,
    way,
    paidOn: day,
    slip: z.string().max(40),
  })
  .openapi('TillEntry')

export function tillEntryView(entry: RecordedTillEntry): z.infer<typeof tillEntrySchema> {
  const { number, walletId, paidOn } = entry
  return {
    id: entry.id,
    number,
    walletId,
    amountCents: Number(entry.amountCents),
    currency: 'EUR',
    way: entry.way,
    paidOn,
    slip: entry.slip,
  }
}
