import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readProviders } from '#identity/metadata/identity-providers.ts'
import type { MetadataTrust, ProviderList } from '#identity/metadata/identity-providers.ts'
import type { SigningKey } from '#identity/scheme.ts'
import { edit, sign } from './forge.ts'
import { at, instant, keys, newKey, NOW } from './world.ts'

const registry = newKey('registry')
const trust: MetadataTrust = { kind: 'signed-by', certificates: [registry.certificate] }
const bare = ({ certificate }: SigningKey) => new X509Certificate(certificate).raw.toString('base64')
const future = newKey('next year', [200, 500])

const keyDescriptor = (key: SigningKey, use = ' use="signing"') =>
  `<md:KeyDescriptor${use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>\n${bare(key).replace(/.{64}/g, '$&\n')}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`

interface Entity {
  readonly id: string
  readonly certificates?: readonly SigningKey[]
  readonly attributes?: string
  readonly role?: string
  readonly inner?: string
}

function entity({ id, certificates = [keys.provider], attributes = '', role, inner = '' }: Entity): string {
  const described = certificates.map((key) => keyDescriptor(key)).join('')
  return `<md:EntityDescriptor entityID="${id}"${attributes}>${
    role ??
    `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" WantAuthnRequestsSigned="true">${described}
    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${id}/slo" ResponseLocation="${id}/slo-answers"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${id}/post"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${id}/redirect?a=1&amp;b=2"/>
    ${inner}</md:IDPSSODescriptor>`
  }<md:Organization><md:OrganizationName xml:lang="it">Gestore S.p.A.</md:OrganizationName><md:OrganizationDisplayName xml:lang="it">Gestore</md:OrganizationDisplayName><md:OrganizationName xml:lang="en">Manager Inc.</md:OrganizationName><md:OrganizationURL xml:lang="it">https://x.it</md:OrganizationURL></md:Organization></md:EntityDescriptor>`
}

