import { Hono } from 'hono'
import type { PaidReceipts } from '../node/paid-receipts.ts'
import { outageApi, outageGate } from '../web/outage.ts'
import type { Outage } from '../web/outage.ts'
import { subscribersOnly, subscriptionKeyOf } from '../web/subscription.ts'
import type { Calls } from './calls.ts'
import { receiptJson } from './receipt-json.ts'

/** What creditors call to recover a receipt, as published for biz-events, below `/bizevents/service/v1`. */
export function bizEventsApi(parts: {
  paid: PaidReceipts
  calls: Calls
  outage: Outage
  keys: readonly string[] | undefined
}): Hono {
  const { paid, calls, outage, keys } = parts
  const app = new Hono()
  app.use(subscribersOnly(keys))
  app.use(async (c, next) => {
    const key = subscriptionKeyOf(c) ?? ''
    const waitSeconds = calls.waitSeconds(key)
    if (waitSeconds > 0) {
      calls.note(key, c.req.path, 429)
      const message = `Rate limit is exceeded. Try again in ${waitSeconds} seconds.`
      return c.json({ statusCode: 429, message }, 429, { 'retry-after': String(waitSeconds) })
    }
    await next()
    calls.note(key, c.req.path, c.res.status)
  })
  app.use(outageGate(outage, (status) => ({ title: 'Ordered failure', status, detail: 'Told to fail here' })))
  const answer = (fiscalCode: string, iur: string, iuv?: string) => {
    const receipt = paid.find(fiscalCode, iur)?.receipt
    const isKnown =
      receipt?.outcome === 'OK' && (iuv === undefined || receipt.data.creditorReferenceId === iuv)
    if (isKnown) return Response.json(receiptJson(receipt))
    const detail = `Not found a biz event with organization fiscal code ${fiscalCode} and IUR ${iur}`
    return Response.json({ title: 'Biz event not found', status: 404, detail }, { status: 404 })
  }
  app.get('/organizations/:fiscalCode/receipts/:iur', (c) =>
    answer(c.req.param('fiscalCode'), c.req.param('iur')),
  )
  app.get('/organizations/:fiscalCode/receipts/:iur/paymentoptions/:iuv', (c) =>
    answer(c.req.param('fiscalCode'), c.req.param('iur'), c.req.param('iuv')),
  )
  return app
}

/** The call log and the order to fail: below `/api/biz-events`. */
export function bizEventsOrdersApi(calls: Calls, outage: Outage): Hono {
  const app = new Hono()
  app.get('/calls', (c) => c.json({ calls: calls.all().toReversed() }))
  app.route('/failure', outageApi(outage))
  return app
}
