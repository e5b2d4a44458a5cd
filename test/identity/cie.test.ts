import { describe, expect, test } from 'vitest'
import { providerError } from './case-row.ts'
import { content, drop, edit, goodCieResponse, sign, signAssertion, signBoth } from './forge.ts'
import { desk, judge, keys, pendingRequest, verdictOf } from './world.ts'

describe('CIE', () => {
  const house = () => desk({ requests: [pendingRequest({ scheme: 'cie' })] })
  const cie = async (xml: string) => verdictOf(await judge(xml, house(), 'cie'))

  test('issuers without format, four attributes and the highest class are accepted', async () => {
    expect(await judge(signBoth(goodCieResponse()), house(), 'cie')).toMatchObject({
      accepted: true,
      identity: { scheme: 'cie', level: 3, fiscalCode: 'RSSMRA80A41H501Y' },
    })
    expect(await cie(signAssertion(goodCieResponse()))).toBe('accepted')
  })

  test('the date of birth is not kept', async () => {
    const outcome = await judge(signBoth(goodCieResponse()), house(), 'cie')
    expect(JSON.stringify({ ...outcome, received: '' })).not.toContain('1980-01-01')
  })

  test('the same response would not do for SPID', async () => {
    expect(verdictOf(await judge(signBoth(goodCieResponse())))).toBe('assertion.issuer')
  })

  const withFormat = (format: string) =>
    edit(
      /(<saml:Assertion.*?<saml:Issuer)/s,
      `$1 Format="urn:oasis:names:tc:SAML:2.0:nameid-format:${format}"`,
    )

  test.each([
    ['a format where one is given wrong', 'assertion.issuer', withFormat('transient')],
    ['the right format', 'accepted', withFormat('entity')],
    ['level 2', 'accepted', edit('SpidL3', 'SpidL2')],
    ['level 1', 'assertion.level', edit('SpidL3', 'SpidL1')],
    ['another issuer', 'assertion.issuer', content('saml:Issuer', 'https://other-idp.example.it', 1)],
    ['no issuer', 'assertion.issuer', drop('saml:Issuer', 1)],
    ['no fiscal number', 'fiscal-number.missing', edit('"fiscalNumber"', '"taxNumber"')],
    [
      'another audience',
      'assertion.audience',
      content('saml:Audience', 'https://login.example.it/pub-ag-full/c_b456'),
    ],
  ])('%s → %s', async (_, verdict, change) =>
    expect(await cie(signBoth(change(goodCieResponse())))).toBe(verdict),
  )

  test.each([21, 22, 23, 25])('error %i is told', async (number) => {
    const xml = sign(providerError(`ErrorCode nr${number}`)(goodCieResponse()), 'Response', keys.provider)
    expect(await judge(xml, house(), 'cie')).toMatchObject({ reason: 'provider.error', error: { number } })
  })
})
