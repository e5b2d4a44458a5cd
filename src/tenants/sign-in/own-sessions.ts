import { audit, type Actor } from '#core/audit.ts'
import type { Db } from '#core/db/connect.ts'
import type { SignInMethodId } from '#core/db/people-tables.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { idFrom } from '#core/ids.ts'
import type { Face } from './limits.ts'
import type { SignedIn } from './sessions.ts'

/** One place where a person is signed in: a browser, or an app on a phone. */
export interface OwnSession {
  /** Of a browser's session, or of an app's staying sign-in. */
  readonly id: string
  readonly face: Face
  /** A browser's label or an app's own name; see deviceText(). */
  readonly device: string | null
  readonly method: SignInMethodId
  readonly level: number | null
  readonly since: Date
  /** To within a few minutes. */
  readonly lastUsedAt: Date
  /** The one that asks. */
  readonly isCurrent: boolean
}

type Viewer = Pick<SignedIn, 'tenantId' | 'accountId' | 'sessionId' | 'familyId' | 'kind'>

/** The living sessions of whoever asks: their own one first, then the last used. */
export async function listSessions(db: Db, viewer: Viewer, now: Date): Promise<OwnSession[]> {
  const { tenantId, accountId } = viewer
  const [alone, families] = await inTenant(db, tenantId, async (tx) => {
    const living = tx
      .selectFrom('sessions')
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .where('expires_at', '>', now)
    const single = await living
      .where('family_id', 'is', null)
      .select(['id', 'face', 'device', 'method', 'level', 'created_at', 'last_seen_at'])
      .execute()
    const seen = await living
      .where('family_id', 'is not', null)
      .select(['family_id', 'last_seen_at'])
      .execute()
    const staying = await tx
      .selectFrom('refresh_families')
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .where('expires_at', '>', now)
      .select(['id', 'device', 'method', 'level', 'created_at', 'last_used_at'])
      .execute()
    return [
      single.map((row) => ({ ...row, usedAt: [row.last_seen_at] })),
      staying.map((row) => ({
        ...row,
        face: 'app' as const,
        usedAt: [
          row.last_used_at,
          ...seen.filter((one) => one.family_id === row.id).map((one) => one.last_seen_at),
        ],
      })),
    ]
  })
  return [...alone, ...families]
    .map(({ id, face, device, method, level, created_at, usedAt }) => ({
      id,
      face,
      device,
      method,
      level,
      since: created_at,
      lastUsedAt: new Date(Math.max(...usedAt.map((at) => at.getTime()))),
      isCurrent: id === (viewer.familyId ?? viewer.sessionId),
    }))
    .toSorted(
      (a, b) => Number(b.isCurrent) - Number(a.isCurrent) || b.lastUsedAt.getTime() - a.lastUsedAt.getTime(),
    )
}

/**
 * Ends one of the viewer's own sessions, or an app's staying sign-in with everything that came of it.
 * @throws DomainError resource.not_found when the viewer has none of this id
 */
export async function endOwnSession(db: Db, viewer: Viewer, given: string, now: Date): Promise<void> {
  const { tenantId, accountId, kind } = viewer
  const id = idFrom(given)
  await inTenant(db, tenantId, async (tx) => {
    const ended = [
      ...(await tx
        .deleteFrom('sessions')
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .where('id', '=', id)
        .where('family_id', 'is', null)
        .returning('face')
        .execute()),
      ...(await tx
        .deleteFrom('refresh_families')
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .where('id', '=', id)
        .returning((row) => row.val('app').as('face'))
        .execute()),
    ]
    if (ended.length === 0) throw new DomainError('resource.not_found')
    const subject = { kind: 'session', id }
    const details = { face: ended[0]!.face }
    await audit(
      tx,
      tenantId,
      { actor: { kind, id: accountId }, action: 'session.ended', subject, details },
      now,
    )
  })
}

/** Whose sessions end, which one stays, and who says so. */
export interface Ending {
  readonly tenantId: string
  readonly accountId: string
  /** The id of the session that stays, with its app's staying sign-in where it has one. */
  readonly except?: string | undefined
  /** The account itself when left out. */
  readonly actor?: Actor | undefined
}

/**
 * Ends all sessions of an account inside the transaction that is the reason: apps' staying sign-ins, unused one-time codes
 * and links in letters too, with which a stranger who had been in could come back. One line in the audit log where there
 * was something to end.
 * @returns how many ended; an app is one
 */
export async function endAllSessions(tx: Tx, ending: Ending, now: Date): Promise<number> {
  const { tenantId, accountId, except } = ending
  const kept = await keptBy(tx, ending)
  await voidLinks(tx, tenantId, accountId)
  await tx
    .deleteFrom('app_sign_in_codes')
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .execute()
  const families = await tx
    .deleteFrom('refresh_families')
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .$if(kept !== null, (query) => query.where('id', '<>', kept))
    .returning('id')
    .execute()
  const sessions = await tx
    .deleteFrom('sessions')
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .where('family_id', 'is', null)
    .$if(except !== undefined, (query) => query.where('id', '<>', except!))
    .returning('id')
    .execute()
  const count = families.length + sessions.length
  if (count > 0) {
    const actor = ending.actor ?? (await ownerOf(tx, ending))
    const subject = { kind: 'account', id: accountId }
    const details = { count, kept: except !== undefined }
    await audit(tx, tenantId, { actor, action: 'session.ended', subject, details }, now)
  }
  return count
}

/** Links that set a password or confirm an address of e-mail are good no more. */
async function voidLinks(tx: Tx, tenantId: string, accountId: string): Promise<void> {
  for (const table of ['password_resets', 'email_confirmations'] as const)
    await tx
      .updateTable(table)
      .set({ code_hash: null })
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .execute()
}

/** The family of the session that stays; null where it has none. */
async function keptBy(tx: Tx, { tenantId, accountId, except }: Ending): Promise<string | null> {
  if (except === undefined) return null
  const row = await tx
    .selectFrom('sessions')
    .select('family_id')
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .where('id', '=', except)
    .executeTakeFirst()
  return row?.family_id ?? null
}

async function ownerOf(tx: Tx, { tenantId, accountId }: Ending): Promise<Actor> {
  const { kind } = await tx
    .selectFrom('accounts')
    .select('kind')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow()
  return { kind, id: accountId }
}
