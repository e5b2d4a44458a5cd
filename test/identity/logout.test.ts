import { createVerify } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readLogout } from '#identity/saml/logout-request.ts'
import type { LogoutContext, LogoutOutcome } from '#identity/saml/logout-request.ts'
import { answerLogout } from '#identity/saml/logout-response.ts'
import { attribute, content, drop, edit, sign } from './forge.ts'
import { byQuery as signedQuery, logoutRequest, RSA_SHA256, unsignedQuery } from './logout-messages.ts'
import { instant, keys, NOW, otherProvider, provider, registration } from './world.ts'

const context: LogoutContext = {
  findProvider: async (entityId) => [provider, otherProvider].find((one) => one.entityId === entityId),
  logoutUrl: registration.logoutUrl,
  now: NOW,
}
const good = logoutRequest(registration.logoutUrl)

const verdictOf = (outcome: LogoutOutcome) => (outcome.accepted ? 'accepted' : outcome.reason)
const post = (xml: string, RelayState?: string) =>
  readLogout({ binding: 'post', SAMLRequest: Buffer.from(xml).toString('base64'), RelayState }, context)
const redirect = (query: string) => readLogout({ binding: 'redirect', query }, context)
const signedPost = (xml: string, key = keys.provider, style = {}) => sign(xml, 'LogoutRequest', key, style)

describe('a logout by POST', () => {
  test('that the provider signed is taken', async () => {
    expect(await post(signedPost(good))).toEqual({
      accepted: true,
      request: { id: '_logout', issuer: provider.entityId, nameId: '_transient-name' },
    })
  })

  test('keeps the state that came along', async () => {
    expect(await post(signedPost(good), 'a/b')).toMatchObject({ request: { relayState: 'a/b' } })
  })

  test.each([
    ['unsigned', good, 'logout.unsigned'],
    ['signed by somebody else', signedPost(good, keys.attacker), 'signature.invalid'],
    ['signed by another provider', signedPost(good, keys.otherProvider), 'signature.invalid'],
    [
      'signed with SHA-1',
      signedPost(good, keys.provider, { algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }),
      'signature.algorithm',
    ],
    [
      'with another name afterwards',
      edit('_transient-name', '_other-name')(signedPost(good)),
      'signature.invalid',
    ],
    [
      'of an unknown provider',
      signedPost(content('saml:Issuer', 'https://unknown.example.it')(good)),
      'provider.unknown',
    ],
    ['without issuer', signedPost(drop('saml:Issuer')(good)), 'response.issuer'],
    ['without name', signedPost(drop('saml:NameID')(good)), 'assertion.name-id'],
    [
      'for another place',
      signedPost(attribute('samlp:LogoutRequest', 'Destination', 'https://x.it/slo')(good)),
      'response.destination',
    ],
    [
      'six minutes old',
      signedPost(attribute('samlp:LogoutRequest', 'IssueInstant', instant(-360))(good)),
      'logout.expired',
    ],
    [
      'past its end',
      signedPost(attribute('samlp:LogoutRequest', 'NotOnOrAfter', instant(-3))(good)),
      'logout.expired',
    ],
    [
      'with an end that is no time',
      signedPost(attribute('samlp:LogoutRequest', 'NotOnOrAfter', 'soon')(good)),
      'logout.expired',
    ],
    [
      'that is a response',
      sign(good.replaceAll('LogoutRequest', 'Response'), 'Response', keys.provider),
      'logout.not-a-request',
    ],
    ['with a document type', `<!DOCTYPE a>${good}`, 'xml.document-type'],
  ])('%s is refused', async (_, xml, reason) => expect(verdictOf(await post(xml))).toBe(reason))
})

