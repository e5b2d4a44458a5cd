import { sql } from 'kysely'
import type { Db } from '../db/connect.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import { newId } from '../ids.ts'
import { signedCents, type SignedCents } from '../money.ts'

/**
 * Moves a wallet's credit or debt into another of the same service, closes it, and lets its top-ups credit the other.
 * @returns what was moved
 * @throws a database error of state 22023 for two services, or where the other was merged away itself
 */
export async function mergeWallet(
  tx: Db | Tx,
  tenantId: string,
  { from, to }: { from: string; to: string },
  now: Date,
): Promise<SignedCents> {
  const { rows } = await sql<{ moved: bigint }>`
    select ledger_merge_wallet(${tenantId}, ${newId()}, ${from}, ${to}, ${now}) as moved`.execute(tx)
  return signedCents(rows[0]!.moved)
}

/**
 * Moves on what has reached a merged wallet since: a correction of an old charge, or a payment whose top-up was being
 * opened at that very moment.
 * @returns how many wallets had something
 */
export async function sweepMergedWallets(db: Db, tenantId: string, now: Date): Promise<number> {
  const due = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('wallets as w')
      .select(['w.id', 'w.merged_into'])
      .where('w.tenant_id', '=', tenantId)
      .where('w.merged_into', 'is not', null)
      .where((where) =>
        where.or([
          where('w.balance_cents', '<>', 0n),
          where.exists((topUps) =>
            topUps
              .selectFrom('top_ups as t')
              .select('t.id')
              .where('t.tenant_id', '=', tenantId)
              .whereRef('t.wallet_id', '=', 'w.id'),
          ),
        ]),
      )
      .execute(),
  )
  for (const { id, merged_into } of due)
    await mergeWallet(db, tenantId, { from: id, to: await lastOf(db, tenantId, merged_into!) }, now)
  return due.length
}

/** The wallet at the end: the one that stayed may have been merged into a third since. */
async function lastOf(db: Db, tenantId: string, walletId: string): Promise<string> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('wallets')
      .select('merged_into')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', walletId)
      .executeTakeFirstOrThrow(),
  )
  return row.merged_into === null ? walletId : lastOf(db, tenantId, row.merged_into)
}
