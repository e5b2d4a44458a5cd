import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readXml } from '#core/read-xml.ts'
import type { XmlElement } from '#core/read-xml.ts'
import { organizationProblems, productionProblems } from '#identity/metadata/rules.ts'
import type { ServiceProvider } from '#identity/metadata/service-provider.ts'
import { cie } from '#identity/schemes/cie/scheme.ts'
import { spid } from '#identity/schemes/spid/scheme.ts'
import { run, xmllintVerdict, xmlsecVerdict } from './independent.ts'
import { keys, registration } from './world.ts'

const aggregated: ServiceProvider = {
  profile: 'pub-ag-full',
  entityId: registration.entityId,
  key: keys.tenant,
  otherCertificate: keys.nextProvider.certificate,
  assertionConsumerUrl: registration.assertionConsumerUrl,
  logoutUrl: registration.logoutUrl,
  serviceName: 'Mensa scolastica & servizi',
  organization: {
    name: 'Comune di Prova',
    displayName: 'Comune di Prova',
    url: 'https://www.comune.prova.it',
  },
  ipaCode: 'c_a123',
  email: 'protocollo@comune.prova.it',
  telephone: '+390512345678',
  municipality: 'A123',
  aggregator: {
    name: 'Borsellino Srl',
    vatNumber: 'IT12345678901',
    fiscalCode: '12345678901',
    email: 'spid@example.it',
    telephone: '+390511234567',
    municipality: 'A944',
    nace2Code: '62.01',
  },
}
const { aggregator: _, otherCertificate: __, ...alone } = aggregated
const direct: ServiceProvider = {
  ...alone,
  profile: 'public',
  entityId: 'https://mensa.comune.prova.it/spid',
}

const all = (element: XmlElement, name: string): XmlElement[] => [
  ...(element.name === name ? [element] : []),
  ...element.children.flatMap((child) => all(child, name)),
]
const of = (element: XmlElement | undefined, name: string) =>
  element?.attributes.find((attribute) => attribute.name === name)?.value
const textsOf = (root: XmlElement, name: string) => all(root, name).map(({ text }) => text)

