import { z } from '@hono/zod-openapi'
import { isId } from '#core/ids.ts'
import type { PaymentsKey } from '#core/top-ups/read.ts'
import { ownPayments, ownReceiptCopy } from '#tenants/people/own.ts'
import { conditionalAnswer, linkNext, pdfAnswer } from '../answer.ts'
import { ownerOf, type Api, type ApiParts } from '../context.ts'
import { operation } from '../operation.ts'
import { ETAG_HEADER, jsonAnswer, LINK_HEADER, PDF_ANSWER } from '../responses.ts'
import { id, pageCursor, pageLimit } from '../schemas/fields.ts'
import { paymentsSchema, paymentView, TOP_UP_STATES } from '../schemas/top-up.ts'

const payments = operation({
  method: 'get',
  path: '/payments',
  id: 'own_payments',
  tag: 'payments',
  summary: 'Every payment of the parent’s children, and those that an invited person made',
  description:
    'Newest first, with its state and its receipt. Guardians see all payments of their children, whoever made them; an ' +
    'invited person sees their own, also after the invitation has ended.',
  access: 'personal',
  conditional: true,
  request: {
    query: z.strictObject({
      cursor: pageCursor(/^\d{1,15}-[0-9a-f-]{36}$/),
      limit: pageLimit,
      state: z.enum(TOP_UP_STATES).optional(),
      childId: id.optional(),
    }),
  },
  answers: { 200: jsonAnswer('A page of payments.', paymentsSchema, { ...ETAG_HEADER, ...LINK_HEADER }) },
})

const receipt = operation({
  method: 'get',
  // The document's rules know no `{id}.pdf`: the whole last part is one parameter.
  path: '/receipts/{fileName}',
  id: 'receipt_copy',
  tag: 'payments',
  summary: 'The copy of a receipt',
  description:
    '`/receipts/{id}.pdf`, from the day that the payment’s `receipt.copyAvailableOn` names. The credit does not wait ' +
    'for it.',
  access: 'personal',
  request: {
    params: z.strictObject({
      fileName: z
        .string()
        .max(40)
        .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.pdf$/)
        .openapi({ description: 'The id of the receipt and `.pdf`.' }),
    }),
  },
  answers: { 200: PDF_ANSWER },
  faults: ['receipt.not_available_yet'],
})

/** Riepilogo pagamenti, and the receipts' copies. */
export function paymentRoutes(app: Api, parts: ApiParts): void {
  const { services } = parts

  app.openapi(payments, async (context) => {
    const { cursor, limit, state, childId } = context.req.valid('query')
    const filter = { childId, state, before: keyOf(cursor), limit }
    const { items, next } = await ownPayments(services, ownerOf(context), filter)
    const now = services.clock.now()
    const nextCursor = next ? `${next.createdAt.getTime()}-${next.id}` : null
    linkNext(context, nextCursor)
    return conditionalAnswer(context, { items: items.map((topUp) => paymentView(topUp, now)), nextCursor })
  })

  app.openapi(receipt, async (context) => {
    const receiptId = context.req.valid('param').fileName.slice(0, -'.pdf'.length)
    const copy = await ownReceiptCopy(services, ownerOf(context), receiptId)
    return pdfAnswer(context, copy.pdf, `ricevuta-${copy.noticeNumber}.pdf`)
  })
}

/** The key of a page, as we gave it out; anything else is the first page. */
function keyOf(cursor: string | undefined): PaymentsKey | undefined {
  const [, time = '', id = ''] = /^(\d{1,15})-(.{36})$/.exec(cursor ?? '') ?? []
  return isId(id) ? { createdAt: new Date(Number(time)), id } : undefined
}
