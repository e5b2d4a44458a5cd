import { audit } from '#core/audit.ts'
import type { Clock } from '#core/clock.ts'
import { deriveKey, open, seal, type Key } from '#core/crypto.ts'
import type { Db } from '#core/db/connect.ts'
import type { ProofColumns } from '#core/db/session-tables.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import type { Tenant } from '#core/tenant.ts'
import { refreshEndOf } from './limits.ts'
import { isMethodOpen } from './methods.ts'
import { proofColumns } from './proof.ts'
import type { Sessions } from './sessions.ts'
import { newTenantToken, readTenantToken, type TenantToken } from './tokens.ts'

/** What an app keeps: a short token for its requests, and the one that brings the next. */
export interface AppSession {
  readonly token: string
  readonly expiresAt: Date
  readonly refreshToken: string
  readonly refreshExpiresAt: Date
}

export interface AppSessionDeps {
  readonly db: Db
  readonly clock: Clock
  readonly sessions: Sessions
}

/** Who signs in on what. */
export interface NewAppSession {
  readonly tenantId: string
  readonly accountId: string
  readonly proof: ProofColumns
  /** What the owner calls the phone; null when the app does not say. */
  readonly deviceName: string | null
}

/** How long an answer that was lost on the way can be asked for again. */
const LOST_ANSWER_MS = 60_000

/** Begins a sign-in that stays: a session of the app and the first of its refresh tokens. */
export async function beginAppSession(deps: AppSessionDeps, signIn: NewAppSession): Promise<AppSession> {
  return inTenant(deps.db, signIn.tenantId, (tx) => beginAppSessionIn(tx, deps, signIn))
}

/** The same inside the transaction that causes it. */
export async function beginAppSessionIn(
  tx: Tx,
  deps: Pick<AppSessionDeps, 'clock' | 'sessions'>,
  { tenantId, accountId, proof, deviceName: device }: NewAppSession,
): Promise<AppSession> {
  const now = deps.clock.now()
  const family: Family = { id: newId(), account_id: accountId, device, created_at: now, ...proof }
  await tx
    .insertInto('refresh_families')
    .values({ tenant_id: tenantId, ...family, last_used_at: now, expires_at: refreshEndOf(now, now) })
    .execute()
  return issue(tx, deps, tenantId, family, false)
}

interface Family extends ProofColumns {
  id: string
  account_id: string
  device: string | null
  created_at: Date
}

/** The next session and the next refresh token of a family. */
async function issue(
  tx: Tx,
  { clock, sessions }: Pick<AppSessionDeps, 'clock' | 'sessions'>,
  tenantId: string,
  family: Family,
  isRenewal: boolean,
): Promise<AppSession> {
  const { id: familyId, account_id: accountId, device, created_at } = family
  const now = clock.now()
  const proof = proofColumns(family)
  const { token, expiresAt } = await sessions.beginIn(tx, {
    tenantId,
    accountId,
    face: 'app',
    proof,
    device,
    familyId,
    isRenewal,
  })
  const refreshToken = newTenantToken(tenantId)
  const refreshExpiresAt = refreshEndOf(created_at, now)
  await tx
    .insertInto('refresh_tokens')
    .values({
      tenant_id: tenantId,
      token_hash: readTenantToken(refreshToken)!.hash,
      family_id: familyId,
      issued_at: now,
      expires_at: refreshExpiresAt,
    })
    .execute()
  return { token, expiresAt, refreshToken, refreshExpiresAt }
}

/**
 * Gives the next session for a refresh token, which can be used once. Its second use means that two hold it, and nobody
 * can tell which of them is the thief: the family and its sessions end (RFC 9700 §4.14). There is one exception. Where the
 * answer may have been lost on the way, within a minute and as long as nobody has used its successor, the very same answer
 * is given again: an honest phone in a tunnel is not locked out, a thief gets nothing that its owner does not hold too,
 * and whoever of the two uses the successor second is found out. The answer lies in the database sealed with the token
 * that it answers, so that nothing there opens it.
 * @throws DomainError session.over, sign_in.method_closed once the entity has closed the way in that began the family
 */
export async function refreshAppSession(
  deps: AppSessionDeps,
  tenant: Tenant,
  refreshToken: string,
): Promise<AppSession> {
  const token = readTenantToken(refreshToken)
  if (token?.tenantId !== tenant.id) throw new DomainError('session.over')
  const outcome = await inTenant(deps.db, tenant.id, (tx) => useToken(tx, deps, tenant, token))
  // Only now that the family’s end is committed.
  if (outcome === 'reused') throw new DomainError('session.over')
  return outcome
}

