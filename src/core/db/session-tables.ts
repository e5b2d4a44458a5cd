import type { ColumnType } from 'kysely'
import type { SignInMethodId } from './people-tables.ts'

/* Sign-in: sessions, apps that stay signed in, and the codes that browsers hand to apps. */

/** How a person proved who they are, as rows remember it. */
export interface ProofColumns {
  method: SignInMethodId
  level: number | null
  provider: string | null
  assertion_id: string | null
  name_id_hash: string | null
}

export interface SessionsTable extends ProofColumns {
  tenant_id: string
  token_hash: string
  id: string
  account_id: string
  face: 'portal' | 'app' | 'office'
  device: string | null
  /** Of an app that stays signed in; null for browsers. */
  family_id: string | null
  created_at: Date
  last_seen_at: Date
  expires_at: Date
}

export interface RefreshFamiliesTable extends ProofColumns {
  tenant_id: string
  id: string
  account_id: string
  device: string | null
  created_at: Date
  last_used_at: Date
  expires_at: Date
}

export interface RefreshTokensTable {
  tenant_id: string
  token_hash: string
  family_id: string
  issued_at: Date
  expires_at: Date
  used_at: ColumnType<Date | null, undefined, Date>
  answer_sealed: ColumnType<Buffer | null, undefined, Buffer | null>
}

export interface AppSignInCodesTable extends ProofColumns {
  tenant_id: string
  code_hash: string
  account_id: string
  challenge: string
  redirect_uri: string
  created_at: Date
  expires_at: Date
}
