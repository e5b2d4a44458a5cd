import { audit } from '#core/audit.ts'
import type { Db } from '#core/db/connect.ts'
import type { WalletState } from '#core/db/schema.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import { enqueue } from '#core/jobs/outbox.ts'
import type { Services } from '#core/services.ts'
import { ANNOUNCE_TOP_UP_JOB } from '#core/top-ups/announce.ts'
import type { Owner } from '../people/own.ts'

/** Which state may follow which. Money that pagoPA took is credited in every one of them. */
export const NEXT_WALLET_STATES = {
  active: ['suspended', 'closed'],
  suspended: ['active', 'closed'],
  closed: ['active'],
} as const satisfies Record<WalletState, readonly WalletState[]>

/**
 * Suspends a wallet, closes it or opens it again, with a reason that the family reads. While it is not active nobody
 * can begin a top-up, notices that are already out are refused at every PSP (pagoPA's archive is told too), and a
 * receipt that comes all the same is credited. A wallet with credit, or with a debt, is not closed.
 * @param reason 3 to 200 characters
 * @throws DomainError resource.not_found, wallet.state_changed when it is in that state or may not go there,
 *   wallet.not_empty on closing
 */
export async function changeWalletState(
  services: Pick<Services, 'db' | 'clock' | 'nudge'>,
  { tenantId, accountId }: Owner,
  walletId: string,
  { state, reason }: { state: WalletState; reason: string },
): Promise<void> {
  const { db, clock } = services
  const now = clock.now()
  await inTenant(db, tenantId, async (tx) => {
    // The lock lets no receipt in between the look at the credit and the change.
    const wallet = await tx
      .selectFrom('wallets')
      .select(['state', 'balance_cents'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', walletId)
      .forUpdate()
      .executeTakeFirst()
    if (!wallet) throw new DomainError('resource.not_found')
    const next: readonly WalletState[] = NEXT_WALLET_STATES[wallet.state]
    if (!next.includes(state)) throw new DomainError('wallet.state_changed')
    if (state === 'closed' && wallet.balance_cents !== 0n) throw new DomainError('wallet.not_empty')
    await tx
      .updateTable('wallets')
      .set({ state })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', walletId)
      .execute()
    await tx
      .insertInto('wallet_state_changes')
      .values({
        tenant_id: tenantId,
        id: newId(),
        wallet_id: walletId,
        state,
        reason,
        changed_by: accountId,
        changed_at: now,
      })
      .execute()
    const open = await tx
      .selectFrom('top_ups')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('wallet_id', '=', walletId)
      .where('state', '=', 'open')
      .execute()
    // What pagoPA's archive has closed it does not open again; the Node asks us then, and we answer.
    const toTell = state === 'active' ? [] : open
    const announcements = toTell.map(({ id: topUpId }) => ({
      tenantId,
      job: ANNOUNCE_TOP_UP_JOB,
      data: { tenantId, topUpId },
    }))
    if (announcements.length > 0) await enqueue(tx, announcements, now)
    const details = { before: wallet.state, after: state, openNotices: open.length }
    const subject = { kind: 'wallet', id: walletId }
    const actor = { kind: 'staff', id: accountId } as const
    await audit(tx, tenantId, { actor, action: 'wallet.state_changed', subject, details }, now)
  })
  services.nudge()
}

/** Why a wallet is in the state in which it is. */
export interface WalletStateReason {
  state: WalletState
  reason: string
  since: Date
}

/** The latest change of each wallet that was ever changed. */
export async function walletStateReasons(
  db: Db,
  tenantId: string,
  walletIds: readonly string[],
): Promise<ReadonlyMap<string, WalletStateReason>> {
  if (walletIds.length === 0) return new Map()
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('wallet_state_changes')
      .distinctOn('wallet_id')
      .select(['wallet_id', 'state', 'reason', 'changed_at'])
      .where('tenant_id', '=', tenantId)
      .where('wallet_id', 'in', walletIds)
      .orderBy('wallet_id')
      .orderBy('changed_at', 'desc')
      .orderBy('id', 'desc')
      .execute(),
  )
  return new Map(
    rows.map(({ wallet_id, state, reason, changed_at }) => [wallet_id, { state, reason, since: changed_at }]),
  )
}
