import { Hono } from 'hono'
import { z } from 'zod'
import { brief } from '../node/api.ts'
import { NodeFault } from '../node/faults.ts'
import type { NoticeKey, PagopaNode } from '../node/pagopa-node.ts'
import { METHODS, offering, offerOf } from '../node/psps.ts'
import type { Method } from '../node/psps.ts'
import { noticeKeySchema, readForm, readJson, readNoticeQr, RequestError } from '../web/request.ts'
import { counterPage, noticePage, paidPage } from './views.ts'

const noticeSchema = z.union([noticeKeySchema, z.object({ qr: z.string() })]).transform((body, context) => {
  if (!('qr' in body)) return body
  const key = readNoticeQr(body.qr)
  if (key) return key
  context.addIssue({ code: 'custom', message: 'qr must be PAGOPA|002|notice number|fiscal code|cents' })
  return z.NEVER
})
const termsSchema = z.object({
  psp: z.string().optional(),
  method: z.enum(Object.keys(METHODS) as [Method, ...Method[]]).default('cash'),
  email: z.email().optional(),
})

/** Pays a notice as a PSP does when somebody stands at its counter. @throws NodeFault, RequestError */
export async function payNotice(node: PagopaNode, key: NoticeKey, terms: z.output<typeof termsSchema>) {
  const offer = terms.psp === undefined ? offering(terms.method)[0] : offerOf(terms.psp, terms.method)
  if (!offer) throw new RequestError(422, 'PSP non disponibile', `${terms.psp} non offre il metodo scelto.`)
  const payment = await node.activate(key)
  const result = await node.pay({
    ...offer,
    paymentToken: payment.id,
    method: terms.method,
    outcome: 'OK',
    email: terms.email,
  })
  return { ...offer, ...result }
}

/** The pages of the PSP's counter, below `/sportello`. */
export function counterPages(node: PagopaNode): Hono {
  const app = new Hono()
  app.get('/', (c) =>
    c.html(
      counterPage({
        fiscalCode: c.req.query('fiscalCode') ?? '',
        noticeNumber: c.req.query('noticeNumber') ?? '',
      }),
    ),
  )
  app.post('/', async (c) => {
    const typed = await readForm(c, 'qr', 'fiscalCode', 'noticeNumber')
    const digits = {
      fiscalCode: typed.fiscalCode.replace(/\s/g, ''),
      noticeNumber: typed.noticeNumber.replace(/\s/g, ''),
    }
    const key = typed.qr ? readNoticeQr(typed.qr) : noticeKeySchema.safeParse(digits).data
    if (!key) return c.html(counterPage({ ...typed, failed: typed.qr ? 'qr' : 'digits' }), 422)
    try {
      return c.html(noticePage(key, await node.verify(key)))
    } catch (error) {
      if (error instanceof NodeFault) return c.html(counterPage({ ...typed, fault: error.answer }))
      throw error
    }
  })
  app.post('/paga', async (c) => {
    const { psp, ...key } = await readForm(c, 'psp', 'fiscalCode', 'noticeNumber')
    try {
      return c.html(paidPage(await payNotice(node, key, { psp, method: 'cash' })))
    } catch (error) {
      if (error instanceof NodeFault) return c.html(counterPage({ ...key, fault: error.answer }))
      throw error
    }
  })
  return app
}

/** The counter's JSON twin, below `/api/counter`. */
export function counterApi(node: PagopaNode): Hono {
  const app = new Hono()
  app.onError((error, c) => {
    if (error instanceof NodeFault) return c.json({ outcome: 'KO', fault: error.answer })
    throw error
  })
  app.post('/verify', async (c) => {
    const key = await readJson(c, noticeSchema)
    return c.json({ outcome: 'OK', ...key, ...(await node.verify(key)) })
  })
  app.post('/pay', async (c) => {
    const key = await readJson(c, noticeSchema)
    const { payment, delivery, feeCents } = await payNotice(node, key, await readJson(c, termsSchema))
    const { amountCents } = payment.data
    return c.json({
      outcome: 'OK',
      ...key,
      receiptId: payment.id,
      amountCents,
      feeCents,
      delivery: delivery && brief(delivery),
    })
  })
  return app
}
