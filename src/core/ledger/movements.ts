import { sql } from 'kysely'
import type { Db } from '../db/connect.ts'
import type { LedgerKind } from '../db/schema.ts'
import { inTenant } from '../db/tenant.ts'
import { signedCents, type SignedCents } from '../money.ts'

/** One line of a wallet's statement. */
export interface Movement {
  /** Position among the wallet's movements, from 1: the page key. */
  number: number
  transactionId: string
  kind: LedgerKind
  reference: string
  occurredAt: Date
  bookedAt: Date
  amountCents: SignedCents
  balanceAfterCents: SignedCents
}

/** A page of things and the key of the next one, undefined at the end. */
export interface Page<Item, Key> {
  items: Item[]
  next: Key | undefined
}

interface Row {
  movement: bigint
  transaction_id: string
  kind: LedgerKind
  reference: string
  occurred_at: Date
  booked_at: Date
  amount_cents: bigint
  balance_after_cents: bigint
}

/** A page of a wallet's movements, newest first: those numbered below `before` (from the newest when left out). */
export async function movementsPage(
  db: Db,
  tenantId: string,
  walletId: string,
  { before, limit = 25 }: { before?: number | undefined; limit?: number },
): Promise<Page<Movement, number>> {
  const last = before ?? Number.MAX_SAFE_INTEGER
  const { rows } = await sql<Row>`
    select movement, transaction_id, kind, reference, occurred_at, booked_at, amount_cents, balance_after_cents
    from movements_page(${tenantId}, ${walletId}, ${last}, ${limit + 1})`.execute(db)
  const items = rows.slice(0, limit).map(toMovement)
  return { items, next: rows.length > limit ? items.at(-1)!.number : undefined }
}

/** One movement of a wallet, by its transaction; undefined when the wallet has no part in it. */
export async function findMovement(
  db: Db,
  tenantId: string,
  walletId: string,
  transactionId: string,
): Promise<Movement | undefined> {
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<Row>`
      select p.movement, t.id as transaction_id, t.kind, t.reference, t.occurred_at, t.booked_at, p.amount_cents,
        p.balance_after_cents
      from ledger_transactions t
      join ledger_postings p on p.tenant_id = t.tenant_id and p.transaction_id = t.id
      where t.tenant_id = ${tenantId} and t.id = ${transactionId} and p.wallet_id = ${walletId}`.execute(tx),
  )
  return rows[0] && toMovement(rows[0])
}

function toMovement(row: Row): Movement {
  return {
    number: Number(row.movement),
    transactionId: row.transaction_id,
    kind: row.kind,
    reference: row.reference,
    occurredAt: row.occurred_at,
    bookedAt: row.booked_at,
    amountCents: signedCents(row.amount_cents),
    balanceAfterCents: signedCents(row.balance_after_cents),
  }
}
