// The only file that knows lucia (docs/decisions/0002). Its adapter is given nothing but a session id, so our token
// carries its tenant: `<tenant>.<secret>`. The database keeps a hash of the secret.
import { Lucia, TimeSpan, type Adapter, type DatabaseSession, type DatabaseUser } from 'lucia'
import { audit, type Actor } from '#core/audit.ts'
import type { Clock } from '#core/clock.ts'
import type { Db, Pool } from '#core/db/connect.ts'
import type { SignInMethodId } from '#core/db/people-tables.ts'
import type { ProofColumns } from '#core/db/session-tables.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { invariant } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import { endOf, idleMs, NOTED_EVERY_MS, type Face } from './limits.ts'
import { endAllSessions, endOwnSession, listSessions, type OwnSession } from './own-sessions.ts'
import { BY_PASSWORD, columnsOf, type Proof } from './proof.ts'
import { deleteExpired, endByToken, insertSession, noteUse, readSession } from './session-rows.ts'
import { newTenantToken, readTenantToken } from './tokens.ts'

export type { Face } from './limits.ts'
export { BY_PASSWORD, type Proof } from './proof.ts'
export type { OwnSession } from './own-sessions.ts'

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<SessionFacts, AccountFacts>
    DatabaseSessionAttributes: SessionFacts
    DatabaseUserAttributes: AccountFacts
  }
}

/** What is to be known of a session besides its token. */
interface SessionFacts {
  sessionId: string
  face: Face
  proof: Pick<ProofColumns, 'method' | 'level'>
  familyId: string | null
  beganAt: Date
  usedAt: Date
  endsAt: Date
}

interface AccountFacts {
  kind: 'guardian' | 'staff'
  staffRole: string | null
  firstName: string
  lastName: string
  email: string | null
  language: string
}

/** A living session and the person behind it. */
export interface SignedIn extends AccountFacts {
  tenantId: string
  accountId: string
  sessionId: string
  /** Of an app that stays signed in: all its sessions have the same. */
  familyId: string | null
  token: string
  face: Face
  method: SignInMethodId
  level: number | null
  expiresAt: Date
}

/** A session just begun; the token is shown to its owner once and stored nowhere. */
export interface Begun {
  token: string
  sessionId: string
  expiresAt: Date
}

/** A session to begin inside a transaction. */
export interface NewSession {
  tenantId: string
  accountId: string
  face: Face
  proof: ProofColumns
  /** A short label (device.ts), never a user agent. */
  device: string | null
  familyId: string | null
  /** True where a refresh token brings it: nobody signs in then, and no line says so. */
  isRenewal: boolean
}

export interface Sessions {
  /**
   * Begins a session. `proof` is how the person proved who they are; a password when left out.
   * @param device a short label, from browserLabel(); null where it is not known
   */
  begin(
    tenantId: string,
    accountId: string,
    face: Face,
    proof?: Proof,
    device?: string | null,
  ): Promise<Begun>
  /** The same inside the transaction that causes it. */
  beginIn(tx: Tx, session: NewSession): Promise<Begun>
  /** Who a token belongs to; undefined when it is unknown, over, another tenant's or of another face. */
  find(tenantId: string, token: string, face: Face): Promise<SignedIn | undefined>
  /** Signs out: ends the session and, where an app stays signed in by it, that too. An unknown token is none. */
  end(token: string): Promise<void>
  /** The account's living sessions, this one first, then the last used. An app that stays signed in is one. */
  list(viewer: SignedIn): Promise<OwnSession[]>
  /** Ends one of the account's own. @throws DomainError resource.not_found when there is none of this id */
  endOne(viewer: SignedIn, id: string): Promise<void>
  /**
   * Ends all sessions of an account, staying sign-ins of apps and unused one-time codes included.
   * @param except the id of the session that stays, with its app's sign-in where it has one
   * @param actor who does it; the account itself when left out
   * @returns how many ended
   */
  endAll(tenantId: string, accountId: string, except?: string, actor?: Actor): Promise<number>
  /** Deletes what is over, in every tenant. */
  deleteExpired(): Promise<void>
}

type InTransaction = <Result>(tenantId: string, work: (tx: Tx) => Promise<Result>) => Promise<Result>

