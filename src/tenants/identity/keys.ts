import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { deriveKey, open, seal, type Key } from '#core/crypto.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import { certificateRequest, newSigningKey } from '#identity/certificates/issue.ts'
import type { CertificateSubject } from '#identity/certificates/subject.ts'
import type { SigningKey } from '#identity/scheme.ts'

/** Whose key it is: the aggregator's, which signs for every tenant, or that of one tenant. */
export type KeyOwner =
  | { readonly kind: 'aggregator' }
  | { readonly kind: 'tenant'; readonly tenantId: string }

/** A key as it lies in the database. */
export interface StoredKey {
  readonly id: string
  /** PEM, PKCS #10: what AgID issues a certificate from. */
  readonly request: string
  /** PEM; null while it is awaited. */
  readonly certificate: string | null
}

/** Signing keys of the installation: made here, sealed with a key derived from MASTER_KEY, never shown. */
export interface SigningKeys {
  /** Makes a key and the request for its certificate, with the extensions of Avviso 29. */
  make(owner: KeyOwner, subject: CertificateSubject, now: Date): Promise<StoredKey>
  /**
   * Gives a key its certificate, once.
   * @throws DomainError resource.not_found, identity.certificate_unfit when it is not this key's or it has one already
   */
  certify(owner: KeyOwner, id: string, certificate: string, now: Date): Promise<void>
  list(owner: KeyOwner): Promise<StoredKey[]>
  /** The key at work. @throws DomainError resource.not_found where it is not there or has no certificate yet */
  open(owner: KeyOwner, id: string): Promise<SigningKey>
  /** The private key alone, to sign a certificate with. @throws DomainError resource.not_found */
  privateKey(owner: KeyOwner, id: string): Promise<KeyObject>
}

interface Row {
  id: string
  private_key_sealed: Buffer
  certificate_request: string
  certificate: string | null
}

export function createSigningKeys(db: Db, masterKey: Key): SigningKeys {
  const sealing = deriveKey(masterKey, 'identity-signing-keys')
  const contextOf = (owner: KeyOwner, id: string) =>
    `${owner.kind === 'tenant' ? owner.tenantId : 'aggregator'}/${id}`

  async function find(owner: KeyOwner, id: string): Promise<Row> {
    const row =
      owner.kind === 'aggregator'
        ? await db.selectFrom('aggregator_keys').selectAll().where('id', '=', id).executeTakeFirst()
        : await inTenant(db, owner.tenantId, (tx) =>
            tx
              .selectFrom('signing_keys')
              .selectAll()
              .where('tenant_id', '=', owner.tenantId)
              .where('id', '=', id)
              .executeTakeFirst(),
          )
    if (!row) throw new DomainError('resource.not_found')
    return row
  }

  const privateKeyOf = (owner: KeyOwner, row: Row) =>
    createPrivateKey({
      key: open(sealing, contextOf(owner, row.id), row.private_key_sealed),
      format: 'der',
      type: 'pkcs8',
    })

  return {
    async make(owner, subject, now) {
      const key = await newSigningKey()
      const id = newId()
      const request = certificateRequest(key, subject)
      const row = {
        id,
        private_key_sealed: seal(sealing, contextOf(owner, id), key.export({ format: 'der', type: 'pkcs8' })),
        certificate_request: request,
        made_at: now,
      }
      if (owner.kind === 'aggregator') await db.insertInto('aggregator_keys').values(row).execute()
      else
        await inTenant(db, owner.tenantId, (tx) =>
          tx
            .insertInto('signing_keys')
            .values({ tenant_id: owner.tenantId, ...row })
            .execute(),
        )
      return { id, request, certificate: null }
    },
    async certify(owner, id, certificate, now) {
      const row = await find(owner, id)
      if (row.certificate !== null || !fits(certificate, privateKeyOf(owner, row)))
        throw new DomainError('identity.certificate_unfit')
      const set = { certificate, certified_at: now }
      if (owner.kind === 'aggregator')
        await db.updateTable('aggregator_keys').set(set).where('id', '=', id).execute()
      else
        await inTenant(db, owner.tenantId, (tx) =>
          tx
            .updateTable('signing_keys')
            .set(set)
            .where('tenant_id', '=', owner.tenantId)
            .where('id', '=', id)
            .execute(),
        )
    },
    async list(owner) {
      const columns = ['id', 'certificate_request as request', 'certificate'] as const
      if (owner.kind === 'aggregator')
        return db.selectFrom('aggregator_keys').select(columns).orderBy('id').execute()
      return inTenant(db, owner.tenantId, (tx) =>
        tx
          .selectFrom('signing_keys')
          .select(columns)
          .where('tenant_id', '=', owner.tenantId)
          .orderBy('id')
          .execute(),
      )
    },
    async open(owner, id) {
      const row = await find(owner, id)
      if (row.certificate === null) throw new DomainError('resource.not_found')
      return { privateKey: privateKeyOf(owner, row), certificate: row.certificate }
    },
    privateKey: async (owner, id) => privateKeyOf(owner, await find(owner, id)),
  }
}

function fits(certificate: string, key: KeyObject): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(key)
  } catch {
    // Not a certificate at all: as unfit as another key's.
    return false
  }
}
