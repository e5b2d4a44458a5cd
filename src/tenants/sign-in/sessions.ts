// The only file that knows lucia (docs/decisions/0002). Its adapter is given nothing but a session id, so our token
// carries its tenant: `<tenant>.<secret>`. The database keeps a hash of the secret.
import { Lucia, TimeSpan, type Adapter, type DatabaseSession, type DatabaseUser } from 'lucia'
import { audit } from '#core/audit.ts'
import type { Db, Pool } from '#core/db/connect.ts'
import type { SignInMethodId } from '#core/db/people-tables.ts'
import { inTenant } from '#core/db/tenant.ts'
import { hashToken, isId, newId, newSecret } from '#core/ids.ts'

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<SessionFacts, AccountFacts>
    DatabaseSessionAttributes: SessionFacts
    DatabaseUserAttributes: AccountFacts
  }
}

export type Face = 'portal' | 'app' | 'office'

/** How a person proved who they are, as the session remembers it. */
export interface Proof {
  readonly method: SignInMethodId
  /** Of SPID and CIE: 1 to 3. */
  readonly level?: number
  /** entityID of the identity provider. */
  readonly provider?: string
  readonly assertionId?: string
  /** The provider's transient name of this sign-in: kept as a hash, for a logout that the provider asks for. */
  readonly nameId?: string
}

export const BY_PASSWORD: Proof = { method: 'password' }

