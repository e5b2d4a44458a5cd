import { sql } from 'kysely'
import type { WalletState } from '#core/db/schema.ts'
import type { Tx } from '#core/db/tenant.ts'
import type { TenantVault } from '#core/vault.ts'
import type { MappedRow } from './mapping.ts'
import { codesOf, type ChildrenByCode, type NamedChild } from './named-children.ts'

/** A child with its purses. */
export interface WalletOwner extends NamedChild {
  /** By service. */
  readonly wallets: Map<string, KnownWallet>
}

/** A purse. */
export interface KnownWallet {
  readonly id: string
  readonly state: WalletState
  /** The opening balance that is booked and not taken back. */
  readonly opened: bigint | undefined
}

/** The children that a file names. */
export interface KnownWallets extends ChildrenByCode<WalletOwner> {
  /** References of opening balances that are booked, also of those that were taken back. */
  readonly references: ReadonlySet<string>
}

interface Row {
  id: string
  first_name: string
  last_name: string
  hash: string | null
  external_id: string | null
  wallet_id: string | null
  category: string | null
  state: WalletState | null
  opened: bigint | null
}

/** Reads the children that the rows name and their purses; purses are locked where something is about to be booked. */
export async function readWallets(
  tx: Tx,
  tenantId: string,
  keys: TenantVault,
  rows: readonly MappedRow[],
  lock: boolean,
): Promise<KnownWallets> {
  const hashOf = (code: string) => keys.lookUpHash(code).toString('hex')
  const { hashes, ids } = codesOf(keys, rows)
  if (lock)
    await sql`select from wallets w join children c on c.tenant_id = w.tenant_id and c.id = w.child_id
      where w.tenant_id = ${tenantId} and (c.fiscal_code_hash = any (${hashes}::bytea[])
        or c.external_id = any (${ids}::text[]))
      order by w.id for update of w`.execute(tx)
  const found = await sql<Row>`
    select c.id, c.first_name, c.last_name, encode(c.fiscal_code_hash, 'hex') as hash, c.external_id, w.id as wallet_id,
      w.category, w.state, o.amount_cents as opened
    from children c
    left join wallets w on w.tenant_id = c.tenant_id and w.child_id = c.id
    left join lateral (
      select p.amount_cents from ledger_postings p
      join ledger_transactions t on t.tenant_id = p.tenant_id and t.id = p.transaction_id
      where p.tenant_id = ${tenantId} and p.wallet_id = w.id and t.kind = 'opening' and not exists (
        select from ledger_transactions r where r.tenant_id = ${tenantId} and r.reverses = t.id)
      limit 1
    ) o on true
    where c.tenant_id = ${tenantId} and (c.fiscal_code_hash = any (${hashes}::bytea[])
      or c.external_id = any (${ids}::text[]))`.execute(tx)
  const { rows: booked } = await sql<{ reference: string }>`
    select reference from ledger_transactions
    where tenant_id = ${tenantId} and kind = 'opening' and reference like 'import:%'`.execute(tx)
  const [byHash, byExternalId] = [new Map<string, WalletOwner>(), new Map<string, WalletOwner>()]
  const owners = new Map<string, WalletOwner>()
  for (const row of found.rows) {
    const owner = owners.get(row.id) ?? {
      id: row.id,
      firstName: row.first_name,
      lastName: row.last_name,
      wallets: new Map<string, KnownWallet>(),
    }
    owners.set(row.id, owner)
    if (row.hash) byHash.set(row.hash, owner)
    if (row.external_id) byExternalId.set(row.external_id, owner)
    if (row.wallet_id)
      owner.wallets.set(row.category!, {
        id: row.wallet_id,
        state: row.state!,
        opened: row.opened ?? undefined,
      })
  }
  return {
    byCode: (code) => byHash.get(hashOf(code)),
    byId: (id) => byExternalId.get(id),
    references: new Set(booked.map(({ reference }) => reference)),
  }
}
