import { romeDate, type RomeDate } from '#core/clock.ts'
import type { Pool } from '#core/db/connect.ts'
import type { WalletState } from '#core/db/schema.ts'
import { cents, signedCents, type Cents, type SignedCents } from '#core/money.ts'

interface AnyWallet {
  id: string
  category: string
  categoryLabel: string
  state: WalletState
}

/** A purse as its guardian sees it. */
export interface GuardianWallet extends AnyWallet {
  relation: 'guardian'
  balanceCents: SignedCents
  tariffCents: Cents | undefined
  child: { id: string; firstName: string; lastName: string; school: string; className: string }
}

/** A purse that somebody was invited to top up: there is no balance to print. */
export interface InvitedWallet extends AnyWallet {
  relation: 'invited'
  /** The last day of it. */
  until: RomeDate
  child: { id: string; firstName: string }
}

/** A purse that somebody topped up while invited: what they paid is still theirs to see. */
export interface FormerWallet extends AnyWallet {
  relation: 'former'
  child: { id: string; firstName: string }
}

export type NearWallet = GuardianWallet | InvitedWallet | FormerWallet
/** A purse that may be topped up. */
export type PayableWallet = GuardianWallet | InvitedWallet

interface Row {
  wallet_id: string
  relation: NearWallet['relation']
  until: Date | null
  category: string
  category_label: string
  balance_cents: bigint | null
  state: WalletState
  child_id: string
  first_name: string
  last_name: string | null
  school: string | null
  class_name: string | null
  tariff_cents: bigint | null
}

/**
 * Every wallet that somebody has to do with, and as what: their own children's first, each group by first names.
 * @param now decides which invitations still hold
 */
export async function walletsNear(
  pool: Pool,
  tenantId: string,
  accountId: string,
  now: Date,
): Promise<NearWallet[]> {
  const rows = await pool<Row[]>`
    select wallet_id, relation, until, category, category_label, balance_cents, state, child_id, first_name, last_name, school, class_name, tariff_cents
    from wallets_of_guardian(${tenantId}, ${accountId}, ${now})`
  return rows.map(walletOf)
}

/** The wallets of a guardian's own children alone, by the children's first names. */
export async function walletsOfGuardian(
  pool: Pool,
  tenantId: string,
  accountId: string,
): Promise<GuardianWallet[]> {
  const rows = await pool<Row[]>`
    select wallet_id, relation, until, category, category_label, balance_cents, state, child_id, first_name, last_name, school, class_name, tariff_cents
    from wallets_of_guardian(${tenantId}, ${accountId})`
  return rows.map(walletOf).filter((wallet) => wallet.relation === 'guardian')
}

/** True for a wallet that its reader may top up. */
export function isPayable(wallet: NearWallet): wallet is PayableWallet {
  return wallet.relation !== 'former'
}

/** The child as the reader may call it: by the whole name for guardians alone. */
export function childNameOf(wallet: NearWallet): string {
  const { child } = wallet
  return wallet.relation === 'guardian' ? `${child.firstName} ${wallet.child.lastName}` : child.firstName
}

function walletOf(row: Row): NearWallet {
  const wallet = {
    id: row.wallet_id,
    category: row.category,
    categoryLabel: row.category_label,
    state: row.state,
  }
  const child = { id: row.child_id, firstName: row.first_name }
  if (row.relation === 'former') return { ...wallet, relation: 'former', child }
  // It ends with a whole day: the instant that is kept is the first one after.
  if (row.relation === 'invited')
    return { ...wallet, relation: 'invited', until: romeDate(new Date(row.until!.getTime() - 1)), child }
  return {
    ...wallet,
    relation: 'guardian',
    balanceCents: signedCents(row.balance_cents!),
    tariffCents: row.tariff_cents === null ? undefined : cents(row.tariff_cents),
    child: { ...child, lastName: row.last_name!, school: row.school!, className: row.class_name! },
  }
}
