import { SignedXml } from 'xml-crypto'
import type { PendingRequest, SigningKey } from '#identity/scheme.ts'
import { instant, keys, pendingRequest, provider } from './world.ts'

/**
 * A little identity provider that signs whatever it is told to, also what no provider would. It is written from
 * the technical rules alone and shares nothing with the code that judges.
 */
const ENTITY = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity'
export const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success'

export const PERSON = {
  spidCode: 'TEST0123456789',
  name: 'Maria',
  familyName: 'Rossi',
  fiscalNumber: 'TINIT-RSSMRA80A41H501Y',
}

export type Edit = (xml: string) => string

/** A good response, unsigned, laid out as the public suite lays it out. */
export function goodResponse(
  person: Readonly<Record<string, string>> = PERSON,
  { id, assertionConsumerUrl, entityId }: PendingRequest = pendingRequest(),
): string {
  const attributes = Object.entries(person).map(
    ([name, value]) =>
      `<saml:Attribute Name="${name}"><saml:AttributeValue xsi:type="xs:string">${value}</saml:AttributeValue></saml:Attribute>`,
  )
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0" IssueInstant="${instant(-5)}" Destination="${assertionConsumerUrl}" InResponseTo="${id}">
  <saml:Issuer Format="${ENTITY}">${provider.entityId}</saml:Issuer>
  <samlp:Status><samlp:StatusCode Value="${SUCCESS}"/></samlp:Status>
  <saml:Assertion xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="_assertion" Version="2.0" IssueInstant="${instant(-5)}">
    <saml:Issuer Format="${ENTITY}">${provider.entityId}</saml:Issuer>
    <saml:Subject>
      <saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient" NameQualifier="${provider.entityId}">
        _transient-name
      </saml:NameID>
      <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
        <saml:SubjectConfirmationData InResponseTo="${id}" NotOnOrAfter="${instant(300)}" Recipient="${assertionConsumerUrl}"/>
      </saml:SubjectConfirmation>
    </saml:Subject>
    <saml:Conditions NotBefore="${instant(-5)}" NotOnOrAfter="${instant(300)}">
      <saml:AudienceRestriction><saml:Audience>${entityId}</saml:Audience></saml:AudienceRestriction>
    </saml:Conditions>
    <saml:AuthnStatement AuthnInstant="${instant(-6)}" SessionIndex="_session">
      <saml:AuthnContext><saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL2</saml:AuthnContextClassRef></saml:AuthnContext>
    </saml:AuthnStatement>
    <saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>
  </saml:Assertion>
</samlp:Response>`
}

/** The same from CIE: no Format on issuers, four attributes, the highest class. */
export function goodCieResponse(request?: PendingRequest): string {
  const { name, familyName, fiscalNumber } = PERSON
  const person = { name, familyName, dateOfBirth: '1980-01-01', fiscalNumber }
  return goodResponse(person, request).replaceAll(` Format="${ENTITY}"`, '').replace('SpidL2', 'SpidL3')
}

/** An edit that must find what it looks for: a case that changed nothing would prove nothing. */
export function edit(pattern: RegExp | string, replacement: string): Edit {
  return (xml) => {
    const changed = xml.replace(pattern, replacement)
    if (changed === xml) throw new Error(`nothing to edit: ${String(pattern)}`)
    return changed
  }
}

/** The nth start tag of that name, counted from 0. */
function nthTag(xml: string, name: string, nth: number): { readonly start: number; readonly tag: string } {
  const match = [...xml.matchAll(new RegExp(`<${name}(?=[ />])[^>]*>`, 'g'))][nth]
  if (!match) throw new Error(`no ${name} number ${nth}`)
  return { start: match.index, tag: match[0] }
}

/** Sets an attribute of a tag, or takes it away. */
export function attribute(name: string, key: string, value: string | undefined, nth = 0): Edit {
  return (xml) => {
    const { start, tag } = nthTag(xml, name, nth)
    const written = value === undefined ? '' : ` ${key}="${value}"`
    const changed = tag.replace(new RegExp(` ${key}="[^"]*"`), () => written)
    if (changed === tag) throw new Error(`no other ${key} on ${name}`)
    return xml.slice(0, start) + changed + xml.slice(start + tag.length)
  }
}

/** The nth element of that name, from `<` to `>`. */
function nthElement(xml: string, name: string, nth: number): { start: number; end: number; tag: string } {
  const { start, tag } = nthTag(xml, name, nth)
  if (tag.endsWith('/>')) return { start, end: start + tag.length, tag }
  const close = `</${name}>`
  return { start, end: xml.indexOf(close, start) + close.length, tag }
}

/** Takes an element away. */
export function drop(name: string, nth = 0): Edit {
  return (xml) => {
    const { start, end } = nthElement(xml, name, nth)
    return xml.slice(0, start) + xml.slice(end)
  }
}

/** Leaves an element without content ("not specified", in the public suite's words). */
export function empty(name: string, nth = 0): Edit {
  return content(name, '', nth)
}

/** Gives an element other content. */
export function content(name: string, inner: string, nth = 0): Edit {
  return (xml) => {
    const { start, end, tag } = nthElement(xml, name, nth)
    const open = tag.replace(/\/>$/, '>')
    return `${xml.slice(0, start)}${open}${inner}</${name}>${xml.slice(end)}`
  }
}

export function both(...edits: readonly Edit[]): Edit {
  return (xml) => edits.reduce((text, one) => one(text), xml)
}

export type Part = 'Response' | 'Assertion' | 'LogoutRequest' | 'EntitiesDescriptor' | 'EntityDescriptor'

export interface SignatureStyle {
  readonly algorithm?: string
  readonly digest?: string
  readonly transforms?: readonly string[]
  /** Whose certificate KeyInfo shows. */
  readonly shown?: SigningKey
  readonly prefix?: string
}

const C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

/** Signs one element and puts the signature where SAML has it. */
export function sign(xml: string, part: Part, key: SigningKey, style: SignatureStyle = {}): string {
  const signer = new SignedXml({
    privateKey: key.privateKey,
    publicCert: (style.shown ?? key).certificate,
    signatureAlgorithm: style.algorithm ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: C14N,
    getKeyInfoContent: SignedXml.getKeyInfoContent,
  })
  const path = `(//*[local-name()='${part}'])[1]`
  signer.addReference({
    xpath: path,
    transforms: style.transforms ?? [ENVELOPED, C14N],
    digestAlgorithm: style.digest ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
  })
  const hasIssuer = new RegExp(`<(?:\\w+:)?${part}[^>]*>\\s*<(?:\\w+:)?Issuer`).test(xml)
  const location = hasIssuer
    ? ({ reference: `${path}/*[local-name()='Issuer']`, action: 'after' } as const)
    : ({ reference: path, action: 'prepend' } as const)
  signer.computeSignature(xml, { prefix: style.prefix ?? 'ds', location })
  return signer.getSignedXml()
}

/** Signs as a provider does: the Assertion, then the Response around it. */
export function signBoth(xml: string, key: SigningKey = keys.provider, style: SignatureStyle = {}): string {
  return sign(sign(xml, 'Assertion', key, style), 'Response', key, style)
}

/** Signs the Assertion alone: the least that SPID takes. */
export function signAssertion(xml: string, key: SigningKey = keys.provider): string {
  return sign(xml, 'Assertion', key)
}
