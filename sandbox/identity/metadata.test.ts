import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { edited, metadata, SERVICE_ID, serviceKey } from '../testing/played-service.ts'
import { setStage } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'
import { signed, xmlsecVerdict } from '../testing/xml-signer.ts'
import { readXml } from '../wire/xml.ts'
import type { XmlElement } from '../wire/xml.ts'

const NOW = new Date('2026-11-23T10:00:00Z')
let stage: Stage
afterEach(() => stage.close())

const text = async (path: string) => (await fetch(`${stage.sandbox.url}/sandbox-idp${path}`)).text()
const all = (element: XmlElement, name: string): XmlElement[] => [
  ...(element.name === name ? [element] : []),
  ...element.children.flatMap((child) => all(child, name)),
]

describe('the providers’ metadata', () => {
  test('is signed by the registry’s key and no other', async () => {
    stage = await setStage({ now: () => NOW })
    const registry = await text('/registry.pem')
    const other = (await serviceKey()).certificate
    for (const [path, root] of [
      ['/metadata/spid.xml', 'EntitiesDescriptor'],
      ['/metadata/cie.xml', 'EntityDescriptor'],
    ] as const) {
      const xml = await text(path)
      expect(await xmlsecVerdict(xml, root, registry)).toBe('good')
      expect(await xmlsecVerdict(xml, root, other)).toBe('bad')
      expect(await xmlsecVerdict(edited(xml, 'prova', 'prora'), root, registry)).toBe('bad')
    }
  })

  test('lists each provider with its places, its bindings, its certificate and its name', async () => {
    stage = await setStage({ now: () => NOW })
    const { providers } = (await stage.call('GET', '/api/identity/providers')).body
    const spid = all(readXml(await text('/metadata/spid.xml')), 'EntityDescriptor')
    const cie = all(readXml(await text('/metadata/cie.xml')), 'EntityDescriptor')
    const listed = [...spid, ...cie].map((entity) => ({
      entityId: entity.attributes.entityID,
      label: all(entity, 'OrganizationDisplayName')[0]!.text,
      bindings: all(entity, 'SingleSignOnService').map(({ attributes }) =>
        attributes.Binding!.split('-').at(-1)!.toLowerCase(),
      ),
      signOn: all(entity, 'SingleSignOnService')[0]!.attributes.Location,
      logout: all(entity, 'SingleLogoutService')[0]!.attributes.Location,
    }))
    expect(providers).toMatchObject(listed)
    expect(listed.map(({ bindings }) => bindings.length)).toEqual([2, 1, 2])
    const certificate = new X509Certificate(Buffer.from(all(spid[0]!, 'X509Certificate')[0]!.text, 'base64'))
    expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 })
    expect(certificate.validFromDate).toEqual(new Date('2026-11-22T10:00:00Z'))
    expect(certificate.validToDate).toEqual(new Date('2036-11-23T10:00:00Z'))
    expect(certificate.verify(certificate.publicKey)).toBe(true)
  })

  test('bears the same certificates after a restart that kept the data', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'))
    const certificates = async () => {
      const documents = [await text('/metadata/spid.xml'), await text('/metadata/cie.xml')]
      return [
        await text('/registry.pem'),
        ...documents
          .flatMap((xml) => all(readXml(xml), 'IDPSSODescriptor'))
          .map((role) => all(role, 'X509Certificate')[0]!.text),
      ]
    }
    try {
      stage = await setStage({ now: () => NOW, dataDir })
      const before = await certificates()
      expect(new Set(before).size).toBe(4)
      await stage.close()
      stage = await setStage({ now: () => NOW, dataDir })
      expect(await certificates()).toEqual(before)
    } finally {
      rmSync(dataDir, { recursive: true })
    }
  })
})

describe('a service provider’s registration', () => {
  const put = (scheme: string, xml: string) =>
    stage.call('PUT', '/api/identity/service-providers', { scheme, metadata: xml })

  test.each(['spid', 'cie'] as const)(
    'with %s keeps what its metadata says, the latest time',
    async (scheme) => {
      stage = await setStage({ now: () => NOW })
      const key = await serviceKey()
      const xml = metadata(scheme, key.certificate)
      expect((await put(scheme, signed(xml, key, 'first'))).body).toMatchObject({
        entityId: SERVICE_ID,
        displayName: 'Comune di Prova',
      })
      const renamed = edited(
        xml,
        '"it">Comune di Prova</md:OrganizationD',
        '"it">Comune nuovo</md:OrganizationD',
      )
      await put(scheme, signed(renamed, key, 'first'))
      const { serviceProviders } = (await stage.call('GET', '/api/identity/service-providers')).body
      expect(serviceProviders).toMatchObject([{ scheme, displayName: 'Comune nuovo' }])
    },
  )

  test.each<['spid' | 'cie', string, string | RegExp, string]>([
    ['spid', 'no AssertionConsumerService', 'index="0" isDefault', 'index="4" isDefault'],
    ['spid', 'must be the default', ' isDefault="true"', ''],
    ['spid', 'no OrganizationName in Italian', 'Name xml:lang="it">C', 'Name xml:lang="en">C'],
    ['spid', 'AuthnRequestsSigned must be true', 'AuthnRequestsSigned="true"', ''],
    ['spid', 'no SingleLogoutService', /<md:SingleLogoutService[^>]*>/, ''],
    ['spid', 'attributes that spid does not release: shoeSize', 'Name="spidCode"', 'Name="shoeSize"'],
    ['spid', 'type spid:aggregator', 'spid:entityType="spid:aggregator"', ''],
    ['spid', 'type spid:aggregated', 'spid:entityType="spid:aggregated"', ''],
    ['spid', 'the aggregated body has no IPACode', '<spid:IPACode>c_prova</spid:IPACode>', ''],
    ['spid', 'Company is not the OrganizationName', '<md:Company>Comune di', '<md:Company>Comune'],
    ['spid', 'does not say PublicServicesFullAggregator', '<spid:PublicServicesFullAggregator/>', ''],
    ['cie', 'no ContactPerson administrative', 'administrative', 'other'],
    ['cie', 'contact has no IPACode', '<cie:IPACode>c_prova</cie:IPACode>', ''],
    ['cie', 'contact has no EmailAddress', /<md:EmailAddress>.*?<\/md:EmailAddress>/, ''],
    ['cie', 'attributes that cie does not release: email', 'Name="dateOfBirth"', 'Name="email"'],
  ])('with %s is refused: %s', async (scheme, problem, from, to) => {
    stage = await setStage({ now: () => NOW })
    const key = await serviceKey()
    const xml = signed(edited(metadata(scheme, key.certificate), from, to), key, 'first')
    const { status, body } = await put(scheme, xml)
    expect([status, body.reasons]).toEqual([422, [expect.stringContaining(problem)]])
    expect((await stage.call('GET', '/api/identity/service-providers')).body.serviceProviders).toEqual([])
  })

  test('is refused without a signature, with a stranger’s, or when changed after signing', async () => {
    stage = await setStage({ now: () => NOW })
    const key = await serviceKey()
    const xml = metadata('spid', key.certificate)
    const good = signed(xml, key, 'first')
    const changed = edited(good, 'https://mensa.example/spid/acs', 'https://altro.example/spid/acs')
    const refusals = [xml, signed(xml, await serviceKey('stranger'), 'first'), changed, 'niente', '<a/>']
    for (const one of refusals) expect((await put('spid', one)).status).toBe(422)
    expect((await put('spid', xml)).body.reasons).toEqual(['the metadata has no signature'])
    expect((await put('spid', changed)).body.reasons[0]).toContain('does not belong to a certificate')
  })
})