/** Sessions on lucia; the relay role deletes across tenants. */
export function createSessions(pool: Pool, db: Db, relay: Db, clock: Clock): Sessions {
  const ownTransaction: InTransaction = (tenantId, work) => inTenant(db, tenantId, work)
  const luciaOf = (face: Face, transact: InTransaction, begun?: NewSession) =>
    new Lucia(adapterOf({ pool, clock, face, transact, begun }), {
      sessionExpiresIn: new TimeSpan(idleMs(face), 'ms'),
      getSessionAttributes: (facts) => facts,
      getUserAttributes: (account) => account,
    })
  const lucias = {
    portal: luciaOf('portal', ownTransaction),
    app: luciaOf('app', ownTransaction),
    office: luciaOf('office', ownTransaction),
  }

  async function beginIn(tx: Tx, session: NewSession): Promise<Begun> {
    const { tenantId, accountId, face, proof, familyId } = session
    const token = newTenantToken(tenantId)
    const sessionId = newId()
    const now = clock.now()
    const endsAt = endOf(face, now, now)
    const facts = { sessionId, face, proof, familyId, beganAt: now, usedAt: now, endsAt }
    const lucia = luciaOf(face, (_, work) => work(tx), session)
    await lucia.createSession(accountId, facts, { sessionId: token })
    return { token, sessionId, expiresAt: endsAt }
  }

  return {
    beginIn,
    begin: (tenantId, accountId, face, proof = BY_PASSWORD, device = null) =>
      inTenant(db, tenantId, (tx) =>
        beginIn(tx, {
          tenantId,
          accountId,
          face,
          proof: columnsOf(proof),
          device,
          familyId: null,
          isRenewal: false,
        }),
      ),
    async find(tenantId, token, face) {
      const parts = readTenantToken(token)
      if (parts?.tenantId !== tenantId) return undefined
      const { session, user } = await lucias[face].validateSession(token)
      if (!session) return undefined
      const { sessionId, proof, familyId, beganAt, usedAt, endsAt } = session
      const now = clock.now()
      const isToNote = now.getTime() - usedAt.getTime() >= NOTED_EVERY_MS
      const expiresAt = isToNote ? endOf(face, beganAt, now) : endsAt
      if (isToNote) await noteUse(db, parts, now, expiresAt)
      const { id: accountId, kind, staffRole, firstName, lastName, email, language } = user
      const person = { kind, staffRole, firstName, lastName, email, language }
      const { method, level } = proof
      return { tenantId, accountId, sessionId, familyId, token, face, method, level, expiresAt, ...person }
    },
    async end(token) {
      const parts = readTenantToken(token)
      if (parts) await endByToken(db, parts, clock.now())
    },
    list: (viewer) => listSessions(db, viewer, clock.now()),
    endOne: (viewer, id) => endOwnSession(db, viewer, id, clock.now()),
    endAll: (tenantId, accountId, except, actor) =>
      inTenant(db, tenantId, (tx) => endAllSessions(tx, { tenantId, accountId, except, actor }, clock.now())),
    deleteExpired: () => deleteExpired(relay, clock.now()),
  }
}

interface AdapterParts {
  pool: Pool
  clock: Clock
  face: Face
  transact: InTransaction
  begun: NewSession | undefined
}

/**
 * Sees the sessions of one face alone: those of another one are unknown to it. lucia reads the system's clock and only
 * ever compares with it, so it is told how far away an end is on ours. Nor does it extend anything: it would wait for half
 * of the time to pass and forget the absolute limit; use is noted by find().
 */
function adapterOf({ pool, clock, face, transact, begun }: AdapterParts): Adapter {
  return {
    async getSessionAndUser(token): Promise<[DatabaseSession | null, DatabaseUser | null]> {
      const parts = readTenantToken(token)
      const row = parts && (await readSession(pool, parts))
      if (!row || row.face !== face) return [null, null]
      const ours = endOf(face, row.created_at, row.last_seen_at)
      const endsAt = row.expires_at < ours ? row.expires_at : ours
      const facts = {
        sessionId: row.session_id,
        face,
        proof: { method: row.method, level: row.level },
        familyId: row.family_id,
        beganAt: row.created_at,
        usedAt: row.last_seen_at,
        endsAt,
      }
      const remainingMs = endsAt.getTime() - clock.now().getTime()
      const { kind, email, language } = row
      const name = { firstName: row.first_name, lastName: row.last_name }
      const person = { kind, staffRole: row.staff_role, ...name, email, language }
      return [
        {
          id: token,
          userId: row.account_id,
          expiresAt: new Date(Date.now() + remainingMs),
          attributes: facts,
        },
        { id: row.account_id, attributes: person },
      ]
    },
    async setSession({ id, attributes }) {
      const parts = readTenantToken(id)
      invariant(parts && begun, 'a session begins with beginIn()')
      const { sessionId, beganAt, endsAt } = attributes
      await transact(parts.tenantId, async (tx) => {
        await insertSession(tx, parts.hash, { ...begun, sessionId, beganAt, endsAt })
        if (!begun.isRenewal) await noteSignIn(tx, begun, sessionId, beganAt)
      })
    },
    updateSessionExpiration: () => Promise.resolve(),
    async deleteSession(token) {
      const parts = readTenantToken(token)
      if (!parts) return
      const { tenantId, hash } = parts
      await transact(tenantId, (tx) =>
        tx.deleteFrom('sessions').where('tenant_id', '=', tenantId).where('token_hash', '=', hash).execute(),
      )
    },
    // None is reached: an id alone names neither a tenant nor its people.
    deleteExpiredSessions: () => Promise.reject(new Error('deleteExpired() does it')),
    getUserSessions: () => Promise.reject(new Error('a session id names one session only')),
    deleteUserSessions: () => Promise.reject(new Error('a session id names one session only')),
  }
}

/** No sign-in without its line in the log, whoever began it. */
async function noteSignIn(tx: Tx, session: NewSession, sessionId: string, now: Date): Promise<void> {
  const { tenantId, accountId, face, proof } = session
  const { kind } = await tx
    .selectFrom('accounts')
    .select('kind')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow()
  const subject = { kind: 'session', id: sessionId }
  const details = { face, method: proof.method, level: proof.level }
  const entry = { actor: { kind, id: accountId }, action: 'sign_in.succeeded', subject, details } as const
  await audit(tx, tenantId, entry, now)
}
