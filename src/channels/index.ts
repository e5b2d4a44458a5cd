import type { PaymentChannel } from '#core/channel.ts'
import type { CheckoutClient } from '#pagopa/checkout.ts'
import { pagopaOnline } from './pagopa-online/channel.ts'
import { pspNotice } from './psp-notice/channel.ts'
import { puntolisQr } from './puntolis-qr/channel.ts'

/** What channels need from outside the house. */
export interface Outside {
  checkout: CheckoutClient
  /** The same of the world that entities in rehearsal pay to. */
  rehearsalCheckout: CheckoutClient
}

/** Every way to pay, in the order in which pages offer them. A new channel is a folder here and a line in this list. */
export function createChannels({ checkout, rehearsalCheckout }: Outside) {
  return [
    pagopaOnline(checkout, rehearsalCheckout),
    pspNotice,
    puntolisQr,
  ] as const satisfies readonly PaymentChannel[]
}

export type ChannelId = ReturnType<typeof createChannels>[number]['id']
