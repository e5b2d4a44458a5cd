import { createHash } from 'node:crypto'
import type { Db } from '#core/db/connect.ts'
import type { ProofColumns } from '#core/db/session-tables.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Tenant } from '#core/tenant.ts'
import { beginAppSessionIn, type AppSession, type AppSessionDeps } from './app-sessions.ts'
import { isMethodOpen } from './methods.ts'
import { PROOF_COLUMNS, proofColumns } from './proof.ts'
import type { SignedIn } from './sessions.ts'
import { newTenantToken, readTenantToken } from './tokens.ts'

/** The way from the browser into the app takes a moment; nobody else is to find the code later. */
const CODE_LIFE_MS = 60_000

/** What the app that waits for a code has said of itself. */
export interface AppChallenge {
  /** S256 of the app's verifier (RFC 7636 §4.2). */
  readonly challenge: string
  readonly redirectUri: string
}

/**
 * The one-time code with which the browser sends a person back to the app. It is worth nothing without the verifier.
 * @param proof how the person has just proved who they are: the app's session remembers it
 */
export async function issueAppCode(
  db: Db,
  person: { tenantId: string; accountId: string; proof: ProofColumns },
  { challenge, redirectUri }: AppChallenge,
  now: Date,
): Promise<string> {
  const { tenantId, accountId, proof } = person
  const code = newTenantToken(tenantId)
  await inTenant(db, tenantId, (tx) =>
    tx
      .insertInto('app_sign_in_codes')
      .values({
        tenant_id: tenantId,
        code_hash: readTenantToken(code)!.hash,
        account_id: accountId,
        ...proof,
        challenge,
        redirect_uri: redirectUri,
        created_at: now,
        expires_at: new Date(now.getTime() + CODE_LIFE_MS),
      })
      .execute(),
  )
  return code
}

/**
 * How somebody who is signed in already proved who they are.
 * @throws DomainError sign_in.required when the session has ended meanwhile
 */
export async function proofOfSession(db: Db, { tenantId, sessionId }: SignedIn): Promise<ProofColumns> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('sessions')
      .select(PROOF_COLUMNS)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', sessionId)
      .executeTakeFirst(),
  )
  if (!row) throw new DomainError('sign_in.required')
  return row
}

/** What an app brings to be let in. */
export interface CodeExchange {
  readonly code: string
  readonly codeVerifier: string
  readonly redirectUri: string
  readonly deviceName: string | null
}

/**
 * Takes a one-time code and begins the app's session. Whoever brings a code uses it up, right or wrong: there is no
 * second guess. What was wrong is not said.
 * @throws DomainError app_sign_in.code_refused, sign_in.method_closed
 */
export async function exchangeAppCode(
  deps: AppSessionDeps,
  tenant: Tenant,
  { code, codeVerifier, redirectUri, deviceName }: CodeExchange,
): Promise<AppSession> {
  const now = deps.clock.now()
  const token = readTenantToken(code)
  if (token?.tenantId !== tenant.id) throw new DomainError('app_sign_in.code_refused')
  const session = await inTenant(deps.db, tenant.id, async (tx) => {
    const taken = await tx
      .deleteFrom('app_sign_in_codes')
      .where('tenant_id', '=', tenant.id)
      .where('code_hash', '=', token.hash)
      .returningAll()
      .executeTakeFirst()
    const isRight =
      taken !== undefined &&
      taken.expires_at > now &&
      taken.redirect_uri === redirectUri &&
      taken.challenge === createHash('sha256').update(codeVerifier).digest('base64url')
    if (!isRight) return 'code_refused'
    if (!isMethodOpen(tenant, taken.method, now)) return 'method_closed'
    const proof = proofColumns(taken)
    return beginAppSessionIn(tx, deps, {
      tenantId: tenant.id,
      accountId: taken.account_id,
      proof,
      deviceName,
    })
  })
  // Only now that the code's end is committed.
  if (session === 'code_refused') throw new DomainError('app_sign_in.code_refused')
  if (session === 'method_closed')
    throw new DomainError('sign_in.method_closed', { date: tenant.policies.passwordLoginUntil ?? '' })
  return session
}
