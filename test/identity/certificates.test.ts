import { createPublicKey, X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { integer, objectIdentifier, sequence, time } from '#identity/certificates/der.ts'
import { certificateRequest, newSigningKey, selfSignedCertificate } from '#identity/certificates/issue.ts'
import type { CertificateSubject } from '#identity/certificates/subject.ts'
import { run } from './independent.ts'

const subject: CertificateSubject = {
  commonName: 'Comune di Città di Prova',
  organizationName: 'Comune di Città di Prova',
  localityName: 'Città di Prova',
  organizationIdentifier: 'PA:IT-c_a123',
  uri: 'https://login.example.it/pub-ag-full/c_a123',
}
const validity = { from: new Date('2026-11-23T00:00:00Z'), to: new Date('2028-11-23T00:00:00Z') }
const key = await newSigningKey()
const request = certificateRequest(key, subject)
const certificate = selfSignedCertificate(key, subject, validity)

/** The extensions as openssl shows them, which follow these lines in certificates and requests alike. */
const EXTENSIONS = `X509v3 Basic Constraints:
CA:FALSE
X509v3 Key Usage: critical
Digital Signature, Non Repudiation
X509v3 Certificate Policies:
Policy: 1.3.76.16
User Notice:
Explicit Text: AgIDroot
Policy: 1.3.76.16.6
User Notice:
Explicit Text: agIDcert
Policy: 1.3.76.16.4.2.1
User Notice:
Explicit Text: cert_SP_Pub`
const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
const SUBJECT =
  'C=IT,L=Città di Prova,O=Comune di Città di Prova,2.5.4.97=PA:IT-c_a123,CN=Comune di Città di Prova,2.5.4.83=https://login.example.it/pub-ag-full/c_a123'
const NAMES = ['-nameopt', 'sep_comma_plus,utf8,sname']
/** openssl's releases differ in whether they know organizationIdentifier by name. */
const plain = (text: string) => text.replaceAll('organizationIdentifier', '2.5.4.97')

describe('a certificate request', () => {
  test('proves the key and asks for Avviso 29’s profile, says openssl', () => {
    const done = run('openssl', { 'r.pem': request }, [
      'req',
      '-in',
      'r.pem',
      '-verify',
      '-noout',
      '-text',
      ...NAMES,
    ])
    if (!done) return
    expect(done.status).toBe(0)
    expect(done.stderr + done.stdout).toContain('verify OK')
    expect(plain(done.stdout)).toContain(`Subject: ${SUBJECT}\n`)
    expect(lines(done.stdout)).toContain(EXTENSIONS)
    expect(done.stdout).toContain('Public-Key: (3072 bit)')
    expect(done.stdout).toContain('sha256WithRSAEncryption')
  })

  test('with one byte changed proves nothing any more', () => {
    const der = Buffer.from(request.replace(/-----.*-----|\n/g, ''), 'base64')
    der[40] = der[40]! ^ 1
    const changed = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`
    const done = run('openssl', { 'r.pem': changed }, ['req', '-in', 'r.pem', '-verify', '-noout'])
    expect(done?.stderr ?? 'not checked').not.toContain('verify OK')
  })
})

describe('a self-signed certificate', () => {
  test('is of Avviso 29’s profile and verifies, says openssl', () => {
    const files = { 'c.pem': certificate }
    const shown = run('openssl', files, ['x509', '-in', 'c.pem', '-noout', '-text', ...NAMES])
    if (!shown) return
    expect(shown.stdout).toContain('Version: 3 (0x2)')
    expect(plain(shown.stdout)).toContain(`Subject: ${SUBJECT}\n`)
    expect(plain(shown.stdout)).toContain(`Issuer: ${SUBJECT}\n`)
    expect(lines(shown.stdout)).toContain(EXTENSIONS)
    expect(shown.stdout).not.toMatch(/Basic Constraints: critical|Policies: critical/)
    const at = String(Math.floor(new Date('2027-01-01').getTime() / 1000))
    expect(
      run('openssl', files, ['verify', '-attime', at, '-x509_strict', '-CAfile', 'c.pem', 'c.pem'])?.stdout,
    ).toContain('OK')
  })

  test('is read by node:crypto, with its own key, dates and no authority', () => {
    const read = new X509Certificate(certificate)
    expect(read.ca).toBe(false)
    expect(read.validFromDate).toEqual(validity.from)
    expect(read.validToDate).toEqual(validity.to)
    expect(read.checkPrivateKey(key)).toBe(true)
    expect(read.verify(createPublicKey(key))).toBe(true)
    expect(read.serialNumber).not.toBe(
      new X509Certificate(selfSignedCertificate(key, subject, validity)).serialNumber,
    )
  })

  test('may outlive 2049, where dates get four digits', () => {
    const far = { ...validity, to: new Date('2056-01-02T03:04:05Z') }
    expect(new X509Certificate(selfSignedCertificate(key, subject, far)).validToDate).toEqual(far.to)
  })
})

test('a private body gets the private policy', () => {
  const company = certificateRequest(key, { ...subject, organizationIdentifier: 'VATIT-12345678901' })
  const done = run('openssl', { 'r.pem': company }, ['req', '-in', 'r.pem', '-noout', '-text'])
  if (!done) return
  expect(done.stdout).toContain('1.3.76.16.4.3.1')
  expect(done.stdout).toContain('cert_SP_Priv')
  expect(done.stdout).not.toContain('cert_SP_Pub')
})

test.each<[string, Partial<CertificateSubject>]>([
  ['no identifier of Avviso 29', { organizationIdentifier: 'c_a123' }],
  ['a VAT number of ten digits', { organizationIdentifier: 'VATIT-1234567890' }],
  ['an entityID that is no URL', { uri: 'c_a123' }],
  ['no locality', { localityName: ' ' }],
])('a subject with %s is refused', (_, change) => {
  expect(() => certificateRequest(key, { ...subject, ...change })).toThrow('Invariant broken')
})

describe('DER', () => {
  const hex = (bytes: Buffer) => bytes.toString('hex')

  test('known encodings (ITU-T X.690, RFC 5280)', () => {
    expect(hex(objectIdentifier('1.2.840.113549.1.1.11'))).toBe('06092a864886f70d01010b')
    expect(hex(objectIdentifier('2.5.4.97'))).toBe('0603550461')
    expect(hex(integer(Uint8Array.of(0)))).toBe('020100')
    expect(hex(integer(Uint8Array.of(0, 0, 127)))).toBe('02017f')
    expect(hex(integer(Uint8Array.of(128)))).toBe('02020080')
    expect(time(new Date('2049-12-31T23:59:59Z')).toString()).toContain('491231235959Z')
    expect(time(new Date('2050-01-01T00:00:00Z')).toString()).toContain('20500101000000Z')
    expect(hex(sequence())).toBe('3000')
  })

  test('lengths are in the fewest bytes, and right', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), (size) => {
        const bytes = sequence(Buffer.alloc(size))
        const head = size < 128 ? 2 : size < 256 ? 3 : size < 65_536 ? 4 : 5
        expect(bytes.length).toBe(size + head)
        expect(bytes.readUIntBE(size < 128 ? 1 : 2, size < 128 ? 1 : head - 2)).toBe(size)
      }),
    )
  })
})
