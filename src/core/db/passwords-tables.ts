/* What guards passwords and addresses: counted guesses, and links sent by e-mail. */

export interface GuessesTable {
  tenant_id: string
  counted: string
  window_ends_at: Date
  count: number
}

export interface PasswordResetRequestsTable {
  tenant_id: string
  id: string
  asked_sealed: Buffer
  requested_at: Date
}

export interface PasswordResetsTable {
  tenant_id: string
  id: string
  account_id: string
  code_hash: string | null
  requested_at: Date
  expires_at: Date
  used_at: Date | null
}

export interface EmailConfirmationsTable {
  tenant_id: string
  id: string
  account_id: string
  address_sealed: Buffer
  code_hash: string | null
  requested_at: Date
  expires_at: Date
  used_at: Date | null
}
