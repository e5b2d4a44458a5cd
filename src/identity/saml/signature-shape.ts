import type { XmlElement } from '#core/read-xml.ts'
import { must } from '../refusal.ts'
import { ENVELOPED, EXCLUSIVE_C14N, RSA_SHA256, RSA_SHA512, SHA256, SHA512, SIGNATURE } from './names.ts'
import { attributeOf, onlyChild, walk } from './tree.ts'

/**
 * What each element of a signature may name: nothing with SHA-1, nothing that selects, transforms or includes. A map,
 * for an object would have a value for an element called `constructor` too.
 */
const ALLOWED: ReadonlyMap<string, readonly string[]> = new Map([
  ['CanonicalizationMethod', [EXCLUSIVE_C14N]],
  ['SignatureMethod', [RSA_SHA256, RSA_SHA512]],
  ['DigestMethod', [SHA256, SHA512]],
  ['Transform', [ENVELOPED, EXCLUSIVE_C14N]],
])

/**
 * Demands that signatures stand only directly in the elements named, at most one in each, and that each has the
 * one shape SAML allows (core §5.4): one reference, to the parent's ID, enveloped, exclusive canonicalization.
 * What this looks at is unsigned; it keeps surprises away from the library that verifies.
 * @throws Refused with a reason that begins with `signature.`
 */
export function checkSignatureShapes(root: XmlElement, signable: readonly XmlElement[]): void {
  const placed = signable.flatMap((parent) =>
    parent.children.filter((child) => child.name === 'Signature').map((signature) => ({ parent, signature })),
  )
  const anywhere = [...walk(root)].filter((element) => element.name === 'Signature')
  must(anywhere.length === placed.length, 'signature.misplaced')
  must(new Set(placed.map(({ parent }) => parent)).size === placed.length, 'signature.misplaced')
  checkIds(root)
  for (const { parent } of placed) checkSignatureShape(parent)
}

/** True when the element carries a signature of its own. */
export function isSigned(element: XmlElement): boolean {
  return onlyChild(element, SIGNATURE, 'Signature') !== undefined
}

/** No two elements of one document may bear the same ID, in whichever spelling a verifier may look for. */
function checkIds(root: XmlElement): void {
  const ids = [...walk(root)].flatMap((element) =>
    element.attributes.filter(({ name }) => name.toLowerCase() === 'id').map(({ value }) => value),
  )
  must(new Set(ids).size === ids.length, 'signature.misplaced')
}

/**
 * Demands SAML's one shape of the element's own signature.
 * @throws Refused with a reason that begins with `signature.`
 */
export function checkSignatureShape(parent: XmlElement): void {
  const signature = onlyChild(parent, SIGNATURE, 'Signature')
  must(signature, 'signature.misplaced')
  const signedInfo = onlyChild(signature, SIGNATURE, 'SignedInfo')
  must(signedInfo, 'signature.misplaced')
  const references = [...walk(signature)].filter((element) => element.name === 'Reference')
  must(references.length === 1 && signedInfo.children.includes(references[0]!), 'signature.misplaced')
  must(attributeOf(references[0]!, 'URI') === `#${attributeOf(parent, 'ID')}`, 'signature.misplaced')
  const found = new Map<string, number>()
  for (const element of walk(signature)) {
    must(element.name !== 'Object' && element.name !== 'Manifest', 'signature.misplaced')
    const allowed = ALLOWED.get(element.name)
    if (!allowed) continue
    const [algorithm, ...more] = element.attributes
    must(more.length === 0 && algorithm?.name === 'Algorithm', 'signature.algorithm')
    must(allowed.includes(algorithm.value), 'signature.algorithm')
    must(element.children.every(isPrefixList), 'signature.algorithm')
    found.set(element.name, (found.get(element.name) ?? 0) + 1)
  }
  const once = ['CanonicalizationMethod', 'SignatureMethod', 'DigestMethod']
  must(once.every((name) => found.get(name) === 1) && found.get('Transform') === 2, 'signature.algorithm')
}

/** The one parameter that SAML tools write: namespace prefixes to keep (exclusive canonicalization §4). */
function isPrefixList(element: XmlElement): boolean {
  return (
    element.name === 'InclusiveNamespaces' &&
    element.namespace === EXCLUSIVE_C14N &&
    element.children.length === 0
  )
}
