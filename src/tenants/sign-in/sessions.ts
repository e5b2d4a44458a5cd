// The only file that knows lucia (docs/decisions/0002). Its adapter is given nothing but a session id, so our token
// carries its tenant: `<tenant>.<secret>`. The database keeps a hash of the secret.
import { Lucia, TimeSpan, type Adapter, type DatabaseSession, type DatabaseUser } from 'lucia'
import type { Db, Pool } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import { hashToken, isId, newSecret } from '#core/ids.ts'

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<SessionFacts, AccountFacts>
    DatabaseSessionAttributes: SessionFacts
    DatabaseUserAttributes: AccountFacts
  }
}

export type Face = 'portal' | 'app' | 'office'

interface SessionFacts {
  face: Face
  method: 'password'
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
export interface SignedIn extends SessionFacts, AccountFacts {
  tenantId: string
  accountId: string
  token: string
  expiresAt: Date
}

export interface Sessions {
  /** Begins a session; the token is shown to its owner once and stored nowhere. */
  begin(tenantId: string, accountId: string, face: Face): Promise<{ token: string; expiresAt: Date }>
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
        getSessionAttributes: ({ face, method }) => ({ face, method }),
        getUserAttributes: (account) => account,
      }),
    ]),
  ) as unknown as Record<Face, Lucia<SessionFacts, AccountFacts>>
  return {
    async begin(tenantId, accountId, face) {
      const token = `${tenantId}.${newSecret()}`
      const session = await lucias[face].createSession(
        accountId,
        { face, method: 'password' },
        { sessionId: token },
      )
      return { token, expiresAt: session.expiresAt }
    },
    async find(tenantId, token, face) {
      if (!token.startsWith(`${tenantId}.`)) return undefined
      // A session that is past half of its face's lifetime is extended by that lifetime.
      const { session, user } = await lucias[face].validateSession(token)
      if (!session) return undefined
      const { method, expiresAt } = session
      const { kind, staffRole, firstName, lastName, email, language } = user
      return {
        tenantId,
        accountId: user.id,
        token,
        expiresAt,
        face,
        method,
        kind,
        staffRole,
        firstName,
        lastName,
        email,
        language,
      }
    },
    end: (token) => lucias.portal.invalidateSession(token),
    deleteExpired: () => lucias.portal.deleteExpiredSessions(),
  }
}

interface SessionRow extends Omit<AccountFacts, 'staffRole' | 'firstName' | 'lastName'> {
  account_id: string
  face: Face
  method: 'password'
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
        select account_id, face, method, expires_at, kind, staff_role, first_name, last_name, email, language
        from find_session(${parts.tenantId}, ${parts.hash})`
      if (!row || row.face !== ownFace) return [null, null]
      const { face, method, kind, email, language } = row
      return [
        { id: token, userId: row.account_id, expiresAt: row.expires_at, attributes: { face, method } },
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
      const parts = splitOrThrow(id)
      await inTenant(db, parts.tenantId, (tx) =>
        tx
          .insertInto('sessions')
          .values({
            tenant_id: parts.tenantId,
            token_hash: parts.hash,
            account_id: userId,
            face: attributes.face,
            method: attributes.method,
            created_at: new Date(),
            expires_at: expiresAt,
          })
          .execute(),
      )
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
