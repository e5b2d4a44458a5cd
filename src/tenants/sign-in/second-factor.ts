import { randomInt } from 'node:crypto'
import { audit, type Actor } from '#core/audit.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import type { Services } from '#core/services.ts'
import { totpStep, typedCode } from '#core/totp.ts'

/** So many wrong codes in a row are no slips of a finger: NIST SP 800-63B §5.2.2 ends there. */
export const WRONG_CODES_MAX = 100
const RECOVERY_CODES = 10
/** Digits alone, so that a telephone's number pad can write them: 40 bits, behind a password and ten guesses a minute. */
const RECOVERY_DIGITS = 12

type Deps = Pick<Services, 'db' | 'vault' | 'clock'>

/** Whether a member of staff has a second factor. */
export async function hasSecondFactor(db: Db, tenantId: string, accountId: string): Promise<boolean> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('second_factors')
      .select('account_id')
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .executeTakeFirst(),
  )
  return row !== undefined
}

/**
 * Makes a secret somebody's second factor, once a code proves that their phone has it.
 * @param secret in base32, from newTotpSecret()
 * @returns ten recovery codes of twelve digits, which are stored nowhere in clear
 * @throws DomainError second_factor.wrong, form.expired when there is a second factor already
 */
export async function setUpSecondFactor(
  { db, vault, clock }: Deps,
  tenantId: string,
  accountId: string,
  secret: string,
  code: string,
): Promise<string[]> {
  const step = totpStep(secret, typedCode(code) ?? '', clock)
  if (step === undefined) throw new DomainError('second_factor.wrong')
  return storeSecondFactor({ db, vault, clock }, tenantId, accountId, secret, step)
}

/** Stores a proved second factor with fresh recovery codes. @throws DomainError form.expired when there is one already */
export async function storeSecondFactor(
  { db, vault, clock }: Deps,
  tenantId: string,
  accountId: string,
  secret: string,
  step: bigint,
): Promise<string[]> {
  const keys = await vault.of(tenantId)
  const now = clock.now()
  const codes = newRecoveryCodes()
  await inTenant(db, tenantId, async (tx) => {
    const inserted = await tx
      .insertInto('second_factors')
      .values({
        tenant_id: tenantId,
        account_id: accountId,
        secret_sealed: keys.seal(secret),
        confirmed_at: now,
        last_step: step,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('account_id')
      .executeTakeFirst()
    if (!inserted) throw new DomainError('form.expired')
    await tx
      .insertInto('recovery_codes')
      .values(
        codes.map((code) => ({
          tenant_id: tenantId,
          account_id: accountId,
          code_hash: keys.lookUpHash(code),
        })),
      )
      .execute()
    const staff = { kind: 'staff', id: accountId } as const
    const subject = { kind: 'account', id: accountId }
    await audit(tx, tenantId, { actor: staff, action: 'second_factor.set_up', subject }, now)
  })
  return codes
}

/**
 * Takes a code of the phone, or a recovery code, each once.
 * @throws DomainError second_factor.wrong, second_factor.locked after a hundred wrong ones, form.expired where there is no
 *   second factor (any more)
 */
export async function checkSecondFactor(
  { db, vault, clock }: Deps,
  tenantId: string,
  accountId: string,
  code: string,
): Promise<void> {
  const keys = await vault.of(tenantId)
  const now = clock.now()
  const digits = typedCode(code) ?? ''
  const taken = await inTenant(db, tenantId, async (tx) => {
    const row = await tx
      .selectFrom('second_factors')
      .select(['secret_sealed', 'wrong_codes'])
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .executeTakeFirst()
    if (!row) throw new DomainError('form.expired')
    if (row.wrong_codes >= WRONG_CODES_MAX) throw new DomainError('second_factor.locked')
    const step = totpStep(keys.open(row.secret_sealed), digits, clock)
    if (step !== undefined && (await takeStep(tx, tenantId, accountId, step))) return true
    const isRecovery = digits.length === RECOVERY_DIGITS
    if (isRecovery && (await takeRecoveryCode(tx, tenantId, accountId, keys.lookUpHash(digits), now)))
      return true
    await refuse(tx, tenantId, accountId, now)
    return false
  })
  if (!taken) throw new DomainError('second_factor.wrong')
}

/** Moves the last step forward; false when another sign-in has taken this step, or a later one, before. */
async function takeStep(tx: Tx, tenantId: string, accountId: string, step: bigint): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('second_factors')
    .set({ last_step: step, wrong_codes: 0 })
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .where('last_step', '<', step)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

async function takeRecoveryCode(
  tx: Tx,
  tenantId: string,
  accountId: string,
  hash: Buffer,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('recovery_codes')
    .set({ used_at: now })
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .where('code_hash', '=', hash)
    .where('used_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await tx
    .updateTable('second_factors')
    .set({ wrong_codes: 0 })
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .execute()
  const { count } = await tx
    .selectFrom('recovery_codes')
    .select((select) => select.fn.countAll<bigint>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow()
  const entry = {
    actor: { kind: 'staff', id: accountId },
    action: 'second_factor.recovery_used',
    subject: { kind: 'account', id: accountId },
    details: { left: Number(count) },
  } as const
  await audit(tx, tenantId, entry, now)
  return true
}

/** Counts a wrong code and writes it down. Who typed it is not known. */
async function refuse(tx: Tx, tenantId: string, accountId: string, now: Date): Promise<void> {
  await tx
    .updateTable('second_factors')
    .set((columns) => ({ wrong_codes: columns('wrong_codes', '+', 1) }))
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .execute()
  const entry = {
    actor: { kind: 'nobody' },
    action: 'sign_in.refused',
    subject: { kind: 'account', id: accountId },
    details: { face: 'office', step: 'second_factor' },
  } as const
  await audit(tx, tenantId, entry, now)
}

/**
 * Takes somebody's second factor away, with their sessions: at the next sign-in they set up another one.
 * @param by an administrator, or the system for a command of the operator
 * @throws DomainError resource.not_found when the account is no staff's or has none
 */
export async function resetSecondFactor(
  db: Db,
  tenantId: string,
  accountId: string,
  by: Actor,
  now: Date,
): Promise<void> {
  await inTenant(db, tenantId, async (tx) => {
    const { numDeletedRows } = await tx
      .deleteFrom('second_factors')
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .executeTakeFirst()
    if (numDeletedRows === 0n) throw new DomainError('resource.not_found')
    await tx
      .deleteFrom('recovery_codes')
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .execute()
    const ended = await tx
      .deleteFrom('sessions')
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .executeTakeFirst()
    const entry = {
      actor: by,
      action: 'second_factor.reset',
      subject: { kind: 'account', id: accountId },
      details: { sessions_ended: Number(ended.numDeletedRows) },
    } as const
    await audit(tx, tenantId, entry, now)
  })
}

/** Ten codes, no two alike. */
function newRecoveryCodes(): string[] {
  const codes = new Set<string>()
  while (codes.size < RECOVERY_CODES)
    codes.add(Array.from({ length: RECOVERY_DIGITS }, () => randomInt(10)).join(''))
  return [...codes]
}
