import type { Db } from '../db/connect.ts'
import type { CartReturn, TopUpStep } from '../db/schema.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import { DomainError } from '../errors.ts'
import { hashToken, isId, newId, newSecret } from '../ids.ts'
import type { TimelineSource } from './timeline.ts'

export interface Cart {
  id: string
  accountId: string | undefined
  returnedAs: CartReturn | undefined
}

/** Ties open top-ups to a new attempt at Checkout. The token, in the return addresses, names its tenant. */
export async function createCart(
  db: Db,
  tenantId: string,
  topUpIds: readonly string[],
  accountId: string | undefined,
  now: Date,
): Promise<{ id: string; token: string }> {
  const id = newId()
  const secret = newSecret()
  await inTenant(db, tenantId, async (tx) => {
    await tx
      .insertInto('carts')
      .values({
        tenant_id: tenantId,
        id,
        token_hash: hashToken(secret),
        account_id: accountId ?? null,
        created_at: now,
        checkout_url: null,
      })
      .execute()
    await tx
      .updateTable('top_ups')
      .set({ cart_id: id })
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', topUpIds)
      .execute()
    await noteStep(tx, tenantId, topUpIds, 'checkout-opened', 'checkout', now)
  })
  return { id, token: `${tenantId}.${secret}` }
}

/**
 * Notes that the browser came back, and how; it proves nothing about the payment.
 * @throws DomainError resource.not_found for a token that is none
 */
export async function recordReturn(
  db: Db,
  token: string,
  as: CartReturn,
  now: Date,
): Promise<{ tenantId: string; cart: Cart }> {
  const [tenantId = '', secret = ''] = token.split('.')
  if (!isId(tenantId) || secret === '') throw new DomainError('resource.not_found')
  const cart = await inTenant(db, tenantId, async (tx) => {
    const row = await tx
      .updateTable('carts')
      .set({ returned_as: as, returned_at: now })
      .where('tenant_id', '=', tenantId)
      .where('token_hash', '=', hashToken(secret))
      .returning(['id', 'account_id'])
      .executeTakeFirst()
    if (!row) throw new DomainError('resource.not_found')
    const topUps = await tx
      .selectFrom('top_ups')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('cart_id', '=', row.id)
      .execute()
    const ids = topUps.map((topUp) => topUp.id)
    if (ids.length > 0) await noteStep(tx, tenantId, ids, 'returned', 'parent', now)
    return row
  })
  return { tenantId, cart: { id: cart.id, accountId: cart.account_id ?? undefined, returnedAs: as } }
}

/** A cart by its id; undefined when the tenant has none. */
export async function findCart(db: Db, tenantId: string, id: string): Promise<Cart | undefined> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('carts')
      .select(['id', 'account_id', 'returned_as'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirst(),
  )
  return (
    row && { id: row.id, accountId: row.account_id ?? undefined, returnedAs: row.returned_as ?? undefined }
  )
}

/** Writes the same step into the timelines of several top-ups. */
async function noteStep(
  tx: Tx,
  tenantId: string,
  topUpIds: readonly string[],
  step: TopUpStep,
  source: TimelineSource,
  now: Date,
): Promise<void> {
  const events = topUpIds.map((topUpId) => ({
    tenant_id: tenantId,
    top_up_id: topUpId,
    id: newId(),
    step,
    source,
    at: now,
  }))
  await tx.insertInto('top_up_events').values(events).execute()
}
