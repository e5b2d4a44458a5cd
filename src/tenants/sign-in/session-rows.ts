import { audit } from '#core/audit.ts'
import type { Db, Pool } from '#core/db/connect.ts'
import type { SignInMethodId } from '#core/db/people-tables.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import type { Face } from './limits.ts'
import type { NewSession } from './sessions.ts'
import type { TenantToken } from './tokens.ts'

/** A session and its person, as one hot function answers them. */
export interface SessionRow {
  account_id: string
  session_id: string
  face: Face
  method: SignInMethodId
  level: number | null
  family_id: string | null
  created_at: Date
  last_seen_at: Date
  expires_at: Date
  kind: 'guardian' | 'staff'
  staff_role: string | null
  first_name: string
  last_name: string
  email: string | null
  language: string
}

/** The session behind a token, over or not; undefined when there is none or its person is shut out. */
export async function readSession(
  pool: Pool,
  { tenantId, hash }: TenantToken,
): Promise<SessionRow | undefined> {
  const [row] = await pool<SessionRow[]>`
    select account_id, session_id, face, method, level, family_id, created_at, last_seen_at, expires_at,
      kind, staff_role, first_name, last_name, email, language
    from find_session(${tenantId}, ${hash})`
  return row
}

/** Keeps a session that begins. */
export async function insertSession(
  tx: Tx,
  hash: string,
  session: NewSession & { sessionId: string; beganAt: Date; endsAt: Date },
): Promise<void> {
  const { tenantId, accountId, face, proof, device, familyId, sessionId, beganAt, endsAt } = session
  await tx
    .insertInto('sessions')
    .values({
      tenant_id: tenantId,
      token_hash: hash,
      id: sessionId,
      account_id: accountId,
      face,
      ...proof,
      device,
      family_id: familyId,
      created_at: beganAt,
      last_seen_at: beganAt,
      expires_at: endsAt,
    })
    .execute()
}

/** Notes that a session was used, which moves its end. */
export async function noteUse(
  db: Db,
  { tenantId, hash }: TenantToken,
  usedAt: Date,
  endsAt: Date,
): Promise<void> {
  await inTenant(db, tenantId, (tx) =>
    tx
      .updateTable('sessions')
      .set({ last_seen_at: usedAt, expires_at: endsAt })
      .where('tenant_id', '=', tenantId)
      .where('token_hash', '=', hash)
      .execute(),
  )
}

/** Signs out: deletes the session, and its app's staying sign-in with everything that came of it. */
export async function endByToken(db: Db, { tenantId, hash }: TenantToken, now: Date): Promise<void> {
  await inTenant(db, tenantId, async (tx) => {
    const ended = await tx
      .deleteFrom('sessions')
      .where('tenant_id', '=', tenantId)
      .where('token_hash', '=', hash)
      .returning(['id', 'account_id', 'family_id', 'face'])
      .executeTakeFirst()
    if (!ended) return
    if (ended.family_id !== null)
      await tx
        .deleteFrom('refresh_families')
        .where('tenant_id', '=', tenantId)
        .where('id', '=', ended.family_id)
        .execute()
    const { kind } = await tx
      .selectFrom('accounts')
      .select('kind')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', ended.account_id)
      .executeTakeFirstOrThrow()
    const actor = { kind, id: ended.account_id }
    const subject = { kind: 'session', id: ended.id }
    await audit(tx, tenantId, { actor, action: 'sign_in.ended', subject, details: { face: ended.face } }, now)
  })
}

/** Deletes what is over, in every tenant: the relay's right. */
export async function deleteExpired(relay: Db, now: Date): Promise<void> {
  for (const table of ['sessions', 'refresh_tokens', 'refresh_families', 'app_sign_in_codes'] as const)
    await relay.deleteFrom(table).where('expires_at', '<=', now).execute()
}
