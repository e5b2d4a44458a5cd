import { UpstreamError, invariant } from '#core/errors.ts'
import type { Cents } from '#core/money.ts'
import { plainText } from './soap/plain-text.ts'

/** One attempt to pay 1 to 5 notices online (Checkout carts v2, protocol §4). */
export interface Cart {
  readonly notices: readonly CartNotice[]
  /** Where Checkout sends the browser back. None of these visits proves a payment: only a receipt does. */
  readonly returnUrls: { readonly ok: URL; readonly cancel: URL; readonly error: URL; readonly waiting: URL }
  /** Comes back as `paymentNote` of paGetPayment. */
  readonly idCart?: string | undefined
  readonly emailNotice?: string | undefined
  /** True only when every transfer can go to a postal IBAN. */
  readonly allCcp?: boolean | undefined
}

export interface CartNotice {
  readonly noticeNumber: string
  readonly creditorFiscalCode: string
  readonly amountCents: Cents
  readonly companyName: string
  readonly description: string
}

/** `not-payable`: a notice is already paid or being paid (HTTP 422); the caller re-reads its own state. */
export type CartResult =
  | { readonly kind: 'redirect'; readonly redirectUrl: URL }
  | { readonly kind: 'not-payable' }

export interface CheckoutClient {
  /**
   * Opens a cart.
   * @throws UpstreamError retryable when Checkout is unreachable, slow, overloaded or broken; not retryable when
   *   it refuses the request or our key, or answers something that is no cart
   */
  postCart(cart: Cart): Promise<CartResult>
}

/**
 * A client of Checkout's API for creditors.
 * @param options.baseUrl the API up to and including its version, for instance `…/checkout/ec/v2`
 * @param options.timeoutMs for one attempt as a whole
 */
export function createCheckoutClient(options: {
  baseUrl: string | URL
  subscriptionKey: string
  timeoutMs: number
  fetch?: typeof fetch
}): CheckoutClient {
  const url = new URL('carts', `${options.baseUrl}`.replace(/\/*$/, '/'))
  const send = options.fetch ?? fetch
  const attempt = (body: string) =>
    send(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        'Ocp-Apim-Subscription-Key': options.subscriptionKey,
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(options.timeoutMs),
    })
  return {
    async postCart(cart) {
      const body = JSON.stringify(cartBody(cart))
      let response: Response
      try {
        // A refused connection carried nothing, so one more try cannot open a second cart.
        response = await attempt(body).catch((error) =>
          isRefused(error) ? attempt(body) : Promise.reject(error),
        )
      } catch (cause) {
        throw new UpstreamError('Checkout could not be reached', { retryable: true, cause })
      }
      // The body is not needed, and a problem's text may quote the request. That the connection broke while
      // it arrived changes nothing: status and headers are here.
      response.body?.cancel().catch(() => undefined)
      return cartResult(response)
    },
  }
}

function cartResult(response: Response): CartResult {
  const { status } = response
  if (status === 422) return { kind: 'not-payable' }
  if (status >= 300 && status < 400) {
    const redirectUrl = webUrl(response.headers.get('Location'))
    if (redirectUrl) return { kind: 'redirect', redirectUrl }
  }
  const retryable = status >= 500 || status === 429 || status === 408
  const reason = status < 400 ? 'answered without a cart' : 'refused the cart'
  throw new UpstreamError(`Checkout ${reason} (HTTP ${status})`, { retryable, status })
}

/** Only absolute http(s) addresses: the browser is going to be sent there. */
function webUrl(location: string | null): URL | undefined {
  const url = location === null ? null : URL.parse(location)
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url : undefined
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  const causes = cause instanceof AggregateError ? cause.errors : [cause]
  return causes.every((one: unknown) => one instanceof Error && 'code' in one && one.code === 'ECONNREFUSED')
}

function cartBody(cart: Cart): unknown {
  invariant(cart.notices.length >= 1 && cart.notices.length <= 5, 'a cart has 1 to 5 notices')
  return {
    emailNotice: cart.emailNotice,
    paymentNotices: cart.notices.map((notice) => ({
      noticeNumber: notice.noticeNumber,
      fiscalCode: notice.creditorFiscalCode,
      amount: Number(notice.amountCents),
      companyName: plainText(notice.companyName, 140),
      description: plainText(notice.description, 140),
    })),
    returnUrls: {
      returnOkUrl: cart.returnUrls.ok.href,
      returnCancelUrl: cart.returnUrls.cancel.href,
      returnErrorUrl: cart.returnUrls.error.href,
      returnWaitingUrl: cart.returnUrls.waiting.href,
    },
    idCart: cart.idCart,
    allCCP: cart.allCcp,
  }
}
