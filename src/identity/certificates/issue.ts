import { createHash, createPublicKey, generateKeyPair, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import {
  bitString,
  context,
  integer,
  NULL,
  objectIdentifier,
  octetString,
  pem,
  sequence,
  setOf,
  time,
} from './der.ts'
import { avviso29Extensions, subjectKeyIdentifier } from './extensions.ts'
import { subjectName } from './subject.ts'
import type { CertificateSubject } from './subject.ts'

/** Avviso 29 allows 2048, 3072 and 4096 bits; 3072 is what 128 bits of security take. */
const KEY_BITS = 3072

const SHA256_WITH_RSA = sequence(objectIdentifier('1.2.840.113549.1.1.11'), NULL)
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'

/** A new private key for signing requests and metadata. */
export async function newSigningKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS })
  return privateKey
}

/**
 * A certificate request (PKCS #10, RFC 2986) with the extensions of Avviso 29, for AgID to issue from.
 * @returns PEM
 */
export function certificateRequest(privateKey: KeyObject, subject: CertificateSubject): string {
  const attribute = sequence(
    objectIdentifier(EXTENSION_REQUEST),
    setOf(sequence(...avviso29Extensions(subject))),
  )
  const body = sequence(
    integer(Uint8Array.of(0)),
    subjectName(subject),
    publicKeyInfo(privateKey),
    context(0, attribute),
  )
  return pem('CERTIFICATE REQUEST', signed(body, privateKey))
}

/**
 * A certificate that a public body signs itself (RFC 5280; Avviso 29 permits it to those federated directly).
 * @returns PEM
 */
export function selfSignedCertificate(
  privateKey: KeyObject,
  subject: CertificateSubject,
  validity: { readonly from: Date; readonly to: Date },
): string {
  const name = subjectName(subject)
  const keyInfo = publicKeyInfo(privateKey)
  const identifier = createHash('sha256').update(keyInfo).digest().subarray(0, 20)
  const serial = randomBytes(16)
  const body = sequence(
    context(0, integer(Uint8Array.of(2))),
    // Positive, at most 20 bytes, and of no pattern (RFC 5280 §4.1.2.2).
    integer(Uint8Array.of(0x01, ...serial)),
    SHA256_WITH_RSA,
    name,
    sequence(time(validity.from), time(validity.to)),
    name,
    keyInfo,
    context(3, sequence(...avviso29Extensions(subject), subjectKeyIdentifier(octetString(identifier)))),
  )
  return pem('CERTIFICATE', signed(body, privateKey))
}

function publicKeyInfo(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
}

function signed(body: Buffer, privateKey: KeyObject): Buffer {
  return sequence(body, SHA256_WITH_RSA, bitString(sign('sha256', body, privateKey)))
}
