/** The name in a certificate, comparable: two texts of one name have the same `canonical`. */
export interface DistinguishedName {
  readonly canonical: string
  /** Every common name in it; a name that is pinned by its CN alone must have exactly one. */
  readonly commonNames: readonly string[]
}

/** Longer than any subject of a certificate that a person ever pinned. */
const LENGTH_MAX = 1_000

/** What RFC 4514 §2.4 wants escaped, and RFC 2253 writers escape: unescaped it belongs to no name. */
const UNESCAPED = new Set(['"', '<', '>', ';', '\u0000'])

/**
 * Reads a distinguished name as RFC 4514 (and RFC 2253, which nginx writes) spells it. Types of attributes count
 * without regard to case, spaces around separators do not count, the parts of a multi-valued RDN have no order;
 * values are compared to the letter.
 * @returns undefined for what is no such name, and for values in `#` hexadecimal, which no name pinned here has
 */
export function readDistinguishedName(text: string): DistinguishedName | undefined {
  if (text.length > LENGTH_MAX) return undefined
  const parts = splitUnescaped(text, ',')
  const commonNames: string[] = []
  const names: string[] = []
  for (const part of parts) {
    const attributes: string[] = []
    for (const attribute of splitUnescaped(part, '+')) {
      const read = readAttribute(attribute)
      if (!read) return undefined
      if (read[0] === 'CN') commonNames.push(read[1])
      attributes.push(JSON.stringify(read))
    }
    names.push(`[${attributes.toSorted().join()}]`)
  }
  return { canonical: names.join(), commonNames }
}

/** Cuts at a separator that no backslash precedes; the pieces keep their escapes. */
export function splitUnescaped(text: string, separator: string): string[] {
  const pieces: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === separator) {
      pieces.push(text.slice(start, at))
      start = at + 1
    }
  }
  pieces.push(text.slice(start))
  return pieces
}

function readAttribute(text: string): [type: string, value: string] | undefined {
  const equals = text.indexOf('=')
  const type = withoutOuterSpace(text.slice(0, Math.max(equals, 0))).toUpperCase()
  if (!/^(?:[A-Z][A-Z0-9-]*|\d+(?:\.\d+)+)$/.test(type)) return undefined
  const value = readValue(withoutOuterSpace(text.slice(equals + 1)))
  return value === undefined || value === '' ? undefined : [type, value]
}

/** Spaces at the ends are no part of a value, unless they are escaped. Other white space is never ours to forgive. */
function withoutOuterSpace(text: string): string {
  let start = 0
  let end = text.length
  while (text[start] === ' ') start++
  while (end > start && text[end - 1] === ' ' && !isEscaped(text, end - 1)) end--
  return text.slice(start, end)
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

function readValue(text: string): string | undefined {
  if (text.startsWith('#')) return undefined
  const bytes: Buffer[] = []
  for (let at = 0; at < text.length; at++) {
    const hex = /^\\([0-9a-fA-F]{2})/.exec(text.slice(at, at + 3))?.[1]
    const plain = text[at] === '\\' ? text[at + 1] : text[at]
    if (hex === undefined && plain === undefined) return undefined
    if (hex === undefined && text[at] !== '\\' && UNESCAPED.has(plain!)) return undefined
    bytes.push(hex === undefined ? Buffer.from(plain!) : Buffer.from(hex, 'hex'))
    at += hex !== undefined ? 2 : text[at] === '\\' ? 1 : 0
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(bytes))
  } catch {
    return undefined
  }
}
