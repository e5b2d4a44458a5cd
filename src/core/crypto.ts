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

/** Opens what {@link seal} made. A wrong key, context or changed byte throws. */
export function open(key: Key, context: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed)
  invariant(bytes[0] === VERSION && bytes.length >= 29, 'sealed value of an unknown form')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 13))
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(13, 29))
  return Buffer.concat([decipher.update(bytes.subarray(29)), decipher.final()])
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
