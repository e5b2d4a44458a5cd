import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ACS,
  asForm,
  asQuery,
  edited,
  register,
  request,
  SERVICE_ID,
  serviceKey,
} from '../testing/played-service.ts'
import { setStage } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'
import { signed } from '../testing/xml-signer.ts'

const NOW = new Date('2026-11-23T10:00:00Z')
const NORA = 'NVUNRO85D52Z999B'
let stage: Stage
beforeAll(async () => {
  stage = await setStage({ now: () => NOW })
  await register(stage, 'spid')
  await register(stage, 'cie')
})
afterAll(() => stage.close())

const signOn = (id: string) => `${stage.sandbox.url}/sandbox-idp/${id}/sso`
const right = (id = 'spid-demo') => request(signOn(id), NOW)
const byQuery = (query: string, id = 'spid-demo') =>
  stage.call('POST', '/api/identity/sign-in', {
    provider: id,
    binding: 'redirect',
    url: `${signOn(id)}?${query}`,
    citizen: NORA,
  })
const byForm = (fields: Record<string, string>, id = 'spid-demo') =>
  stage.call('POST', '/api/identity/sign-in', { provider: id, binding: 'post', fields, citizen: NORA })
const base64 = (xml: string) => Buffer.from(xml).toString('base64')

test('a right request is served, by each binding that the provider has', async () => {
  for (const id of ['spid-demo', 'cie-demo'])
    expect((await byQuery(await asQuery(right(id)), id)).status).toBe(200)
  for (const id of ['spid-demo', 'spid-altro', 'cie-demo']) {
    const { status, body } = await byForm(await asForm(right(id)), id)
    expect([status, body.action, body.fields.RelayState]).toEqual([200, ACS, 'c0ffee'])
  }
})

describe('a request that the provider cannot believe is refused on its own page', () => {
  const shown = async (
    answer: Promise<{ status: number; body: { reasons: { number: number }[]; answer?: unknown } }>,
  ) => {
    const { status, body } = await answer
    expect(body.answer).toBeUndefined()
    return [status, body.reasons.map(({ number }) => number)]
  }

  test('by a binding that it does not have (6)', async () => {
    expect(await shown(byQuery(await asQuery(right('spid-altro')), 'spid-altro'))).toEqual([422, [6]])
  })

  test('with a query in another order, or without a part of it (4)', async () => {
    const query = await asQuery(right())
    const [message, relay, algorithm, signature] = query.split('&')
    for (const parts of [
      [relay, message, algorithm, signature],
      [message, relay, algorithm],
      [message, relay, algorithm, signature, relay],
    ]) {
      expect(await shown(byQuery(parts.join('&')))).toEqual([422, [4]])
    }
  })

  test('without RelayState, or with an address in it (4)', async () => {
    const { SAMLRequest = '' } = await asForm(right())
    expect(await shown(byForm({ SAMLRequest }))).toEqual([422, [4]])
    expect(await shown(byForm({ SAMLRequest, RelayState: 'https://mensa.example' }))).toEqual([422, [4]])
    expect(await shown(byQuery(await asQuery(right(), { relayState: 'http' })))).toEqual([422, [4]])
  })

  test('that is no request, no XML or no base64 (4)', async () => {
    for (const text of [base64('<a/>'), base64('niente'), '§', base64(`<!DOCTYPE a>${right()}`)]) {
      expect(await shown(byForm({ SAMLRequest: text, RelayState: 'x' }))).toEqual([422, [4]])
    }
    expect(await shown(byForm({ RelayState: 'x' }))).toEqual([422, [4]])
  })

  test('whose query was signed by somebody else, or changed (5)', async () => {
    const stranger = await serviceKey('stranger')
    expect(await shown(byQuery(await asQuery(right(), { key: stranger })))).toEqual([422, [5]])
    const changed = edited(await asQuery(right()), 'RelayState=c0ffee', 'RelayState=c0ffeE')
    expect(await shown(byQuery(changed))).toEqual([422, [5]])
    const weak = edited(
      await asQuery(right()),
      '2001%2F04%2Fxmldsig-more%23rsa-sha256',
      '2000%2F09%2Fxmldsig%23rsa-sha1',
    )
    expect(await shown(byQuery(weak))).toEqual([422, [5]])
    const inXml = signed(right(), await serviceKey(), 'after-issuer')
    expect(await shown(byQuery(await asQuery(inXml)))).toEqual([422, [5]])
  })

  test('whose XML is unsigned, signed by somebody else, elsewhere, weakly, or changed (7)', async () => {
    const key = await serviceKey()
    const xml = right()
    const cases = [
      xml,
      signed(xml, await serviceKey('stranger'), 'after-issuer'),
      signed(xml, key, 'first'),
      signed(xml, key, 'after-issuer', { signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }),
      signed(xml, key, 'after-issuer', { digest: 'http://www.w3.org/2000/09/xmldsig#sha1' }),
      signed(xml, key, 'after-issuer', {
        canonicalization: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
      }),
      edited(signed(xml, key, 'after-issuer'), 'SpidL2', 'SpidL1'),
      edited(signed(xml, key, 'after-issuer'), /<ds:KeyInfo>.*<\/ds:KeyInfo>/s, ''),
    ]
    for (const one of cases) {
      expect(await shown(byForm({ SAMLRequest: base64(one), RelayState: 'x' }))).toEqual([422, [7]])
    }
  })

  test('from somebody unknown, or who does not name itself as it must (10)', async () => {
    const issuer = />https:\/\/mensa\.example\/pub-ag-full\/c_prova</
    const xmls = [
      edited(right(), new RegExp(SERVICE_ID, 'g'), 'https://altro.example'),
      edited(right(), ' Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity"', ''),
      edited(right(), `NameQualifier="${SERVICE_ID}"`, ''),
      edited(right(), issuer, '><'),
    ]
    for (const xml of xmls) expect(await shown(byQuery(await asQuery(xml)))).toEqual([422, [10]])
  })

  test('for people it is a page with the reasons in plain words', async () => {
    const response = await fetch(
      `${signOn('spid-demo')}?${await asQuery(edited(right(), / Format="[^"]*entity"/, ''))}`,
    )
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('Issuer deve avere Format entity')
  })
})

