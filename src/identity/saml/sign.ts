import { createSign, X509Certificate } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import type { SigningKey } from '../scheme.ts'
import { ENVELOPED, EXCLUSIVE_C14N, RSA_SHA256, SHA256 } from './names.ts'

/**
 * Signs a document of ours as SPID wants it: enveloped, exclusive canonicalization, RSA with SHA-256, prefix `ds`,
 * the certificate in KeyInfo.
 * @param place `after-issuer` for messages, `first` for metadata
 */
export function signXml(xml: string, key: SigningKey, place: 'after-issuer' | 'first'): string {
  const signer = new SignedXml({
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: RSA_SHA256,
    canonicalizationAlgorithm: EXCLUSIVE_C14N,
    getKeyInfoContent: SignedXml.getKeyInfoContent,
  })
  signer.addReference({ xpath: '/*', transforms: [ENVELOPED, EXCLUSIVE_C14N], digestAlgorithm: SHA256 })
  const location =
    place === 'first'
      ? ({ reference: '/*', action: 'prepend' } as const)
      : ({ reference: "/*/*[local-name()='Issuer']", action: 'after' } as const)
  signer.computeSignature(xml, { prefix: 'ds', location })
  return signer.getSignedXml()
}

/**
 * Signs a query (SAML bindings §3.4.4.1): the signature covers the very characters that are sent.
 * @param parts already URL-encoded, in the order of the rule: message, RelayState; SigAlg is added here
 * @returns the whole query, without question mark
 */
export function signQuery(parts: readonly string[], key: SigningKey): string {
  const signed = [...parts, `SigAlg=${encodeURIComponent(RSA_SHA256)}`].join('&')
  const signature = createSign('sha256').update(signed).sign(key.privateKey, 'base64')
  return `${signed}&Signature=${encodeURIComponent(signature)}`
}

/** A certificate as metadata carries it: base64 without line breaks. */
export function bareCertificate(pem: string): string {
  return new X509Certificate(pem).raw.toString('base64')
}
