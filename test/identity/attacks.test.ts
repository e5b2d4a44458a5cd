import { describe, expect, test } from 'vitest'
import {
  attribute,
  both,
  content,
  edit,
  ENVELOPED,
  goodResponse,
  sign,
  signAssertion,
  signBoth,
} from './forge.ts'
import type { Edit } from './forge.ts'
import { desk, judge, keys, otherProvider, pendingRequest, verdictOf } from './world.ts'
import { wrappings } from './wrapping.ts'

const verdict = async (xml: string) => verdictOf(await judge(xml))
/** What is done to a message after it was signed. */
const tampered = (edit: Edit) => verdict(edit(signAssertion(goodResponse())))
const FISCAL_NUMBER = 'TINIT-RSSMRA80A41H501Y'

describe('signature wrapping', () => {
  test.each(wrappings())('%s', async (_, reason, xml) => {
    expect(await verdict(xml)).toBe(reason)
  })

  test('the pieces are right: put together unchanged they are accepted', async () => {
    expect(await verdict(signBoth(goodResponse()))).toBe('accepted')
    expect(await verdict(signAssertion(goodResponse()))).toBe('accepted')
  })
})

describe('what was signed is what counts', () => {
  const nested = (name: string) => edit('</ds:SignedInfo>', `<ds:${name} Algorithm="x"/></ds:SignedInfo>`)
  test.each([
    ['the fiscal number', edit(FISCAL_NUMBER, 'TINIT-BNCLGU75C10F205V')],
    ['the level', edit('SpidL2', 'SpidL3')],
    ['the audience', edit(/c_a123<\/saml:Audience>/, 'c_b456</saml:Audience>')],
    ['the digest', edit(/<ds:DigestValue>./, '<ds:DigestValue>/')],
    ['the signature', edit(/<ds:SignatureValue>.../, '<ds:SignatureValue>AAA')],
    ['one space more', edit('<saml:Subject>', '<saml:Subject> ')],
    // Names that every object of JavaScript has a property for.
    ['constructor', nested('constructor')],
    ['toString', nested('toString')],
    ['__proto__', nested('__proto__')],
  ])('%s changed after signing: refused', async (_, change) => {
    expect(await tampered(change)).toBe('signature.invalid')
  })

  test('a Response whose own signature is broken is refused, however good the Assertion', async () => {
    const xml = signBoth(goodResponse())
    expect(await verdict(edit('_response" Version', '_response"  Version')(xml))).toBe('accepted')
    expect(
      await verdict(attribute('samlp:StatusCode', 'Value', 'urn:oasis:names:tc:SAML:2.0:status:Other')(xml)),
    ).toBe('signature.invalid')
    const mixed = sign(sign(goodResponse(), 'Assertion', keys.provider), 'Response', keys.attacker)
    expect(await verdict(mixed)).toBe('signature.invalid')
  })

  test('an unsigned Response around a signed Assertion cannot add to it', async () => {
    const xml = signAssertion(goodResponse())
    const added = edit(
      '</samlp:Response>',
      '<saml:AttributeStatement><saml:Attribute Name="fiscalNumber"><saml:AttributeValue>TINIT-BNCLGU75C10F205V</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></samlp:Response>',
    )(xml)
    expect(await judge(added)).toMatchObject({ identity: { fiscalCode: 'RSSMRA80A41H501Y' } })
  })
})

describe('keys', () => {
  test('a provider may sign with any of its keys during a rotation', async () => {
    expect(await verdict(signBoth(goodResponse(), keys.nextProvider))).toBe('accepted')
  })

  test('a key whose certificate has expired signs nothing any more', async () => {
    expect(await verdict(signBoth(goodResponse(), keys.expired))).toBe('signature.invalid')
  })

  test('another provider’s key, which is good for that provider, is refused here', async () => {
    expect(await verdict(signBoth(goodResponse(), keys.otherProvider))).toBe('signature.invalid')
  })

  test('another provider cannot answer in its own name either', async () => {
    const xml = goodResponse().replaceAll('https://idp.example.it', otherProvider.entityId)
    expect(await verdict(signBoth(xml, keys.otherProvider))).toBe('signature.invalid')
    const asked = desk({ requests: [pendingRequest({ providerId: otherProvider.entityId })] })
    expect(verdictOf(await judge(signBoth(xml, keys.otherProvider), asked))).toBe('accepted')
  })

  test('KeyInfo is not listened to: an attacker’s certificate there changes nothing, either way', async () => {
    expect(await verdict(signBoth(goodResponse(), keys.attacker))).toBe('signature.invalid')
    expect(await verdict(signBoth(goodResponse(), keys.attacker, { shown: keys.provider }))).toBe(
      'signature.invalid',
    )
    expect(await verdict(signBoth(goodResponse(), keys.provider, { shown: keys.attacker }))).toBe('accepted')
  })

  test('a provider that is no longer listed is refused', async () => {
    const forgotten = desk({ providers: { find: async () => undefined } })
    expect(verdictOf(await judge(signBoth(goodResponse()), forgotten))).toBe('provider.unknown')
  })
})

