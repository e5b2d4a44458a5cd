import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignedXml } from 'xml-crypto'
import type { SigningKey } from '../identity/keys.ts'

const C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

/** Signs the root of a document, with other algorithms where a test wants a signature that is not good enough. */
export function signed(
  xml: string,
  key: SigningKey,
  place: 'first' | 'after-issuer',
  style: { signature?: string; digest?: string; canonicalization?: string } = {},
): string {
  const signer = new SignedXml({
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: style.signature ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: style.canonicalization ?? C14N,
    getKeyInfoContent: SignedXml.getKeyInfoContent,
  })
  signer.addReference({
    xpath: '/*',
    transforms: [ENVELOPED, C14N],
    digestAlgorithm: style.digest ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
  })
  const location =
    place === 'first'
      ? ({ reference: '/*', action: 'prepend' } as const)
      : ({ reference: "/*/*[local-name()='Issuer']", action: 'after' } as const)
  signer.computeSignature(xml, { prefix: 'ds', location })
  return signer.getSignedXml()
}

/**
 * What xmlsec1, which shares no code with us, says of the first signature in an element; where it is not installed
 * the test says so aloud and goes on.
 */
export async function xmlsecVerdict(
  xml: string,
  element: string,
  certificate: string,
): Promise<'good' | 'bad'> {
  const place = mkdtempSync(join(tmpdir(), 'sandbox-'))
  try {
    writeFileSync(join(place, 'in.xml'), xml)
    writeFileSync(join(place, 'key.pem'), certificate)
    const path = `//*[local-name()='${element}']/*[local-name()='Signature']`
    const ids = ['Response', 'Assertion', 'EntitiesDescriptor', 'EntityDescriptor', 'LogoutRequest'].flatMap(
      (name) => ['--id-attr:ID', name],
    )
    const parts = ['--verify', '--pubkey-cert-pem', 'key.pem', ...ids, '--node-xpath', path, 'in.xml']
    // Not the synchronous call: the sandbox answers in this very process.
    const [code] = (await once(spawn('xmlsec1', parts, { cwd: place, stdio: 'ignore' }), 'exit')) as [number]
    return code === 0 ? 'good' : 'bad'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    console.warn('NOT CHECKED with xmlsec1: it is not installed')
    return 'good'
  } finally {
    rmSync(place, { recursive: true })
  }
}
