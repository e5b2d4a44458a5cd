import { readXml } from '../wire/xml.ts'
import type { XmlElement } from '../wire/xml.ts'
import { isAuthnRequest, readAuthnRequest } from './authn-request.ts'
import type { AuthnRequest } from './authn-request.ts'
import { open } from './incoming.ts'
import type { Incoming, Opened } from './incoming.ts'
import { ASSERTION, DSIG, ENTITY, ENVELOPED, EXC_C14N } from './names.ts'
import { isToldOnOwnPage } from './problem.ts'
import type { Problem } from './problem.ts'
import type { Places, Provider } from './provider.ts'
import type { ServiceProvider, ServiceProviders } from './service-providers.ts'
import { signedRoot } from './signature.ts'

/** What becomes of a request: served, told to the person, or sent back with an error. */
export type Verdict =
  | { readonly outcome: 'accepted'; readonly request: AuthnRequest }
  | { readonly outcome: 'shown'; readonly problems: readonly Problem[] }
  | { readonly outcome: 'sent-back'; readonly request: AuthnRequest; readonly problems: readonly Problem[] }

interface Desk {
  readonly provider: Provider
  readonly places: Places
  readonly serviceProviders: ServiceProviders
  readonly now: Date
}

/** Judges a request as a real provider does: wrapping, sender and signature first, then what it says. */
export async function judge(incoming: Incoming, desk: Desk): Promise<Verdict> {
  const { provider, places, serviceProviders, now } = desk
  if (!provider.bindings.includes(incoming.binding)) {
    const text = `questo gestore non riceve richieste in HTTP-${incoming.binding === 'post' ? 'POST' : 'Redirect'}`
    return shown([{ number: 6, text }])
  }
  const opened = open(incoming, 'SAMLRequest')
  if (typeof opened === 'string') return shown([{ number: 4, text: opened }])
  if (!isAuthnRequest(opened.root)) return shown([{ number: 4, text: 'il messaggio non è un’AuthnRequest' }])

  const problems = relayProblems(opened.relayState)
  const sender = senderOf(opened.root)
  const serviceProvider = sender === undefined ? undefined : serviceProviders.find(provider.scheme, sender)
  problems.push(...issuerProblems(opened.root, sender, serviceProvider))
  if (!serviceProvider) return shown(problems)
  const signed = await signedRequest(opened, serviceProvider)
  if (typeof signed === 'string') problems.push({ number: opened.isQuerySignedBy ? 5 : 7, text: signed })
  if (typeof signed === 'string' || problems.some(isToldOnOwnPage)) return shown(problems)

  const { relayState } = opened
  const read = readAuthnRequest(signed, { provider, places, serviceProvider, relayState, now })
  if (read.problems.length > 0) return { outcome: 'sent-back', ...read }
  return { outcome: 'accepted', request: read.request }
}

function shown(problems: readonly Problem[]): Verdict {
  return { outcome: 'shown', problems: problems.toSorted((left, right) => left.number - right.number) }
}

/** It must be there and tell nobody anything (SPID, single sign-on; the public suite looks for "http"). */
function relayProblems(relayState: string | undefined): Problem[] {
  if (!relayState) return [{ number: 4, text: 'manca RelayState' }]
  if (/http/i.test(relayState)) return [{ number: 4, text: 'RelayState contiene un indirizzo' }]
  return relayState.length > 80 ? [{ number: 4, text: 'RelayState supera 80 byte' }] : []
}

function issuersOf(root: XmlElement): XmlElement[] {
  return root.children.filter(({ name, uri }) => name === 'Issuer' && uri === ASSERTION)
}

function senderOf(root: XmlElement): string | undefined {
  const [issuer, ...more] = issuersOf(root)
  return more.length === 0 ? issuer?.text.trim() || undefined : undefined
}

function issuerProblems(
  root: XmlElement,
  sender: string | undefined,
  serviceProvider: ServiceProvider | undefined,
): Problem[] {
  if (sender === undefined) return [{ number: 10, text: 'manca Issuer' }]
  const { Format, NameQualifier } = issuersOf(root)[0]!.attributes
  const rules: [boolean, string][] = [
    [serviceProvider !== undefined, `nessun servizio registrato si chiama ${sender}`],
    [Format === ENTITY, 'Issuer deve avere Format entity'],
    [NameQualifier === sender, 'NameQualifier di Issuer deve essere l’entityID'],
  ]
  return rules.flatMap(([holds, text]) => (holds ? [] : [{ number: 10, text }]))
}

/** The request from what was signed; otherwise what is wrong with its signature. */
async function signedRequest(
  opened: Opened,
  { certificates }: ServiceProvider,
): Promise<XmlElement | string> {
  const { root, xml, isQuerySignedBy } = opened
  const signatures = root.children.filter(({ name }) => name === 'Signature')
  if (isQuerySignedBy) {
    if (signatures.length > 0) return 'in HTTP-Redirect la firma sta nell’indirizzo, non nell’XML'
    return isQuerySignedBy(certificates)
      ? root
      : 'la firma dell’indirizzo non è di un certificato registrato (o non è rsa-sha256)'
  }
  const problem = shapeProblem(root)
  if (problem !== undefined) return problem
  const signed = await signedRoot(xml, certificates)
  return signed === undefined ? 'la firma non è di un certificato registrato' : readXml(signed)
}

/** A signature where and as SPID wants it: right after Issuer, enveloped, exclusive, no SHA-1. */
function shapeProblem(root: XmlElement): string | undefined {
  const [issuer, signature] = root.children
  if (signature?.name !== 'Signature' || signature.uri !== DSIG || issuer?.name !== 'Issuer')
    return 'la firma deve stare subito dopo Issuer'
  const all = [...walk(signature)]
  const named = (name: string) =>
    all.filter((one) => one.name === name).map(({ attributes }) => attributes.Algorithm ?? '')
  const isStrong = (algorithms: readonly string[]) =>
    algorithms.length === 1 && /sha(256|384|512)$/.test(algorithms[0]!)
  const references = all.filter(({ name }) => name === 'Reference')
  if (references.length !== 1 || references[0]!.attributes.URI !== `#${root.attributes.ID}`)
    return 'la firma deve riferirsi alla richiesta intera'
  if (named('CanonicalizationMethod').join() !== EXC_C14N) return 'la firma vuole exc-c14n'
  if (named('Transform').join() !== `${ENVELOPED},${EXC_C14N}`)
    return 'la firma vuole le trasformazioni enveloped ed exc-c14n'
  if (!isStrong(named('SignatureMethod')) || !isStrong(named('DigestMethod')))
    return 'la firma vuole SHA-256 o più'
  return all.some(({ name }) => name === 'X509Certificate') ? undefined : 'KeyInfo non mostra il certificato'
}

function* walk(element: XmlElement): Generator<XmlElement> {
  yield element
  for (const one of element.children) yield* walk(one)
}
