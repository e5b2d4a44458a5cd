import type { Payer, Surface } from '#core/channel.ts'
import { DomainError, invariant } from '#core/errors.ts'
import { renewPaymentCode } from '#core/payment-codes.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { Cashier } from './cashier.ts'
import { ownWallet } from './people/own.ts'

/** A child's code for the counter: the text of its QR, and what is written under it. */
export interface PaymentCode {
  payload: string
  caption: string
}

/**
 * The present code of one of the payer's wallets, through the channel that gives out codes.
 * @throws DomainError channel.not_offered, resource.not_found, wallet.suspended
 */
export async function showPaymentCode(
  deps: { services: Services; cashier: Cashier },
  tenant: Tenant,
  payer: Payer,
  walletId: string | undefined,
  surface: Surface,
): Promise<PaymentCode> {
  const wallet = await activeWallet(deps.services, tenant, payer.accountId, walletId)
  const offers = await deps.cashier.offers(tenant, surface)
  const counter = offers.find(({ channel, offer }) => channel.maxTopUps === 0 && offer.offered)
  if (!counter) throw new DomainError('channel.not_offered')
  const request = { walletId: wallet.id, drafts: [] }
  const step = await deps.cashier.start(tenant, counter.channel.id, payer, request)
  invariant(step.kind === 'code', `channel ${counter.channel.id} takes no drafts and gives no code`)
  return { payload: step.payload, caption: step.caption }
}

/**
 * Voids the code of one of the guardian's wallets; the next one shown is new.
 * @throws DomainError resource.not_found, wallet.suspended
 */
export async function renewOwnPaymentCode(
  services: Services,
  tenant: Tenant,
  accountId: string,
  walletId: string | undefined,
): Promise<void> {
  const wallet = await activeWallet(services, tenant, accountId, walletId)
  await renewPaymentCode(services.db, services.vault, tenant.id, wallet.id, services.clock.now())
}

async function activeWallet(
  { pool }: Services,
  tenant: Tenant,
  accountId: string,
  walletId: string | undefined,
) {
  const wallet = await ownWallet(pool, { tenantId: tenant.id, accountId }, walletId)
  if (wallet.state !== 'active') throw new DomainError('wallet.suspended')
  return wallet
}