interface SessionFacts {
  sessionId: string
  face: Face
  proof: Proof
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

export interface Sessions {
  /** Begins a session. `proof` is how the person proved who they are; a password when left out. */
  begin(tenantId: string, accountId: string, face: Face, proof?: Proof): Promise<Begun>
  /** Who a token belongs to; undefined when it is unknown, over, another tenant's or of another face. */
  find(tenantId: string, token: string, face: Face): Promise<SignedIn | undefined>
  end(token: string): Promise<void>
  /** Deletes sessions that are over, in every tenant. */
  deleteExpired(): Promise<void>
}

/** A phone keeps its session for weeks; a browser, which may stand in a library, for a working day. */
const LIFETIME: Record<Face, TimeSpan> = {
  app: new TimeSpan(30, 'd'),
  portal: new TimeSpan(12, 'h'),
  office: new TimeSpan(8, 'h'),
}

/** Sessions on lucia; the relay role deletes across tenants. */
export function createSessions(pool: Pool, db: Db, relay: Db): Sessions {
  const lucias = Object.fromEntries(
    Object.entries(LIFETIME).map(([face, sessionExpiresIn]) => [
      face,
      new Lucia(tenantAdapter(pool, db, relay, face as Face), {
        sessionExpiresIn,
        getSessionAttributes: (facts) => facts,
        getUserAttributes: (account) => account,
      }),
    ]),
  ) as unknown as Record<Face, Lucia<SessionFacts, AccountFacts>>
  return {
    async begin(tenantId, accountId, face, proof = BY_PASSWORD) {
      const token = `${tenantId}.${newSecret()}`
      const sessionId = newId()
      const facts = { sessionId, face, proof }
      const { expiresAt } = await lucias[face].createSession(accountId, facts, { sessionId: token })
      return { token, sessionId, expiresAt }
    },
    async find(tenantId, token, face) {
      if (!token.startsWith(`${tenantId}.`)) return undefined
      // A session that is past half of its face's lifetime is extended by that lifetime.
      const { session, user } = await lucias[face].validateSession(token)
      if (!session) return undefined
      const { sessionId, proof, expiresAt } = session
      const { id: accountId, kind, staffRole, firstName, lastName, email, language } = user
      const person = { kind, staffRole, firstName, lastName, email, language }
      const { method, level = null } = proof
      return { tenantId, accountId, sessionId, token, face, method, level, expiresAt, ...person }
    },
    end: (token) => lucias.portal.invalidateSession(token),
    deleteExpired: () => lucias.portal.deleteExpiredSessions(),
  }
}

interface SessionRow extends Omit<AccountFacts, 'staffRole' | 'firstName' | 'lastName'> {
  account_id: string
  session_id: string
  face: Face
  method: SignInMethodId
  level: number | null
  expires_at: Date
  staff_role: string | null
  first_name: string
  last_name: string
}

/** Sees the sessions of one face alone: those of another one are unknown to it. */
function tenantAdapter(pool: Pool, db: Db, relay: Db, ownFace: Face): Adapter {
  return {
    async getSessionAndUser(token): Promise<[DatabaseSession | null, DatabaseUser | null]> {
      const parts = split(token)
      if (!parts) return [null, null]
      const [row] = await pool<SessionRow[]>`
        select account_id, session_id, face, method, level, expires_at, kind, staff_role, first_name, last_name, email, language
        from find_session(${parts.tenantId}, ${parts.hash})`
      if (!row || row.face !== ownFace) return [null, null]
      const { face, method, level, kind, email, language } = row
      const proof = { method, ...(level !== null && { level }) }
      const facts = { sessionId: row.session_id, face, proof }
      return [
        { id: token, userId: row.account_id, expiresAt: row.expires_at, attributes: facts },
        {
          id: row.account_id,
          attributes: {
            kind,
            staffRole: row.staff_role,
            firstName: row.first_name,
            lastName: row.last_name,
            email,
            language,
          },
        },
      ]
    },
    async setSession({ id, userId, expiresAt, attributes }) {
      const { tenantId, hash } = splitOrThrow(id)
      const now = new Date()
      const { sessionId, face, proof } = attributes
      await inTenant(db, tenantId, async (tx) => {
        await tx
          .insertInto('sessions')
          .values({
            tenant_id: tenantId,
            token_hash: hash,
            id: sessionId,
            account_id: userId,
            face,
            ...columnsOf(proof),
            created_at: now,
            expires_at: expiresAt,
          })
          .execute()
        const { kind } = await tx
          .selectFrom('accounts')
          .select('kind')
          .where('tenant_id', '=', tenantId)
          .where('id', '=', userId)
          .executeTakeFirstOrThrow()
        // No session without its line in the log, whoever began it.
        const details = { face, method: proof.method, level: proof.level ?? null }
        await audit(
          tx,
          tenantId,
          {
            actor: { kind, id: userId },
            action: 'sign_in.succeeded',
            subject: { kind: 'session', id: sessionId },
            details,
          },
          now,
        )
      })
    },
    async updateSessionExpiration(token, expiresAt) {
      const { tenantId, hash } = splitOrThrow(token)
      await inTenant(db, tenantId, (tx) =>
        tx
          .updateTable('sessions')
          .set({ expires_at: expiresAt })
          .where('tenant_id', '=', tenantId)
          .where('token_hash', '=', hash)
          .execute(),
      )
    },
    async deleteSession(token) {
      const { tenantId, hash } = splitOrThrow(token)
      await inTenant(db, tenantId, (tx) =>
        tx.deleteFrom('sessions').where('tenant_id', '=', tenantId).where('token_hash', '=', hash).execute(),
      )
    },
    async deleteExpiredSessions() {
      await relay.deleteFrom('sessions').where('expires_at', '<=', new Date()).execute()
    },
    // Neither is reached: a person's sessions are ended by account within a tenant, which an id alone cannot name.
    getUserSessions: () => Promise.reject(new Error('a session id names one session only')),
    deleteUserSessions: () => Promise.reject(new Error('a session id names one session only')),
  }
}

function columnsOf({ method, level, provider, assertionId, nameId }: Proof) {
  return {
    method,
    level: level ?? null,
    provider: provider ?? null,
    assertion_id: assertionId ?? null,
    name_id_hash: nameId === undefined ? null : hashToken(nameId),
  }
}

function split(token: string): { tenantId: string; hash: string } | undefined {
  const [tenantId = '', secret = '', ...rest] = token.split('.')
  if (!isId(tenantId) || secret === '' || rest.length > 0) return undefined
  return { tenantId, hash: hashToken(secret) }
}

function splitOrThrow(token: string) {
  const parts = split(token)
  if (!parts) throw new Error('a session token names its tenant')
  return parts
}
