import { Hono } from 'hono'
import { z } from 'zod'
import { outageApi, outageGate } from '../web/outage.ts'
import type { Outage } from '../web/outage.ts'
import { parseJson, readJson, RequestError } from '../web/request.ts'
import { isSubscribed, subscriptionKeyOf } from '../web/subscription.ts'
import { readCartRequest } from './cart-request.ts'
import { CHECKOUT_METHODS } from './checkout.ts'
import type { Cart, Checkout } from './checkout.ts'

const choiceSchema = z
  .object({ email: z.email(), method: z.enum(CHECKOUT_METHODS), psp: z.string().min(1).max(35) })
  .partial()

/** What creditors call, as published for Checkout: POST /carts answers 302 with the payment page's address. */
export function cartsApi(
  checkout: Checkout,
  parts: { publicUrl: () => string; outage: Outage; keys: readonly string[] | undefined },
): Hono {
  const { publicUrl, outage, keys } = parts
  const app = new Hono()
  app.post('/carts', outageGate(outage), async (c) => {
    if (!isSubscribed(subscriptionKeyOf(c), keys)) {
      const detail = 'The header Ocp-Apim-Subscription-Key is missing, or holds no key of a subscription'
      throw new RequestError(401, 'Access denied', detail)
    }
    const cart = await checkout.open(readCartRequest(await parseJson(c)))
    return c.redirect(`${publicUrl()}/checkout/c/${cart.id}`, 302)
  })
  return app
}

/** The JSON twin of Checkout's pages, below `/api/checkout`. */
export function checkoutApi(checkout: Checkout, outage: Outage): Hono {
  const app = new Hono()
  app.route('/failure', outageApi(outage))
  app.get('/carts/:id', (c) => {
    const cart = checkout.find(c.req.param('id'))
    return c.json(view(cart, checkout.isExpired(cart)))
  })
  for (const ending of ['pay', 'cancel', 'fail', 'wait'] as const) {
    app.post(`/carts/:id/${ending}`, async (c) => {
      const hasBody = (await c.req.text()).trim() !== ''
      const { psp, ...choice } = hasBody ? await readJson(c, choiceSchema) : {}
      return c.json(view(await checkout.end(c.req.param('id'), ending, { ...choice, pspId: psp }), false))
    })
  }
  return app
}

function view(cart: Cart, expired: boolean) {
  const { paymentNotices, state, ...rest } = cart
  const totalCents = paymentNotices.reduce((sum, notice) => sum + notice.amount, 0)
  return { ...rest, state: expired ? 'expired' : state, paymentNotices, totalCents }
}
