import { child } from '../wire/xml.ts'
import type { XmlElement } from '../wire/xml.ts'
import { ASSERTION, HTTP_POST, LEVEL_CLASS, PROTOCOL, TRANSIENT } from './names.ts'
import type { Problem } from './problem.ts'
import type { Places, Provider } from './provider.ts'
import type { ServiceProvider } from './service-providers.ts'

/** A request to sign somebody on, with what its sender registered. */
export interface AuthnRequest {
  readonly id: string
  readonly relayState: string
  readonly entityId: string
  readonly displayName: string
  readonly assertionConsumerUrl: string
  /** The level to answer with. */
  readonly level: number
  readonly attributes: readonly string[]
}

/** How old a request may be, and how far ahead its sender's clock. */
const AGE_MOST_MS = 5 * 60_000
const AHEAD_MOST_MS = 60_000

interface Circumstances {
  readonly provider: Provider
  readonly places: Places
  readonly serviceProvider: ServiceProvider
  readonly relayState: string | undefined
  readonly now: Date
}

/**
 * Reads a request whose signature was verified.
 * @returns it, as far as it can be read, and everything in it that SPID's rules forbid
 */
export function readAuthnRequest(
  root: XmlElement,
  circumstances: Circumstances,
): { readonly request: AuthnRequest; readonly problems: readonly Problem[] } {
  const { provider, places, serviceProvider, relayState = '', now } = circumstances
  const { attributes } = root
  const asked = askedLevel(root, provider)
  const sets = serviceProvider.attributeSets[attributes.AttributeConsumingServiceIndex ?? '']
  const policy = child(root, 'NameIDPolicy')
  const rules: [boolean, number, string][] = [
    [attributes.Version === '2.0', 9, 'Version deve essere 2.0'],
    [/^[A-Za-z_][\w.-]{5,}$/.test(attributes.ID ?? ''), 11, 'ID manca o non è un nome XML'],
    [asked !== undefined, 12, 'RequestedAuthnContext deve nominare una classe SpidL1, SpidL2 o SpidL3'],
    [isFresh(attributes.IssueInstant, now), 13, 'IssueInstant non è un istante UTC vicino a quello attuale'],
    [attributes.Destination === places.signOn, 14, `Destination deve essere ${places.signOn}`],
    [attributes.IsPassive === undefined, 15, 'IsPassive non è ammesso'],
    [isConsumer(attributes, serviceProvider), 16, 'AssertionConsumerService non è quello registrato'],
    [policy?.attributes.Format === TRANSIENT, 17, 'NameIDPolicy deve chiedere un nome transient'],
    [policy?.attributes.AllowCreate === undefined, 17, 'NameIDPolicy non deve avere AllowCreate'],
    [sets !== undefined, 18, 'AttributeConsumingServiceIndex non è fra quelli registrati'],
    [
      attributes.ForceAuthn === 'true' || (provider.scheme === 'spid' && (asked ?? 1) < 2),
      8,
      'ForceAuthn deve essere true',
    ],
    [
      root.children.every(({ name, uri }) => name !== 'Scoping' && (uri !== ASSERTION || name === 'Issuer')),
      8,
      'ci sono elementi che SPID non prevede',
    ],
  ]
  const problems = rules.flatMap(([holds, number, text]) => (holds ? [] : [{ number, text }]))
  const { entityId, displayName, assertionConsumerUrl } = serviceProvider
  const known = { entityId, displayName, assertionConsumerUrl }
  const id = attributes.ID ?? ''
  return {
    request: { ...known, id, relayState, level: asked ?? 1, attributes: sets ?? [] },
    problems: problems.toSorted((left, right) => left.number - right.number),
  }
}

/** The level to answer with; undefined when the request names none that there is. CIE always answers the highest. */
function askedLevel(root: XmlElement, { scheme }: Provider): number | undefined {
  const context = child(root, 'RequestedAuthnContext')
  const references = context?.children.filter(({ name }) => name === 'AuthnContextClassRef') ?? []
  const levels = references.map(({ text }) => /^[123]$/.exec(text.replace(LEVEL_CLASS, ''))?.[0])
  const [level] = levels
  const comparisons = scheme === 'cie' ? ['exact', 'minimum'] : ['exact', 'minimum', 'better', 'maximum']
  const comparison = context?.attributes.Comparison ?? 'exact'
  const isPlain = references.every(({ text, uri }) => text.startsWith(LEVEL_CLASS) && uri === ASSERTION)
  if (levels.length !== 1 || level === undefined || !isPlain || !comparisons.includes(comparison))
    return undefined
  if (scheme === 'cie') return 3
  return comparison === 'better' ? Math.min(3, Number(level) + 1) : Number(level)
}

function isFresh(text: string | undefined, now: Date): boolean {
  if (!text || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text)) return false
  const age = now.getTime() - Date.parse(text)
  return age <= AGE_MOST_MS && age >= -AHEAD_MOST_MS
}

/** By its index, or by address and binding, never both (error 16). */
function isConsumer(attributes: XmlElement['attributes'], serviceProvider: ServiceProvider): boolean {
  const {
    AssertionConsumerServiceIndex: index,
    AssertionConsumerServiceURL: url,
    ProtocolBinding,
  } = attributes
  if (index !== undefined) return index === '0' && url === undefined && ProtocolBinding === undefined
  return url === serviceProvider.assertionConsumerUrl && ProtocolBinding === HTTP_POST
}

export function isAuthnRequest({ name, uri }: XmlElement): boolean {
  return name === 'AuthnRequest' && uri === PROTOCOL
}
