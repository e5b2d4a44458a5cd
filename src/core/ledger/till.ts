import { sql } from 'kysely'
import type { RomeDate } from '../clock.ts'
import type { TillWay } from '../db/office-ledger-tables.ts'
import type { Tx } from '../db/tenant.ts'
import { newId } from '../ids.ts'
import type { Cents } from '../money.ts'

/** Money that a family paid at the desk, as somebody of the office writes it down. */
export interface TillEntry {
  walletId: string
  /** More than 0. */
  amountCents: Cents
  way: TillWay
  /** When the family paid; not after the day of the recording. */
  paidOn: RomeDate
  /** The number of the paper receipt, unique within the entity: 1 to 40 characters, one letter or digit at least. */
  slip: string
  /** Up to 200 characters. */
  note: string
}

export type TillAnswer = 'recorded' | 'closed' | 'not-found' | 'wallet-closed' | 'slip-known'

/**
 * Books what was paid at the desk. The database asks the entity's `pagopaOnlyFrom` once more, by the day of the recording.
 * @param by who records it, the Rome day on which, and the name of the submission: the same one twice is one
 * @returns what became of it; the id is that of the entry, or of the one that holds the same paper
 */
export async function bookTillEntry(
  tx: Tx,
  tenantId: string,
  entry: TillEntry,
  by: { accountId: string; recordedOn: RomeDate; submission: string },
  now: Date,
): Promise<{ outcome: TillAnswer; id: string | undefined; isNew: boolean }> {
  const id = newId()
  const { rows } = await sql<{ outcome: TillAnswer; entry_id: string | null }>`
    select outcome, entry_id from ledger_record_till(${tenantId}, ${id}, ${newId()}, ${entry.walletId},
      ${entry.amountCents}, ${entry.way}, ${entry.paidOn}, ${by.recordedOn}, ${entry.slip}, ${entry.note},
      ${by.submission}, ${by.accountId}, ${now})`.execute(tx)
  const { outcome, entry_id: known } = rows[0]!
  return { outcome, id: known ?? undefined, isNew: known === id }
}
