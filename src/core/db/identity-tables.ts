import type { ColumnType } from 'kysely'

/* SPID and CIE: what stands between a provider's answer and an account. */

interface KeyColumns {
  id: string
  private_key_sealed: Buffer
  certificate_request: string
  certificate: ColumnType<string | null, undefined, string>
  made_at: Date
  certified_at: ColumnType<Date | null, undefined, Date>
}

export type RegistrationState = 'draft' | 'submitted' | 'active' | 'retired'
export type IdentityFace = 'portal' | 'office'

/** What a browser came for, kept beside a request and handed on with its answer. */
interface ErrandColumns {
  face: IdentityFace
  nonce_hash: string
  next_path: string
  link_account_id: string | null
}

export interface IdentityTables {
  aggregator_keys: KeyColumns
  signing_keys: KeyColumns & { tenant_id: string }
  identity_registrations: {
    tenant_id: string
    scheme: string
    version: number
    profile: 'pub-ag-full' | 'public'
    entity_id: string
    assertion_consumer_url: string
    logout_url: string
    key_owner: 'aggregator' | 'tenant'
    key_id: string
    other_key_id: string | null
    metadata: string
    state: RegistrationState
    made_at: Date
    submitted_at: ColumnType<Date | null, undefined, Date>
    active_at: ColumnType<Date | null, undefined, Date>
  }
  identity_metadata: {
    source: string
    document: Buffer
    fetched_at: Date
    checked_at: Date
    problem: string | null
  }
  identity_requests: ErrandColumns & {
    tenant_id: string
    request_id: string
    scheme: string
    entity_id: string
    assertion_consumer_url: string
    provider_id: string
    level: 1 | 2 | 3
    relay_state: string
    issued_at: Date
    expires_at: Date
  }
  sign_in_handovers: ErrandColumns & {
    tenant_id: string
    code_hash: string
    identity_sealed: Buffer
    expires_at: Date
  }
  identity_traces: {
    tenant_id: string
    id: string
    at: Date
    scheme: string
    direction: 'request' | 'response'
    request_id: string
    message_id: string | null
    issue_instant: string | null
    issuer: string | null
    assertion_id: string | null
    subject: string | null
    name_qualifier: string | null
    outcome: string
    content_sealed: Buffer
  }
  account_link_codes: {
    tenant_id: string
    code_hash: string
    account_id: string
    issued_by: string
    issued_at: Date
    expires_at: Date
    used_at: ColumnType<Date | null, undefined, Date>
  }
}
