import { randomUUID } from 'node:crypto'
import { invariant } from '#core/errors.ts'
import {
  BASIC_FORMAT,
  METADATA,
  POST_BINDING,
  PROTOCOL,
  REDIRECT_BINDING,
  SIGNATURE,
  TRANSIENT_FORMAT,
} from '../saml/names.ts'
import { bareCertificate, signXml } from '../saml/sign.ts'
import { tag, textTag } from '../saml/write-xml.ts'
import type { SigningKey } from '../scheme.ts'
import { organizationProblems } from './rules.ts'

/** Ourselves, where we federate tenants as their full aggregator. */
export interface Aggregator {
  readonly name: string
  /** With the country's letters, `IT12345678901`. */
  readonly vatNumber: string
  readonly fiscalCode: string
  /** Of an office, never of a person. */
  readonly email: string
  /** `+39…` without spaces. */
  readonly telephone: string
  /** Belfiore code of the seat. */
  readonly municipality: string
  /** Statistical class of the business, for CIE. */
  readonly nace2Code: string
}

/** All that one tenant's metadata tells one scheme. */
export interface ServiceProvider {
  /** `pub-ag-full`: through an aggregator; `public`: a tenant federated by itself, under its own entityID. */
  readonly profile: 'pub-ag-full' | 'public'
  readonly entityId: string
  /** Signs the metadata; its certificate comes first among those announced. */
  readonly key: SigningKey
  /** PEM, at most one more: the next or the former certificate during a rotation. */
  readonly otherCertificate?: string
  readonly assertionConsumerUrl: string
  readonly logoutUrl: string
  /** What the attributes are asked for, shown by some providers. */
  readonly serviceName: string
  /** The tenant: providers show the display name on the page where the person consents. */
  readonly organization: { readonly name: string; readonly displayName: string; readonly url: string }
  readonly ipaCode: string
  readonly email: string
  readonly telephone?: string
  /** Belfiore code, for CIE. */
  readonly municipality: string
  readonly aggregator?: Aggregator
}

/** What a scheme adds of its own to metadata. */
export interface MetadataProfile {
  readonly prefix: string
  readonly namespace: string
  readonly attributes: readonly string[]
  contacts(provider: ServiceProvider): string
}

/**
 * Builds and signs one tenant's metadata. Every call makes other bytes: the caller stores what was made, submits
 * it and serves it unchanged, because a submitted metadata may not change silently.
 */
export function serviceProviderMetadata(provider: ServiceProvider, profile: MetadataProfile): string {
  const problems = organizationProblems(provider)
  invariant(
    problems.length === 0,
    `metadata of ${provider.entityId} would be refused: ${problems.join(', ')}`,
  )
  const xml = tag(
    'md:EntityDescriptor',
    {
      'xmlns:md': METADATA,
      'xmlns:ds': SIGNATURE,
      [`xmlns:${profile.prefix}`]: profile.namespace,
      ID: `_${randomUUID()}`,
      entityID: provider.entityId,
    },
    descriptor(provider, profile),
    organization(provider),
    profile.contacts(provider),
  )
  return signXml(xml, provider.key, 'first')
}

/** The role's children, in the schema's order. */
function descriptor(provider: ServiceProvider, profile: MetadataProfile): string {
  const { key, otherCertificate, logoutUrl, assertionConsumerUrl, serviceName } = provider
  const certificates = [key.certificate, ...(otherCertificate === undefined ? [] : [otherCertificate])]
  return tag(
    'md:SPSSODescriptor',
    { protocolSupportEnumeration: PROTOCOL, AuthnRequestsSigned: 'true', WantAssertionsSigned: 'true' },
    ...certificates.map(keyDescriptor),
    tag('md:SingleLogoutService', { Binding: REDIRECT_BINDING, Location: logoutUrl }),
    tag('md:SingleLogoutService', { Binding: POST_BINDING, Location: logoutUrl }),
    textTag('md:NameIDFormat', {}, TRANSIENT_FORMAT),
    tag('md:AssertionConsumerService', {
      Binding: POST_BINDING,
      Location: assertionConsumerUrl,
      index: '0',
      isDefault: 'true',
    }),
    tag(
      'md:AttributeConsumingService',
      { index: '0' },
      textTag('md:ServiceName', { 'xml:lang': 'it' }, serviceName),
      ...profile.attributes.map((name) =>
        tag('md:RequestedAttribute', { Name: name, NameFormat: BASIC_FORMAT }),
      ),
    ),
  )
}

function keyDescriptor(certificate: string): string {
  const x509 = tag('ds:X509Data', {}, textTag('ds:X509Certificate', {}, bareCertificate(certificate)))
  return tag('md:KeyDescriptor', { use: 'signing' }, tag('ds:KeyInfo', {}, x509))
}

function organization({ organization }: ServiceProvider): string {
  const italian = { 'xml:lang': 'it' }
  return tag(
    'md:Organization',
    {},
    textTag('md:OrganizationName', italian, organization.name),
    textTag('md:OrganizationDisplayName', italian, organization.displayName),
    textTag('md:OrganizationURL', italian, organization.url),
  )
}
