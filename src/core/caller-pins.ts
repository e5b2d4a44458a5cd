import { readDistinguishedName, splitUnescaped } from './distinguished-name.ts'

/** Whose certificate lets a caller in: any of the pinned names. Several stand together while one replaces another. */
export interface CallerPins {
  /** Whether a subject, as the proxy writes it, is one of them. */
  accept(subject: string): boolean
}

/**
 * Reads the pinned subjects, with `;` between them (RFC 4514 lets none stand unescaped in a name): a whole
 * distinguished name, or a common name alone, which then must be the only one of the subject.
 * @throws Error that quotes what is none, or says that there is nothing
 */
export function callerPins(text: string): CallerPins {
  const names = new Set<string>()
  const commonNames = new Set<string>()
  for (const entry of splitUnescaped(text, ';').map((piece) => piece.trim())) {
    if (entry === '') continue
    const isWhole = entry.includes('=')
    const name = readDistinguishedName(isWhole ? entry : `CN=${entry}`)
    const [commonName, ...more] = name?.commonNames ?? []
    if (!name || (!isWhole && (commonName === undefined || more.length > 0)))
      throw new Error(`is no list of subjects: ${entry}`)
    if (isWhole) names.add(name.canonical)
    else commonNames.add(commonName!)
  }
  if (names.size + commonNames.size === 0) throw new Error('names no subject')
  return {
    accept(subject) {
      const name = readDistinguishedName(subject)
      if (!name) return false
      const [only, ...others] = name.commonNames
      const byCommonName = only !== undefined && others.length === 0 && commonNames.has(only)
      return names.has(name.canonical) || byCommonName
    },
  }
}
