import { X509Certificate } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { readXml, type XmlElement } from '#core/read-xml.ts'
import type { Tenant } from '#core/tenant.ts'
import { selfSignedCertificate } from '#identity/certificates/issue.ts'
import { readAggregator } from '#tenants/identity/aggregator.ts'
import { activateRegistration, draftRegistration, submitRegistration } from '#tenants/identity/register.ts'
import { announceMetadata, registerLocally } from '../../src/local/identity.ts'
import { seedDemo } from '../../src/local/demo/seed.ts'
import { openTestHouse } from '../support/house.ts'
import { xmlsecVerdict } from './independent.ts'

const world = await openTestHouse()
const { house, url, clock } = world
const { services, identity } = house
const { db } = services
const HERE = { kind: 'system' } as const
const AGGREGATOR = { kind: 'aggregator' } as const
await seedDemo(house)

const all = (element: XmlElement, name: string): XmlElement[] => [
  ...(element.name === name ? [element] : []),
  ...element.children.flatMap((child) => all(child, name)),
]
const of = (element: XmlElement | undefined, name: string) =>
  element?.attributes.find((attribute) => attribute.name === name)?.value
const texts = (root: XmlElement, name: string) => all(root, name).map(({ text }) => text)
const served = async (path: string) => (await fetch(`${url}${path}`)).text()
const certificatesIn = (xml: string) =>
  all(all(readXml(xml), 'SPSSODescriptor')[0]!, 'X509Certificate').map(({ text }) => text)

describe.each(['cassano', 'brunico'])('the metadata of the demonstration’s %s', (slug) => {
  test.each([
    ['spid', '', ['name', 'familyName', 'fiscalNumber', 'spidCode']],
    ['cie', '/cie', ['name', 'familyName', 'dateOfBirth', 'fiscalNumber']],
  ] as const)('for %s keeps the rules of the public full aggregator', async (scheme, rest, attributes) => {
    const tenant = (await house.registry.bySlug(slug))!
    await registerLocally(house, tenant)
    const xml = await served(`/pub-ag-full/${tenant.ipaCode}${rest}`)
    const root = readXml(xml)
    const [key] = await identity.keys.list(AGGREGATOR)
    const element = 'urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor'
    expect(['good', 'not checked']).toContain(xmlsecVerdict(xml, element, key!.certificate!))
    expect(root.children[0]!.name).toBe('Signature')
    expect(of(root, 'entityID')).toBe(`${url}/pub-ag-full/${tenant.ipaCode}`)
    expect(of(root, 'entityID')).not.toContain('?')
    const role = all(root, 'SPSSODescriptor')[0]!
    expect([of(role, 'AuthnRequestsSigned'), of(role, 'WantAssertionsSigned')]).toEqual(['true', 'true'])
    const consumers = all(role, 'AssertionConsumerService')
    expect(consumers.map((one) => [of(one, 'Location'), of(one, 'index'), of(one, 'isDefault')])).toEqual([
      [`${url}/${scheme}/acs`, '0', 'true'],
    ])
    expect(all(role, 'SingleLogoutService').map((one) => of(one, 'Location'))).toContain(
      `${url}/${scheme}/slo/${slug}`,
    )
    expect(all(role, 'RequestedAttribute').map((one) => of(one, 'Name'))).toEqual([...attributes])
    expect(texts(root, 'OrganizationName')).toEqual([tenant.name])
    expect(all(root, 'OrganizationName').map((one) => of(one, 'lang'))).toEqual(['it'])
    const people = all(root, 'ContactPerson')
    expect(people).toHaveLength(2)
    const own = people.find((one) => all(one, 'IPACode').length === 1)!
    expect(texts(own, 'IPACode')).toEqual([tenant.ipaCode])
    expect(texts(own, 'Company')).toEqual([tenant.name])
    expect(all(own, 'Public')).toHaveLength(1)
    const ours = people.find((one) => one !== own)!
    expect(texts(ours, 'VATNumber')).toEqual(['IT99999999990'])
    expect(texts(ours, 'EmailAddress')).toHaveLength(1)
    if (scheme === 'spid') expect(all(ours, 'PublicServicesFullAggregator')).toHaveLength(1)
    else expect(texts(own, 'Municipality')).toEqual([tenant.branding.municipalityCode])
    // A registry that is none of ours, with rules written apart, takes it too.
    await announceMetadata(world.sandboxUrl, { scheme, metadata: xml })
  })
})

