import { spawnSync } from 'node:child_process'
import { createHash, createVerify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs a tool over files; undefined, said aloud, where the tool is not installed. */
export function run(
  tool: string,
  files: Readonly<Record<string, string>>,
  args: readonly string[],
): { readonly status: number; readonly stdout: string; readonly stderr: string } | undefined {
  const place = mkdtempSync(join(tmpdir(), 'identity-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content)
    const { status, stdout, stderr, error } = spawnSync(tool, args, { cwd: place, encoding: 'utf8' })
    if (error) {
      console.warn(`NOT CHECKED with ${tool}: it is not installed`)
      return undefined
    }
    return { status: status ?? -1, stdout, stderr }
  } finally {
    rmSync(place, { recursive: true })
  }
}

export type Signer = 'good' | 'bad' | 'not checked'

/** xmlsec1's verdict on a signature, with this certificate's key and no other. */
export function xmlsecVerdict(xml: string, element: string, certificate: string): Signer {
  const done = run('xmlsec1', { 'message.xml': xml, 'key.pem': certificate }, [
    '--verify',
    '--pubkey-cert-pem',
    'key.pem',
    '--id-attr:ID',
    element,
    'message.xml',
  ])
  return done === undefined ? 'not checked' : done.status === 0 ? 'good' : 'bad'
}

/** The same by other means: libxml2 canonicalizes, node:crypto hashes and verifies. */
export function xmllintVerdict(xml: string, certificate: string): Signer {
  const signature = /<ds:Signature .*?<\/ds:Signature>/s.exec(xml)![0]
  const body = canonical(xml.replace(signature, ''))
  const info = /<ds:SignedInfo>.*<\/ds:SignedInfo>/s.exec(signature)![0]
  const signedInfo = canonical(info.replace('>', ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'))
  if (body === undefined || signedInfo === undefined) return 'not checked'
  const digest = /<ds:DigestValue>(.*?)<\/ds:DigestValue>/.exec(signature)![1]
  const value = /<ds:SignatureValue>(.*?)<\/ds:SignatureValue>/s.exec(signature)![1]!
  const isIntact = createHash('sha256').update(body).digest('base64') === digest
  return isIntact && createVerify('sha256').update(signedInfo).verify(certificate, value, 'base64')
    ? 'good'
    : 'bad'
}

function canonical(xml: string): string | undefined {
  return run('xmllint', { 'message.xml': xml }, ['--nonet', '--exc-c14n', 'message.xml'])?.stdout
}