describe('algorithms and transforms', () => {
  const SHA1 = 'http://www.w3.org/2000/09/xmldsig#'
  test.each([
    ['RSA with SHA-1', { algorithm: `${SHA1}rsa-sha1` }],
    ['SHA-1 digests', { digest: `${SHA1}sha1` }],
    [
      'no exclusive canonicalization',
      { transforms: [ENVELOPED, 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'] },
    ],
    [
      'a third transform',
      {
        transforms: [
          ENVELOPED,
          'http://www.w3.org/2001/10/xml-exc-c14n#',
          'http://www.w3.org/2001/10/xml-exc-c14n#',
        ],
      },
    ],
    [
      'canonicalization with comments',
      { transforms: [ENVELOPED, 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments'] },
    ],
  ])('%s: refused', async (_, style) => {
    expect(await verdict(signBoth(goodResponse(), keys.provider, style))).toBe('signature.algorithm')
  })

  test('SHA-512 is taken', async () => {
    const style = {
      algorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
      digest: 'http://www.w3.org/2001/04/xmlenc#sha512',
    }
    expect(await verdict(signBoth(goodResponse(), keys.provider, style))).toBe('accepted')
  })

  test.each([
    [
      'an XSLT transform',
      edit(
        '<ds:Transforms>',
        '<ds:Transforms><ds:Transform><xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/></ds:Transform>',
      ),
      'signature.algorithm',
    ],
    [
      'an XSLT transform by name',
      edit(
        /<ds:Transform Algorithm="[^"]*"/,
        '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"',
      ),
      'signature.algorithm',
    ],
    [
      'an HMAC with the public key',
      edit('xmldsig-more#rsa-sha256', 'xmldsig-more#hmac-sha256'),
      'signature.algorithm',
    ],
    ['a reference to the whole document', edit('URI="#_assertion"', 'URI=""'), 'signature.misplaced'],
    ['a reference to a file', edit('URI="#_assertion"', 'URI="file:///etc/hostname"'), 'signature.misplaced'],
    ['two references', edit(/(<ds:Reference.*<\/ds:Reference>)/, '$1$1'), 'signature.misplaced'],
  ])('%s: refused before anything is transformed', async (_, change, reason) => {
    expect(await tampered(change)).toBe(reason)
  })
})

describe('markup inside the fiscal number', () => {
  const inserted = (inner: string) => edit(FISCAL_NUMBER, `TINIT-RSSMRA80A41${inner}H501Y`)

  test('a comment shortens nothing, added before signing or after it', async () => {
    const before = signBoth(inserted('<!-- -->')(goodResponse()))
    expect(await judge(before)).toMatchObject({ identity: { fiscalCode: 'RSSMRA80A41H501Y' } })
    const after = inserted('<!-- -->')(signAssertion(goodResponse()))
    expect(await judge(after)).toMatchObject({ identity: { fiscalCode: 'RSSMRA80A41H501Y' } })
  })

  test('a comment cannot cut a longer text down to somebody else’s number', async () => {
    const longer = edit(FISCAL_NUMBER, `${FISCAL_NUMBER}<!-- -->.attacker`)(goodResponse())
    expect(await verdict(signBoth(longer))).toBe('fiscal-number.malformed')
  })

  test('CDATA is text like any other', async () => {
    const xml = signBoth(inserted('<![CDATA[]]>')(goodResponse()))
    expect(await judge(xml)).toMatchObject({ identity: { fiscalCode: 'RSSMRA80A41H501Y' } })
    const whole = signBoth(edit(FISCAL_NUMBER, `<![CDATA[${FISCAL_NUMBER}]]>`)(goodResponse()))
    expect(await judge(whole)).toMatchObject({ identity: { fiscalCode: 'RSSMRA80A41H501Y' } })
  })

  test('a processing instruction or an element in it is refused', async () => {
    expect(await verdict(signBoth(inserted('<?x y?>')(goodResponse())))).toBe('xml.processing-instruction')
    expect(await verdict(signBoth(inserted('<b/>')(goodResponse())))).toBe('assertion.attributes')
  })

  test.each([
    ['with substitute letters for digits', 'TINIT-RSSMRAULA4MHRLMP', 'fiscal-number.malformed'],
    ['of another country', 'TINDE-12345678901', 'fiscal-number.malformed'],
    ['provisional, eleven digits', 'TINIT-01234567897', 'fiscal-number.malformed'],
    ['of a company', 'VATIT-02346730378', 'fiscal-number.malformed'],
    ['with a wrong check character', 'TINIT-RSSMRA80A41H501Z', 'fiscal-number.malformed'],
    ['with spaces inside', 'TINIT-RSSMRA 80A41H501Y', 'fiscal-number.malformed'],
    ['without its prefix', 'RSSMRA80A41H501Y', 'fiscal-number.malformed'],
    ['empty', '', 'fiscal-number.missing'],
    ['in small letters', 'TINIT-rssmra80a41h501y', 'accepted'],
    ['of omocodia, rightly checked', 'TINIT-RSSMRA80A41H50MQ', 'accepted'],
  ])('a number %s: %s', async (_, number, reason) => {
    expect(await verdict(signBoth(edit(FISCAL_NUMBER, number)(goodResponse())))).toBe(reason)
  })

  test('two fiscal numbers are none', async () => {
    const twice = edit(
      '</saml:AttributeStatement>',
      '<saml:Attribute Name="fiscalNumber"><saml:AttributeValue>TINIT-BNCLGU75C10F205V</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>',
    )
    expect(await verdict(signBoth(twice(goodResponse())))).toBe('assertion.attributes')
    const two = edit(/(<saml:AttributeValue[^>]*>TINIT[^/]*\/saml:AttributeValue>)/, '$1$1')
    expect(await verdict(signBoth(two(goodResponse())))).toBe('assertion.attributes')
  })
})

describe('shapes', () => {
  const renamed = (protocol: string, assertion: string) =>
    goodResponse()
      .replaceAll('samlp:', `${protocol}:`)
      .replaceAll('saml:', `${assertion}:`)
      .replace('xmlns:samlp', `xmlns:${protocol}`)
      .replace('xmlns:saml=', `xmlns:${assertion}=`)

  test('any prefixes will do, and none', async () => {
    expect(await verdict(signBoth(renamed('saml2p', 'saml2')))).toBe('accepted')
    const bare = goodResponse()
      .replaceAll(/<(\/?)saml:Assertion/g, '<$1Assertion')
      .replaceAll(/<(\/?)saml:/g, '<$1')
      .replace('<Issuer ', '<Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ')
      .replace('<Assertion ', '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ')
    expect(await verdict(signBoth(bare))).toBe('accepted')
    expect(await verdict(signBoth(goodResponse(), keys.provider, { prefix: 'dsig' }))).toBe('accepted')
    expect(await verdict(signBoth(goodResponse(), keys.provider, { prefix: '' }))).toBe('accepted')
  })

  test('the right names in other namespaces are other elements', async () => {
    const other = both(edit('SAML:2.0:assertion"', 'SAML:1.0:assertion"'))(goodResponse())
    expect(await verdict(signBoth(other))).toBe('response.assertion-count')
    expect(await verdict(signBoth(edit('SAML:2.0:protocol"', 'SAML:1.0:protocol"')(goodResponse())))).toBe(
      'response.not-a-response',
    )
  })

  test('anything encrypted is refused', async () => {
    const hidden = edit('</samlp:Response>', '<saml:EncryptedAssertion/></samlp:Response>')
    expect(await verdict(signBoth(hidden(goodResponse())))).toBe('response.encrypted')
    const id = edit('<saml:NameID ', '<saml:EncryptedID/><saml:NameID ')
    expect(await verdict(signBoth(id(goodResponse())))).toBe('response.encrypted')
  })

  test.each([
    [
      'two subjects confirmed',
      edit(/(<saml:SubjectConfirmation .*?<\/saml:SubjectConfirmation>)/s, '$1$1'),
      'assertion.subject-confirmation',
    ],
    [
      'two audiences',
      edit(
        '</saml:AudienceRestriction>',
        '<saml:Audience>https://x.example.it</saml:Audience></saml:AudienceRestriction>',
      ),
      'assertion.audience',
    ],
    ['two conditions', edit(/(<saml:Conditions.*<\/saml:Conditions>)/s, '$1$1'), 'assertion.conditions'],
    [
      'two classes',
      edit(/(<saml:AuthnContextClassRef.*<\/saml:AuthnContextClassRef>)/, '$1$1'),
      'assertion.level',
    ],
    [
      'no name',
      content(
        'saml:AttributeStatement',
        `<saml:Attribute Name="fiscalNumber"><saml:AttributeValue>${FISCAL_NUMBER}</saml:AttributeValue></saml:Attribute>`,
      ),
      'assertion.attributes',
    ],
    [
      'a day that does not exist',
      attribute('saml:Conditions', 'NotOnOrAfter', '2099-02-30T10:00:00Z'),
      'assertion.conditions',
    ],
    [
      'an offset in place of UTC',
      attribute('saml:Conditions', 'NotOnOrAfter', '2026-11-23T12:00:00+01:00'),
      'assertion.conditions',
    ],
  ])('%s: refused though signed', async (_, change, reason) => {
    expect(await verdict(signBoth(change(goodResponse())))).toBe(reason)
  })
})
