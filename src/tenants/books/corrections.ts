import { audit } from '#core/audit.ts'
import { addDays, romeDate, startOfRomeDay } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError, type FaultCode } from '#core/errors.ts'
import {
  adjust,
  decide,
  type Correction,
  type CorrectionAnswer,
  type DecisionAnswer,
} from '#core/ledger/correct.ts'
import type { Services } from '#core/services.ts'
import type { Owner } from '../people/own.ts'

/** How long a correction waits for its second person: whole days in Rome. */
export const APPROVAL_DAYS = 14

const REFUSALS: Partial<Record<CorrectionAnswer | DecisionAnswer, FaultCode>> = {
  'not-found': 'resource.not_found',
  'not-correctable': 'correction.not_correctable',
  reversed: 'correction.reversed',
  asked: 'correction.asked',
  decided: 'correction.decided',
  expired: 'correction.expired',
  'same-person': 'correction.same_person',
}

/**
 * Corrects a wallet's credit, never by an edit of what stands there: booked at once, or left to a second person where
 * the entity's `adjustmentLimitCents` asks for one (decided in the database).
 * @param submission names the form that was sent: the same one twice is one correction
 * @throws DomainError resource.not_found for a wallet or transaction that is not there, correction.not_correctable for
 *   what rests on somebody else's paper (receipts, openings), correction.reversed, correction.asked
 */
export async function correctCredit(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  { tenantId, accountId }: Owner,
  correction: Correction,
  submission: string,
): Promise<{ id: string; outcome: 'booked' | 'waiting' }> {
  const now = clock.now()
  const expiresAt = startOfRomeDay(addDays(romeDate(now), APPROVAL_DAYS + 1))
  return inTenant(db, tenantId, async (tx) => {
    const asked = { accountId, submission, expiresAt }
    const { outcome, id, isNew } = await adjust(tx, tenantId, correction, asked, now)
    if (id === undefined || (outcome !== 'booked' && outcome !== 'waiting'))
      throw new DomainError(REFUSALS[outcome] ?? 'correction.decided')
    if (isNew) {
      const details = {
        correction: id,
        kind: correction.kind,
        ...(correction.kind === 'adjustment'
          ? { cents: Number(correction.amountCents) }
          : { transaction: correction.transactionId }),
      }
      const action = outcome === 'booked' ? 'correction.booked' : 'correction.asked'
      const subject = { kind: 'wallet', id: correction.walletId }
      await audit(tx, tenantId, { actor: { kind: 'staff', id: accountId }, action, subject, details }, now)
    }
    return { id, outcome }
  })
}

/**
 * The second person's word on a correction: it is booked, or refused with a reason. Whoever asked may take it back by
 * a refusal, and never approve it: the database sees to it in the transaction that books.
 * @throws DomainError resource.not_found, correction.same_person, correction.decided, correction.expired (14 days),
 *   correction.reversed when the transaction was taken back in another way meanwhile
 */
export async function decideCorrection(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  { tenantId, accountId }: Owner,
  correctionId: string,
  { refusal }: { refusal?: string } = {},
): Promise<void> {
  const now = clock.now()
  const answer = await inTenant(db, tenantId, async (tx) => {
    const decision = { correctionId, accountId, ...(refusal !== undefined && { refusal }) }
    const outcome = await decide(tx, tenantId, decision, now)
    if (outcome === 'booked' || outcome === 'refused') {
      const action = outcome === 'booked' ? 'correction.approved' : 'correction.refused'
      const subject = { kind: 'correction', id: correctionId }
      await audit(tx, tenantId, { actor: { kind: 'staff', id: accountId }, action, subject }, now)
    }
    return outcome
  })
  // Thrown out here: that it has expired is written down all the same.
  const fault = REFUSALS[answer]
  if (fault) throw new DomainError(fault)
}