describe.each([
  [
    'SPID, aggregated',
    spid.metadata(aggregated),
    ['name', 'familyName', 'fiscalNumber', 'spidCode'],
    aggregated,
  ],
  ['SPID, by itself', spid.metadata(direct), ['name', 'familyName', 'fiscalNumber', 'spidCode'], direct],
  [
    'CIE, aggregated',
    cie.metadata(aggregated),
    ['name', 'familyName', 'dateOfBirth', 'fiscalNumber'],
    aggregated,
  ],
  ['CIE, by itself', cie.metadata(direct), ['name', 'familyName', 'dateOfBirth', 'fiscalNumber'], direct],
])('metadata for %s', (_, xml, attributes, given) => {
  const root = readXml(xml)
  const role = all(root, 'SPSSODescriptor')[0]!

  test('is well-formed for libxml2 too, and begins without white space', () => {
    expect(run('xmllint', { 'm.xml': xml }, ['--nonet', '--noout', 'm.xml'])?.status ?? 0).toBe(0)
    expect(xml.startsWith('<md:EntityDescriptor ')).toBe(true)
  })

  test('is signed as its first child, and verifies with other tools', () => {
    expect(root.children[0]?.name).toBe('Signature')
    const certificate = keys.tenant.certificate
    const element = 'urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor'
    expect(['good', 'not checked']).toContain(xmlsecVerdict(xml, element, certificate))
    expect(['good', 'not checked']).toContain(xmllintVerdict(xml, certificate))
    const changed = xml.replace('Comune di Prova', 'Comune di Trova')
    expect(['bad', 'not checked']).toContain(xmlsecVerdict(changed, element, certificate))
    expect(['bad', 'not checked']).toContain(xmllintVerdict(changed, certificate))
    expect(of(all(root, 'SignatureMethod')[0], 'Algorithm')).toMatch(/rsa-sha256$/)
    expect(of(all(root, 'DigestMethod')[0], 'Algorithm')).toMatch(/#sha256$/)
  })

  test('one entity, one role, in the schema’s order', () => {
    expect(of(root, 'entityID')).toBe(given.entityId)
    expect(of(root, 'ID')).toMatch(/^_[0-9a-f-]{36}$/)
    expect(new Set(root.children.map(({ name }) => name)).size).toBe(4)
    expect(all(root, 'SPSSODescriptor').length).toBe(1)
    expect(of(role, 'protocolSupportEnumeration')).toBe('urn:oasis:names:tc:SAML:2.0:protocol')
    expect(of(role, 'AuthnRequestsSigned')).toBe('true')
    expect(of(role, 'WantAssertionsSigned')).toBe('true')
    const order = [
      'KeyDescriptor',
      'SingleLogoutService',
      'NameIDFormat',
      'AssertionConsumerService',
      'AttributeConsumingService',
    ]
    expect([...new Set(role.children.map(({ name }) => name))]).toEqual(order)
  })

  test('announces the signing certificate, and the other one during a rotation', () => {
    const expected = [
      given.key.certificate,
      ...(given.otherCertificate === undefined ? [] : [given.otherCertificate]),
    ]
    expect(textsOf(role, 'X509Certificate')).toEqual(
      expected.map((pem) => new X509Certificate(pem).raw.toString('base64')),
    )
    expect(all(role, 'KeyDescriptor').every((key) => of(key, 'use') === 'signing')).toBe(true)
  })

  test('one consumer, default, index 0, by POST; logout by Redirect and POST; transient names', () => {
    expect(
      all(role, 'AssertionConsumerService').map((one) =>
        one.attributes.map(({ name, value }) => [name, value]),
      ),
    ).toEqual([
      [
        ['Binding', 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'],
        ['Location', registration.assertionConsumerUrl],
        ['index', '0'],
        ['isDefault', 'true'],
      ],
    ])
    expect(
      all(role, 'SingleLogoutService').map((one) => [
        of(one, 'Binding')?.split(':').at(-1),
        of(one, 'Location'),
      ]),
    ).toEqual([
      ['HTTP-Redirect', registration.logoutUrl],
      ['HTTP-POST', registration.logoutUrl],
    ])
    expect(textsOf(role, 'NameIDFormat')).toEqual(['urn:oasis:names:tc:SAML:2.0:nameid-format:transient'])
  })

  test('asks for the scheme’s four attributes and no more, under an Italian name', () => {
    expect(all(role, 'AttributeConsumingService').map((set) => of(set, 'index'))).toEqual(['0'])
    expect(all(role, 'RequestedAttribute').map((one) => of(one, 'Name'))).toEqual(attributes)
    expect(
      all(role, 'RequestedAttribute').every((one) =>
        of(one, 'NameFormat')?.endsWith('attrname-format:basic'),
      ),
    ).toBe(true)
    expect(all(role, 'ServiceName').map((one) => [of(one, 'lang'), one.text])).toEqual([
      ['it', 'Mensa scolastica & servizi'],
    ])
  })

  test('the organization is the tenant, in Italian, and its company is named alike', () => {
    const [organization] = all(root, 'Organization')
    expect(organization?.children.map((child) => [child.name, of(child, 'lang'), child.text])).toEqual([
      ['OrganizationName', 'it', 'Comune di Prova'],
      ['OrganizationDisplayName', 'it', 'Comune di Prova'],
      ['OrganizationURL', 'it', 'https://www.comune.prova.it'],
    ])
    const tenants = all(root, 'ContactPerson').filter((one) => all(one, 'IPACode').length === 1)
    expect(tenants.map((one) => textsOf(one, 'Company'))).toEqual([['Comune di Prova']])
  })

  test('every call makes bytes of its own, so they are made once and stored', () => {
    expect(spid.metadata(given)).not.toBe(spid.metadata(given))
  })
})

/** A contact as names and texts. */
const contacts = (xml: string) =>
  all(readXml(xml), 'ContactPerson').map((person) => ({
    type: of(person, 'contactType'),
    entity: person.attributes.find(({ namespace }) => namespace === 'https://spid.gov.it/saml-extensions')
      ?.value,
    extensions: person.children[0]!.children.map((child) => [
      child.namespace.split('/')[2],
      child.name,
      child.text,
    ]),
    rest: person.children.slice(1).map((child) => [child.name, child.text]),
  }))

describe('contacts', () => {
  const S = 'spid.gov.it'
  const C = 'www.cartaidentita.interno.gov.it'

  test('SPID, aggregated: the aggregator and the aggregated body', () => {
    expect(contacts(spid.metadata(aggregated))).toEqual([
      {
        type: 'other',
        entity: 'spid:aggregator',
        extensions: [
          [S, 'VATNumber', 'IT12345678901'],
          [S, 'FiscalCode', '12345678901'],
          [S, 'PublicServicesFullAggregator', ''],
        ],
        rest: [
          ['Company', 'Borsellino Srl'],
          ['EmailAddress', 'spid@example.it'],
          ['TelephoneNumber', '+390511234567'],
        ],
      },
      {
        type: 'other',
        entity: 'spid:aggregated',
        extensions: [
          [S, 'IPACode', 'c_a123'],
          [S, 'Public', ''],
        ],
        rest: [['Company', 'Comune di Prova']],
      },
    ])
  })

  test('SPID, by itself: one contact with the IPA code', () => {
    expect(contacts(spid.metadata(direct))).toEqual([
      {
        type: 'other',
        entity: undefined,
        extensions: [
          [S, 'IPACode', 'c_a123'],
          [S, 'Public', ''],
        ],
        rest: [
          ['Company', 'Comune di Prova'],
          ['EmailAddress', 'protocollo@comune.prova.it'],
          ['TelephoneNumber', '+390512345678'],
        ],
      },
    ])
  })

  test('CIE: the tenant is administrative, the aggregator technical', () => {
    const [tenant, technical] = contacts(cie.metadata(aggregated))
    expect(tenant).toMatchObject({
      type: 'administrative',
      extensions: [
        [C, 'Public', ''],
        [C, 'IPACode', 'c_a123'],
        [C, 'Municipality', 'A123'],
        [C, 'Country', 'IT'],
      ],
    })
    expect(tenant?.rest).toContainEqual(['EmailAddress', 'protocollo@comune.prova.it'])
    expect(technical).toMatchObject({ type: 'technical' })
    expect(technical?.extensions.map(([, name]) => name)).toEqual([
      'Private',
      'VATNumber',
      'FiscalCode',
      'NACE2Code',
      'Municipality',
      'Country',
    ])
    expect(technical?.rest[0]).toEqual(['Company', 'Borsellino Srl'])
    expect(contacts(cie.metadata(direct)).map(({ type }) => type)).toEqual(['administrative'])
  })
})

describe('what a registry would refuse is not built', () => {
  test.each<[string, Partial<ServiceProvider>]>([
    ['an entityID without the activity code', { entityId: 'https://login.example.it/c_a123' }],
    ['an entityID of another body', { entityId: 'https://login.example.it/pub-ag-full/c_b456' }],
    ['an entityID with a query', { entityId: 'https://login.example.it/pub-ag-full/c_a123?x=1' }],
    ['a logout URL that is none', { logoutUrl: 'slo' }],
    ['no service name', { serviceName: '' }],
    ['a name with a line break', { organization: { ...aggregated.organization, name: 'Comune\ndi Prova' } }],
    ['a telephone number with spaces', { telephone: '+39 051 234' }],
    ['an e-mail address that is none', { email: 'protocollo' }],
    ['a municipality by name', { municipality: 'Prova' }],
    [
      'a VAT number without its country',
      { aggregator: { ...aggregated.aggregator!, vatNumber: '12345678901' } },
    ],
    [
      'a key that does not belong to the certificate',
      { key: { ...keys.tenant, privateKey: keys.attacker.privateKey } },
    ],
    ['an aggregator for a body federated by itself', { profile: 'public' }],
  ])('%s', (_, change) => {
    expect(organizationProblems({ ...aggregated, ...change })).not.toEqual([])
    expect(() => spid.metadata({ ...aggregated, ...change })).toThrow('would be refused')
  })

  test('in production neither http nor a port', () => {
    expect(productionProblems(aggregated)).toEqual([])
    expect(productionProblems({ ...aggregated, logoutUrl: 'http://login.example.it/slo' })).toHaveLength(1)
    expect(
      productionProblems({ ...aggregated, entityId: 'https://login.example.it:8443/pub-ag-full/c_a123' }),
    ).toHaveLength(1)
  })
})
