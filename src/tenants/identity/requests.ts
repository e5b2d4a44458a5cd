import type { Db } from '#core/db/connect.ts'
import type { IdentityFace } from '#core/db/identity-tables.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { isId } from '#core/ids.ts'
import type { PendingRequest } from '#identity/scheme.ts'

/** What a browser came for: kept beside its request, handed on with the answer. */
export interface Errand {
  readonly face: IdentityFace
  /** Hash of the secret in a cookie of the browser that began: the only one that may finish. */
  readonly nonceHash: string
  /** Where to go once signed in, a path of the face. */
  readonly next: string
  /** The account of whoever is signed in with a password and wants to go on with SPID or CIE. */
  readonly linkAccountId: string | null
}

export type StoredRequest = PendingRequest & { readonly errand: Errand }

/** Stores a request before the browser leaves. */
export async function storeRequest(tx: Tx, request: PendingRequest, errand: Errand): Promise<void> {
  await tx
    .insertInto('identity_requests')
    .values({
      tenant_id: request.tenantId,
      request_id: request.id,
      scheme: request.scheme,
      entity_id: request.entityId,
      assertion_consumer_url: request.assertionConsumerUrl,
      provider_id: request.providerId,
      level: request.level,
      relay_state: request.relayState,
      issued_at: request.issuedAt,
      expires_at: request.expiresAt,
      ...errandColumns(errand),
    })
    .execute()
}

/**
 * Takes a request out, for good: of many answers to it, also at the same time, one gets it.
 * @param id as the answer names it; it begins with its tenant, where alone it is looked for
 */
export async function takeRequest(db: Db, scheme: string, id: string): Promise<StoredRequest | undefined> {
  const tenantId = /^_([0-9a-f-]{36})\./.exec(id)?.[1] ?? ''
  if (!isId(tenantId)) return undefined
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .deleteFrom('identity_requests')
      .where('tenant_id', '=', tenantId)
      .where('request_id', '=', id)
      .where('scheme', '=', scheme)
      .returningAll()
      .executeTakeFirst(),
  )
  return (
    row && {
      id,
      scheme,
      tenantId,
      entityId: row.entity_id,
      assertionConsumerUrl: row.assertion_consumer_url,
      providerId: row.provider_id,
      level: row.level,
      relayState: row.relay_state,
      issuedAt: row.issued_at,
      expiresAt: row.expires_at,
      errand: errandOf(row),
    }
  )
}

/** An errand as the columns of the tables that keep one. */
export function errandColumns({ face, nonceHash, next, linkAccountId }: Errand) {
  return { face, nonce_hash: nonceHash, next_path: next, link_account_id: linkAccountId }
}

/** The errand of a row that keeps one. */
export function errandOf(row: ReturnType<typeof errandColumns>): Errand {
  return {
    face: row.face,
    nonceHash: row.nonce_hash,
    next: row.next_path,
    linkAccountId: row.link_account_id,
  }
}
