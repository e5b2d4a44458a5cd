import { z } from 'zod'
import {
  defineChannel,
  type ChannelContext,
  type NextStep,
  type Payer,
  type PaymentChannel,
} from '#core/channel.ts'
import { DomainError, UpstreamError } from '#core/errors.ts'
import type { OpenedTopUp } from '#core/top-ups/top-up.ts'
import type { CheckoutClient } from '#pagopa/checkout.ts'

const settings = z.strictObject({
  /** Minutes that Checkout keeps a cart (protocol §4: ten). */
  cartMinutes: z.number().int().min(1).max(60).default(10),
})
type Settings = z.infer<typeof settings>

/** Pays on Checkout, pagoPA's own pages: card, account or app, at once. */
export function pagopaOnline(
  real: CheckoutClient,
  rehearsed: CheckoutClient,
): PaymentChannel<'pagopa-online'> {
  const checkoutOf = ({ tenant }: ChannelContext<Settings>) => (tenant.isRehearsing ? rehearsed : real)
  return defineChannel<'pagopa-online', Settings>({
    id: 'pagopa-online',
    label: { it: 'Paga online', en: 'Pay online' },
    note: { it: 'Carta, conto o app, subito', en: 'Card, account or app, at once' },
    icon: 'it-card',
    settings,
    surfaces: ['portal', 'app'],
    jobs: [],
    maxTopUps: 5,
    offer: () => ({ offered: true }),
    guide: () => ['choose', 'press', 'pay'].map((step) => ({ key: `leaflet.channel.pagopa-online.${step}` })),
    async start({ drafts, payer }, context) {
      const opened = await context.desk.open(drafts, { validDays: context.tenant.noticeValidityDays })
      return checkOut(checkoutOf(context), opened, payer, context, async () => {
        // Nobody else can be paying notices this fresh: Checkout could not ask the Node about them.
        return new UpstreamError('Checkout could not verify fresh notices', { retryable: true, status: 422 })
      })
    },
    async resume(topUpIds, payer, context) {
      const open = await context.desk.openOnes(topUpIds)
      return checkOut(checkoutOf(context), open, payer, context, async () => {
        // The receipt may have come while Checkout was asked: what is paid is told as paid.
        await context.desk.openOnes(topUpIds)
        return new DomainError('top_up.being_paid')
      })
    },
  })
}

/**
 * The notices exist before the cart: Checkout asks for them at once. When it does not answer they are open all the
 * same, and the payer is told so.
 */
async function checkOut(
  checkout: CheckoutClient,
  topUps: readonly OpenedTopUp[],
  payer: Payer,
  context: ChannelContext<Settings>,
  notPayable: () => Promise<DomainError | UpstreamError>,
): Promise<NextStep> {
  const { tenant, desk, settings, now } = context
  const topUpIds = topUps.map(({ id }) => id)
  const cart = await desk.openCart(topUpIds)
  const answer = checkout.postCart({
    notices: topUps.map(({ noticeNumber, amountCents, description }) => ({
      noticeNumber,
      amountCents,
      description,
      creditorFiscalCode: tenant.fiscalCode,
      companyName: tenant.creditorName,
    })),
    returnUrls: {
      ok: cart.returnUrls.ok,
      cancel: cart.returnUrls.annullato,
      error: cart.returnUrls.errore,
      waiting: cart.returnUrls.attesa,
    },
    idCart: cart.id,
    allCcp: tenant.hasPostalAccount,
    ...(payer.email ? { emailNotice: payer.email } : {}),
  })
  try {
    const result = await answer
    if (result.kind === 'not-payable') throw await notPayable()
    const expiresAt = new Date(now.getTime() + settings.cartMinutes * 60_000)
    return { kind: 'redirect', url: result.redirectUrl, expiresAt, cartId: cart.id, topUpIds }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    return { kind: 'unavailable', cartId: cart.id, topUpIds, cause: error }
  }
}
