import { describe, expect, test } from 'vitest'
import { schemeNamed } from '#identity/schemes.ts'
import { attribute, both, content, edit, goodResponse, signBoth } from './forge.ts'
import { providerError } from './case-row.ts'
import { at, desk, instant, judge, keys, pendingRequest, verdictOf } from './world.ts'

const post = async (SAMLResponse: string | undefined) =>
  verdictOf(await schemeNamed('spid')!.finish({ SAMLResponse }, desk()))
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')
const good = () => signBoth(goodResponse())

describe('before parsing', () => {
  test.each([
    ['nothing', undefined, 'message.missing'],
    ['an empty field', '', 'message.missing'],
    ['no base64', '<samlp:Response/>', 'message.not-base64'],
    ['base64url', 'a-_b', 'message.not-base64'],
    ['half a group', 'YWJjZA', 'message.not-base64'],
    ['base64 with rubbish in unused bits', 'YWJ=', 'message.not-base64'],
    ['bytes that are no UTF-8', base64(Buffer.from([0x3c, 0xe8, 0x3e])), 'message.not-utf8'],
    [
      'another declared encoding',
      base64('<?xml version="1.0" encoding="ISO-8859-1"?><a/>'),
      'message.not-utf8',
    ],
    ['70 kB', base64(`<a>${'x'.repeat(70_000)}</a>`), 'message.too-large'],
    ['20 MB', 'A'.repeat(20_000_000), 'message.too-large'],
    ['no XML', base64('hello'), 'xml.not-well-formed'],
    ['half a document', base64('<a>'), 'xml.not-well-formed'],
    ['40 levels', base64('<a>'.repeat(40) + '</a>'.repeat(40)), 'xml.too-large'],
    ['another message', base64('<a/>'), 'response.not-a-response'],
    ['a document type', base64(`<!DOCTYPE a>${goodResponse()}`), 'xml.document-type'],
    [
      'an entity',
      base64('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'),
      'xml.document-type',
    ],
    [
      'a processing instruction',
      base64(`<?xml-stylesheet href="http://127.0.0.1/"?>${goodResponse()}`),
      'xml.processing-instruction',
    ],
  ])('%s is refused', async (_, field, reason) => expect(await post(field)).toBe(reason))

  test('more structure than any response has is refused before a signature is looked at', async () => {
    const element = '<samlp:x xmlns:a="urn:a" b="c"/>'
    const filled = (count: number) =>
      edit('<samlp:Status>', `<samlp:Extensions>${element.repeat(count)}</samlp:Extensions><samlp:Status>`)
    const byAttacker = (count: number) => signBoth(filled(count)(goodResponse()), keys.attacker)
    expect(verdictOf(await judge(byAttacker(900)))).toBe('xml.too-large')
    expect(verdictOf(await judge(byAttacker(450)))).toBe('signature.invalid')
  })

  test('line breaks as of MIME are taken', async () => {
    expect(await post(base64(good()).replace(/.{76}/g, '$&\r\n'))).toBe('accepted')
  })
})

describe('the request that is answered', () => {
  test('is used up: the same response a second time is refused, also at the same moment', async () => {
    const house = desk()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => judge(good(), house)))
    expect(outcomes.map(verdictOf).toSorted()).toEqual([
      'accepted',
      ...Array<string>(19).fill('request.unknown'),
    ])
  })

  test('is used up by a refused answer too', async () => {
    const house = desk()
    expect(verdictOf(await judge(signBoth(goodResponse(), keys.attacker), house))).toBe('signature.invalid')
    expect(verdictOf(await judge(good(), house))).toBe('request.unknown')
  })

  test('lives fifteen minutes', async () => {
    const late = (seconds: number) => {
      const edits = both(
        attribute('saml:SubjectConfirmationData', 'NotOnOrAfter', instant(9_000)),
        attribute('saml:Conditions', 'NotOnOrAfter', instant(9_000)),
      )
      return judge(signBoth(edits(goodResponse())), desk({ clock: { now: () => at(seconds) } }))
    }
    expect(verdictOf(await late(839))).toBe('accepted')
    expect(verdictOf(await late(840))).toBe('request.expired')
  })

  test('is the one asked for, or none: a store that hands out another one changes nothing', async () => {
    const careless = { consume: async () => pendingRequest({ id: '_another' }) }
    expect(verdictOf(await judge(good(), desk({ pending: careless })))).toBe('request.unknown')
  })

  test('belongs to one scheme: SPID’s is not answered at CIE’s door', async () => {
    expect(verdictOf(await judge(good(), desk(), 'cie'))).toBe('request.unknown')
  })

  test('decides the tenant: an answer made for one tenant is refused for another’s request', async () => {
    const other = pendingRequest({
      entityId: 'https://login.example.it/pub-ag-full/c_b456',
      tenantId: 'other',
    })
    const outcome = await judge(good(), desk({ requests: [other] }))
    expect(outcome).toMatchObject({
      accepted: false,
      reason: 'assertion.audience',
      pending: { tenantId: 'other' },
    })
  })
})

