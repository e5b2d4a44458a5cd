import { X509Certificate } from 'node:crypto'
import { readXml, SyntaxFault } from '#core/read-xml.ts'
import type { XmlElement } from '#core/read-xml.ts'
import { Refused } from '../refusal.ts'
import { readInstant } from '../saml/instant.ts'
import { METADATA, POST_BINDING, PROTOCOL, REDIRECT_BINDING, SIGNATURE } from '../saml/names.ts'
import { checkSignatureShape } from '../saml/signature-shape.ts'
import { attributeOf, childrenOf, onlyChild, textOf } from '../saml/tree.ts'
import { hasStrongKey, usableCertificates, verifiedXml } from '../saml/verify.ts'
import type { Endpoints, Provider } from '../scheme.ts'

/** Why a metadata document is believed. There is no default: a caller says which. */
export type MetadataTrust =
  | { readonly kind: 'signed-by'; readonly certificates: readonly string[] }
  /** A file that the installation's administrator put there by hand. */
  | { readonly kind: 'local-file' }

export type MetadataRefusal =
  | 'too-large'
  | 'malformed'
  | 'unsigned'
  | 'signature'
  | 'expired'
  | 'no-providers'

export type ProviderList =
  | {
      readonly accepted: true
      readonly providers: readonly Provider[]
      /** Entities left out, and why: for the alarm, not for people who sign in. */
      readonly skipped: readonly { readonly entityId: string; readonly because: string }[]
    }
  | { readonly accepted: false; readonly reason: MetadataRefusal }

/** SPID's aggregate of all providers has some 200 kB. */
const METADATA_BYTES_MAX = 4 * 1024 * 1024
const LIMITS = { levelsMax: 32, nodesMax: 50_000 }

/**
 * Reads identity providers' metadata: an aggregate or a single entity. The caller keeps the last good list when
 * this refuses, and alarms a person when certificates change.
 */
export async function readProviders(
  bytes: Uint8Array,
  trust: MetadataTrust,
  now: Date,
): Promise<ProviderList> {
  if (bytes.length > METADATA_BYTES_MAX) return { accepted: false, reason: 'too-large' }
  try {
    const root = await believedRoot(bytes, trust, now)
    if (typeof root === 'string') return { accepted: false, reason: root }
    return readList(root, { now, isLocal: trust.kind === 'local-file' })
  } catch (error) {
    if (error instanceof SyntaxFault) return { accepted: false, reason: 'malformed' }
    if (error instanceof Refused) return { accepted: false, reason: 'signature' }
    throw error
  }
}

/** The document from the bytes that were signed; for a local file, as it stands. */
async function believedRoot(
  bytes: Uint8Array,
  trust: MetadataTrust,
  now: Date,
): Promise<XmlElement | MetadataRefusal> {
  const root = readXml(bytes, LIMITS)
  if (trust.kind === 'local-file') return root
  if (!onlyChild(root, SIGNATURE, 'Signature')) return 'unsigned'
  checkSignatureShape(root)
  const xml = new TextDecoder('utf-8').decode(bytes)
  const verified = await verifiedXml(xml, 'root', usableCertificates(trust.certificates, now))
  return verified === undefined ? 'signature' : readXml(verified, LIMITS)
}

interface Circumstances {
  readonly now: Date
  /** A sandbox on the same machine speaks plain http; nobody else may. */
  readonly isLocal: boolean
}

function readList(root: XmlElement, circumstances: Circumstances): ProviderList {
  if (root.namespace !== METADATA) return { accepted: false, reason: 'malformed' }
  if (isExpired(root, circumstances.now)) return { accepted: false, reason: 'expired' }
  const entities = root.name === 'EntityDescriptor' ? [root] : childrenOf(root, METADATA, 'EntityDescriptor')
  const providers = new Map<string, Provider>()
  const skipped: { entityId: string; because: string }[] = []
  for (const entity of entities) {
    const read = readProvider(entity, circumstances)
    const entityId = attributeOf(entity, 'entityID') ?? ''
    if (typeof read === 'string') skipped.push({ entityId, because: read })
    else if (providers.has(read.entityId)) skipped.push({ entityId, because: 'listed twice' })
    else providers.set(read.entityId, read)
  }
  if (providers.size === 0) return { accepted: false, reason: 'no-providers' }
  return { accepted: true, providers: [...providers.values()], skipped }
}

