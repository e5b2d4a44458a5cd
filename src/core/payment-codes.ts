import type { Db } from './db/connect.ts'
import { inTenant, type Tx } from './db/tenant.ts'
import { keyedHash, type Key } from './crypto.ts'
import { DomainError } from './errors.ts'
import { hashToken } from './ids.ts'
import type { Vault } from './vault.ts'

/** Crockford's base 32: no letter that reads like a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const RANDOM_CHARACTERS = 26

/**
 * The code of one wallet and generation: 130 bits of a keyed hash, then a check character. It can be shown again
 * because it is derived, and not read from the database because only its hash is stored there.
 */
export function derivePaymentCode(key: Key, walletId: string, generation: number): string {
  const digest = keyedHash(key, `${walletId}/${generation}`)
  let bits = BigInt(`0x${digest.toString('hex')}`)
  let code = ''
  for (let index = 0; index < RANDOM_CHARACTERS; index++) {
    code += ALPHABET[Number(bits & 31n)]
    bits >>= 5n
  }
  return code + checkCharacter(code)
}

/** True when a typed or scanned code is whole: right characters, right check character. */
export function isWholePaymentCode(code: string): boolean {
  if (!/^[0-9A-HJKMNP-TV-Z]{27}$/.test(code)) return false
  return checkCharacter(code.slice(0, -1)) === code.at(-1)
}

/** Weights grow from left to right and stay odd, so that one wrong character always shows, and most swaps do. */
function checkCharacter(body: string): string {
  const sum = body
    .split('')
    .reduce((total, character, index) => total + ALPHABET.indexOf(character) * (2 * index + 1), 0)
  return ALPHABET[sum % 32]!
}

/** The wallet's present code, made on first use. */
export async function paymentCodeOf(
  db: Db,
  vault: Vault,
  tenantId: string,
  walletId: string,
  now: Date,
): Promise<string> {
  const { paymentCodeKey } = await vault.of(tenantId)
  return inTenant(db, tenantId, (tx) => presentCode(tx, paymentCodeKey, tenantId, walletId, now))
}

/** Voids the wallet's code and gives it a new one. */
export async function renewPaymentCode(
  db: Db,
  vault: Vault,
  tenantId: string,
  walletId: string,
  now: Date,
): Promise<string> {
  const { paymentCodeKey } = await vault.of(tenantId)
  return inTenant(db, tenantId, async (tx) => {
    await lockWallet(tx, tenantId, walletId)
    await tx
      .updateTable('payment_codes')
      .set({ revoked_at: now })
      .where('tenant_id', '=', tenantId)
      .where('wallet_id', '=', walletId)
      .where('revoked_at', 'is', null)
      .execute()
    return presentCode(tx, paymentCodeKey, tenantId, walletId, now)
  })
}

/**
 * The wallet that a code belongs to.
 * @throws DomainError payment_code.unknown, payment_code.revoked, wallet.suspended
 */
export async function walletOfPaymentCode(db: Db, tenantId: string, code: string): Promise<string> {
  if (!isWholePaymentCode(code)) throw new DomainError('payment_code.unknown')
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('payment_codes')
      .innerJoin('wallets', (join) =>
        join
          .onRef('wallets.tenant_id', '=', 'payment_codes.tenant_id')
          .onRef('wallets.id', '=', 'payment_codes.wallet_id'),
      )
      .select(['wallet_id', 'revoked_at', 'wallets.state'])
      .where('payment_codes.tenant_id', '=', tenantId)
      .where('code_hash', '=', hashToken(code))
      .executeTakeFirst(),
  )
  if (!row) throw new DomainError('payment_code.unknown')
  if (row.revoked_at) throw new DomainError('payment_code.revoked')
  if (row.state !== 'active') throw new DomainError('wallet.suspended')
  return row.wallet_id
}

/** The latest generation while it is not revoked, else a new one. */
async function presentCode(tx: Tx, key: Key, tenantId: string, walletId: string, now: Date): Promise<string> {
  await lockWallet(tx, tenantId, walletId)
  const latest = await tx
    .selectFrom('payment_codes')
    .select(['generation', 'revoked_at'])
    .where('tenant_id', '=', tenantId)
    .where('wallet_id', '=', walletId)
    .orderBy('generation', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (latest && !latest.revoked_at) return derivePaymentCode(key, walletId, latest.generation)
  const generation = (latest?.generation ?? 0) + 1
  const code = derivePaymentCode(key, walletId, generation)
  const row = {
    tenant_id: tenantId,
    code_hash: hashToken(code),
    wallet_id: walletId,
    generation,
    created_at: now,
  }
  await tx.insertInto('payment_codes').values(row).execute()
  return code
}

/** The wallet's row is the lock: two requests must not make the same generation. */
async function lockWallet(tx: Tx, tenantId: string, walletId: string): Promise<void> {
  await tx
    .selectFrom('wallets')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', walletId)
    .forUpdate()
    .execute()
}
