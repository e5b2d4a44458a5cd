import { randomUUID } from 'node:crypto'
import { element, writeXml } from '../wire/xml.ts'
import type { XmlDraft } from '../wire/xml.ts'
import type { SigningKey } from './keys.ts'
import { ASSERTION, BASIC, DSIG, HTTP_POST, HTTP_REDIRECT, METADATA, PROTOCOL, TRANSIENT } from './names.ts'
import { placesOf } from './provider.ts'
import type { Provider } from './provider.ts'
import { ATTRIBUTES } from './person.ts'
import { bareCertificate, signElement } from './signature.ts'

/** One provider with the certificate by which its answers are known. */
export interface Described {
  readonly provider: Provider
  readonly certificate: string
}

const NAMESPACES = { 'xmlns:md': METADATA, 'xmlns:ds': DSIG, 'xmlns:saml': ASSERTION }

/** All providers of a scheme in one document, as AgID's registry publishes SPID's. */
export function aggregateMetadata(
  described: readonly Described[],
  url: string,
  registry: SigningKey,
): string {
  const attributes = { ...NAMESPACES, ID: `_${randomUUID()}`, Name: `${url}/sandbox-idp/metadata/spid.xml` }
  const entities = described.map((one) => entity(one, url))
  return signElement(
    writeXml(element('md:EntitiesDescriptor', entities, attributes)),
    registry,
    'root',
    'first',
  )
}

/** One provider alone, as the Ministry publishes CIE's. */
export function entityMetadata(described: Described, url: string, registry: SigningKey): string {
  const attributes = { ...NAMESPACES, ID: `_${randomUUID()}` }
  return signElement(writeXml(entity(described, url, attributes)), registry, 'root', 'first')
}

function entity(
  { provider, certificate }: Described,
  url: string,
  more: Record<string, string> = {},
): XmlDraft {
  const { entityId, signOn, logout } = placesOf(provider, url)
  const binding = { redirect: HTTP_REDIRECT, post: HTTP_POST }
  return element(
    'md:EntityDescriptor',
    [
      element(
        'md:IDPSSODescriptor',
        [
          keyDescriptor(certificate),
          element('md:SingleLogoutService', '', { Binding: HTTP_REDIRECT, Location: logout }),
          element('md:SingleLogoutService', '', { Binding: HTTP_POST, Location: logout }),
          element('md:NameIDFormat', TRANSIENT),
          ...provider.bindings.map((name) =>
            element('md:SingleSignOnService', '', { Binding: binding[name], Location: signOn }),
          ),
          ...ATTRIBUTES[provider.scheme].map((name) =>
            element('saml:Attribute', '', { Name: name, NameFormat: BASIC }),
          ),
        ],
        { protocolSupportEnumeration: PROTOCOL, WantAuthnRequestsSigned: 'true' },
      ),
      organization(provider.label, entityId),
    ],
    { ...more, entityID: entityId },
  )
}

function keyDescriptor(certificate: string): XmlDraft {
  const x509 = element('ds:X509Data', [element('ds:X509Certificate', bareCertificate(certificate))])
  return element('md:KeyDescriptor', [element('ds:KeyInfo', [x509])], { use: 'signing' })
}

function organization(label: string, url: string): XmlDraft {
  const inItalian = (name: string, text: string) => element(name, text, { 'xml:lang': 'it' })
  return element('md:Organization', [
    inItalian('md:OrganizationName', label),
    inItalian('md:OrganizationDisplayName', label),
    inItalian('md:OrganizationURL', url),
  ])
}
