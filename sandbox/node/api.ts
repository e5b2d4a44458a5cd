import { Hono } from 'hono'
import { z } from 'zod'
import { checked, noticeKeySchema, readJson, RequestError } from '../web/request.ts'
import type { Delivery } from './delivery.ts'
import { directReceiptSchema } from './direct-receipt.ts'
import { NodeFault } from './faults.ts'
import { ledgerEntries, ledgerLines } from './ledger.ts'
import { misbehaviourSchema, nextMisbehaviourSchema } from './misbehaviour.ts'
import type { PagopaNode } from './pagopa-node.ts'
import { METHODS, offering, offerOf } from './psps.ts'
import type { Method } from './psps.ts'
import { ricaricaMensa } from './ricarica-mensa.ts'
import { standInSchema } from './stand-in.ts'

const LEDGER_LINES_MOST = 2_000

const cents = z.int().min(1).max(99_999_999_999)
const activateSchema = noticeKeySchema.extend({
  amountCents: cents.optional(),
  paymentNote: z.string().min(1).max(210).optional(),
  transferType: z.enum(['POSTAL', 'PAGOPA']).optional(),
  dueDate: z.iso.date().optional(),
  version: z.enum(['V1', 'V2']).default('V2'),
})
const methodSchema = z.enum(Object.keys(METHODS) as [Method, ...Method[]])
const paySchema = z.object({
  paymentToken: z.string().min(1).max(35),
  psp: z.string().optional(),
  method: methodSchema.default('card'),
  outcome: z.enum(['OK', 'KO']).default('OK'),
  feeCents: z.int().min(0).max(100_000).optional(),
  email: z.email().optional(),
})
const demandSchema = z
  .object({
    idServizio: z.string().length(5),
    idSoggettoServizio: z.string().length(5),
    code: z.string().max(200).optional(),
    amountCents: cents.optional(),
    /** The service's own XML as it is, in place of code and amount. */
    payload: z.string().min(1).max(20_000).optional(),
  })
  .refine(
    (body) => body.payload !== undefined || (body.code !== undefined && body.amountCents !== undefined),
    {
      error: 'either payload, or code and amountCents',
    },
  )

/** The Node's public JSON API, below `/api/node`. A refusal of the Node is a 200 with outcome KO, as on the wire. */
export function nodeApi(node: PagopaNode): Hono {
  const app = new Hono()
  app.onError((error, c) => {
    if (error instanceof NodeFault) return c.json({ outcome: 'KO', fault: error.answer })
    throw error
  })
  app.post('/verify', async (c) =>
    c.json({ outcome: 'OK', ...(await node.verify(await readJson(c, noticeKeySchema))) }),
  )
  app.post('/activate', async (c) => {
    const { fiscalCode, noticeNumber, ...details } = await readJson(c, activateSchema)
    const payment = await node.activate({ fiscalCode, noticeNumber }, details)
    const { id, expiresAt, data } = payment
    return c.json({ outcome: 'OK', paymentToken: id, expiresAt, fiscalCode, noticeNumber, ...data })
  })
  app.post('/pay', async (c) => {
    const body = await readJson(c, paySchema)
    const offer = body.psp === undefined ? offering(body.method)[0] : offerOf(body.psp, body.method)
    if (!offer)
      throw new RequestError(400, 'Request validation error', `psp ${body.psp} does not offer ${body.method}`)
    const { psp, feeCents } = offer
    const result = await node.pay({ ...body, psp, feeCents: body.feeCents ?? feeCents })
    const { payment, late, delivery } = result
    return c.json({
      outcome: 'OK',
      state: payment.state,
      late,
      receiptId: payment.id,
      delivery: delivery && brief(delivery),
    })
  })
  app.post('/demand', async (c) => {
    const body = await readJson(c, demandSchema)
    const payload = body.payload ?? ricaricaMensa(body.code ?? '', body.amountCents ?? 0)
    return c.json({ outcome: 'OK', ...(await node.demand({ ...body, payload })) })
  })
  app.route('/receipts', receiptsApi(node))
  app.route('/misbehaviour', misbehaviourApi(node))
  app.get('/ledger', (c) => {
    const { fiscalCode } = checked(c.req.query(), z.object({ fiscalCode: z.string() }).partial())
    const lines = ledgerLines(node.paid, fiscalCode)
    return c.json({ entries: ledgerEntries(lines, node.registry), receipts: lines.slice(-LEDGER_LINES_MOST) })
  })
  app.get('/stand-in', (c) => c.json({ mode: node.standIn.mode() }))
  app.put('/stand-in', async (c) => {
    node.standIn.setMode((await readJson(c, standInSchema)).mode)
    return c.json({ mode: node.standIn.mode() })
  })
  app.get('/psps', (c) =>
    c.json(
      Object.keys(METHODS).map((method) => ({
        method,
        offers: offering(method as Method).map(({ psp, feeCents }) => ({
          psp: psp.id,
          name: psp.name,
          feeCents,
        })),
      })),
    ),
  )
  return app
}

function receiptsApi(node: PagopaNode): Hono {
  const app = new Hono()
  app.get('/', (c) => {
    const wanted = checked(
      c.req.query(),
      z
        .object({
          fiscalCode: z.string(),
          noticeNumber: z.string(),
          receiptId: z.string(),
          state: z.string(),
        })
        .partial(),
    )
    const fits = (delivery: Delivery) =>
      Object.entries(wanted).every(([key, value]) => delivery[key as keyof typeof wanted] === value)
    return c.json({ receipts: node.deliveries.all().filter(fits).toReversed().map(brief) })
  })
  app.get('/:id', (c) => c.json(found(node.deliveries.get(c.req.param('id')))))
  app.post('/:id/retry', async (c) => {
    const due = found(node.deliveries.retry(c.req.param('id')))
    return c.json(brief(await node.deliveries.nextAttempt(due, node.timings.receiptTimeoutMs + 1000)))
  })
  app.post('/', async (c) => {
    const wanted = await readJson(c, directReceiptSchema)
    const sent = node.sendDirect(wanted)
    if (!sent)
      throw new RequestError(
        404,
        'Unknown creditor',
        `No creditor ${wanted.idPA ?? wanted.fiscalCode} is registered`,
      )
    const delivery = await node.deliveries.nextAttempt(sent, node.timings.receiptTimeoutMs + 1000)
    const attempt = delivery.attempts.at(-1)
    const outcome = { ok: 'OK', duplicate: 'KO', ko: 'KO' }[attempt?.result as string] ?? null
    return c.json({ outcome, ...attempt, receiptId: delivery.receiptId, delivery: brief(delivery) })
  })
  return app
}

function misbehaviourApi(node: PagopaNode): Hono {
  const app = new Hono()
  const current = () => ({ always: node.switches.always(), next: node.switches.next() })
  app.get('/', (c) => c.json(current()))
  app.put('/always', async (c) => {
    node.switches.setAlways(await readJson(c, misbehaviourSchema))
    return c.json(current())
  })
  app.post('/next', async (c) => {
    node.switches.addNext(await readJson(c, nextMisbehaviourSchema))
    return c.json(current(), 201)
  })
  app.delete('/', (c) => {
    node.switches.clear()
    return c.json(current())
  })
  return app
}

/** A delivery without its XML. */
export function brief(delivery: Delivery): Omit<Delivery, 'request'> {
  const { request: _, ...rest } = delivery
  return rest
}

function found(delivery: Delivery | undefined): Delivery {
  if (delivery) return delivery
  throw new RequestError(404, 'Not found', 'No receipt has this id')
}
