import { bitString, objectIdentifier, octetString, sequence, TRUE, utf8String } from './der.ts'
import { isPublicBody } from './subject.ts'
import type { CertificateSubject } from './subject.ts'

const AGID_ROOT = ['1.3.76.16', 'AgIDroot'] as const
const AGID_CERTIFICATE = ['1.3.76.16.6', 'agIDcert'] as const
const PUBLIC_SERVICE_PROVIDER = ['1.3.76.16.4.2.1', 'cert_SP_Pub'] as const
const PRIVATE_SERVICE_PROVIDER = ['1.3.76.16.4.3.1', 'cert_SP_Priv'] as const

/** The extensions of Avviso 29: no authority, signing and non-repudiation only, AgID's policies. */
export function avviso29Extensions(subject: CertificateSubject): Buffer[] {
  const provider = isPublicBody(subject) ? PUBLIC_SERVICE_PROVIDER : PRIVATE_SERVICE_PROVIDER
  return [
    // Without members: CA is false by default. The Avviso wants it not critical.
    extension('2.5.29.19', false, sequence()),
    // digitalSignature and nonRepudiation: the two highest bits of the string.
    extension('2.5.29.15', true, bitString(Buffer.from([0xc0]), 6)),
    extension('2.5.29.32', false, sequence(...[AGID_ROOT, AGID_CERTIFICATE, provider].map(policy))),
  ]
}

/** The key's name within the certificate (RFC 7093 §2, method 4). @param identifier an octet string */
export function subjectKeyIdentifier(identifier: Buffer): Buffer {
  return extension('2.5.29.14', false, identifier)
}

function extension(type: string, isCritical: boolean, content: Buffer): Buffer {
  const critical = isCritical ? [TRUE] : []
  return sequence(objectIdentifier(type), ...critical, octetString(content))
}

/** A policy with its user notice (RFC 5280 §4.2.1.4). */
function policy([type, notice]: readonly [string, string]): Buffer {
  const qualifier = sequence(objectIdentifier('1.3.6.1.5.5.7.2.2'), sequence(utf8String(notice)))
  return sequence(objectIdentifier(type), sequence(qualifier))
}
