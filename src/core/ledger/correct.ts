import { sql } from 'kysely'
import type { Tx } from '../db/tenant.ts'
import { newId } from '../ids.ts'
import type { SignedCents } from '../money.ts'

/** What somebody of the office wants to change about a wallet's credit, always by a booking of its own. */
export type Correction = {
  walletId: string
  /** In plain words; the family reads it. 3 to 200 characters. */
  reason: string
} & (
  | { kind: 'adjustment'; /** What it does to the credit, not 0. */ amountCents: SignedCents }
  | { kind: 'reversal'; /** A meal, till entry or adjustment of this wallet. */ transactionId: string }
)

/** Who asks, and the name of the submission: the same one twice is one. */
export interface CorrectionAsked {
  accountId: string
  submission: string
  /** Until when a second person may approve, where one is needed. */
  expiresAt: Date
}

export type CorrectionAnswer =
  | 'booked'
  | 'waiting'
  | 'refused'
  | 'expired'
  | 'not-found'
  | 'not-correctable'
  | 'reversed'
  | 'asked'

/**
 * Books a correction, or lets it wait for a second person: the database decides by the entity's limit.
 * @returns what became of it, and its id; `isNew` is false for a submission that came before
 */
export async function adjust(
  tx: Tx,
  tenantId: string,
  correction: Correction,
  { accountId, submission, expiresAt }: CorrectionAsked,
  now: Date,
): Promise<{ outcome: CorrectionAnswer; id: string | undefined; isNew: boolean }> {
  const id = newId()
  const amount = correction.kind === 'adjustment' ? correction.amountCents : null
  const reverses = correction.kind === 'reversal' ? correction.transactionId : null
  const { rows } = await sql<{ outcome: CorrectionAnswer; correction_id: string | null }>`
    select outcome, correction_id from ledger_adjust(${tenantId}, ${id}, ${correction.kind}, ${correction.walletId},
      ${amount}, ${reverses}, ${correction.reason}, ${submission}, ${accountId}, ${newId()}, ${expiresAt}, ${now})`.execute(
    tx,
  )
  const { outcome, correction_id: known } = rows[0]!
  return { outcome, id: known ?? undefined, isNew: known === id }
}

export type DecisionAnswer =
  | 'booked'
  | 'refused'
  | 'not-found'
  | 'decided'
  | 'expired'
  | 'same-person'
  | 'reversed'

/** The second person's word on a correction that waits; a refusal names its reason (3 to 200 characters). */
export async function decide(
  tx: Tx,
  tenantId: string,
  decision: { correctionId: string; accountId: string; refusal?: string },
  now: Date,
): Promise<DecisionAnswer> {
  const { correctionId, accountId, refusal = null } = decision
  const { rows } = await sql<{ outcome: DecisionAnswer }>`
    select ledger_decide_correction(${tenantId}, ${correctionId}, ${accountId}, ${refusal}, ${newId()}, ${now})
      as outcome`.execute(tx)
  return rows[0]!.outcome
}
