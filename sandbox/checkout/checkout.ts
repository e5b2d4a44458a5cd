import { randomUUID } from 'node:crypto'
import { NodeFault } from '../node/faults.ts'
import type { FaultAnswer } from '../node/faults.ts'
import type { PagopaNode } from '../node/pagopa-node.ts'
import type { Payment } from '../node/payments.ts'
import { offering, offerOf } from '../node/psps.ts'
import type { Method, Psp } from '../node/psps.ts'
import type { Collection, Store, StoredRecord } from '../state/store.ts'
import { RequestError } from '../web/request.ts'
import type { CartRequest } from './cart-request.ts'

/** The methods on Checkout's pages; cash exists only at a counter. */
export const CHECKOUT_METHODS = ['card', 'account', 'other'] as const satisfies readonly Method[]
export type CheckoutMethod = (typeof CHECKOUT_METHODS)[number]

/** Who pays: an e-mail address, or somebody who signed in with the simulated SPID. */
export interface Contact {
  readonly kind: 'email' | 'spid'
  readonly email: string
}

export interface Cart extends StoredRecord, CartRequest {
  readonly expiresAt: string
  /** waiting: paid, the browser was told "in lavorazione". */
  readonly state: 'open' | 'paying' | 'paid' | 'waiting' | 'failed' | 'cancelled'
  readonly contact?: Contact
  readonly method?: CheckoutMethod
  readonly pspId?: string
  /** Why it failed, when the Node refused. */
  readonly fault?: FaultAnswer
  readonly redirectUrl?: string
}

export type Ending = 'pay' | 'wait' | 'fail' | 'cancel'

/** What has been chosen on the pages, or was sent with the JSON twin. */
export interface Choice {
  readonly email?: string | undefined
  readonly method?: CheckoutMethod | undefined
  readonly pspId?: string | undefined
}

/** Checkout's carts, from a creditor's POST to the way back. */
export class Checkout {
  readonly #carts: Collection<Cart>
  readonly #node: PagopaNode
  readonly #now: () => Date

  constructor(store: Store, node: PagopaNode, now: () => Date) {
    this.#carts = store.collection<Cart>('carts', { most: 1_000 })
    this.#node = node
    this.#now = now
  }

  /** Opens a cart once every notice in it has been verified. @throws RequestError 422 */
  async open(request: CartRequest): Promise<Cart> {
    try {
      await Promise.all(request.paymentNotices.map((notice) => this.#node.verify(notice)))
    } catch (error) {
      if (!(error instanceof NodeFault)) throw error
      const { faultCode, originalFaultCode, description } = error.answer
      throw new RequestError(
        422,
        'Invalid payment notice data',
        `${originalFaultCode ?? faultCode}: ${description}`,
      )
    }
    const now = this.#now()
    return this.#carts.put({
      ...request,
      id: randomUUID(),
      createdAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + this.#node.timings.cartLifeMs).toISOString(),
      state: 'open',
    })
  }

  /** A cart, also one that has ended. @throws RequestError 404 */
  find(id: string): Cart {
    const cart = this.#carts.get(id)
    if (!cart)
      throw new RequestError(
        404,
        'Carrello sconosciuto',
        'Questo indirizzo non corrisponde a nessun carrello.',
      )
    return cart
  }

  /** True once the time of an open cart is over. */
  isExpired(cart: Cart): boolean {
    return cart.state === 'open' && Date.parse(cart.expiresAt) <= this.#now().getTime()
  }

  /** A cart on which the payer can still act. @throws RequestError 404, 409 when it has ended, 410 when expired */
  findOpen(id: string): Cart {
    const cart = this.find(id)
    if (cart.state !== 'open')
      throw new RequestError(409, 'Pagamento già concluso', 'Questo carrello è già stato usato.')
    if (this.isExpired(cart))
      throw new RequestError(410, 'Sessione scaduta', 'Il tempo per pagare questo carrello è finito.')
    return cart
  }

  /** Keeps a choice of the payer. */
  choose(cart: Cart, choice: Partial<Pick<Cart, 'contact' | 'method' | 'pspId'>>): Cart {
    return this.#carts.put({ ...cart, ...choice })
  }

  /** Ends a cart and tells where the browser goes: the creditor's address, verbatim. @throws RequestError */
  async end(id: string, ending: Ending, choice: Choice = {}): Promise<Cart & { redirectUrl: string }> {
    const cart = this.findOpen(id)
    const { returnUrls } = cart
    if (ending === 'cancel') return this.#finish(cart, 'cancelled', returnUrls.returnCancelUrl)
    const method = choice.method ?? cart.method ?? 'card'
    const pspId = choice.pspId ?? cart.pspId
    const offer = pspId === undefined ? offering(method)[0] : offerOf(pspId, method)
    if (!offer) throw new RequestError(422, 'PSP non disponibile', `${pspId} non offre il metodo scelto.`)
    // From here on a second click finds the cart taken.
    const paying = this.#carts.put({ ...cart, method, pspId: offer.psp.id, state: 'paying' })
    try {
      const payments = await this.#activateAll(paying)
      const outcome = ending === 'fail' ? 'KO' : 'OK'
      const receiptDelayMs = ending === 'wait' ? this.#node.timings.waitingDelayMs : undefined
      const email = choice.email ?? cart.contact?.email ?? cart.emailNotice
      await this.#settleAll(payments, { ...offer, method, outcome, email, receiptDelayMs })
    } catch (error) {
      if (!(error instanceof NodeFault)) throw error
      return this.#finish({ ...paying, fault: error.answer }, 'failed', returnUrls.returnErrorUrl)
    }
    if (ending === 'fail') return this.#finish(paying, 'failed', returnUrls.returnErrorUrl)
    if (ending === 'wait') return this.#finish(paying, 'waiting', returnUrls.returnWaitingUrl)
    return this.#finish(paying, 'paid', returnUrls.returnOkUrl)
  }

  #finish(cart: Cart, state: Cart['state'], redirectUrl: string): Cart & { redirectUrl: string } {
    const finished = { ...cart, state, redirectUrl }
    this.#carts.put(finished)
    return finished
  }

  /** Activates every notice or none: a cart is paid as a whole. */
  async #activateAll(cart: Cart): Promise<Payment[]> {
    const payments: Payment[] = []
    try {
      for (const { fiscalCode, noticeNumber, amount } of cart.paymentNotices) {
        payments.push(
          await this.#node.activate(
            { fiscalCode, noticeNumber },
            {
              amountCents: amount,
              paymentNote: cart.idCart || undefined,
              transferType: cart.allCCP ? 'POSTAL' : 'PAGOPA',
            },
          ),
        )
      }
      return payments
    } catch (error) {
      const [offer] = offering('card')
      await this.#settleAll(payments, { ...offer!, method: 'card', outcome: 'KO' })
      throw error
    }
  }

  async #settleAll(
    payments: readonly Payment[],
    terms: {
      psp: Psp
      method: Method
      feeCents: number
      outcome: 'OK' | 'KO'
      email?: string | undefined
      receiptDelayMs?: number | undefined
    },
  ): Promise<void> {
    await Promise.all(
      payments.map((payment, index) =>
        // The payer pays one fee a cart: the first receipt carries it, so that the receipts sum up to the charge.
        this.#node.pay({ ...terms, paymentToken: payment.id, feeCents: index === 0 ? terms.feeCents : 0 }),
      ),
    )
  }
}
