/* Keys of machines: migrations/0025-staff-tokens.sql. */

/** What a machine may do: write down who ate, record what was paid at the desk, read numbers of meals. */
export type StaffScope = 'attendance:write' | 'till:write' | 'meals:read'

export interface TokenTables {
  staff_tokens: {
    tenant_id: string
    id: string
    name: string
    scopes: StaffScope[]
    token_hash: string
    made_by: string
    request_key: string
    made_at: Date
    expires_at: Date
    used_at: Date | null
    revoked_at: Date | null
    revoked_by: string | null
  }
}
