import type { Db } from '../db/connect.ts'
import { inTenant } from '../db/tenant.ts'
import type { TopUpDraft } from './top-up.ts'

/** What somebody asks to pay. */
export interface Wanted {
  accountId: string
  channelId: string
  drafts: readonly TopUpDraft[]
}

/** As long as a payment begun at Checkout can still be finished there. */
const BEGUN_MS = 30 * 60_000

/**
 * The open top-ups of an attempt that the payer began just now over exactly the same wallets and amounts, and came back
 * from, if at all, without a word that it was paid.
 * @returns their ids, or undefined when there is no such attempt
 */
export async function findBegun(
  db: Db,
  tenantId: string,
  wanted: Wanted,
  now: Date,
): Promise<string[] | undefined> {
  if (wanted.drafts.length === 0) return undefined
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('top_ups as t')
      .innerJoin('carts as c', (join) =>
        join.onRef('c.tenant_id', '=', 't.tenant_id').onRef('c.id', '=', 't.cart_id'),
      )
      .select(['t.id', 't.wallet_id', 't.amount_cents', 't.state', 'c.id as cart_id', 'c.returned_as'])
      .where('t.tenant_id', '=', tenantId)
      .where('t.account_id', '=', wanted.accountId)
      .where('t.channel_id', '=', wanted.channelId)
      .where('t.created_at', '>', new Date(now.getTime() - BEGUN_MS))
      .where('t.expires_at', '>', now)
      .orderBy('t.created_at', 'desc')
      .execute(),
  )
  for (const cart of Map.groupBy(rows, (row) => row.cart_id).values()) {
    const open = cart.every(
      ({ state, returned_as: as }) => state === 'open' && as !== 'ok' && as !== 'attesa',
    )
    if (open && isSame(cart, wanted.drafts)) return cart.map(({ id }) => id)
  }
  return undefined
}

function isSame(
  cart: readonly { wallet_id: string; amount_cents: bigint }[],
  drafts: readonly TopUpDraft[],
): boolean {
  const has = ({ walletId, amountCents }: TopUpDraft) =>
    cart.some((row) => row.wallet_id === walletId && row.amount_cents === amountCents)
  return cart.length === drafts.length && drafts.every(has)
}
