import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import { METHODS, offerOf } from '../node/psps.ts'
import { readForm } from '../web/request.ts'
import { CHECKOUT_METHODS } from './checkout.ts'
import type { Cart, Checkout, CheckoutMethod } from './checkout.ts'
import { cartPage, endedPage, methodPage, pspPage, summaryPage } from './views.ts'

/** The simulated identity of who "signs in with SPID": the address belongs to nobody. */
const SPID_CONTACT = { kind: 'spid', email: 'persona.simulata@posta.example' } as const

/** Checkout's pages, below `/checkout/c`: plain forms, one step a page, each step kept in the cart. */
export function checkoutPages(checkout: Checkout): Hono {
  const app = new Hono()
  const step = (c: Context, name = '') => c.redirect(`/checkout/c/${c.req.param('id')}${name}`, 303)
  const open = (c: Context) => checkout.findOpen(c.req.param('id') ?? '')

  app.get('/:id', (c) => {
    const cart = checkout.find(c.req.param('id'))
    if (cart.state !== 'open' || checkout.isExpired(cart)) {
      return c.html(endedPage(cart, checkout.isExpired(cart)), cart.state === 'open' ? 410 : 200)
    }
    return c.html(cartPage(cart))
  })
  app.post('/:id/contact', async (c) => {
    const cart = open(c)
    const { email } = await readForm(c, 'email')
    if (!z.email().safeParse(email).success) {
      const error = 'Scrivi un indirizzo e-mail valido, per esempio nome@esempio.it.'
      return c.html(cartPage(cart, { email, error }), 422)
    }
    checkout.choose(cart, { contact: { kind: 'email', email } })
    return step(c, '/method')
  })
  app.post('/:id/spid', (c) => {
    checkout.choose(open(c), { contact: SPID_CONTACT })
    return step(c, '/method')
  })
  app.get('/:id/method', (c) => {
    const cart = open(c)
    return cart.contact ? c.html(methodPage(cart)) : step(c)
  })
  app.post('/:id/method', async (c) => {
    const cart = open(c)
    const { method } = await readForm(c, 'method')
    if (!isMethod(method)) return c.html(methodPage(cart, 'Scegli un metodo di pagamento.'), 422)
    checkout.choose(cart, { method })
    return step(c, '/psp')
  })
  app.get('/:id/psp', (c) => {
    const cart = open(c)
    return cart.method ? c.html(pspPage(cart, cart.method)) : step(c, '/method')
  })
  app.post('/:id/psp', async (c) => {
    const cart = open(c)
    if (!cart.method) return step(c, '/method')
    const { psp } = await readForm(c, 'psp')
    if (!offerOf(psp, cart.method))
      return c.html(pspPage(cart, cart.method, 'Scegli chi gestisce il pagamento.'), 422)
    checkout.choose(cart, { pspId: psp })
    return step(c, '/summary')
  })
  app.get('/:id/summary', (c) => {
    const cart = open(c)
    const chosen = chosenOffer(cart)
    return chosen && cart.contact ? c.html(summaryPage(cart, chosen)) : step(c, cart.method ? '/psp' : '')
  })
  for (const ending of ['pay', 'wait', 'fail', 'cancel'] as const) {
    app.post(`/:id/${ending}`, async (c) => {
      const cart = checkout.find(c.req.param('id'))
      // A second click finds the end of the first one, not an error.
      if (cart.redirectUrl !== undefined) return c.redirect(cart.redirectUrl, 303)
      return c.redirect((await checkout.end(cart.id, ending)).redirectUrl, 303)
    })
  }
  return app
}

function isMethod(text: string): text is CheckoutMethod {
  return (CHECKOUT_METHODS as readonly string[]).includes(text)
}

function chosenOffer(cart: Cart) {
  if (cart.method === undefined || cart.pspId === undefined) return undefined
  const offer = offerOf(cart.pspId, cart.method)
  return offer && { ...offer, methodLabel: METHODS[cart.method].label }
}
