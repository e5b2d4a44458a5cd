import { sql } from 'kysely'
import { audit, staffOrSystem } from '#core/audit.ts'
import type { Clock } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import type { StaffScope } from '#core/db/token-tables.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { hashToken, isId, newId, newSecret } from '#core/ids.ts'
import type { StaffRole } from '../people/guardians.ts'

/**
 * What a machine may do, and who of the staff may do it: a token never may more than the colleague who made it may now.
 */
const SCOPES: Readonly<Record<StaffScope, readonly StaffRole[]>> = {
  'attendance:write': ['administrator', 'clerk', 'school'],
  'till:write': ['administrator', 'clerk', 'accountant'],
  'meals:read': ['administrator', 'clerk', 'school'],
}
export const STAFF_SCOPES = Object.keys(SCOPES) as readonly StaffScope[]
/** For how many days a token can be made. */
export const TOKEN_DAYS = [30, 90, 180, 365] as const
export const TOKEN_NAME_MAX = 60
/** Living tokens of one entity: more of them nobody watches over. */
export const TOKENS_MAX = 50

/** Programs that look for lost secrets find `borsellino_`, 32 hexadecimal digits, `_` and 27 of base64url. */
const PREFIX = 'borsellino_'
const TOKEN = /^borsellino_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_[\w-]{27}$/

/** The entity that a token names; undefined for anything else than a token of this kind. */
export function tenantOfToken(token: string): string | undefined {
  const id = TOKEN.exec(token)?.slice(1).join('-')
  return id !== undefined && isId(id) ? id : undefined
}

interface Deps {
  readonly db: Db
  readonly clock: Clock
}

/** A token that an administrator wants. */
export interface WantedToken {
  readonly name: string
  readonly scopes: readonly StaffScope[]
  readonly days: (typeof TOKEN_DAYS)[number]
}

/**
 * Makes a token for a machine. Only its hash is stored: it is shown now or never.
 * @param by the administrator, and the name of the form that was sent
 * @returns undefined for a form that was sent before
 * @throws DomainError staff_token.too_many
 */
export async function makeStaffToken(
  { db, clock }: Deps,
  tenantId: string,
  { name, scopes, days }: WantedToken,
  by: { accountId: string; submission: string },
): Promise<{ id: string; token: string; expiresAt: Date } | undefined> {
  const now = clock.now()
  const [id, token] = [newId(), `${PREFIX}${tenantId.replaceAll('-', '')}_${newSecret()}`]
  const expiresAt = new Date(now.getTime() + days * 86_400_000)
  return inTenant(db, tenantId, async (tx) => {
    const { living } = await tx
      .selectFrom('staff_tokens')
      .select((select) => select.fn.countAll<bigint>().as('living'))
      .where('tenant_id', '=', tenantId)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirstOrThrow()
    if (living >= BigInt(TOKENS_MAX)) throw new DomainError('staff_token.too_many', { maximum: TOKENS_MAX })
    const made = await tx
      .insertInto('staff_tokens')
      .values({
        tenant_id: tenantId,
        id,
        name,
        scopes: [...scopes],
        token_hash: hashToken(token),
        made_by: by.accountId,
        request_key: by.submission,
        made_at: now,
        expires_at: expiresAt,
        used_at: null,
        revoked_at: null,
        revoked_by: null,
      })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'made_by', 'request_key']).doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!made) return undefined
    const actor = { kind: 'staff', id: by.accountId } as const
    const details = { scopes: scopes.join(' '), days }
    const subject = { kind: 'staff_token', id }
    await audit(tx, tenantId, { actor, action: 'staff_token.made', subject, details }, now)
    return { id, token, expiresAt }
  })
}

/** Ends a token at once. @throws DomainError resource.not_found also for one that has ended */
export async function revokeStaffToken(
  { db, clock }: Deps,
  tenantId: string,
  id: string,
  accountId: string,
): Promise<void> {
  const now = clock.now()
  await inTenant(db, tenantId, async (tx) => {
    const row = await tx
      .updateTable('staff_tokens')
      .set({ revoked_at: now, revoked_by: accountId })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .returning('scopes')
      .executeTakeFirst()
    if (!row) throw new DomainError('resource.not_found')
    const actor = { kind: 'staff', id: accountId } as const
    const [subject, details] = [{ kind: 'staff_token', id }, { scopes: row.scopes.join(' ') }]
    await audit(tx, tenantId, { actor, action: 'staff_token.revoked', subject, details }, now)
  })
}

