import { createVerify, X509Certificate } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { schemeNamed } from '#identity/schemes.ts'
import type { StartOrder, Started } from '#identity/scheme.ts'
import { xmllintVerdict, xmlsecVerdict } from './independent.ts'
import { keys, NOW, provider, registration } from './world.ts'

const certificate = keys.tenant.certificate
const order: StartOrder = { registration, provider, level: 2, binding: 'redirect', now: NOW }

function start(changes: Partial<StartOrder> = {}, scheme = 'spid'): Started {
  return schemeNamed(scheme)!.start({ ...order, ...changes })
}

function urlOf({ departure }: Started): string {
  if (departure.kind !== 'redirect') throw new Error('no redirect')
  return departure.url
}

/** Takes the query's own characters apart, without decoding a byte of what was signed. */
function taken(url: string) {
  const query = url.slice(url.indexOf('SAMLRequest='))
  const [signed, signature] = query.split('&Signature=') as [string, string]
  const fields = new URLSearchParams(query)
  const isSigned = createVerify('sha256')
    .update(signed)
    .verify(new X509Certificate(certificate).publicKey, decodeURIComponent(signature), 'base64')
  const xml = inflateRawSync(Buffer.from(fields.get('SAMLRequest')!, 'base64')).toString()
  return { isSigned, xml, names: [...fields.keys()], fields }
}

describe('a request by HTTP-Redirect', () => {
  test('is to the letter what the technical rules want', () => {
    const started = start()
    const { xml, names, fields } = taken(urlOf(started))
    expect(xml).toBe(
      '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ' +
        `ID="${started.pending.id}" Version="2.0" IssueInstant="2026-11-23T10:00:00Z" Destination="https://idp.example.it/sso" ` +
        'ForceAuthn="true" AssertionConsumerServiceIndex="0" AttributeConsumingServiceIndex="0">' +
        `<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity" NameQualifier="${registration.entityId}">${registration.entityId}</saml:Issuer>` +
        '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"/>' +
        '<samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL2</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>' +
        '</samlp:AuthnRequest>',
    )
    expect(names).toEqual(['SAMLRequest', 'RelayState', 'SigAlg', 'Signature'])
    expect(fields.get('SigAlg')).toBe('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')
    expect(started.sent).toBe(xml)
  })

  test('is signed over the very characters of the URL, whatever stands in it', () => {
    const path = fc.stringMatching(/^[a-zA-Z0-9/._~!$'()*+,;=:@-]{0,30}$/)
    const query = fc.option(fc.stringMatching(/^[a-z]{1,5}=[a-zA-Z0-9%&<>"']{0,10}$/), { nil: undefined })
    fc.assert(
      fc.property(path, query, fc.constantFrom(1, 2, 3), (path, query, level) => {
        const redirect = `https://idp.example.it/${path}${query === undefined ? '' : `?${query}`}`
        const url = urlOf(start({ provider: { ...provider, singleSignOn: { redirect } }, level }))
        expect(url.startsWith(`${redirect}${query === undefined ? '?' : '&'}SAMLRequest=`)).toBe(true)
        expect(taken(url).isSigned).toBe(true)
        expect(taken(url).xml).toContain(`SpidL${level}<`)
      }),
      { numRuns: 200 },
    )
  })

  test('one character changed in message, state or algorithm: the signature no longer fits', () => {
    const url = urlOf(start())
    const from = url.indexOf('SAMLRequest=') + 'SAMLRequest='.length
    fc.assert(
      fc.property(fc.integer({ min: from, max: url.indexOf('&Signature=') - 1 }), (place) => {
        const other = url[place] === 'x' ? 'y' : 'x'
        const changed = url.slice(0, place) + other + url.slice(place + 1)
        const [signed, signature] = changed.slice(changed.indexOf('SAMLRequest=')).split('&Signature=') as [
          string,
          string,
        ]
        expect(
          createVerify('sha256').update(signed).verify(certificate, decodeURIComponent(signature), 'base64'),
        ).toBe(false)
      }),
    )
  })

  test('bears an ID that is an XML name and a state that says nothing, both new every time', () => {
    const many = Array.from({ length: 50 }, () => start().pending)
    for (const { id, relayState } of many) {
      expect(id).toMatch(/^_[0-9a-f-]{36}\.[0-9a-f]{32}$/)
      expect(relayState).toMatch(/^[A-Za-z0-9_-]{40}$/)
      expect(relayState).not.toContain('http')
    }
    expect(new Set(many.map(({ id }) => id)).size).toBe(50)
    expect(new Set(many.map(({ relayState }) => relayState)).size).toBe(50)
  })

  test('texts are escaped', () => {
    const entityId = 'https://login.example.it/a&b"<c>'
    const { xml } = taken(urlOf(start({ registration: { ...registration, entityId } })))
    expect(xml).toContain('NameQualifier="https://login.example.it/a&amp;b&quot;&lt;c&gt;"')
  })
})

describe('a request by HTTP-POST', () => {
  const started = start({ binding: 'post' })
  const fields = started.departure.kind === 'form' ? started.departure.fields : {}
  const xml = Buffer.from(fields.SAMLRequest!, 'base64').toString()

  test('is not compressed and carries its signature right after Issuer', () => {
    expect(started.departure).toMatchObject({ kind: 'form', action: 'https://idp.example.it/sso-post' })
    expect(xml).toBe(started.sent)
    expect(xml).toMatch(/<\/saml:Issuer><ds:Signature .*<\/ds:Signature><samlp:NameIDPolicy /)
    expect(xml).toContain('Destination="https://idp.example.it/sso-post"')
    expect(fields.RelayState).toBe(started.pending.relayState)
    for (const name of [
      'xml-exc-c14n#',
      'xmldsig-more#rsa-sha256',
      'xmlenc#sha256',
      'xmldsig#enveloped-signature',
    ])
      expect(xml).toContain(name)
    expect(xml).toContain(new X509Certificate(certificate).raw.toString('base64'))
  })

  test('verifies with other tools, and no longer when changed', () => {
    const element = 'urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest'
    expect(['good', 'not checked']).toContain(xmlsecVerdict(xml, element, certificate))
    expect(['good', 'not checked']).toContain(xmllintVerdict(xml, certificate))
    const changed = xml.replace('ForceAuthn="true"', 'ForceAuthn="false"')
    expect(['bad', 'not checked']).toContain(xmlsecVerdict(changed, element, certificate))
    expect(['bad', 'not checked']).toContain(xmllintVerdict(changed, certificate))
  })
})

test('what is remembered is whole seconds, fifteen minutes and the tenant', () => {
  expect(start({}, 'cie').pending).toMatchObject({
    scheme: 'cie',
    tenantId: registration.tenantId,
    entityId: registration.entityId,
    assertionConsumerUrl: registration.assertionConsumerUrl,
    providerId: provider.entityId,
    level: 2,
    issuedAt: new Date('2026-11-23T10:00:00.000Z'),
    expiresAt: new Date('2026-11-23T10:15:00.000Z'),
  })
})

test('a binding that the provider does not offer is our mistake', () => {
  const poor = { ...provider, singleSignOn: { post: 'https://idp.example.it/sso-post' } }
  expect(() => start({ provider: poor })).toThrow('offers no sign-on by redirect')
})
