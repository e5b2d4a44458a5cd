import { createHash, randomBytes } from 'node:crypto'
import { DomainError } from './errors.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A time-ordered UUID (RFC 9562, version 7): rows made together lie together in every index. */
export function newId(now = Date.now()): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now, 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** True for a UUID in its canonical lower-case form. */
export function isId(text: string): boolean {
  return UUID.test(text)
}

/** Takes an id from outside. Anything else than a UUID is the same 404 as an id that does not exist. */
export function idFrom(text: string | undefined): string {
  if (text !== undefined && isId(text)) return text
  throw new DomainError('resource.not_found')
}

/** A secret for a session or a link: 160 random bits, URL-safe. Stored only as {@link hashToken}. */
export function newSecret(): string {
  return randomBytes(20).toString('base64url')
}

/** What is stored of a secret. The secret is random, so a plain hash suffices. */
export function hashToken(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
