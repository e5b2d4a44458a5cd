import { sql } from 'kysely'
import type { Db } from '../db/connect.ts'
import { newId } from '../ids.ts'
import type { Cents, SignedCents } from '../money.ts'

/** Credit that a family brings from the entity's old books; may be negative. */
export interface OpeningBalance {
  walletId: string
  amountCents: SignedCents
  /** Names the line of the old books: one opening per reference. */
  reference: string
  occurredAt: Date
}

/**
 * Books an opening balance.
 * @throws a database error of state 23505 when the reference is booked already
 */
export async function openBalance(
  db: Db,
  tenantId: string,
  opening: OpeningBalance,
  now: Date,
): Promise<string> {
  const id = newId()
  await sql`select ledger_open_balance(${tenantId}, ${id}, ${opening.walletId}, ${opening.amountCents},
    ${opening.reference}, ${opening.occurredAt}, ${now}) as x`.execute(db)
  return id
}

/** One meal of one child. */
export interface MealCharge {
  walletId: string
  amountCents: Cents
  /** Names the meal (child, day, service): one charge per reference. */
  reference: string
}

/**
 * Charges a batch of meals, all or nothing; references charged before are passed over.
 * @returns how many were booked now
 */
export async function chargeMeals(
  db: Db,
  tenantId: string,
  charges: readonly MealCharge[],
  occurredAt: Date,
  now: Date,
): Promise<number> {
  if (charges.length === 0) return 0
  const result = await sql<{ booked: bigint }>`select ledger_charge_meals(${tenantId},
    ${charges.map(() => newId())}::uuid[], ${charges.map(({ walletId }) => walletId)}::uuid[],
    ${charges.map(({ amountCents }) => amountCents.toString())}::bigint[],
    ${charges.map(({ reference }) => reference)}::text[], ${occurredAt}, ${now}) as booked`.execute(db)
  return Number(result.rows[0]!.booked)
}

/**
 * Takes back a transaction: the original postings negated, referencing it.
 * @throws a database error of state 23505 when it was reversed before, P0002 when it is not there
 */
export async function reverseTransaction(
  db: Db,
  tenantId: string,
  transactionId: string,
  reason: string,
  now: Date,
): Promise<string> {
  const id = newId()
  await sql`select ledger_reverse(${tenantId}, ${id}, ${transactionId}, ${reason}, ${now}) as x`.execute(db)
  return id
}
