import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACS, asForm, asQuery, edited, register, request, SERVICE_ID } from '../testing/played-service.ts'
import { declaration, setStage } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'
import { xmlsecVerdict } from '../testing/xml-signer.ts'
import { isFiscalCode } from '../wire/fiscal-code.ts'
import { readXml } from '../wire/xml.ts'
import type { XmlElement } from '../wire/xml.ts'
import { WRONG_ANSWERS } from './wrong-answers.ts'

const NOW = new Date('2026-11-23T10:00:00Z')
const NORA = 'NVUNRO85D52Z999B'
let stage: Stage
let certificates: Record<string, string>
beforeAll(async () => {
  stage = await setStage({ now: () => NOW })
  await register(stage, 'spid')
  await register(stage, 'cie')
  certificates = {}
  for (const name of ['spid', 'cie']) {
    const xml = await (await fetch(`${stage.sandbox.url}/sandbox-idp/metadata/${name}.xml`)).text()
    for (const entity of all(readXml(xml), 'EntityDescriptor')) {
      const bare = all(all(entity, 'KeyDescriptor')[0]!, 'X509Certificate')[0]!.text
      const lines = bare.match(/.{1,64}/g)!.join('\n')
      certificates[entity.attributes.entityID!.split('/').at(-1)!] =
        `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
    }
  }
})
afterAll(() => stage.close())

const all = (element: XmlElement, name: string): XmlElement[] => [
  ...(element.name === name ? [element] : []),
  ...element.children.flatMap((child) => all(child, name)),
]
const signOn = (id: string) => `${stage.sandbox.url}/sandbox-idp/${id}/sso`
const right = (id: string) => request(signOn(id), NOW)

async function answers(id: string, how: object = {}, xml = right(id)): Promise<string[]> {
  const { status, body } = await stage.call('POST', '/api/identity/sign-in', {
    provider: id,
    binding: 'post',
    fields: await asForm(xml),
    citizen: NORA,
    ...how,
  })
  expect([status, body]).toEqual([200, expect.objectContaining({ action: ACS })])
  return body.posts.map((post: { fields: { SAMLResponse: string } }) =>
    Buffer.from(post.fields.SAMLResponse, 'base64').toString(),
  )
}

const attributesIn = (xml: string) =>
  all(readXml(xml), 'Attribute').map(({ attributes, children }) => [attributes.Name, children[0]!.text])

/** An answer without what differs from one to the next: signatures, IDs, transient names. */
function facts(xml: string): string {
  return xml.replace(/<ds:Signature .*?<\/ds:Signature>/gs, '').replace(/_[0-9a-f]{8}-[0-9a-f-]{27}/g, '_ID')
}

describe.each(['spid-demo', 'spid-altro', 'cie-demo'])('%s', (id) => {
  test('signs Assertion and Response with its own key', async () => {
    const [xml] = await answers(id)
    expect(await xmlsecVerdict(xml!, 'Assertion', certificates[id]!)).toBe('good')
    expect(await xmlsecVerdict(xml!, 'Response', certificates[id]!)).toBe('good')
    const changed = edited(xml!, 'Nuova', 'Vecchia')
    expect(await xmlsecVerdict(changed, 'Assertion', certificates[id]!)).toBe('bad')
    const [other] = Object.entries(certificates).flatMap(([name, pem]) => (name === id ? [] : [pem]))
    expect(await xmlsecVerdict(xml!, 'Assertion', other!)).toBe('bad')
  })

  test('answers the request that was asked, to whom and where it was asked from', async () => {
    const asked = right(id)
    const requestId = readXml(asked).attributes.ID
    const [response] = (await answers(id, {}, asked)).map(readXml)
    expect(response!.attributes).toMatchObject({ InResponseTo: requestId, Destination: ACS, Version: '2.0' })
    expect(all(response!, 'SubjectConfirmationData')[0]!.attributes).toEqual({
      InResponseTo: requestId,
      Recipient: ACS,
      NotOnOrAfter: '2026-11-23T10:05:00Z',
    })
    expect(all(response!, 'Audience')[0]!.text).toBe(SERVICE_ID)
    const entityId = `${stage.sandbox.url}/sandbox-idp/${id}`
    expect(all(response!, 'NameID')[0]!.attributes).toEqual({
      Format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
      NameQualifier: entityId,
    })
    const format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity'
    const issuers = all(response!, 'Issuer').map(({ text, attributes }) => [text, attributes.Format])
    const expected = [entityId, id === 'cie-demo' ? undefined : format]
    expect(issuers).toEqual([expected, expected])
  })

  test('says the level and releases what was asked for, no more', async () => {
    const [xml] = await answers(id)
    const names = attributesIn(xml!).map(([name]) => name)
    if (id === 'cie-demo') {
      expect(xml).toContain('>https://www.spid.gov.it/SpidL3<')
      expect(names).toEqual(['name', 'familyName', 'dateOfBirth', 'fiscalNumber'])
      expect(attributesIn(xml!)).toContainEqual(['dateOfBirth', '1985-04-12'])
    } else {
      expect(xml).toContain('>https://www.spid.gov.it/SpidL2<')
      expect(names).toEqual(['name', 'familyName', 'fiscalNumber', 'spidCode'])
      const withEmail = edited(right(id), 'ConsumingServiceIndex="0"', 'ConsumingServiceIndex="1"')
      const [more] = await answers(id, {}, withEmail)
      expect(attributesIn(more!)).toContainEqual(['email', 'nora.nuova@posta.example'])
    }
    expect(attributesIn(xml!)).toContainEqual(['fiscalNumber', `TINIT-${NORA}`])
  })
})

describe('a wrong answer differs from a right one in its own way', () => {
  const verdicts = (xml: string, id: string) =>
    Promise.all(['Assertion', 'Response'].map((part) => xmlsecVerdict(xml, part, certificates[id]!)))
  const expectedVerdicts: Record<string, string[]> = {
    unsigned: ['bad', 'good'],
    'other-key': ['bad', 'bad'],
    tampered: ['bad', 'bad'],
  }
  const changes: Record<string, [string | RegExp, string][]> = {
    unsigned: [],
    'other-key': [],
    expired: [
      [/NotBefore="[^"]*"/, 'NotBefore="2026-11-23T09:50:00Z"'],
      [/NotOnOrAfter="[^"]*"/g, 'NotOnOrAfter="2026-11-23T09:55:00Z"'],
    ],
    future: [
      [/(IssueInstant|AuthnInstant)="[^"]*"/g, '$1="2026-11-23T10:10:00Z"'],
      [/NotOnOrAfter="[^"]*"/g, 'NotOnOrAfter="2026-11-23T10:15:00Z"'],
    ],
    'other-audience': [[/(<saml:Audience>[^<]*)/, '$1-altro']],
    'other-recipient': [[/Recipient="[^"]*"/, 'Recipient="https://altro.example/acs"']],
    'other-destination': [[/Destination="[^"]*"/, 'Destination="https://altro.example/acs"']],
    'other-request': [[/InResponseTo="[^"]*"/g, 'InResponseTo="_richiesta-di-qualcun-altro"']],
    'level-1': [[/SpidL[23]/, 'SpidL1']],
    'no-fiscal-number': [[/<saml:Attribute Name="fiscalNumber".*?<\/saml:Attribute>/, '']],
    'wrong-check-character': [[`TINIT-${NORA}`, 'TINIT-NVUNRO85D52Z999C']],
    comment: [[`TINIT-${NORA}`, `TINIT-${NORA}<!-- -->.DIALTRI`]],
    tampered: [[`TINIT-${NORA}`, 'TINIT-XXXNRO85D52Z999R']],
    doctype: [[/^/, '<!DOCTYPE Response [<!ENTITY x "x">]>']],
    replay: [],
  }

  test('and every way is looked at', () => {
    expect(Object.keys(changes)).toEqual(WRONG_ANSWERS.map(({ id }) => id))
  })

  test.each(WRONG_ANSWERS.map(({ id }) => id))('%s', async (wrong) => {
    for (const id of wrong === 'level-1' ? ['spid-demo', 'cie-demo'] : ['spid-demo']) {
      const asked = right(id)
      const [good] = await answers(id, {}, asked)
      const [bad, again] = await answers(id, { wrong }, asked)
      const expected = changes[wrong]!.reduce((xml, [from, to]) => edited(xml, from, to), facts(good!))
      expect(facts(bad!)).toBe(expected)
      expect(again).toBe(wrong === 'replay' ? bad : undefined)
      const signatures = bad!.match(/<ds:Signature /g)
      expect(signatures).toHaveLength(wrong === 'unsigned' ? 1 : 2)
      if (wrong !== 'doctype')
        expect(await verdicts(bad!, id)).toEqual(expectedVerdicts[wrong] ?? ['good', 'good'])
    }
  })

  test('the person whom a changed answer names is another one with a valid code', () => {
    expect(isFiscalCode('XXXNRO85D52Z999R')).toBe(true)
    expect(isFiscalCode('NVUNRO85D52Z999C')).toBe(false)
  })
})

describe('what a person causes comes back as an error', () => {
  test.each([
    ['spid-demo', [19, 20, 21, 22, 23, 24, 25, 30]],
    ['cie-demo', [21, 22, 23, 25]],
  ])('%s', async (id, numbers) => {
    for (const number of numbers) {
      const [xml] = await answers(id, { error: number, citizen: undefined })
      expect(xml).toContain(`<samlp:StatusMessage>ErrorCode nr${number}</samlp:StatusMessage>`)
      expect(xml).toContain(
        'status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/>',
      )
      expect(xml).not.toContain('<saml:Assertion')
      expect(await xmlsecVerdict(xml!, 'Response', certificates[id]!)).toBe('good')
    }
  })

  test('and others are not to be had', async () => {
    const order = async (id: string, how: object) =>
      (
        await stage.call('POST', '/api/identity/sign-in', {
          provider: id,
          binding: 'redirect',
          url: `${signOn(id)}?${await asQuery(right(id))}`,
          ...how,
        })
      ).status
    expect(await order('cie-demo', { error: 19 })).toBe(400)
    expect(await order('spid-demo', { citizen: NORA, wrong: 'anyhow' })).toBe(400)
    expect(await order('spid-demo', { citizen: 'NVUNRO85D52Z999X' })).toBe(404)
    expect(await order('spid-demo', { citizen: NORA })).toBe(200)
  })
})

describe('who can sign in', () => {
  const citizens = async () => (await stage.call('GET', '/api/identity/citizens')).body.citizens

  test('are invented people with valid codes, one of them a minor, one with letters for digits', async () => {
    const found = (await citizens()) as { fiscalCode: string; lastName: string }[]
    expect(found.map(({ lastName }) => lastName)).toEqual(['Nuova', 'Piccoli', 'Anziani', 'Omocodi'])
    for (const { fiscalCode } of found) {
      expect([isFiscalCode(fiscalCode), fiscalCode.slice(11, 13)]).toEqual([true, 'Z9'])
    }
    const births = await Promise.all(
      found.map(async ({ fiscalCode }) => {
        const [xml] = await answers('cie-demo', { citizen: fiscalCode })
        return attributesIn(xml!).find(([name]) => name === 'dateOfBirth')![1]
      }),
    )
    expect(births).toEqual(['1985-04-12', '2012-06-15', '1948-03-08', '1979-11-21'])
  })

  test('are also an entity’s people who have a code, and whoever is added', async () => {
    const person = {
      role: 'guardian',
      username: 'elena',
      password: 'una-password',
      name: 'Elena Ferri Prova',
      fiscalCode: 'FRRLNE85A41Z999W',
    }
    const path = '/api/creditors/00000000035/02'
    const named = { ...person, fiscalCode: 'FFCDAA70A41Z999V', firstName: 'Ada Maria', lastName: 'Uffici' }
    await stage.call('PUT', path, { ...declaration(''), endpoint: undefined, people: [person, named] })
    await stage.call('POST', '/api/identity/citizens', {
      fiscalCode: 'HFRKRL80A01Z999Z',
      firstName: 'Karl',
      lastName: 'Hofer',
      email: 'karl@posta.example',
    })
    expect(await citizens()).toMatchObject([
      { firstName: 'Elena', lastName: 'Ferri Prova', note: 'Comune di Prova, genitore' },
      { firstName: 'Ada Maria', lastName: 'Uffici' },
      { lastName: 'Nuova' },
      { lastName: 'Piccoli' },
      { lastName: 'Anziani' },
      { lastName: 'Omocodi' },
      { lastName: 'Hofer', email: 'karl@posta.example' },
    ])
    const [xml] = await answers('spid-demo', { citizen: 'FFCDAA70A41Z999V' })
    expect(attributesIn(xml!)).toContainEqual(['name', 'Ada Maria'])
    const wrong = { ...person, fiscalCode: 'FRRLNE85A41Z999A' }
    expect(
      (await stage.call('PUT', path, { ...declaration(''), endpoint: undefined, people: [wrong] })).status,
    ).toBe(400)
  })
})
