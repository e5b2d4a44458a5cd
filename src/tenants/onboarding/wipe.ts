import { sql } from 'kysely'
import type { Actor } from '#core/audit.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, sqlState, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'

/** What a rehearsal left behind, as the log keeps it. Sums in cents. */
export interface WipedFacts {
  readonly topUps: number
  readonly receipts: number
  readonly receiptsCents: number
  readonly transactions: number
  readonly openingCents: number
  readonly walletsCents: number
}

/** What the database says to who would wipe an entity that is in no rehearsal (SQLSTATE insufficient_privilege). */
const REFUSED = '42501'
/** And where real money lies in a wallet of one that is (SQLSTATE object_not_in_prerequisite_state). */
const REAL_MONEY = '55000'

/**
 * Begins the rehearsal anew: everything that was paid and booked in it goes, wallets stand at nothing. A receipt that came from
 * no rehearsal stays in suspense.
 * @throws DomainError tenant.wrong_state for an entity that is in no rehearsal, or has ever been live; tenant.real_money
 */
export async function wipeRehearsal(db: Db, tenantId: string, actor: Actor, now: Date): Promise<WipedFacts> {
  try {
    return await inTenant(db, tenantId, (tx) => call(tx, 'wipe_rehearsal', tenantId, actor, now))
  } catch (error) {
    if (sqlState(error) === REFUSED) throw new DomainError('tenant.wrong_state', { from: '', to: '' })
    throw error
  }
}

/**
 * Ends the rehearsal inside the transaction that makes the entity live: its payments go, its money is real from now on.
 * Once only; decision 0023 says why a ledger that only grows has this one exception.
 * @throws DomainError tenant.real_money; Error with SQLSTATE 42501 where the entity is in no rehearsal, or has ever been live
 */
export function beginLive(tx: Tx, tenantId: string, actor: Actor, now: Date): Promise<WipedFacts> {
  return call(tx, 'go_live', tenantId, actor, now)
}

async function call(
  tx: Tx,
  name: 'wipe_rehearsal' | 'go_live',
  tenantId: string,
  actor: Actor,
  now: Date,
): Promise<WipedFacts> {
  const actorId = 'id' in actor ? actor.id : null
  try {
    const { rows } = await sql<{ facts: WipedFacts }>`
      select ${sql.raw(name)}(${tenantId}, ${newId()}, ${actor.kind}, ${actorId}, ${now}) as facts`.execute(
      tx,
    )
    return rows[0]!.facts
  } catch (error) {
    if (sqlState(error) === REAL_MONEY) throw new DomainError('tenant.real_money')
    throw error
  }
}
