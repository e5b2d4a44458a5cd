import type { IdentityScheme } from './scheme.ts'
import { cie } from './schemes/cie/scheme.ts'
import { spid } from './schemes/spid/scheme.ts'

/** All ways to prove who one is, written out: the list is the registry. */
export const schemes: readonly IdentityScheme[] = [spid, cie]

/** The scheme of that name; undefined when there is none. */
export function schemeNamed(id: string): IdentityScheme | undefined {
  return schemes.find((scheme) => scheme.id === id)
}
