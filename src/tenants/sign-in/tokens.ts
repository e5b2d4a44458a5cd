import { hashToken, isId, newSecret } from '#core/ids.ts'

/** A token that names its tenant, `<tenant>.<secret>`: what it opens is looked for there and nowhere else. */
export interface TenantToken {
  readonly tenantId: string
  readonly secret: string
  /** What the database keeps. */
  readonly hash: string
}

/** A fresh token of a tenant, as text. */
export function newTenantToken(tenantId: string): string {
  return `${tenantId}.${newSecret()}`
}

/** The parts of a token from outside; undefined for what is none of ours. */
export function readTenantToken(token: string): TenantToken | undefined {
  const [tenantId = '', secret = '', ...rest] = token.split('.')
  if (!isId(tenantId) || secret === '' || rest.length > 0) return undefined
  return { tenantId, secret, hash: hashToken(secret) }
}
