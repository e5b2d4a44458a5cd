import { createPublicKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import forge from 'node-forge'
import type { Collection, Store, StoredRecord } from '../state/store.ts'

/** A private key and the certificate it is known by, both PEM. */
export interface SigningKey {
  readonly privateKey: string
  readonly certificate: string
}

interface KeptKey extends StoredRecord, SigningKey {}

const DAY_MS = 86_400_000
const YEARS = 10

/** Keys of the providers and of the registry: made when first asked for, then the same for ever. */
export class Keys {
  readonly #kept: Collection<KeptKey>
  readonly #making = new Map<string, Promise<SigningKey>>()
  readonly #now: () => Date

  constructor(store: Store, now: () => Date) {
    this.#kept = store.collection<KeptKey>('identity-keys', { most: 100 })
    this.#now = now
  }

  /** The key of that name; `commonName` is what a new certificate says. */
  of(name: string, commonName: string): Promise<SigningKey> {
    const kept = this.#kept.get(name)
    if (kept) return Promise.resolve(kept)
    // Two that ask at the same time must get the same key.
    const making = this.#making.get(name) ?? this.#make(name, commonName)
    this.#making.set(name, making)
    return making
  }

  async #make(name: string, commonName: string): Promise<SigningKey> {
    const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' })
    const certificate = selfSigned(privateKey, commonName, this.#now())
    return this.#kept.put({ id: name, createdAt: this.#now().toISOString(), privateKey, certificate })
  }
}

/** A certificate for ten years from yesterday on, so that no clock is behind it. */
function selfSigned(privateKey: string, commonName: string, now: Date): string {
  const certificate = forge.pki.createCertificate()
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' })
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey)
  // Positive, whatever the random bytes are.
  certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(15))}`
  certificate.validity.notBefore = new Date(now.getTime() - DAY_MS)
  certificate.validity.notAfter = new Date(now)
  certificate.validity.notAfter.setUTCFullYear(now.getUTCFullYear() + YEARS)
  const name = [
    { name: 'countryName', value: 'IT' },
    { name: 'organizationName', value: 'Sandbox di Borsellino' },
    { name: 'commonName', value: commonName },
  ]
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', digitalSignature: true, nonRepudiation: true, critical: true },
  ])
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create())
  return forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n')
}