describe('a request that breaks a rule goes back with its number', () => {
  const transient = 'Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"'
  const stamp = 'IssueInstant="2026-11-23T10:00:00Z"'
  test.each<[number, string, string | RegExp, string]>([
    [8, 'no ForceAuthn', ' ForceAuthn="true"', ''],
    [8, 'a subject of its own', '<samlp:NameIDPolicy', '<saml:Subject/><samlp:NameIDPolicy'],
    [9, 'another version', 'Version="2.0"', 'Version="1.1"'],
    [11, 'an ID that is no name', ' ID="_', ' ID="7'],
    [12, 'no context', /<samlp:RequestedAuthnContext.*<\/samlp:RequestedAuthnContext>/, ''],
    [12, 'a class of its own', 'SpidL2', 'SpidL4'],
    [12, 'a comparison of its own', 'Comparison="minimum"', 'Comparison="circa"'],
    [13, 'an old instant', stamp, 'IssueInstant="2026-11-23T09:54:59Z"'],
    [13, 'an instant to come', stamp, 'IssueInstant="2026-11-23T10:01:01Z"'],
    [13, 'a local instant', stamp, 'IssueInstant="2026-11-23T11:00:00+01:00"'],
    [14, 'another destination', '/sso"', '/sso2"'],
    [15, 'IsPassive', ' ForceAuthn="true"', ' ForceAuthn="true" IsPassive="true"'],
    [16, 'another consumer', 'ConsumerServiceIndex="0" A', 'ConsumerServiceIndex="7" A'],
    [
      16,
      'a consumer named twice',
      'AssertionConsumerServiceIndex="0"',
      `AssertionConsumerServiceIndex="0" AssertionConsumerServiceURL="${ACS}"`,
    ],
    [17, 'a lasting name', transient, 'Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"'],
    [17, 'AllowCreate', transient, `${transient} AllowCreate="true"`],
    [
      18,
      'another set of attributes',
      'AttributeConsumingServiceIndex="0"',
      'AttributeConsumingServiceIndex="9"',
    ],
  ])('nr%i for %s', async (number, _, from, to) => {
    const { status, body } = await byQuery(await asQuery(edited(right(), from, to)))
    expect([status, body.reasons.map((one: { number: number }) => one.number)]).toEqual([422, [number]])
    expect(body.answer.action).toBe(ACS)
    const answer = Buffer.from(body.answer.fields.SAMLResponse, 'base64').toString()
    expect(answer).toContain(`>ErrorCode nr${String(number).padStart(2, '0')}<`)
    expect(answer).toMatch(
      /StatusCode Value="urn:oasis:names:tc:SAML:2\.0:status:(Requester|VersionMismatch)"/,
    )
    expect(answer).not.toContain('Assertion ')
  })

  test('CIE takes fewer comparisons, and wants ForceAuthn at any level', async () => {
    const reasons = async (xml: string) =>
      (await byQuery(await asQuery(xml), 'cie-demo')).body.reasons?.map(
        (one: { number: number }) => one.number,
      )
    expect(await reasons(edited(right('cie-demo'), 'minimum', 'better'))).toEqual([12])
    const low = edited(right('cie-demo'), 'SpidL2', 'SpidL1')
    expect(await reasons(low)).toBeUndefined()
    expect(await reasons(edited(low, ' ForceAuthn="true"', ''))).toEqual([8])
    const spid = edited(edited(right(), 'SpidL2', 'SpidL1'), ' ForceAuthn="true"', '')
    expect((await byQuery(await asQuery(spid))).status).toBe(200)
  })

  test('the consumer may be named by its address instead', async () => {
    const url = `AssertionConsumerServiceURL="${ACS}" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"`
    const xml = edited(right(), 'AssertionConsumerServiceIndex="0"', url)
    expect((await byQuery(await asQuery(xml))).status).toBe(200)
  })

  test('for people it is a page with the reasons and a way back', async () => {
    const response = await fetch(
      `${signOn('spid-demo')}?${await asQuery(edited(right(), 'SpidL2', 'SpidL9'))}`,
    )
    const page = await response.text()
    expect(page).toContain('ErrorCode nr12')
    expect(page).toContain(`action="${ACS}"`)
    expect(page).not.toContain('<script')
  })
})

test('a provider told to fail fails on its page and in its twin, as often as told', async () => {
  await stage.call('PUT', '/api/identity/spid-demo/failure', { status: 503, times: 2 })
  const url = `${signOn('spid-demo')}?${await asQuery(right())}`
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(503)
  expect((await byQuery(await asQuery(right()))).status).toBe(503)
  expect((await byForm(await asForm(right('spid-altro')), 'spid-altro')).status).toBe(200)
  expect((await byQuery(await asQuery(right()))).status).toBe(200)
})
