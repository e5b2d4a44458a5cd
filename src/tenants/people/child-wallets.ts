import type { Tx } from '#core/db/tenant.ts'
import { signedCents, type SignedCents } from '#core/money.ts'

/** A child's purse, as the office sees it. */
export interface ChildWallet {
  readonly id: string
  readonly label: string
  readonly balanceCents: SignedCents
  /** Top-ups that are asked for and not paid. */
  readonly openTopUps: number
}

/** The wallets of a child that hold something of it; those that were merged away do not. */
export async function walletsOfChild(tx: Tx, tenantId: string, childId: string): Promise<ChildWallet[]> {
  const rows = await tx
    .selectFrom('wallets as w')
    .innerJoin('service_categories as s', (join) =>
      join.onRef('s.tenant_id', '=', 'w.tenant_id').onRef('s.code', '=', 'w.category'),
    )
    .select(['w.id', 's.label', 'w.balance_cents'])
    .select((select) =>
      select
        .selectFrom('top_ups as t')
        .select(({ fn }) => fn.countAll<bigint>().as('open'))
        .where('t.tenant_id', '=', tenantId)
        .whereRef('t.wallet_id', '=', 'w.id')
        .where('t.state', '=', 'open')
        .as('open'),
    )
    .where('w.tenant_id', '=', tenantId)
    .where('w.child_id', '=', childId)
    .where('w.merged_into', 'is', null)
    .orderBy('s.label')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    label: row.label,
    balanceCents: signedCents(row.balance_cents),
    openTopUps: Number(row.open ?? 0n),
  }))
}
