import { createSign, createVerify, X509Certificate } from 'node:crypto'
import { parseDomFromString, xpath } from '@node-saml/node-saml/lib/xml.js'
import { SignedXml } from 'xml-crypto'
import type { SigningKey } from './keys.ts'
import { DIGEST_SHA256, ENVELOPED, EXC_C14N, RSA_SHA256 } from './names.ts'

/** The elements that get signatures, as paths from the root; a signature comes first or right after an Issuer. */
const ROOT = '/*'
const PATHS = { root: ROOT, assertion: `${ROOT}/*[local-name()='Assertion']` } as const

/** Signs an element as SPID prescribes: enveloped, exclusive canonicalization, RSA with SHA-256. */
export function signElement(
  xml: string,
  key: SigningKey,
  element: keyof typeof PATHS,
  place: 'first' | 'after-issuer' = 'after-issuer',
): string {
  const path = PATHS[element]
  const signer = new SignedXml({
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: RSA_SHA256,
    canonicalizationAlgorithm: EXC_C14N,
    getKeyInfoContent: SignedXml.getKeyInfoContent,
  })
  signer.addReference({ xpath: path, transforms: [ENVELOPED, EXC_C14N], digestAlgorithm: DIGEST_SHA256 })
  signer.computeSignature(xml, {
    prefix: 'ds',
    location:
      place === 'first'
        ? { reference: path, action: 'prepend' }
        : { reference: `${path}/*[local-name()='Issuer']`, action: 'after' },
  })
  return signer.getSignedXml()
}

/**
 * Verifies the root's own signature with one of the certificates, whatever KeyInfo shows.
 * @returns the canonical XML that was signed; undefined when nobody of them signed this
 */
export async function signedRoot(xml: string, certificates: readonly string[]): Promise<string | undefined> {
  const document = await parseDomFromString(xml)
  const [signature, ...more] = xpath.selectElements(document, "/*/*[local-name()='Signature']")
  if (!signature || more.length > 0) return undefined
  for (const certificate of certificates) {
    const verifier = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null })
    try {
      verifier.loadSignature(signature)
      if (!verifier.checkSignature(xml)) continue
    } catch {
      // The library throws for some broken signatures and answers false for others.
      continue
    }
    const signed = verifier.getSignedReferences()
    return signed.length === 1 ? signed[0] : undefined
  }
  return undefined
}

/** Signs the parameters of a redirect, already encoded and in order (SAML bindings §3.4.4.1). */
export function signQuery(parameters: readonly string[], key: SigningKey): string {
  const signed = [...parameters, `SigAlg=${encodeURIComponent(RSA_SHA256)}`].join('&')
  const signature = createSign('sha256').update(signed).sign(key.privateKey, 'base64')
  return `${signed}&Signature=${encodeURIComponent(signature)}`
}

/** Verifies the signature of a redirect over the very characters that came. */
export function isQuerySigned(
  signed: string,
  algorithm: string,
  signature: string,
  certificates: readonly string[],
): boolean {
  const hash = /^http:\/\/www\.w3\.org\/2001\/04\/xmldsig-more#rsa-(sha256|sha384|sha512)$/.exec(
    algorithm,
  )?.[1]
  if (hash === undefined) return false
  const bytes = Buffer.from(signature, 'base64')
  return certificates.some((pem) => createVerify(hash).update(signed).verify(pem, bytes))
}

/** A certificate as XML carries it: base64 alone. */
export function bareCertificate(pem: string): string {
  return new X509Certificate(pem).raw.toString('base64')
}
