// Without lucia, which 0002 gives to one file: its sessions know one lifetime, and slide; an operator's have two limits, an
// idle and an absolute one, both by the house's clock and both in the query that finds the session. The token is
// like the others: random, handed over once, stored as a hash.
import type { Db } from '#core/db/connect.ts'
import type { Clock } from '#core/clock.ts'
import { hashToken, newId, newSecret } from '#core/ids.ts'
import { operatorAudit } from './audit.ts'

/** An operator who is signed in. */
export interface Operator {
  readonly operatorId: string
  readonly name: string
}

export interface OperatorSessions {
  /** Begins a session; the token is shown to its owner once. */
  begin(operatorId: string): Promise<string>
  /** Whose a token is; undefined when it is unknown, over, or its operator is disabled. Being asked for keeps it alive. */
  find(token: string | undefined): Promise<Operator | undefined>
  end(token: string): Promise<void>
}

/** Thirty minutes without a request, or ten hours in all. */
const IDLE_MS = 30 * 60_000
const ABSOLUTE_MS = 10 * 3_600_000

export function createOperatorSessions(db: Db, clock: Clock): OperatorSessions {
  return {
    async begin(operatorId) {
      const token = newSecret()
      const id = newId()
      const now = clock.now()
      await db.transaction().execute(async (tx) => {
        // What is over needs no job of its own: each sign-in clears it away.
        await tx
          .deleteFrom('operator_sessions')
          .where((where) =>
            where.or([
              where('created_at', '<=', new Date(now.getTime() - ABSOLUTE_MS)),
              where('seen_at', '<=', new Date(now.getTime() - IDLE_MS)),
            ]),
          )
          .execute()
        await tx
          .insertInto('operator_sessions')
          .values({
            token_hash: hashToken(token),
            id,
            operator_id: operatorId,
            created_at: now,
            seen_at: now,
          })
          .execute()
        const subject = { kind: 'session', id } as const
        await operatorAudit(tx, { operatorId, action: 'sign_in.succeeded', subject }, now)
      })
      return token
    },
    async find(token) {
      if (!token) return undefined
      const now = clock.now()
      const row = await db
        .updateTable('operator_sessions as s')
        .from('operators as o')
        .set({ seen_at: now })
        .whereRef('o.id', '=', 's.operator_id')
        .where('o.disabled_at', 'is', null)
        .where('s.token_hash', '=', hashToken(token))
        .where('s.created_at', '>', new Date(now.getTime() - ABSOLUTE_MS))
        .where('s.seen_at', '>', new Date(now.getTime() - IDLE_MS))
        .returning(['s.operator_id', 'o.name'])
        .executeTakeFirst()
      return row && { operatorId: row.operator_id, name: row.name }
    },
    async end(token) {
      const now = clock.now()
      await db.transaction().execute(async (tx) => {
        const ended = await tx
          .deleteFrom('operator_sessions')
          .where('token_hash', '=', hashToken(token))
          .returning(['id', 'operator_id'])
          .executeTakeFirst()
        if (!ended) return
        const subject = { kind: 'session', id: ended.id } as const
        await operatorAudit(tx, { operatorId: ended.operator_id, action: 'sign_in.ended', subject }, now)
      })
    },
  }
}
