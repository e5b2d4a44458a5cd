import { invariant } from '#core/errors.ts'

/**
 * The little of DER (ITU-T X.690) that a certificate and its request need: definite lengths, primitive and
 * constructed values. node:crypto reads certificates and writes none.
 */
function value(tag: number, content: Buffer): Buffer {
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const hex = content.length.toString(16)
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content])
}

export function sequence(...items: readonly Buffer[]): Buffer {
  return value(0x30, Buffer.concat(items))
}

/** A set of one member: all that is needed here. DER would want several in the order of their bytes. */
export function setOf(item: Buffer): Buffer {
  return value(0x31, item)
}

/** A non-negative integer from its big-endian bytes, in the fewest bytes that do not look negative. */
export function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0)
  const digits = start < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(start))
  return value(0x02, digits[0]! < 0x80 ? digits : Buffer.concat([Buffer.from([0]), digits]))
}

/** An object identifier, `2.5.4.97`. */
export function objectIdentifier(dotted: string): Buffer {
  const arcs = dotted.split('.').map(Number)
  invariant(arcs.length >= 2 && arcs.every(Number.isSafeInteger), `${dotted} is no object identifier`)
  const [first, second, ...rest] = arcs as [number, number, ...number[]]
  return value(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)))
}

/** Seven bits a byte, the highest bit set in all but the last. */
function base128(arc: number): number[] {
  const bytes = [arc % 0x80]
  for (let rest = Math.floor(arc / 0x80); rest > 0; rest = Math.floor(rest / 0x80))
    bytes.unshift((rest % 0x80) | 0x80)
  return bytes
}

export function utf8String(text: string): Buffer {
  return value(0x0c, Buffer.from(text, 'utf8'))
}

/** For countries alone: the standard wants them so (X.520 countryName). */
export function printableString(text: string): Buffer {
  invariant(/^[A-Za-z0-9 '()+,\-./:=?]+$/.test(text), 'text does not fit a PrintableString')
  return value(0x13, Buffer.from(text, 'latin1'))
}

export function octetString(content: Buffer): Buffer {
  return value(0x04, content)
}

export function bitString(content: Buffer, unusedBits = 0): Buffer {
  return value(0x03, Buffer.concat([Buffer.from([unusedBits]), content]))
}

export const TRUE = value(0x01, Buffer.from([0xff]))
export const NULL = value(0x05, Buffer.alloc(0))

/** A context-specific constructed value, `[n] EXPLICIT` around one item or `[n] IMPLICIT` in place of a set's tag. */
export function context(number: number, ...items: readonly Buffer[]): Buffer {
  return value(0xa0 | number, Buffer.concat(items))
}

/** Whole seconds in UTC: two-digit years until 2049, four digits from then on (RFC 5280 §4.1.2.5). */
export function time(instant: Date): Buffer {
  const digits = instant.toISOString().slice(0, 19).replace(/[-:T]/g, '')
  return instant.getUTCFullYear() < 2050
    ? value(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : value(0x18, Buffer.from(`${digits}Z`))
}

/** Wraps DER as PEM (RFC 7468). */
export function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