describe('time', () => {
  const expiresAt = (seconds: number) =>
    both(
      attribute('saml:SubjectConfirmationData', 'NotOnOrAfter', instant(seconds)),
      attribute('saml:Conditions', 'NotOnOrAfter', instant(seconds)),
    )(goodResponse())
  /** NotOnOrAfter is 10:01:00 sharp; now moves around it. */
  const judgedAt = async (now: string) =>
    verdictOf(await judge(signBoth(expiresAt(60)), desk({ clock: { now: () => new Date(now) } })))

  test('two seconds of skew at the end, to the millisecond', async () => {
    expect(await judgedAt('2026-11-23T10:01:01.999Z')).toBe('accepted')
    expect(await judgedAt('2026-11-23T10:01:02.000Z')).toBe('assertion.subject-confirmation')
  })

  test('the two ends are judged each by itself', async () => {
    const only = (tag: string) => attribute(tag, 'NotOnOrAfter', instant(-3))(goodResponse())
    expect(verdictOf(await judge(signBoth(only('saml:Conditions'))))).toBe('assertion.conditions')
    expect(verdictOf(await judge(signBoth(only('saml:SubjectConfirmationData'))))).toBe(
      'assertion.subject-confirmation',
    )
  })

  test('two seconds of skew at the beginning', async () => {
    const from = (text: string) =>
      judge(signBoth(attribute('saml:Conditions', 'NotBefore', text)(goodResponse())))
    expect(verdictOf(await from('2026-11-23T10:00:02.400Z'))).toBe('accepted')
    expect(verdictOf(await from('2026-11-23T10:00:02.401Z'))).toBe('assertion.conditions')
  })

  test('a provider two seconds behind our clock is not before the request', async () => {
    const issued = (text: string) =>
      judge(signBoth(attribute('samlp:Response', 'IssueInstant', text)(goodResponse())))
    expect(verdictOf(await issued('2026-11-23T09:58:58Z'))).toBe('accepted')
    expect(verdictOf(await issued('2026-11-23T09:58:57.999Z'))).toBe('response.issue-instant')
  })
})

describe('errors of the provider', () => {
  const told = async (message: string) => judge(providerError(message)(goodResponse()))

  test.each([
    [19, 'too-many-attempts', true],
    [20, 'level-not-available', false],
    [21, 'timeout', true],
    [22, 'consent-denied', true],
    [23, 'identity-blocked', false],
    [24, 'other', true],
    [25, 'cancelled', true],
    [30, 'wrong-identity-type', true],
  ])('%i is %s; trying again helps: %s', async (number, kind, canRetry) => {
    const outcome = await told(`ErrorCode nr${number}`)
    expect(outcome).toMatchObject({
      status: 403,
      reason: 'provider.error',
      error: { number, kind, canRetry, isOurs: false },
    })
    expect(outcome.pending?.tenantId).toBe(pendingRequest().tenantId)
  })

  test.each([8, 9, 11, 12, 13, 14, 15, 16, 17, 18])('%i is our fault', async (number) => {
    const written = String(number).padStart(2, '0')
    expect(await told(`ErrorCode nr${written}`)).toMatchObject({
      error: { number, kind: 'our-request', isOurs: true },
    })
  })

  test('without a number it is still an error, and a number in other words is none', async () => {
    expect(await told('it failed')).toMatchObject({ error: { kind: 'other' } })
    expect((await told('ErrorCode nr22; drop table')).accepted).toBe(false)
    expect(await told('ErrorCode nr22; drop table')).not.toHaveProperty('error.number')
  })

  test('an unsigned error may not come for another’s request, provider or place', async () => {
    const forged = (change: (xml: string) => string) =>
      judge(change(providerError('ErrorCode nr25')(goodResponse())))
    expect(verdictOf(await forged(attribute('samlp:Response', 'InResponseTo', '_another')))).toBe(
      'request.unknown',
    )
    expect(verdictOf(await forged(content('saml:Issuer', 'https://evil.example.it')))).toBe('response.issuer')
    expect(verdictOf(await forged(attribute('samlp:Response', 'Destination', 'https://x.it/')))).toBe(
      'response.destination',
    )
  })
})
