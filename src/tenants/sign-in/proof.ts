import type { SignInMethodId } from '#core/db/people-tables.ts'
import type { ProofColumns } from '#core/db/session-tables.ts'
import { hashToken } from '#core/ids.ts'

/** How a person proved who they are, as the session remembers it. */
export interface Proof {
  readonly method: SignInMethodId
  /** Of SPID and CIE: 1 to 3. */
  readonly level?: number
  /** entityID of the identity provider. */
  readonly provider?: string
  readonly assertionId?: string
  /** The provider's transient name of this sign-in: kept as a hash, for a logout that the provider asks for. */
  readonly nameId?: string
  /** The same where only the hash is known any more. */
  readonly nameIdHash?: string
}

export const BY_PASSWORD: Proof = { method: 'password' }

/** The columns that a proof fills, wherever one is kept. */
export const PROOF_COLUMNS = ['method', 'level', 'provider', 'assertion_id', 'name_id_hash'] as const

/** A proof as rows keep it. */
export function columnsOf(proof: Proof): ProofColumns {
  const { method, level, provider, assertionId, nameId, nameIdHash } = proof
  return {
    method,
    level: level ?? null,
    provider: provider ?? null,
    assertion_id: assertionId ?? null,
    name_id_hash: nameIdHash ?? (nameId === undefined ? null : hashToken(nameId)),
  }
}

/** The proof that a row keeps, for a session that goes on where another one ends. */
export function proofOfColumns(row: ProofColumns): Proof {
  return {
    method: row.method,
    ...(row.level !== null && { level: row.level }),
    ...(row.provider !== null && { provider: row.provider }),
    ...(row.assertion_id !== null && { assertionId: row.assertion_id }),
    ...(row.name_id_hash !== null && { nameIdHash: row.name_id_hash }),
  }
}

/** The columns of a proof out of a row that has more. */
export function proofColumns(row: ProofColumns): ProofColumns {
  const { method, level, provider, assertion_id, name_id_hash } = row
  return { method, level, provider, assertion_id, name_id_hash }
}
