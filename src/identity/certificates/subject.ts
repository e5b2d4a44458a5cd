import { invariant } from '#core/errors.ts'
import { objectIdentifier, printableString, sequence, setOf, utf8String } from './der.ts'

/** Whom a certificate for SPID names (Avviso 29, certificate profile). Persons are never named in it. */
export interface CertificateSubject {
  /** As people know the body: shown by some providers. */
  readonly commonName: string
  readonly organizationName: string
  readonly localityName: string
  /** `PA:IT-<IPA code>` for public bodies; `VATIT-<11 digits>` or `CF:IT-<16 characters>` for private ones. */
  readonly organizationIdentifier: string
  /** The entityID that the key signs for. */
  readonly uri: string
}

const PUBLIC = /^PA:IT-\S{1,16}$/
const PRIVATE = /^(?:VATIT-\d{11}|CF:IT-[A-Z0-9]{16})$/

/** True for a public body, which may sign its own certificate; an aggregator's comes from AgID (Avviso 23). */
export function isPublicBody(subject: CertificateSubject): boolean {
  return PUBLIC.test(subject.organizationIdentifier)
}

/** The subject as an X.501 name. */
export function subjectName(subject: CertificateSubject): Buffer {
  const { organizationIdentifier, uri } = subject
  invariant(
    PUBLIC.test(organizationIdentifier) || PRIVATE.test(organizationIdentifier),
    'organizationIdentifier has none of the forms of Avviso 29',
  )
  invariant(/^https?:\/\/[^\s?#]+$/.test(uri), 'the entityID of a certificate is a URL without a query')
  const texts = [subject.commonName, subject.organizationName, subject.localityName]
  invariant(
    texts.every((text) => text.trim() !== '' && text.length <= 128),
    'a name of the subject is empty or too long',
  )
  return sequence(
    attribute('2.5.4.6', printableString('IT')),
    attribute('2.5.4.7', utf8String(subject.localityName)),
    attribute('2.5.4.10', utf8String(subject.organizationName)),
    attribute('2.5.4.97', utf8String(organizationIdentifier)),
    attribute('2.5.4.3', utf8String(subject.commonName)),
    attribute('2.5.4.83', utf8String(uri)),
  )
}

function attribute(type: string, text: Buffer): Buffer {
  return setOf(sequence(objectIdentifier(type), text))
}
