import { createVerify } from 'node:crypto'
import type { XmlElement } from '#core/read-xml.ts'
import { must, Refused } from '../refusal.ts'
import type { RefusalReason } from '../refusal.ts'
import type { Provider } from '../scheme.ts'
import { isIssuer } from './envelope.ts'
import { CLOCK_SKEW_MS, readInstant } from './instant.ts'
import { parse, readCompressed, readPosted } from './message.ts'
import type { Message } from './message.ts'
import { ASSERTION, PROTOCOL, RSA_SHA256, RSA_SHA384, RSA_SHA512 } from './names.ts'
import { checkSignatureShapes, isSigned } from './signature-shape.ts'
import { attributeOf, onlyChild, textOf } from './tree.ts'
import { usableCertificates, verifiedXml } from './verify.ts'

/** A provider's wish that the sessions of a name end; its signature was verified. */
export interface LogoutRequest {
  readonly id: string
  readonly issuer: string
  readonly nameId: string
  /** To be sent back unchanged where there was one (SAML bindings §3.4.3, §3.5.3). Signed by HTTP-Redirect alone. */
  readonly relayState?: string
}

export interface LogoutContext {
  /** Finds the provider that the message names as its sender; its certificates alone decide. */
  findProvider(entityId: string): Promise<Provider | undefined>
  readonly logoutUrl: string
  readonly now: Date
}

/** As it was received: the fields of a form, or the query without question mark and not decoded. */
export type LogoutMessage =
  | {
      readonly binding: 'post'
      readonly SAMLRequest: string | undefined
      readonly RelayState?: string | undefined
    }
  | { readonly binding: 'redirect'; readonly query: string }

export type LogoutOutcome =
  | { readonly accepted: true; readonly request: LogoutRequest }
  | { readonly accepted: false; readonly status: 403; readonly reason: RefusalReason }

/** How old a request may be: it is acted on at once or not at all. */
const AGE_MAX_MS = 5 * 60_000

/** A map: an object would have a value for `toString` too. */
const QUERY_HASHES: ReadonlyMap<string, string> = new Map([
  [RSA_SHA256, 'sha256'],
  [RSA_SHA384, 'sha384'],
  [RSA_SHA512, 'sha512'],
])

/** Judges a LogoutRequest. Without a signature it is refused before the library sees it, which would let it pass. */
export async function readLogout(message: LogoutMessage, context: LogoutContext): Promise<LogoutOutcome> {
  try {
    const request =
      message.binding === 'post'
        ? await readPostedLogout(message, context)
        : await readRedirectedLogout(message.query, context)
    return { accepted: true, request }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { accepted: false, status: 403, reason: error.reason }
  }
}

async function readPostedLogout(
  { SAMLRequest, RelayState: relayState }: Extract<LogoutMessage, { binding: 'post' }>,
  context: LogoutContext,
): Promise<LogoutRequest> {
  const message = readPosted(SAMLRequest)
  checkRoot(message)
  must(isSigned(message.root), 'logout.unsigned')
  checkSignatureShapes(message.root, [message.root])
  const certificates = await certificatesOfSender(message.root, context)
  const bytes = await verifiedXml(message.xml, 'root', certificates)
  must(bytes !== undefined, 'signature.invalid')
  return { ...readRequest(parse(bytes), context), ...(relayState !== undefined && { relayState }) }
}

/** The signature covers the query's own characters (SAML bindings §3.4.4.1), in this order and no other. */
async function readRedirectedLogout(query: string, context: LogoutContext): Promise<LogoutRequest> {
  const raw = rawParameters(query)
  const [request, algorithm, signature] = ['SAMLRequest', 'SigAlg', 'Signature'].map((name) => raw.get(name))
  must(request !== undefined, 'message.missing')
  must(algorithm !== undefined && signature !== undefined, 'logout.unsigned')
  const hash = QUERY_HASHES.get(decode(algorithm))
  must(hash, 'signature.algorithm')
  const message = readCompressed(decode(request))
  checkRoot(message)
  const relay = raw.get('RelayState')
  const parts = [`SAMLRequest=${request}`, ...(relay === undefined ? [] : [`RelayState=${relay}`])]
  const signed = [...parts, `SigAlg=${algorithm}`].join('&')
  const bytes = Buffer.from(decode(signature), 'base64')
  const certificates = await certificatesOfSender(message.root, context)
  const fits = certificates.some((pem) => createVerify(hash).update(signed).verify(pem, bytes))
  must(fits, 'signature.invalid')
  return { ...readRequest(message.root, context), ...(relay !== undefined && { relayState: decode(relay) }) }
}

/** The parameters before decoding. A name that comes twice could mean one thing to us and another to the signature. */
function rawParameters(query: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const part of query.split('&')) {
    const equals = part.indexOf('=')
    must(equals > 0 && !found.has(part.slice(0, equals)), 'logout.query')
    found.set(part.slice(0, equals), part.slice(equals + 1))
  }
  return found
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    throw new Refused('logout.query')
  }
}

function checkRoot({ root }: Message): void {
  must(root.name === 'LogoutRequest' && root.namespace === PROTOCOL, 'logout.not-a-request')
}

async function certificatesOfSender(root: XmlElement, context: LogoutContext): Promise<string[]> {
  const issuer = onlyChild(root, ASSERTION, 'Issuer')
  const entityId = issuer && textOf(issuer)
  must(entityId, 'response.issuer')
  const provider = await context.findProvider(entityId)
  must(provider?.entityId === entityId, 'provider.unknown')
  return usableCertificates(provider.certificates, context.now)
}

/** Reads the request from what was signed. */
function readRequest(root: XmlElement, { logoutUrl, now }: LogoutContext): LogoutRequest {
  const id = attributeOf(root, 'ID')
  must(id && attributeOf(root, 'Version') === '2.0', 'logout.not-a-request')
  must(attributeOf(root, 'Destination') === logoutUrl, 'response.destination')
  const issued = readInstant(attributeOf(root, 'IssueInstant'))
  must(issued !== undefined && Math.abs(now.getTime() - issued) <= AGE_MAX_MS, 'logout.expired')
  const limit = attributeOf(root, 'NotOnOrAfter')
  const end = limit === undefined ? Infinity : (readInstant(limit) ?? -Infinity)
  must(now.getTime() - CLOCK_SKEW_MS < end, 'logout.expired')
  const issuer = onlyChild(root, ASSERTION, 'Issuer')
  const entityId = issuer && textOf(issuer)
  must(entityId && isIssuer(issuer, entityId, false), 'response.issuer')
  const name = onlyChild(root, ASSERTION, 'NameID')
  const nameId = name && textOf(name)
  must(nameId, 'assertion.name-id')
  return { id, issuer: entityId, nameId }
}
