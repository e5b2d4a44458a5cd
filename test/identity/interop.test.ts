import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { edit, goodResponse } from './forge.ts'
import { judge, keys, verdictOf } from './world.ts'

/** A signature to be filled in, laid out over many lines as the public suite and most providers have it. */
const template = (id: string) => `
    <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
        <ds:SignedInfo>
            <ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#" />
            <ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" />
            <ds:Reference URI="#${id}">
                <ds:Transforms>
                    <ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature" />
                    <ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"><ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs"/></ds:Transform>
                </ds:Transforms>
                <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256" />
                <ds:DigestValue />
            </ds:Reference>
        </ds:SignedInfo>
        <ds:SignatureValue />
        <ds:KeyInfo><ds:X509Data><ds:X509Certificate /></ds:X509Data></ds:KeyInfo>
    </ds:Signature>`

/** Signs with xmlsec1, which shares no code with us; undefined, said aloud, where it is not installed. */
function xmlsecSigned(xml: string, element: string): string | undefined {
  const place = mkdtempSync(join(tmpdir(), 'identity-'))
  try {
    writeFileSync(join(place, 'key.pem'), keys.provider.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    writeFileSync(join(place, 'cert.pem'), keys.provider.certificate)
    writeFileSync(join(place, 'in.xml'), xml)
    const path = `/*[local-name()='Response']${element === 'Assertion' ? "/*[local-name()='Assertion']" : ''}/*[local-name()='Signature']`
    const ids = [
      '--id-attr:ID',
      'urn:oasis:names:tc:SAML:2.0:protocol:Response',
      '--id-attr:ID',
      'urn:oasis:names:tc:SAML:2.0:assertion:Assertion',
    ]
    const { status, stderr, error } = spawnSync(
      'xmlsec1',
      [
        '--sign',
        '--privkey-pem',
        'key.pem,cert.pem',
        ...ids,
        '--node-xpath',
        path,
        '--output',
        'out.xml',
        'in.xml',
      ],
      { cwd: place, encoding: 'utf8' },
    )
    if (error) {
      console.warn('NOT CHECKED with xmlsec1: it is not installed')
      return undefined
    }
    if (status !== 0) throw new Error(`xmlsec1 said: ${stderr.slice(0, 500)}`)
    return readFileSync(join(place, 'out.xml'), 'utf8')
  } finally {
    rmSync(place, { recursive: true })
  }
}

describe('a response signed by xmlsec1', () => {
  const withTemplates = edit(
    /(<saml:Assertion.*?<\/saml:Issuer>)/s,
    `$1${template('_assertion')}`,
  )(edit(/(<\/saml:Issuer>)/, `$1${template('_response')}`)(goodResponse()))
  const assertionSigned = xmlsecSigned(withTemplates, 'Assertion')
  const signed = assertionSigned === undefined ? undefined : xmlsecSigned(assertionSigned, 'Response')

  test('is accepted', async () => {
    expect(signed === undefined ? 'accepted' : verdictOf(await judge(signed))).toBe('accepted')
  })

  test('is refused when changed', async () => {
    const changed = signed?.replace('SpidL2', 'SpidL3')
    expect(changed === undefined ? 'signature.invalid' : verdictOf(await judge(changed))).toBe(
      'signature.invalid',
    )
  })
})