describe('a logout by Redirect', () => {
  test('that the provider signed is taken, its state kept', async () => {
    expect(await redirect(signedQuery(good))).toMatchObject({ accepted: true })
    expect(await redirect(signedQuery(good, keys.provider, 'a%2Fb'))).toMatchObject({
      request: { relayState: 'a/b' },
    })
    expect(
      verdictOf(await redirect(signedQuery(good, keys.provider, 'x', RSA_SHA256.replace('256', '512')))),
    ).toBe('accepted')
  })

  const query = signedQuery(good, keys.provider, 'state')
  test.each([
    ['without signature', unsignedQuery(good), 'logout.unsigned'],
    ['with an algorithm and no signature', query.replace(/&Signature=.*/, ''), 'logout.unsigned'],
    ['with an empty signature', query.replace(/&Signature=.*/, '&Signature='), 'signature.invalid'],
    ['signed by somebody else', signedQuery(good, keys.attacker), 'signature.invalid'],
    [
      'signed with SHA-1',
      signedQuery(good, keys.provider, 'state', 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'),
      'signature.algorithm',
    ],
    [
      'with an algorithm that is a property of every object',
      query.replace(/SigAlg=[^&]*/, 'SigAlg=toString'),
      'signature.algorithm',
    ],
    ['with another state', query.replace('RelayState=state', 'RelayState=other'), 'signature.invalid'],
    ['with its state taken away', query.replace('&RelayState=state', ''), 'signature.invalid'],
    ['with a second request', `${query}&SAMLRequest=x`, 'logout.query'],
    ['with an encoding that is none', query.replace('SigAlg=http', 'SigAlg=%zz'), 'logout.query'],
    ['without request', query.replace('SAMLRequest', 'Other'), 'message.missing'],
    ['not compressed', 'SAMLRequest=YWJj&SigAlg=x&Signature=y', 'signature.algorithm'],
    ['a bomb', signedQuery(`<a>${' '.repeat(5_000_000)}</a>`), 'message.too-large'],
    [
      'six minutes old',
      signedQuery(attribute('samlp:LogoutRequest', 'IssueInstant', instant(-360))(good)),
      'logout.expired',
    ],
  ])('%s is refused', async (_, query, reason) => expect(verdictOf(await redirect(query))).toBe(reason))
})

describe('our answer', () => {
  const request = { id: '_logout', issuer: provider.entityId, nameId: '_n', relayState: 'a&SigAlg=/b +c' }

  test('by Redirect says Success, for this request, signed over the URL’s own characters', () => {
    const departure = answerLogout({ request, registration, provider, now: NOW })
    const url = departure?.kind === 'redirect' ? departure.url : ''
    const query = url.slice(url.indexOf('?') + 1)
    const [signed, signature] = query.split('&Signature=') as [string, string]
    expect(url.startsWith('https://idp.example.it/slo?SAMLResponse=')).toBe(true)
    const fits = createVerify('sha256')
      .update(signed)
      .verify(keys.tenant.certificate, decodeURIComponent(signature), 'base64')
    expect(fits).toBe(true)
    const fields = new URLSearchParams(query)
    expect([...fields.keys()]).toEqual(['SAMLResponse', 'RelayState', 'SigAlg', 'Signature'])
    expect(fields.get('RelayState')).toBe('a&SigAlg=/b +c')
    const xml = inflateRawSync(Buffer.from(fields.get('SAMLResponse')!, 'base64')).toString()
    expect(xml).toMatch(
      /^<samlp:LogoutResponse .*Destination="https:\/\/idp.example.it\/slo" InResponseTo="_logout">/,
    )
    expect(xml).toContain(
      `<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity" NameQualifier="${registration.entityId}">`,
    )
    expect(xml).toContain('<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>')
  })

  test('by POST where the provider has nothing else', () => {
    const poor = { ...provider, singleLogout: { post: 'https://idp.example.it/slo-post' } }
    expect(answerLogout({ request, registration, provider: poor, now: NOW })).toMatchObject({
      kind: 'form',
      action: 'https://idp.example.it/slo-post',
    })
  })

  test('is none where the provider has nowhere to take it', () => {
    const mute = { ...provider, singleLogout: {} }
    expect(answerLogout({ request, registration, provider: mute, now: NOW })).toBeUndefined()
  })
})
