import type { Db, Pool } from '#core/db/connect.ts'
import { DomainError } from '#core/errors.ts'
import { idFrom } from '#core/ids.ts'
import { findTopUp } from '#core/top-ups/read.ts'
import type { TopUp } from '#core/top-ups/top-up.ts'
import { walletsOfGuardian, type GuardianWallet } from './wallets.ts'

/** Who asks for something of their own. */
export interface Owner {
  tenantId: string
  accountId: string
}

/**
 * One of the guardian's wallets.
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

/** A top-up of one of the guardian's wallets. @throws DomainError resource.not_found, as {@link ownWallet} */
export async function ownTopUp(
  { pool, db }: { pool: Pool; db: Db },
  { tenantId, accountId }: Owner,
  topUpId: string | undefined,
): Promise<TopUp> {
  const id = idFrom(topUpId)
  const wallets = await walletsOfGuardian(pool, tenantId, accountId)
  const topUp = await findTopUp(db, tenantId, id)
  if (!topUp || !wallets.some((wallet) => wallet.id === topUp.walletId))
    throw new DomainError('resource.not_found')
  return topUp
}
