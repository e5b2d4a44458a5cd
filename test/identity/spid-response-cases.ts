import { attribute, content, drop, empty, signBoth } from './forge.ts'
import { responseOnly, row, same } from './case-row.ts'
import type { Case } from './case-row.ts'
import { instant, keys } from './world.ts'

const R = 'samlp:Response'

/** What stands around the Assertion: numbers 1 to 32. */
export const SPID_RESPONSE_CASES: readonly Case[] = [
  row('1', 'a good response', 'accepted', same),
  row('2', 'nothing signed', 'signature.missing', same, same),
  row('3', 'Response signed, Assertion not', 'signature.missing', same, responseOnly),
  row('4', 'signed with an unknown key', 'signature.invalid', same, (xml) => signBoth(xml, keys.attacker)),
  row('5', 'unknown key, its certificate in KeyInfo', 'signature.invalid', same, (xml) =>
    signBoth(xml, keys.attacker, { shown: keys.attacker }),
  ),
  row('8', 'Response ID empty', 'response.id', attribute(R, 'ID', '')),
  row('9', 'Response ID missing', 'response.id', attribute(R, 'ID', undefined)),
  row('10', 'Response version 1.1', 'response.version', attribute(R, 'Version', '1.1')),
  row('11', 'Response IssueInstant empty', 'response.issue-instant', attribute(R, 'IssueInstant', '')),
  row(
    '12',
    'Response IssueInstant missing',
    'response.issue-instant',
    attribute(R, 'IssueInstant', undefined),
  ),
  row(
    '13',
    'Response IssueInstant a day only',
    'response.issue-instant',
    attribute(R, 'IssueInstant', '2026-11-23'),
  ),
  row(
    '14',
    'Response before the request',
    'response.issue-instant',
    attribute(R, 'IssueInstant', instant(-63)),
  ),
  row('15', 'Response in the future', 'response.issue-instant', attribute(R, 'IssueInstant', instant(4))),
  row('16', 'InResponseTo empty', 'response.in-response-to', attribute(R, 'InResponseTo', '')),
  row('17', 'InResponseTo missing', 'response.in-response-to', attribute(R, 'InResponseTo', undefined)),
  row('18', 'InResponseTo of no request', 'request.unknown', attribute(R, 'InResponseTo', '_another')),
  row('19', 'Destination empty', 'response.destination', attribute(R, 'Destination', '')),
  row('20', 'Destination missing', 'response.destination', attribute(R, 'Destination', undefined)),
  row(
    '21',
    'Destination elsewhere',
    'response.destination',
    attribute(R, 'Destination', 'https://login.example.it/spid/acs/'),
  ),
  row('22', 'Status empty', 'response.status', empty('samlp:Status')),
  row('23', 'Status missing', 'response.status', drop('samlp:Status')),
  row('24', 'StatusCode empty', 'response.status', attribute('samlp:StatusCode', 'Value', '')),
  row('25', 'StatusCode missing', 'response.status', drop('samlp:StatusCode')),
  row('26', 'StatusCode unheard of', 'response.status', attribute('samlp:StatusCode', 'Value', 'Success')),
  row(
    '26b',
    'StatusCode no success',
    'provider.error',
    attribute('samlp:StatusCode', 'Value', 'urn:oasis:names:tc:SAML:2.0:status:Requester'),
  ),
  row('27', 'Response Issuer empty', 'response.issuer', empty('saml:Issuer')),
  row('28', 'Response Issuer missing', 'response.issuer', drop('saml:Issuer')),
  row(
    '29',
    'Response Issuer another',
    'response.issuer',
    content('saml:Issuer', 'https://other-idp.example.it'),
  ),
  row(
    '30',
    'Response Issuer of another format',
    'response.issuer',
    attribute('saml:Issuer', 'Format', 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'),
  ),
  row('31', 'Response Issuer without format', 'accepted', attribute('saml:Issuer', 'Format', undefined)),
  row('32', 'success without Assertion', 'response.assertion-count', drop('saml:Assertion'), responseOnly),
]
