import { Hono } from 'hono'
import { z } from 'zod'
import { brief } from '../node/api.ts'
import { NodeFault } from '../node/faults.ts'
import type { PagopaNode } from '../node/pagopa-node.ts'
import { noticeKeySchema, readForm, readJson } from '../web/request.ts'
import { parseEuro } from '../wire/money.ts'
import { confirmTopUp, demandTopUp, readPaymentCode } from './terminal.ts'
import { preReceiptPage, receiptPage, scanPage } from './views.ts'

const demandSchema = z.object({
  qr: z.string().min(1).max(400),
  amountCents: z.int().min(1).max(99_999_999_999),
})

/** The pages of the tobacconist's terminal, below `/puntolis`. */
export function puntolisPages(node: PagopaNode): Hono {
  const app = new Hono()
  const samples = () =>
    node.registry
      .all()
      .flatMap(({ name, paymentCodes = [] }) => paymentCodes.map((code) => ({ ...code, tenant: name })))
  app.get('/', (c) => c.html(scanPage({ qr: c.req.query('qr') ?? '', amount: '', samples: samples() })))
  app.post('/richiesta', async (c) => {
    const typed = { ...(await readForm(c, 'qr', 'amount')), samples: samples() }
    const amountCents = parseEuro(typed.amount)
    const isCode = readPaymentCode(typed.qr) !== undefined
    if (!isCode || amountCents === undefined) {
      const errors = {
        ...(isCode ? {} : { qr: 'Questo testo non è un codice pagamento: rileggi il QR.' }),
        ...(amountCents === undefined ? { amount: 'Scrivi un importo, per esempio 25 oppure 37,50.' } : {}),
      }
      return c.html(scanPage({ ...typed, errors }), 422)
    }
    try {
      return c.html(preReceiptPage(await demandTopUp(node, typed.qr, amountCents)))
    } catch (error) {
      if (error instanceof NodeFault) return c.html(scanPage({ ...typed, fault: error.answer }))
      throw error
    }
  })
  app.post('/conferma', async (c) => {
    const key = await readForm(c, 'fiscalCode', 'noticeNumber')
    try {
      return c.html(receiptPage(await confirmTopUp(node, key)))
    } catch (error) {
      if (error instanceof NodeFault)
        return c.html(scanPage({ qr: '', amount: '', samples: samples(), fault: error.answer }))
      throw error
    }
  })
  return app
}

/** The terminal's JSON twin, below `/api/puntolis`. */
export function puntolisApi(node: PagopaNode): Hono {
  const app = new Hono()
  app.onError((error, c) => {
    if (error instanceof NodeFault) return c.json({ outcome: 'KO', fault: error.answer })
    throw error
  })
  app.post('/demand', async (c) => {
    const { qr, amountCents } = await readJson(c, demandSchema)
    return c.json({ outcome: 'OK', ...(await demandTopUp(node, qr, amountCents)) })
  })
  app.post('/confirm', async (c) => {
    const key = await readJson(c, noticeKeySchema)
    const { payment, delivery, feeCents, totalCents } = await confirmTopUp(node, key)
    const { amountCents, description, companyName } = payment.data
    const receipt = { receiptId: payment.id, delivery: delivery && brief(delivery) }
    return c.json({
      outcome: 'OK',
      ...key,
      amountCents,
      description,
      companyName,
      feeCents,
      totalCents,
      ...receipt,
    })
  })
  return app
}