describe('a registration', () => {
  async function entity(): Promise<Tenant> {
    const tenant = await world.addTenant({ ipaCode: `reg_${Math.random().toString(36).slice(2, 10)}` })
    await registerLocally(house, tenant)
    return tenant
  }
  const keyOf = async ({ id }: Tenant) => (await identity.federation.registrations.list(id))[0]!.keyId
  async function newKey(): Promise<string> {
    const aggregator = (await readAggregator(db))!
    const subject = {
      commonName: aggregator.name,
      organizationName: aggregator.name,
      localityName: aggregator.locality,
      organizationIdentifier: 'VATIT-99999999990',
      uri: url,
    }
    const { id } = await identity.keys.make(AGGREGATOR, subject, clock.now())
    const validity = { from: clock.now(), to: new Date(clock.now().getTime() + 86_400_000) }
    const pem = selfSignedCertificate(await identity.keys.privateKey(AGGREGATOR, id), subject, validity)
    await identity.keys.certify(AGGREGATOR, id, pem, clock.now())
    return id
  }
  const draft = async (tenant: Tenant, keyId: string, otherKeyId?: string) =>
    draftRegistration(
      { db, keys: identity.keys, loginUrl: url, aggregator: await readAggregator(db), isProduction: false },
      tenant,
      {
        scheme: 'spid',
        profile: 'pub-ag-full',
        keyOwner: 'aggregator',
        keyId,
        ...(otherKeyId && { otherKeyId }),
      },
      HERE,
      clock.now(),
    )
  const move = async (tenant: Tenant, how: typeof submitRegistration) => {
    await how(db, tenant.id, 'spid', HERE, clock.now())
    identity.federation.registrations.forget()
  }

  test('moves to another key over two versions, and what was submitted never changes', async () => {
    const tenant = await entity()
    const old = await keyOf(tenant)
    const next = await newKey()
    const address = `/pub-ag-full/${tenant.ipaCode}`
    const first = await served(address)
    await draft(tenant, old, next)
    expect(await served(address)).toBe(first)
    await move(tenant, submitRegistration)
    const both = await served(address)
    expect(certificatesIn(both)).toHaveLength(2)
    await expect(move(tenant, submitRegistration)).rejects.toThrow('identity.registration_state')
    await move(tenant, activateRegistration)
    expect(await served(address)).toBe(both)
    const signs = async () =>
      new X509Certificate(
        (await identity.federation.registrations.active(tenant.id, 'spid'))!.key.certificate,
      ).fingerprint256
    const before = await signs()
    await draft(tenant, next, old)
    await draft(tenant, next)
    await move(tenant, submitRegistration)
    expect(await signs()).toBe(before)
    await move(tenant, activateRegistration)
    expect(await signs()).not.toBe(before)
    expect(certificatesIn(await served(address))).toHaveLength(1)
    const versions = await identity.federation.registrations.list(tenant.id)
    const states = versions.filter(({ scheme }) => scheme === 'spid').map(({ state }) => state)
    expect(states).toEqual(['retired', 'retired', 'active'])
  })

  test('that was submitted can be neither deleted nor rewritten by the application', async () => {
    const tenant = await entity()
    const asApp = (query: string) =>
      inTenant(db, tenant.id, async (tx) => (await sql.raw(query).execute(tx)).numAffectedRows)
    expect(await asApp('delete from identity_registrations')).toBe(0n)
    await expect(asApp("update identity_registrations set metadata = '<x/>'")).rejects.toThrow('permission')
  })

  test('that a registry would refuse is refused here, with every reason', async () => {
    const bare = await world.addTenant({ ipaCode: 'reg_bare', branding: bareBranding })
    const keyId = await keyOf(await entity())
    await expect(draft(bare, keyId)).rejects.toMatchObject({
      code: 'identity.registration_unfit',
      details: { problems: expect.stringMatching(/Belfiore.*e-mail.*website/) },
    })
  })
  const bareBranding = { primaryColor: '#00695c', initials: 'X' }
})

test('a key takes the certificate that was issued for it, once, and no other', async () => {
  const subject = {
    commonName: 'Prova',
    organizationName: 'Prova',
    localityName: 'Roma',
    organizationIdentifier: 'PA:IT-c_test',
    uri: url,
  }
  const { keys } = identity
  const [one, two] = [
    await keys.make(AGGREGATOR, subject, clock.now()),
    await keys.make(AGGREGATOR, subject, clock.now()),
  ]
  const validity = { from: clock.now(), to: new Date(clock.now().getTime() + 86_400_000) }
  const pem = selfSignedCertificate(await keys.privateKey(AGGREGATOR, one.id), subject, validity)
  await expect(keys.open(AGGREGATOR, one.id)).rejects.toThrow('resource.not_found')
  await expect(keys.certify(AGGREGATOR, two.id, pem, clock.now())).rejects.toThrow('certificate_unfit')
  await expect(keys.certify(AGGREGATOR, one.id, 'nonsense', clock.now())).rejects.toThrow('certificate_unfit')
  await keys.certify(AGGREGATOR, one.id, pem, clock.now())
  await expect(keys.certify(AGGREGATOR, one.id, pem, clock.now())).rejects.toThrow('certificate_unfit')
  const { rows } = await sql<{ sealed: string }>`
    select encode(private_key_sealed, 'escape') as sealed from aggregator_keys where id = ${one.id}`.execute(
    world.database.owner,
  )
  const der = (await keys.privateKey(AGGREGATOR, one.id)).export({ format: 'der', type: 'pkcs8' })
  expect(Buffer.from(rows[0]!.sealed).includes(der.subarray(40, 80))).toBe(false)
})
