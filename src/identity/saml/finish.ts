import type { XmlElement } from '#core/read-xml.ts'
import { providerError } from '../provider-errors.ts'
import type { ProviderError } from '../provider-errors.ts'
import { must, Refused } from '../refusal.ts'
import type { CallbackPost, Desk, Outcome, PendingRequest, Provider, ResponseTrace } from '../scheme.ts'
import { readAssertion } from './assertion.ts'
import { checkEnvelope, inResponseTo, soleAssertion } from './envelope.ts'
import { parse, readPosted } from './message.ts'
import type { Message } from './message.ts'
import { ASSERTION } from './names.ts'
import type { SamlProfile } from './profile.ts'
import { checkSignatureShapes, isSigned } from './signature-shape.ts'
import { attributeOf, onlyChild, textOf } from './tree.ts'
import { usableCertificates, verifiedXml } from './verify.ts'

/** What is known of an answer so far; a refusal reports it too. */
interface Findings {
  pending?: PendingRequest
  error?: ProviderError
  isSigned?: boolean
  received?: string
  trace: ResponseTrace
}

/** Judges a posted Response. Whatever is wrong with it, the answer is a refusal and the request is used up. */
export async function finishAuthn(profile: SamlProfile, post: CallbackPost, desk: Desk): Promise<Outcome> {
  const findings: Findings = { trace: {} }
  try {
    return await judge(profile, post, desk, findings)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { accepted: false, status: 403, reason: error.reason, ...findings }
  }
}

async function judge(
  profile: SamlProfile,
  post: CallbackPost,
  desk: Desk,
  findings: Findings,
): Promise<Outcome> {
  const message = readPosted(post.SAMLResponse)
  findings.received = message.xml
  findings.trace = traceOf(message.root)
  const id = inResponseTo(message.root)
  const pending = await desk.pending.consume(profile.id, id)
  must(pending && pending.id === id && pending.scheme === profile.id, 'request.unknown')
  findings.pending = pending
  const now = desk.clock.now()
  must(now < pending.expiresAt, 'request.expired')
  const provider = await desk.providers.find(profile.id, pending.providerId)
  must(provider?.entityId === pending.providerId, 'provider.unknown')

  const assertion = soleAssertion(message.root)
  checkSignatureShapes(message.root, assertion ? [message.root, assertion] : [message.root])
  const certificates = usableCertificates(provider.certificates, now)
  const response = await believedResponse(message, certificates)
  findings.isSigned = isSigned(message.root)
  const status = checkEnvelope(response, pending, now)
  if (!status.success) {
    findings.error = providerError(status.message)
    throw new Refused('provider.error')
  }
  must(assertion, 'response.assertion-count')
  const signed = await signedAssertion(message, assertion, certificates)
  findings.isSigned = true
  const { identity, subject } = readAssertion(signed, pending, profile, now)
  const trace = { ...findings.trace, assertionId: identity.assertionId, ...subject }
  return { accepted: true, identity, pending, trace, received: message.xml }
}

/** The Response from its signed bytes where it is signed (it may be, SPID), as it came where it is not. */
async function believedResponse(
  message: Message,
  certificates: Provider['certificates'],
): Promise<XmlElement> {
  if (!isSigned(message.root)) return message.root
  const bytes = await verifiedXml(message.xml, 'root', certificates)
  must(bytes !== undefined, 'signature.invalid')
  return parse(bytes)
}

/** The Assertion from its own signed bytes: a signature around the Response does not stand in for it (check 3). */
async function signedAssertion(
  message: Message,
  assertion: XmlElement,
  certificates: Provider['certificates'],
): Promise<XmlElement> {
  must(isSigned(assertion), 'signature.missing')
  const bytes = await verifiedXml(message.xml, 'assertion', certificates)
  must(bytes !== undefined, 'signature.invalid')
  const signed = parse(bytes)
  must(attributeOf(signed, 'ID') === attributeOf(assertion, 'ID'), 'signature.invalid')
  return signed
}

function traceOf(root: XmlElement): ResponseTrace {
  const issuer = onlyChild(root, ASSERTION, 'Issuer')
  const found = {
    responseId: attributeOf(root, 'ID'),
    issueInstant: attributeOf(root, 'IssueInstant'),
    issuer: issuer && textOf(issuer),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}