async function useToken(
  tx: Tx,
  deps: AppSessionDeps,
  tenant: Tenant,
  token: TenantToken,
): Promise<AppSession | 'reused'> {
  const now = deps.clock.now()
  const family = await lockFamily(tx, token)
  // Read only once the family is ours: whoever had it before may have used the token.
  const found =
    family &&
    (await tx
      .selectFrom('refresh_tokens')
      .select(['used_at', 'answer_sealed', 'expires_at'])
      .where('tenant_id', '=', tenant.id)
      .where('token_hash', '=', token.hash)
      .executeTakeFirst())
  if (!found || found.expires_at <= now) throw new DomainError('session.over')
  if (found.used_at !== null) {
    const isFresh = now.getTime() - found.used_at.getTime() <= LOST_ANSWER_MS
    if (isFresh && found.answer_sealed !== null) return openAnswer(token, found.answer_sealed)
    await endReused(tx, tenant.id, family, now)
    return 'reused'
  }
  if (!isMethodOpen(tenant, family.method, now))
    throw new DomainError('sign_in.method_closed', { date: tenant.policies.passwordLoginUntil ?? '' })
  return succeed(tx, deps, token, family, now)
}

/** The family of a token, locked: uses of one phone's tokens come one after another. Undefined where it has ended. */
async function lockFamily(tx: Tx, { tenantId, hash }: TenantToken): Promise<Family | undefined> {
  const known = await tx
    .selectFrom('refresh_tokens')
    .innerJoin('refresh_families', (join) =>
      join
        .onRef('refresh_families.tenant_id', '=', 'refresh_tokens.tenant_id')
        .onRef('refresh_families.id', '=', 'refresh_tokens.family_id'),
    )
    .innerJoin('accounts', (join) =>
      join
        .onRef('accounts.tenant_id', '=', 'refresh_families.tenant_id')
        .onRef('accounts.id', '=', 'refresh_families.account_id'),
    )
    .select('family_id')
    .where('refresh_tokens.tenant_id', '=', tenantId)
    .where('token_hash', '=', hash)
    .where('accounts.disabled_at', 'is', null)
    .executeTakeFirst()
  if (!known) return undefined
  return tx
    .selectFrom('refresh_families')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', known.family_id)
    .forUpdate()
    .executeTakeFirst()
}

/** Marks the token as used, issues its successor, and keeps the answer for who did not get it. */
async function succeed(
  tx: Tx,
  deps: AppSessionDeps,
  token: TenantToken,
  family: Family,
  now: Date,
): Promise<AppSession> {
  const { tenantId } = token
  const tokensOfFamily = tx
    .updateTable('refresh_tokens')
    .where('tenant_id', '=', tenantId)
    .where('family_id', '=', family.id)
  // This token’s use shows that the answer which brought it has arrived.
  await tokensOfFamily.set({ answer_sealed: null }).where('answer_sealed', 'is not', null).execute()
  await tokensOfFamily.set({ used_at: now }).where('token_hash', '=', token.hash).execute()
  const answer = await issue(tx, deps, tenantId, family, true)
  await tokensOfFamily
    .set({ answer_sealed: seal(answerKey(token), tenantId, JSON.stringify(answer)) })
    .where('token_hash', '=', token.hash)
    .execute()
  await tx
    .updateTable('refresh_families')
    .set({ last_used_at: now, expires_at: answer.refreshExpiresAt })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', family.id)
    .execute()
  return answer
}

function answerKey({ secret }: TenantToken): Key {
  return deriveKey(Buffer.from(secret), 'answer to a refresh token')
}

function openAnswer(token: TenantToken, sealed: Buffer): AppSession {
  const text = open(answerKey(token), token.tenantId, sealed).toString('utf8')
  const { expiresAt, refreshExpiresAt, ...tokens } = JSON.parse(text) as Record<keyof AppSession, string>
  return { ...tokens, expiresAt: new Date(expiresAt), refreshExpiresAt: new Date(refreshExpiresAt) }
}

async function endReused(tx: Tx, tenantId: string, family: Family, now: Date): Promise<void> {
  await tx
    .deleteFrom('refresh_families')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', family.id)
    .execute()
  const subject = { kind: 'account', id: family.account_id }
  const details = { session: family.id, method: family.method }
  await audit(
    tx,
    tenantId,
    { actor: { kind: 'nobody' }, action: 'session.refresh_reused', subject, details },
    now,
  )
}