const aggregate = (...entities: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" ID="_all" validUntil="${instant(86_400)}">${entities.join('\n')}</md:EntitiesDescriptor>`
const signed = (xml: string, key = registry) => sign(xml, 'EntitiesDescriptor', key)
const read = (xml: string | Buffer, how: MetadataTrust = trust, now = NOW) =>
  readProviders(Buffer.from(xml), how, now)
const reasonOf = (list: ProviderList) => (list.accepted ? 'accepted' : list.reason)

const A = 'https://a.example.it'
const B = 'https://b.example.it'

describe('an aggregate signed by the registry', () => {
  test('becomes providers with names, places and keys', async () => {
    const two = [keys.provider, keys.nextProvider]
    const list = await read(signed(aggregate(entity({ id: A }), entity({ id: B, certificates: two }))))
    expect(list).toMatchObject({
      accepted: true,
      skipped: [],
      providers: [
        {
          entityId: A,
          names: { it: 'Gestore', en: 'Manager Inc.' },
          singleSignOn: { redirect: `${A}/redirect?a=1&b=2`, post: `${A}/post` },
          singleLogout: { post: `${A}/slo-answers` },
        },
        { entityId: B },
      ],
    })
    if (!list.accepted) return
    expect(
      list.providers.map(({ certificates }) =>
        certificates.map((pem) => new X509Certificate(pem).fingerprint256),
      ),
    ).toEqual(
      [[keys.provider], two].map((some) =>
        some.map(({ certificate }) => new X509Certificate(certificate).fingerprint256),
      ),
    )
  })

  test('keeps the entities’ own signatures out of the matter', async () => {
    const own = sign(
      entity({
        id: A,
        attributes:
          ' ID="_a" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"',
      }),
      'EntityDescriptor',
      keys.attacker,
    )
    expect(reasonOf(await read(signed(aggregate(own))))).toBe('accepted')
  })

  test.each<[string, string, string]>([
    ['unsigned', aggregate(entity({ id: A })), 'unsigned'],
    ['signed by somebody else', signed(aggregate(entity({ id: A })), keys.attacker), 'signature'],
    [
      'changed afterwards',
      edit(`${A}/post`, 'https://evil.example.it/post')(signed(aggregate(entity({ id: A })))),
      'signature',
    ],
    [
      'with an entity added afterwards',
      edit(
        '</md:EntitiesDescriptor>',
        `${entity({ id: B })}</md:EntitiesDescriptor>`,
      )(signed(aggregate(entity({ id: A })))),
      'signature',
    ],
    ['with a document type', `<!DOCTYPE x>${aggregate(entity({ id: A }))}`, 'malformed'],
    ['that is no metadata', sign('<a ID="_a"/>', 'a' as 'Response', registry), 'malformed'],
    ['without providers', signed(aggregate()), 'no-providers'],
    ['past its day', signed(aggregate(entity({ id: A })).replace(instant(86_400), instant(-1))), 'expired'],
    [
      'with an unreadable day',
      signed(aggregate(entity({ id: A })).replace(instant(86_400), 'soon')),
      'expired',
    ],
    ['of 5 MB', ' '.repeat(5_000_000), 'too-large'],
  ])('%s: refused', async (_, xml, reason) => expect(reasonOf(await read(xml))).toBe(reason))

  test('is not believed once the registry’s certificate has expired', async () => {
    expect(reasonOf(await read(signed(aggregate(entity({ id: A }))), trust, at(366 * 86_400)))).toBe(
      'signature',
    )
  })
})

describe('an entity that cannot be used is left out, with the reason', () => {
  test.each<[string, string, string]>([
    [
      'its only certificate has expired',
      entity({ id: A, certificates: [keys.expired] }),
      'no certificate that is valid',
    ],
    ['no certificate', entity({ id: A, certificates: [] }), 'no certificate that is valid'],
    [
      'a certificate that is none',
      entity({ id: A }).replace(/<ds:X509Certificate>[^<]*/, '<ds:X509Certificate>YWJj'),
      'no certificate that is valid',
    ],
    [
      'an encryption key only',
      entity({ id: A }).replace('use="signing"', 'use="encryption"'),
      'no certificate that is valid',
    ],
    ['past its day', entity({ id: A, attributes: ` validUntil="${instant(-1)}"` }), 'expired'],
    ['no identity provider', entity({ id: A, role: '<md:SPSSODescriptor/>' }), 'no identity provider'],
    ['SAML 1', entity({ id: A }).replace('SAML:2.0:protocol"', 'SAML:1.1:protocol"'), 'no SAML 2.0'],
    ['plain http', entity({ id: 'http://a.example.it' }), 'no sign-on service'],
    ['a place that is no URL', entity({ id: 'javascript:alert(1)' }), 'no sign-on service'],
    ['no entityID', entity({ id: '' }), 'no entityID'],
    ['a name already taken', entity({ id: B }), 'listed twice'],
  ])('%s', async (_, odd, because) => {
    const list = await read(signed(aggregate(entity({ id: B }), odd)))
    expect(list.accepted && list.providers.map(({ entityId }) => entityId)).toEqual([B])
    expect(list.accepted && list.skipped.map((one) => one.because)).toEqual([because])
  })

  test('of several certificates the expired one is dropped, the coming one kept for its day', async () => {
    const list = await read(
      signed(aggregate(entity({ id: A, certificates: [keys.expired, keys.provider, future] }))),
    )
    expect(
      list.accepted && list.providers[0]?.certificates.map((pem) => new X509Certificate(pem).subject),
    ).toEqual([keys.provider, future].map(({ certificate }) => new X509Certificate(certificate).subject))
  })

  test('a key of 1024 bits is none', async () => {
    const weak = entity({ id: A, certificates: [newKey('weak', [-10, 365], 1024)] })
    expect(reasonOf(await read(signed(aggregate(weak))))).toBe('no-providers')
  })
})

test('a single entity will do, signed or from a file of the administrator', async () => {
  const single = entity({
    id: A,
    attributes:
      ' ID="_one" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"',
  })
  expect(reasonOf(await read(single))).toBe('unsigned')
  expect(reasonOf(await read(sign(single, 'EntityDescriptor', registry)))).toBe('accepted')
  const local = { kind: 'local-file' } as const
  expect(reasonOf(await read(single, local))).toBe('accepted')
  expect(reasonOf(await read(single.replaceAll('https://a', 'http://a'), local))).toBe('accepted')
})
