import { X509Certificate } from 'node:crypto'
// Not the library's SAML class, which reads the system's clock and unsigned fields: only its guarded verification.
import { getVerifiedXml, parseDomFromString, xpath } from '@node-saml/node-saml/lib/xml.js'

/** Which element's signature is verified. */
export type SignedPart = 'root' | 'assertion'

/**
 * Verifies an element's own signature with the certificates given, whatever KeyInfo says.
 * @param xml of a shape that `checkSignatureShapes` has accepted
 * @returns the canonical bytes that were signed, without the signature itself: what alone may be believed;
 *   undefined when no certificate fits or anything was changed
 */
export async function verifiedXml(
  xml: string,
  part: SignedPart,
  certificates: readonly string[],
): Promise<string | undefined> {
  try {
    const document = await parseDomFromString(xml)
    const [element, ...more] =
      part === 'root'
        ? [document.documentElement]
        : xpath.selectElements(document, "/*/*[local-name()='Assertion']")
    if (!element || more.length > 0) return undefined
    return getVerifiedXml(xml, element, [...certificates]) ?? undefined
  } catch {
    // The library throws for some broken signatures and answers null for others: both mean "not signed by them".
    return undefined
  }
}

/** The certificates that are valid at an instant, with RSA keys of 2048 bits or more (Avviso SPID 29). */
export function usableCertificates(certificates: readonly string[], now: Date): string[] {
  return certificates.filter((pem) => {
    const certificate = new X509Certificate(pem)
    return certificate.validFromDate <= now && now <= certificate.validToDate && hasStrongKey(certificate)
  })
}

/** RSA of 2048 bits or more. */
export function hasStrongKey(certificate: X509Certificate): boolean {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey
  return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
}
