import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { invariant } from './errors.ts'

/** A 32-byte key. */
export type Key = Buffer

const VERSION = 1

/**
 * Encrypts with AES-256-GCM. `context` (the tenant's id) is bound to the text as additional data, so a value
 * copied into another tenant's row does not open.
 */
export function seal(key: Key, context: string, plain: string | Buffer): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body])
}

/** Something sealed that does not open: it was sealed with another key, lay in another row, or was changed since. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken'
}

/**
 * Opens what {@link seal} made.
 * @throws SealBroken for a wrong key, context or changed byte
 */
export function open(key: Key, context: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed)
  invariant(bytes[0] === VERSION && bytes.length >= 29, 'sealed value of an unknown form')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 13))
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(13, 29))
  const body = decipher.update(bytes.subarray(29))
  try {
    return Buffer.concat([body, decipher.final()])
  } catch (error) {
    // OpenSSL says "Unsupported state": no word of a key.
    throw new SealBroken('sealed with another key, for another row, or changed since', { cause: error })
  }
}

/** A keyed hash: equal texts can be found again without being readable. */
export function keyedHash(key: Key, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** A key for one purpose, derived from another key (HKDF, RFC 5869). */
export function deriveKey(key: Key, purpose: string): Key {
  return Buffer.from(hkdfSync('sha256', key, '', purpose, 32))
}

/** A fresh random key. */
export function newKey(): Key {
  return randomBytes(32)
}
