import { createSign, randomUUID } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { Keys } from '../identity/keys.ts'
import type { SigningKey } from '../identity/keys.ts'
import { Store } from '../state/store.ts'
import type { Stage } from './stage.ts'
import { signed } from './xml-signer.ts'

export const ACS = 'https://mensa.example/spid/acs'
export const SLO = 'https://mensa.example/spid/slo'
export const SERVICE_ID = 'https://mensa.example/pub-ag-full/c_prova'

const keys = new Keys(new Store(), () => new Date('2026-11-23T10:00:00Z'))

/** A key of a service provider, made once a test file. */
export function serviceKey(name = 'service'): Promise<SigningKey> {
  return keys.of(name, name)
}

/** An edit that must find what it looks for: one that changed nothing would prove nothing. */
export function edited(xml: string, from: string | RegExp, to: string): string {
  const changed = xml.replace(from, to)
  if (changed === xml) throw new Error(`nothing to edit: ${String(from)}`)
  return changed
}

const bare = (pem: string) => pem.replace(/-----[^-]+-----|\s/g, '')

/** Metadata of an aggregated body for SPID, or of the same body for CIE, before they are signed. */
export function metadata(scheme: 'spid' | 'cie', certificate: string): string {
  const isSpid = scheme === 'spid'
  const names = isSpid
    ? ['name', 'familyName', 'fiscalNumber', 'spidCode']
    : ['name', 'familyName', 'dateOfBirth', 'fiscalNumber']
  const set = (index: number, attributes: string[]) =>
    `<md:AttributeConsumingService index="${index}"><md:ServiceName xml:lang="it">Mensa</md:ServiceName>${attributes.map((name) => `<md:RequestedAttribute Name="${name}"/>`).join('')}</md:AttributeConsumingService>`
  const contacts = isSpid
    ? `<md:ContactPerson contactType="other" spid:entityType="spid:aggregator"><md:Extensions><spid:VATNumber>IT00000000000</spid:VATNumber><spid:FiscalCode>00000000000</spid:FiscalCode><spid:PublicServicesFullAggregator/></md:Extensions><md:Company>Aggregatore</md:Company><md:EmailAddress>spid@example.it</md:EmailAddress></md:ContactPerson><md:ContactPerson contactType="other" spid:entityType="spid:aggregated"><md:Extensions><spid:IPACode>c_prova</spid:IPACode><spid:Public/></md:Extensions><md:Company>Comune di Prova</md:Company></md:ContactPerson>`
    : `<md:ContactPerson contactType="administrative"><md:Extensions><cie:Public/><cie:IPACode>c_prova</cie:IPACode></md:Extensions><md:Company>Comune di Prova</md:Company><md:EmailAddress>comune@example.it</md:EmailAddress></md:ContactPerson>`
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:spid="https://spid.gov.it/saml-extensions" xmlns:cie="https://www.cartaidentita.interno.gov.it/saml-extensions" ID="_m" entityID="${SERVICE_ID}"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="true" WantAssertionsSigned="true"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${bare(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${SLO}"/><md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${ACS}" index="0" isDefault="true"/>${set(0, names)}${isSpid ? set(1, [...names, 'email']) : ''}</md:SPSSODescriptor><md:Organization><md:OrganizationName xml:lang="it">Comune di Prova</md:OrganizationName><md:OrganizationDisplayName xml:lang="it">Comune di Prova</md:OrganizationDisplayName><md:OrganizationURL xml:lang="it">https://comune.example</md:OrganizationURL></md:Organization>${contacts}</md:EntityDescriptor>`
}

/** Registers the played service with a scheme. */
export async function register(stage: Stage, scheme: 'spid' | 'cie'): Promise<void> {
  const key = await serviceKey()
  const xml = signed(metadata(scheme, key.certificate), key, 'first')
  const { status, body } = await stage.call('PUT', '/api/identity/service-providers', {
    scheme,
    metadata: xml,
  })
  if (status !== 200) throw new Error(JSON.stringify(body))
}

/** A right request to a provider, before it is signed. */
export function request(signOn: string, at: Date): string {
  return `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomUUID()}" Version="2.0" IssueInstant="${at.toISOString().slice(0, 19)}Z" Destination="${signOn}" ForceAuthn="true" AssertionConsumerServiceIndex="0" AttributeConsumingServiceIndex="0"><saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity" NameQualifier="${SERVICE_ID}">${SERVICE_ID}</saml:Issuer><samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"/><samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL2</saml:AuthnContextClassRef></samlp:RequestedAuthnContext></samlp:AuthnRequest>`
}

/** The fields of a form with a signed message. */
export async function asForm(xml: string, parameter = 'SAMLRequest'): Promise<Record<string, string>> {
  const text = signed(xml, await serviceKey(), 'after-issuer')
  return { [parameter]: Buffer.from(text).toString('base64'), RelayState: 'c0ffee' }
}

/** The query of a redirect with a signed message. */
export async function asQuery(
  xml: string,
  more: { parameter?: string; relayState?: string; key?: SigningKey } = {},
): Promise<string> {
  const { parameter = 'SAMLRequest', relayState = 'c0ffee', key = await serviceKey() } = more
  const algorithm = encodeURIComponent('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')
  const message = encodeURIComponent(deflateRawSync(xml).toString('base64'))
  const text = `${parameter}=${message}&RelayState=${encodeURIComponent(relayState)}&SigAlg=${algorithm}`
  const signature = createSign('sha256').update(text).sign(key.privateKey, 'base64')
  return `${text}&Signature=${encodeURIComponent(signature)}`
}
