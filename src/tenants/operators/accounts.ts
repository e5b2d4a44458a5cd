import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '#core/db/connect.ts'
import { sqlState, UNIQUE_VIOLATION } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import { hashPassword, verifyPassword } from '../sign-in/passwords.ts'
import { operatorAudit } from './audit.ts'

/* Who runs the installation: made by commands, signing in at /gestione. */

/** How long a password that a command printed is good for its one use. */
const TEMPORARY_DAYS = 7

/** A password that a command prints once; its owner must choose another one at the first sign-in. */
export interface TemporaryPassword {
  readonly operatorId: string
  readonly password: string
  readonly until: Date
}

/**
 * Adds an operator.
 * @param input.username lower case letters, digits, dots, dashes and underscores, 2 to 40
 * @throws DomainError request.invalid, registration.username_taken
 */
export async function createOperator(
  db: Db,
  input: { username: string; name: string },
  now: Date,
): Promise<TemporaryPassword> {
  const name = input.name.trim()
  const username = input.username.trim().toLowerCase()
  if (!/^[a-z0-9][a-z0-9._-]{1,39}$/.test(username) || name === '' || name.length > 100)
    throw new DomainError('request.invalid')
  const { password, password_hash, temporary_until } = await temporaryPassword(now)
  const id = newId()
  try {
    await db.transaction().execute(async (tx) => {
      await tx
        .insertInto('operators')
        .values({ id, username, name, password_hash, temporary_until, created_at: now })
        .execute()
      const subject = { kind: 'operator', id } as const
      await operatorAudit(tx, { operatorId: null, action: 'operator.created', subject }, now)
    })
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new DomainError('registration.username_taken')
    throw error
  }
  return { operatorId: id, password, until: temporary_until }
}

/**
 * Gives an operator who has lost phone or password a fresh start: another temporary password, no second factor, no session.
 * @throws DomainError resource.not_found where nobody has the name, or is disabled
 */
export async function resetOperator(db: Db, username: string, now: Date): Promise<TemporaryPassword> {
  const { password, password_hash, temporary_until } = await temporaryPassword(now)
  const change = { password_hash, temporary_until, secret_sealed: null, last_step: null, wrong_codes: 0 }
  const operatorId = await changeOperator(db, username, 'operator.reset', change, now)
  return { operatorId, password, until: temporary_until }
}

/**
 * Ends an operator's sign-in for good, with the sessions; what they did stays in the log under their name.
 * @throws DomainError resource.not_found where nobody has the name, or is disabled already
 */
export async function disableOperator(db: Db, username: string, now: Date): Promise<void> {
  await changeOperator(db, username, 'operator.disabled', { disabled_at: now }, now)
}

type Change = Partial<{
  password_hash: string
  temporary_until: Date | null
  secret_sealed: null
  last_step: null
  wrong_codes: number
  disabled_at: Date
}>

async function changeOperator(
  db: Db,
  username: string,
  action: 'operator.reset' | 'operator.disabled',
  change: Change,
  now: Date,
): Promise<string> {
  return db.transaction().execute(async (tx) => {
    const changed = await tx
      .updateTable('operators')
      .set(change)
      .where('username', '=', username.trim().toLowerCase())
      .where('disabled_at', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (!changed) throw new DomainError('resource.not_found')
    await tx.deleteFrom('operator_sessions').where('operator_id', '=', changed.id).execute()
    const subject = { kind: 'operator', id: changed.id } as const
    await operatorAudit(tx, { operatorId: null, action, subject }, now)
    return changed.id
  })
}

async function temporaryPassword(now: Date) {
  const password = randomBytes(12).toString('base64url')
  return {
    password,
    password_hash: await hashPassword(password),
    temporary_until: new Date(now.getTime() + TEMPORARY_DAYS * 86_400_000),
  }
}

/**
 * Whose user name and password these are. A wrong password of an operator is written down.
 * @returns `isNew` while the password is the temporary one
 * @throws DomainError sign_in.wrong without saying what was, also for a temporary password that is too old
 */
export async function checkOperatorPassword(
  db: Db,
  credentials: { username: string; password: string },
  now: Date,
): Promise<{ operatorId: string; isNew: boolean }> {
  const row = await db
    .selectFrom('operators')
    .select(['id', 'password_hash', 'temporary_until'])
    .where('username', '=', credentials.username.trim().toLowerCase())
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  const right = await verifyPassword(row?.password_hash, credentials.password)
  const until = row?.temporary_until ?? null
  if (!row || !right || (until !== null && until <= now)) {
    await noteRefusal(db, row?.id, now)
    throw new DomainError('sign_in.wrong')
  }
  return { operatorId: row.id, isNew: until !== null }
}

/**
 * Writes down that somebody did not come in as an operator. For a name that nobody has nothing is written, but a
 * transaction runs as well, and neither waits for the disk: how long the answer takes shall not tell which names exist.
 */
async function noteRefusal(db: Db, operatorId: string | undefined, now: Date): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select set_config('synchronous_commit', 'off', true)`.execute(tx)
    if (operatorId === undefined) return
    const subject = { kind: 'operator', id: operatorId } as const
    await operatorAudit(tx, { operatorId: null, action: 'sign_in.refused', subject }, now)
  })
}

/** True when a text is the temporary password itself, which nobody may keep. */
export async function isTemporaryPassword(db: Db, operatorId: string, password: string): Promise<boolean> {
  const row = await db
    .selectFrom('operators')
    .select('password_hash')
    .where('id', '=', operatorId)
    .where('temporary_until', 'is not', null)
    .executeTakeFirst()
  return row !== undefined && (await verifyPassword(row.password_hash, password))
}
