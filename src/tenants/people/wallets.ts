import type { Pool } from '#core/db/connect.ts'
import type { WalletState } from '#core/db/schema.ts'
import { cents, signedCents, type Cents, type SignedCents } from '#core/money.ts'

/** A purse as its guardian sees it. */
export interface GuardianWallet {
  id: string
  category: string
  categoryLabel: string
  balanceCents: SignedCents
  state: WalletState
  tariffCents: Cents | undefined
  child: { id: string; firstName: string; lastName: string; school: string; className: string }
}

interface Row {
  wallet_id: string
  category: string
  category_label: string
  balance_cents: bigint
  state: WalletState
  child_id: string
  first_name: string
  last_name: string
  school: string
  class_name: string
  tariff_cents: bigint | null
}

/** The wallets of a guardian's children, by the children's first names. */
export async function walletsOfGuardian(
  pool: Pool,
  tenantId: string,
  accountId: string,
): Promise<GuardianWallet[]> {
  const rows = await pool<Row[]>`
    select wallet_id, category, category_label, balance_cents, state, child_id, first_name, last_name, school, class_name, tariff_cents
    from wallets_of_guardian(${tenantId}, ${accountId})`
  return rows.map((row) => ({
    id: row.wallet_id,
    category: row.category,
    categoryLabel: row.category_label,
    balanceCents: signedCents(row.balance_cents),
    state: row.state,
    tariffCents: row.tariff_cents === null ? undefined : cents(row.tariff_cents),
    child: {
      id: row.child_id,
      firstName: row.first_name,
      lastName: row.last_name,
      school: row.school,
      className: row.class_name,
    },
  }))
}