/**
 * Ends what a colleague has made, in the transaction that closes their account: if they come back, their machines do not.
 * @param by null for a command of the operator
 * @returns how many there were
 */
export async function revokeTokensOf(
  tx: Tx,
  { tenantId, accountId, by }: { tenantId: string; accountId: string; by: string | null },
  now: Date,
): Promise<number> {
  const ended = await tx
    .updateTable('staff_tokens')
    .set({ revoked_at: now, revoked_by: by })
    .where('tenant_id', '=', tenantId)
    .where('made_by', '=', accountId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .returning(['id', 'scopes'])
    .execute()
  for (const { id, scopes } of ended) {
    const [subject, details] = [{ kind: 'staff_token', id }, { scopes: scopes.join(' ') }]
    const entry = { actor: staffOrSystem(by), action: 'staff_token.revoked', subject, details } as const
    await audit(tx, tenantId, entry, now)
  }
  return ended.length
}

/** A machine that calls with a token. */
export interface Machine {
  readonly tokenId: string
  /** The colleague who made the token: what the machine does stands under that account. */
  readonly accountId: string
  readonly role: StaffRole
  readonly scopes: readonly StaffScope[]
}

/** How exact the last use is known. */
const NOTED_EVERY_MS = 60_000

/** The machine behind a token; undefined for one that is unknown, over or revoked, or whose maker works here no more. */
export async function findMachine(
  { db, clock }: Deps,
  tenantId: string,
  token: string,
): Promise<Machine | undefined> {
  const now = clock.now()
  return inTenant(db, tenantId, async (tx) => {
    const row = await tx
      .selectFrom('staff_tokens as t')
      .innerJoin('accounts as a', (join) =>
        join.onRef('a.tenant_id', '=', 't.tenant_id').onRef('a.id', '=', 't.made_by'),
      )
      .select(['t.id', 't.scopes', 't.used_at', 'a.id as account_id', 'a.staff_role'])
      .where('t.tenant_id', '=', tenantId)
      .where('t.token_hash', '=', hashToken(token))
      .where('t.revoked_at', 'is', null)
      .where('t.expires_at', '>', now)
      .where('a.kind', '=', 'staff')
      .where('a.disabled_at', 'is', null)
      .executeTakeFirst()
    if (!row?.staff_role) return undefined
    const { id: tokenId, account_id: accountId, staff_role: role } = row
    if (!row.used_at || row.used_at.getTime() <= now.getTime() - NOTED_EVERY_MS)
      await sql`update staff_tokens set used_at = ${now}
        where tenant_id = ${tenantId} and id = ${tokenId} and (used_at is null or used_at < ${now})`.execute(
        tx,
      )
    const scopes = row.scopes.filter((scope) => SCOPES[scope].includes(role))
    return { tokenId, accountId, role, scopes }
  })
}

/** A token as administrators see it. */
export interface StaffToken {
  readonly id: string
  readonly name: string
  readonly scopes: readonly StaffScope[]
  readonly madeBy: string
  readonly madeAt: Date
  readonly expiresAt: Date
  readonly usedAt: Date | undefined
  readonly state: 'living' | 'over' | 'revoked'
}

const LISTED = 200

/** The entity's tokens: those that open something first, then the others, the newest first. */
export async function listStaffTokens({ db, clock }: Deps, tenantId: string): Promise<StaffToken[]> {
  const now = clock.now()
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('staff_tokens as t')
      .innerJoin('accounts as a', (join) =>
        join.onRef('a.tenant_id', '=', 't.tenant_id').onRef('a.id', '=', 't.made_by'),
      )
      .select(['t.id', 't.name', 't.scopes', 't.made_at', 't.expires_at', 't.used_at', 't.revoked_at'])
      .select(['a.first_name', 'a.last_name'])
      .where('t.tenant_id', '=', tenantId)
      .orderBy((where) => where.or([where('t.revoked_at', 'is not', null), where('t.expires_at', '<=', now)]))
      .orderBy('t.made_at', 'desc')
      .orderBy('t.id', 'desc')
      .limit(LISTED)
      .execute(),
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    madeBy: `${row.first_name} ${row.last_name}`,
    madeAt: row.made_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at ?? undefined,
    state: row.revoked_at ? 'revoked' : row.expires_at <= now ? 'over' : 'living',
  }))
}
