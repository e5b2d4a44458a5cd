import type { Db, Pool } from '#core/db/connect.ts'
import type { Clock } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { idFrom } from '#core/ids.ts'
import type { Page } from '#core/ledger/movements.ts'
import { receiptCopy } from '#core/receipts/copy.ts'
import { findCart } from '#core/top-ups/carts.ts'
import {
  findTopUp,
  paymentsPage,
  topUpsOfCart,
  type PaymentsFilter,
  type PaymentsKey,
} from '#core/top-ups/read.ts'
import type { TopUp } from '#core/top-ups/top-up.ts'
import { walletsNear, walletsOfGuardian, type GuardianWallet, type NearWallet } from './wallets.ts'

/** Who asks for something of their own. */
export interface Owner {
  tenantId: string
  accountId: string
}

interface Deps {
  pool: Pool
  db: Db
  clock: Clock
}

/**
 * What somebody wants of a payment. To `see` it: guardians every one of their child, others what they paid themselves
 * while invited. To `pay` it, which is also to print, send or withdraw its notice: guardians what a guardian asked for,
 * others what they asked for themselves, as long as the invitation holds.
 */
export type Wish = 'see' | 'pay'

/**
 * One of the guardian's wallets. An invited person has none.
 * @throws DomainError resource.not_found, the same for one of somebody else, one that does not exist and no id at all
 */
export async function ownWallet(
  pool: Pool,
  { tenantId, accountId }: Owner,
  walletId: string | undefined,
): Promise<GuardianWallet> {
  const id = idFrom(walletId)
  const wallets = await walletsOfGuardian(pool, tenantId, accountId)
  const wallet = wallets.find((one) => one.id === id)
  if (!wallet) throw new DomainError('resource.not_found')
  return wallet
}

/** A payment that the reader may see, or pay. @throws DomainError resource.not_found, as {@link ownWallet} */
export async function ownTopUp(
  deps: Deps,
  owner: Owner,
  topUpId: string | undefined,
  wish: Wish,
): Promise<TopUp> {
  const id = idFrom(topUpId)
  const wallets = await near(deps, owner)
  const topUp = await findTopUp(deps.db, owner.tenantId, id)
  if (!topUp || !allows(wallets, owner, topUp, wish)) throw new DomainError('resource.not_found')
  return asSeenBy(wallets, owner, topUp)
}

/**
 * The reader's payments of one cart; none where a later attempt has taken the reader's own cart over.
 * @throws DomainError resource.not_found, as {@link ownWallet}
 */
export async function ownCart(
  deps: Deps,
  owner: Owner,
  cartId: string | undefined,
  wish: Wish,
): Promise<TopUp[]> {
  const { db } = deps
  const id = idFrom(cartId)
  const wallets = await near(deps, owner)
  const cart = await findCart(db, owner.tenantId, id)
  const topUps = cart ? await topUpsOfCart(db, owner.tenantId, cart.id) : []
  const own = topUps.filter((topUp) => allows(wallets, owner, topUp, wish))
  const isReplaced = topUps.length === 0 && cart?.accountId === owner.accountId
  if (own.length === 0 && !isReplaced) throw new DomainError('resource.not_found')
  return own.map((topUp) => asSeenBy(wallets, owner, topUp))
}

/** A page of what the reader may see, and the wallets that it may be asked for by. */
export async function ownPayments(
  deps: Deps,
  owner: Owner,
  filter: Omit<PaymentsFilter, 'walletIds' | 'invited'> & { childId?: string | undefined },
): Promise<Page<TopUp, PaymentsKey> & { wallets: NearWallet[] }> {
  const { childId, ...rest } = filter
  const wallets = await near(deps, owner)
  const chosen = childId === undefined ? wallets : wallets.filter(({ child }) => child.id === childId)
  const { whole, partial } = reachOf(chosen)
  const { items, next } = await paymentsPage(deps.db, owner.tenantId, {
    ...rest,
    walletIds: whole,
    invited: { accountId: owner.accountId, walletIds: partial },
  })
  return { items: items.map((topUp) => asSeenBy(wallets, owner, topUp)), next, wallets }
}

/**
 * The copy of a receipt. What an invited person paid, the copy names: it is theirs alone.
 * @throws DomainError resource.not_found, receipt.not_available_yet with the day
 */
export async function ownReceiptCopy(
  deps: Deps,
  owner: Owner,
  receiptId: string | undefined,
): Promise<{ pdf: Buffer; noticeNumber: string }> {
  const id = idFrom(receiptId)
  const { whole, partial } = reachOf(await near(deps, owner))
  const reader = { accountId: owner.accountId, walletIds: whole, invitedWalletIds: partial }
  return receiptCopy(deps.db, owner.tenantId, id, reader, deps.clock.now())
}

/** Whether the reader may pay a payment that they see: pages offer nothing that would be refused. */
export async function mayPay(deps: Deps, owner: Owner, topUps: readonly TopUp[]): Promise<boolean> {
  const wallets = await near(deps, owner)
  return topUps.every((topUp) => allows(wallets, owner, topUp, 'pay'))
}

function near({ pool, clock }: Deps, { tenantId, accountId }: Owner): Promise<NearWallet[]> {
  return walletsNear(pool, tenantId, accountId, clock.now())
}

function reachOf(wallets: readonly NearWallet[]): { whole: string[]; partial: string[] } {
  const ids = (whole: boolean) =>
    wallets.filter(({ relation }) => (relation === 'guardian') === whole).map(({ id }) => id)
  return { whole: ids(true), partial: ids(false) }
}

function allows(wallets: readonly NearWallet[], owner: Owner, topUp: TopUp, wish: Wish): boolean {
  const relation = wallets.find(({ id }) => id === topUp.walletId)?.relation
  const isInvitedPayer = topUp.invitation !== undefined && topUp.accountId === owner.accountId
  if (relation === 'guardian') return wish === 'see' || topUp.invitation === undefined || isInvitedPayer
  if (relation === 'invited') return isInvitedPayer
  return relation === 'former' && wish === 'see' && isInvitedPayer
}

/** Without the child's credit and family name for whoever is no guardian; who paid knows what they are called. */
function asSeenBy(wallets: readonly NearWallet[], owner: Owner, topUp: TopUp): TopUp {
  const invitation = topUp.accountId === owner.accountId ? undefined : topUp.invitation
  if (wallets.some(({ id, relation }) => id === topUp.walletId && relation === 'guardian'))
    return { ...topUp, invitation }
  const { receipt } = topUp
  return {
    ...topUp,
    invitation,
    childLastName: '',
    receipt: receipt && { ...receipt, balanceAfterCents: undefined },
  }
}
