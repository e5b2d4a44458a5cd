import { deriveKey, open, seal, type Key } from '#core/crypto.ts'
import { DomainError } from '#core/errors.ts'
import type { Services } from '#core/services.ts'
import { totpStep, typedCode } from '#core/totp.ts'
import { hashPassword } from '../sign-in/passwords.ts'
import { WRONG_CODES_MAX } from '../sign-in/second-factor.ts'
import { operatorAudit } from './audit.ts'

type Deps = Pick<Services, 'db' | 'clock' | 'config'>

/** Operators belong to no entity, whose keys they must not need: their secrets have a key of MASTER_KEY's own. */
function keyOf({ config }: Deps): Key {
  return deriveKey(config.MASTER_KEY, 'operator-second-factor')
}

/**
 * Ends an operator's first sign-in: a password of their own, and the second factor that a code has proved.
 * @param password within PASSWORD_LENGTH
 * @throws DomainError second_factor.wrong, form.expired when it was done before, or the temporary password has run out
 */
export async function settleOperator(
  deps: Deps,
  operatorId: string,
  { password, secret, code }: { password: string; secret: string; code: string },
): Promise<void> {
  const step = totpStep(secret, typedCode(code) ?? '', deps.clock)
  if (step === undefined) throw new DomainError('second_factor.wrong')
  await storeSettled(deps, operatorId, { password, secret, step })
}

/** Stores what the first sign-in brought. @throws DomainError form.expired as {@link settleOperator} */
export async function storeSettled(
  deps: Deps,
  operatorId: string,
  { password, secret, step }: { password: string; secret: string; step: bigint },
): Promise<void> {
  const passwordHash = await hashPassword(password)
  const now = deps.clock.now()
  await deps.db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('operators')
      .set({
        password_hash: passwordHash,
        temporary_until: null,
        secret_sealed: seal(keyOf(deps), operatorId, secret),
        last_step: step,
        wrong_codes: 0,
      })
      .where('id', '=', operatorId)
      .where('disabled_at', 'is', null)
      .where('temporary_until', '>', now)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new DomainError('form.expired')
    const subject = { kind: 'operator', id: operatorId } as const
    await operatorAudit(tx, { operatorId, action: 'second_factor.set_up', subject }, now)
  })
}

/**
 * Takes a code of the operator's phone, once.
 * @throws DomainError second_factor.wrong, second_factor.locked, form.expired where there is no second factor (any more)
 */
export async function checkOperatorCode(deps: Deps, operatorId: string, code: string): Promise<void> {
  const now = deps.clock.now()
  const taken = await deps.db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('operators')
      .select(['secret_sealed', 'wrong_codes'])
      .where('id', '=', operatorId)
      .where('disabled_at', 'is', null)
      .executeTakeFirst()
    if (!row?.secret_sealed) throw new DomainError('form.expired')
    if (row.wrong_codes >= WRONG_CODES_MAX) throw new DomainError('second_factor.locked')
    const secret = open(keyOf(deps), operatorId, row.secret_sealed).toString('utf8')
    const step = totpStep(secret, typedCode(code) ?? '', deps.clock)
    if (step !== undefined) {
      const { numUpdatedRows } = await tx
        .updateTable('operators')
        .set({ last_step: step, wrong_codes: 0 })
        .where('id', '=', operatorId)
        .where('last_step', '<', step)
        .executeTakeFirst()
      if (numUpdatedRows === 1n) return true
    }
    await tx
      .updateTable('operators')
      .set((columns) => ({ wrong_codes: columns('wrong_codes', '+', 1) }))
      .where('id', '=', operatorId)
      .execute()
    const subject = { kind: 'operator', id: operatorId } as const
    await operatorAudit(tx, { operatorId: null, action: 'sign_in.refused', subject }, now)
    return false
  })
  if (!taken) throw new DomainError('second_factor.wrong')
}
