import { z } from '@hono/zod-openapi'
import { isId } from '#core/ids.ts'
import { receiptCopy } from '#core/receipts/copy.ts'
import { paymentsPage, type PaymentsKey } from '#core/top-ups/read.ts'
import { walletsOfGuardian } from '#tenants/people/wallets.ts'
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
  summary: 'Every payment of the parent’s children',
  description: 'Newest first, with its state and its receipt.',
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
    const { tenantId, accountId } = ownerOf(context)
    const wallets = await walletsOfGuardian(services.pool, tenantId, accountId)
    const chosen = childId === undefined ? wallets : wallets.filter(({ child }) => child.id === childId)
    const walletIds = chosen.map((wallet) => wallet.id)
    const before = keyOf(cursor)
    const { items, next } = await paymentsPage(services.db, tenantId, { walletIds, state, before, limit })
    const now = services.clock.now()
    const nextCursor = next ? `${next.createdAt.getTime()}-${next.id}` : null
    linkNext(context, nextCursor)
    return conditionalAnswer(context, { items: items.map((topUp) => paymentView(topUp, now)), nextCursor })
  })

  app.openapi(receipt, async (context) => {
    const receiptId = context.req.valid('param').fileName.slice(0, -'.pdf'.length)
    const { tenantId, accountId } = ownerOf(context)
    const wallets = await walletsOfGuardian(services.pool, tenantId, accountId)
    const walletIds = wallets.map((wallet) => wallet.id)
    const copy = await receiptCopy(services.db, tenantId, receiptId, walletIds, services.clock.now())
    return pdfAnswer(context, copy.pdf, `ricevuta-${copy.noticeNumber}.pdf`)
  })
}

/** The key of a page, as we gave it out; anything else is the first page. */
function keyOf(cursor: string | undefined): PaymentsKey | undefined {
  const [, time = '', id = ''] = /^(\d{1,15})-(.{36})$/.exec(cursor ?? '') ?? []
  return isId(id) ? { createdAt: new Date(Number(time)), id } : undefined
}