/** One provider, or why it is left out. */
function readProvider(entity: XmlElement, { now, isLocal }: Circumstances): Provider | string {
  const entityId = attributeOf(entity, 'entityID')
  if (!entityId || entityId.length > 1024) return 'no entityID'
  if (isExpired(entity, now)) return 'expired'
  const role = onlyChild(entity, METADATA, 'IDPSSODescriptor')
  if (!role) return 'no identity provider'
  if (!(attributeOf(role, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(PROTOCOL))
    return 'no SAML 2.0'
  const singleSignOn = endpoints(role, 'SingleSignOnService', isLocal)
  if (!singleSignOn.redirect && !singleSignOn.post) return 'no sign-on service'
  const certificates = signingCertificates(role, now)
  if (certificates.length === 0) return 'no certificate that is valid'
  const singleLogout = endpoints(role, 'SingleLogoutService', isLocal)
  return { entityId, names: readNames(entity), singleSignOn, singleLogout, certificates }
}

function isExpired(element: XmlElement, now: Date): boolean {
  const text = attributeOf(element, 'validUntil')
  return text !== undefined && (readInstant(text) ?? 0) <= now.getTime()
}

function endpoints(role: XmlElement, name: string, isLocal: boolean): Endpoints {
  const scheme = isLocal ? /^https?:\/\/\S+$/ : /^https:\/\/\S+$/
  const location = (binding: string) => {
    const service = childrenOf(role, METADATA, name).find((one) => attributeOf(one, 'Binding') === binding)
    // Only logout has answers of ours, and they may have a place of their own.
    const text = service && (attributeOf(service, 'ResponseLocation') ?? attributeOf(service, 'Location'))
    return text !== undefined && scheme.test(text) && URL.canParse(text) ? text : undefined
  }
  const redirect = location(REDIRECT_BINDING)
  const post = location(POST_BINDING)
  return { ...(redirect !== undefined && { redirect }), ...(post !== undefined && { post }) }
}

/** All signing certificates that are or will be valid, so that a rotation announced ahead needs no second reading. */
function signingCertificates(role: XmlElement, now: Date): string[] {
  const described = childrenOf(role, METADATA, 'KeyDescriptor')
    .filter((key) => (attributeOf(key, 'use') ?? 'signing') === 'signing')
    .flatMap((key) => childrenOf(key, SIGNATURE, 'KeyInfo'))
    .flatMap((info) => childrenOf(info, SIGNATURE, 'X509Data'))
    .flatMap((data) => childrenOf(data, SIGNATURE, 'X509Certificate'))
  return described.flatMap((element) => {
    const certificate = readCertificate(textOf(element) ?? '')
    const isGood = certificate && certificate.validToDate > now && hasStrongKey(certificate)
    return isGood ? [certificate.toString()] : []
  })
}

function readCertificate(text: string): X509Certificate | undefined {
  const compact = text.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return undefined
  try {
    return new X509Certificate(Buffer.from(compact, 'base64'))
  } catch {
    // Base64 of something else: the provider is as good as without it.
    return undefined
  }
}

function readNames(entity: XmlElement): Record<string, string> {
  const organization = onlyChild(entity, METADATA, 'Organization')
  if (!organization) return {}
  // The name first, so that the display name wins where both speak one language.
  const texts = ['OrganizationName', 'OrganizationDisplayName'].flatMap((name) =>
    childrenOf(organization, METADATA, name),
  )
  return Object.fromEntries(
    texts.flatMap((element) => {
      const language = element.attributes.find(({ name }) => name === 'lang')?.value
      const text = textOf(element)
      return language && text ? [[language, text] as const] : []
    }),
  )
}
