import { X509Certificate } from 'node:crypto'
import { child, readXml, XmlError } from '../wire/xml.ts'
import type { XmlElement } from '../wire/xml.ts'
import { contactProblems } from './contact-rules.ts'
import { DSIG, HTTP_POST, HTTP_REDIRECT, METADATA, XML } from './names.ts'
import { ATTRIBUTES } from './person.ts'
import type { Scheme } from './provider.ts'
import { signedRoot } from './signature.ts'

/** What a registry keeps of a service provider. */
export interface ServiceProviderFacts {
  readonly entityId: string
  readonly displayName: string
  /** PEM; requests may be signed with any of them. */
  readonly certificates: readonly string[]
  readonly assertionConsumerUrl: string
  /** Names of attributes by index of their set. */
  readonly attributeSets: Readonly<Record<string, readonly string[]>>
  readonly logout: { readonly redirect?: string; readonly post?: string }
}

export type MetadataVerdict =
  | { readonly accepted: true; readonly facts: ServiceProviderFacts }
  | { readonly accepted: false; readonly problems: readonly string[] }

/** Reads a service provider's metadata as AgID or the Ministry would when it is submitted, and lists all that is wrong. */
export async function readServiceProvider(scheme: Scheme, xml: string): Promise<MetadataVerdict> {
  const refused = (...problems: string[]) => ({ accepted: false, problems }) as const
  let root: XmlElement
  try {
    root = readXml(xml)
  } catch (error) {
    if (error instanceof XmlError) return refused(`the metadata is not XML: ${error.message}`)
    throw error
  }
  if (root.name !== 'EntityDescriptor' || root.uri !== METADATA)
    return refused('it is no md:EntityDescriptor')
  const certificates = signingCertificates(root)
  if (certificates.length === 0) return refused('there is no signing certificate of RSA 2048 or more')
  if (!root.children.some(({ name, uri }) => name === 'Signature' && uri === DSIG))
    return refused('the metadata has no signature')
  const signed = await signedRoot(xml, certificates)
  if (signed === undefined) return refused('the signature does not belong to a certificate in the metadata')
  // From here on only what was signed counts.
  const entity = readXml(signed)
  const problems = [...roleProblems(scheme, entity), ...organizationProblems(entity)]
  problems.push(...contactProblems(scheme, entity))
  return problems.length > 0 ? refused(...problems) : { accepted: true, facts: factsOf(entity) }
}

function role(entity: XmlElement): XmlElement | undefined {
  return child(entity, 'SPSSODescriptor')
}

function services(entity: XmlElement, name: string): XmlElement[] {
  return role(entity)?.children.filter((one) => one.name === name && one.uri === METADATA) ?? []
}

function consumer(entity: XmlElement): XmlElement | undefined {
  return services(entity, 'AssertionConsumerService').find(
    ({ attributes }) => attributes.index === '0' && attributes.Binding === HTTP_POST,
  )
}

function roleProblems(scheme: Scheme, entity: XmlElement): string[] {
  const found = role(entity)
  if (!found) return ['there is no md:SPSSODescriptor']
  const { AuthnRequestsSigned, WantAssertionsSigned } = found.attributes
  const logouts = services(entity, 'SingleLogoutService').map(({ attributes }) => attributes.Binding)
  const asked = Object.values(attributeSets(entity))
  const isDefault = consumer(entity) && consumer(entity)?.attributes.isDefault === 'true'
  const unknown = asked.flat().filter((name) => !KNOWN_ATTRIBUTES[scheme].includes(name))
  const rules: [boolean, string][] = [
    [URL.canParse(entity.attributes.entityID ?? ''), 'the entityID is no URL'],
    [AuthnRequestsSigned === 'true', 'AuthnRequestsSigned must be true'],
    [WantAssertionsSigned === 'true', 'WantAssertionsSigned must be true'],
    [
      consumer(entity) !== undefined,
      'there is no AssertionConsumerService with index 0 and binding HTTP-POST',
    ],
    [isDefault !== false, 'the AssertionConsumerService 0 must be the default'],
    [
      scheme === 'cie' ? logouts.includes(HTTP_REDIRECT) : logouts.length > 0,
      'there is no SingleLogoutService',
    ],
    [asked.length > 0 && asked.every((names) => names.length > 0), 'no attributes are requested'],
    [unknown.length === 0, `attributes that ${scheme} does not release: ${unknown.join(', ')}`],
  ]
  return rules.flatMap(([holds, problem]) => (holds ? [] : [problem]))
}

/** SPID's table of attributes is longer than what the citizens here have; asking for the rest is no mistake. */
const KNOWN_ATTRIBUTES: Readonly<Record<Scheme, readonly string[]>> = {
  spid: [
    ...ATTRIBUTES.spid,
    'countyOfBirth',
    'idCard',
    'expirationDate',
    'mobilePhone',
    'digitalAddress',
    'address',
    'domicileStreetAddress',
    'domicilePostalCode',
    'domicileMunicipality',
    'domicileProvince',
    'domicileNation',
    'companyName',
    'companyFiscalNumber',
    'registeredOffice',
    'ivaCode',
  ],
  cie: ATTRIBUTES.cie,
}

function organizationProblems(entity: XmlElement): string[] {
  const names = ['OrganizationName', 'OrganizationDisplayName', 'OrganizationURL']
  return names.flatMap((name) => (inItalian(entity, name) ? [] : [`there is no ${name} in Italian`]))
}

function inItalian(entity: XmlElement, name: string): string | undefined {
  const texts = child(entity, 'Organization')?.children ?? []
  const found = texts.find((one) => one.name === name && one.attributes[`{${XML}}lang`] === 'it')
  return found?.text.trim() || undefined
}

function attributeSets(entity: XmlElement): Record<string, string[]> {
  return Object.fromEntries(
    services(entity, 'AttributeConsumingService').map(({ attributes, children }) => [
      attributes.index ?? '',
      children.flatMap((one) => (one.name === 'RequestedAttribute' ? (one.attributes.Name ?? []) : [])),
    ]),
  )
}

function factsOf(entity: XmlElement): ServiceProviderFacts {
  const logouts = services(entity, 'SingleLogoutService')
  const at = (binding: string) =>
    logouts.find(({ attributes }) => attributes.Binding === binding)?.attributes.Location
  const [redirect, post] = [at(HTTP_REDIRECT), at(HTTP_POST)]
  return {
    entityId: entity.attributes.entityID!,
    displayName: inItalian(entity, 'OrganizationDisplayName')!,
    certificates: signingCertificates(entity),
    assertionConsumerUrl: consumer(entity)!.attributes.Location!,
    attributeSets: attributeSets(entity),
    logout: { ...(redirect !== undefined && { redirect }), ...(post !== undefined && { post }) },
  }
}

function signingCertificates(entity: XmlElement): string[] {
  return services(entity, 'KeyDescriptor')
    .filter(({ attributes }) => (attributes.use ?? 'signing') === 'signing')
    .flatMap((key) => below(key, 'X509Certificate'))
    .flatMap(({ text }) => readCertificate(text) ?? [])
}

function below(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.flatMap((one) => (one.name === name ? [one] : below(one, name)))
}

/** PEM; undefined for what is no certificate of an RSA key of 2048 bits or more. */
function readCertificate(text: string): string | undefined {
  try {
    const certificate = new X509Certificate(Buffer.from(text, 'base64'))
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey
    const isStrong = asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
    return isStrong ? certificate.toString() : undefined
  } catch {
    // Base64 of something else: as good as no certificate.
    return undefined
  }
}
