import type { RomeDate } from '../clock.ts'
import type { Disposition, TopUpState } from '../db/schema.ts'
import type { Cents, SignedCents } from '../money.ts'

/** The whole life of a top-up, on one screen. A missing state does not compile. */
export const NEXT_STATES = {
  open: ['paid', 'expired', 'cancelled'],
  // A late receipt is real money.
  expired: ['paid'],
  cancelled: ['paid'],
  paid: [],
} as const satisfies Record<TopUpState, readonly TopUpState[]>

/** An amount that somebody wants to pay into a wallet; nothing is stored yet. */
export interface TopUpDraft {
  walletId: string
  amountCents: Cents
  /** Whoever asks, and who will be the debtor; absent at a counter. */
  accountId?: string
  /** Under which invitation, where the payer is no guardian. */
  invitationId?: string
}

/** A top-up that pagoPA can be asked about. */
export interface OpenedTopUp {
  id: string
  walletId: string
  amountCents: Cents
  description: string
  taxonomyCode: string
  noticeNumber: string
  expiresAt: Date
}

/** The receipt of a top-up, as far as people see it. */
export interface TopUpReceipt {
  id: string
  receiptId: string
  disposition: Disposition
  amountCents: Cents
  creditedCents: Cents
  feeCents: Cents | undefined
  pspName: string
  pspFiscalCode: string | undefined
  paymentMethod: string | undefined
  paidAt: Date | undefined
  applicationDate: RomeDate | undefined
  arrivedAt: Date
  copyAvailableOn: RomeDate
  /** The IUV. */
  creditorReference: string
  /** Undefined for whoever may not see it. */
  balanceAfterCents: SignedCents | undefined
}

/** A top-up with everything that a list or a page shows of it. */
export interface TopUp extends OpenedTopUp {
  state: TopUpState
  channelId: string
  category: string
  categoryLabel: string
  childId: string
  childFirstName: string
  childLastName: string
  accountId: string | undefined
  /** Set where an invited person asked: what the guardians call them. */
  invitation: { id: string; label: string } | undefined
  cartId: string | undefined
  createdAt: Date
  /** How the browser came back from Checkout, which proves nothing. */
  returnedAs: 'ok' | 'annullato' | 'errore' | 'attesa' | undefined
  returnedAt: Date | undefined
  /** The receipt that paid it. */
  receipt: TopUpReceipt | undefined
}
