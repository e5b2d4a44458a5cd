import type { Db } from '#core/db/connect.ts'
import type { RegistrationState } from '#core/db/identity-tables.ts'
import { inTenant } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import type { Registration } from '#identity/scheme.ts'
import type { KeyOwner, SigningKeys } from './keys.ts'

/** A version of a tenant's registration, as lists show it. */
export interface RegistrationVersion {
  readonly scheme: string
  readonly version: number
  readonly state: RegistrationState
  readonly entityId: string
  readonly keyOwner: 'aggregator' | 'tenant'
  readonly keyId: string
  readonly otherKeyId: string | null
  readonly submittedAt: Date | null
  readonly activeAt: Date | null
}

/** What sign-in asks of registrations: it can change none. */
export interface Registrations {
  /** The one that providers know at present; undefined where the scheme is not offered here. */
  active(tenantId: string, scheme: string): Promise<Registration | undefined>
  /** The schemes that are active for the tenant. */
  schemesOf(tenantId: string): Promise<readonly string[]>
  /**
   * The metadata to serve, to the byte as it was signed: what was submitted, else what is active, else a draft that is
   * being prepared.
   */
  metadataOf(tenantId: string, scheme: string): Promise<string | undefined>
  list(tenantId: string): Promise<RegistrationVersion[]>
  /** Forgets what is remembered, so that a change shows at once in this process. */
  forget(): void
}

/** As the registry of tenants: a change made elsewhere shows after that. */
const REMEMBER_MS = 10_000
const SERVED_FIRST: readonly RegistrationState[] = ['submitted', 'active', 'draft']

export function createRegistrations(db: Db, keys: SigningKeys): Registrations {
  const remembered = new Map<string, { until: number; value: Promise<readonly Registration[]> }>()

  async function load(tenantId: string): Promise<readonly (Registration & { scheme: string })[]> {
    const rows = await inTenant(db, tenantId, (tx) =>
      tx
        .selectFrom('identity_registrations')
        .select(['scheme', 'entity_id', 'assertion_consumer_url', 'logout_url', 'key_owner', 'key_id'])
        .where('tenant_id', '=', tenantId)
        .where('state', '=', 'active')
        .execute(),
    )
    return Promise.all(
      rows.map(async (row) => ({
        scheme: row.scheme,
        tenantId,
        entityId: row.entity_id,
        assertionConsumerUrl: row.assertion_consumer_url,
        logoutUrl: row.logout_url,
        key: await keys.open(ownerOf(row.key_owner, tenantId), row.key_id),
      })),
    )
  }

  function activeOf(tenantId: string) {
    const known = remembered.get(tenantId)
    if (known && known.until > Date.now()) return known.value as ReturnType<typeof load>
    const value = load(tenantId)
    if (remembered.size > 20_000) remembered.clear()
    remembered.set(tenantId, { value, until: Date.now() + REMEMBER_MS })
    value.catch(() => remembered.delete(tenantId))
    return value
  }

  return {
    active: async (tenantId, scheme) => (await activeOf(tenantId)).find((one) => one.scheme === scheme),
    schemesOf: async (tenantId) => (await activeOf(tenantId)).map(({ scheme }) => scheme),
    async metadataOf(tenantId, scheme) {
      const rows = await inTenant(db, tenantId, (tx) =>
        tx
          .selectFrom('identity_registrations')
          .select(['state', 'metadata'])
          .where('tenant_id', '=', tenantId)
          .where('scheme', '=', scheme)
          .execute(),
      )
      const [served] = SERVED_FIRST.flatMap((state) => rows.filter((row) => row.state === state))
      return served?.metadata
    },
    async list(tenantId) {
      const rows = await inTenant(db, tenantId, (tx) =>
        tx
          .selectFrom('identity_registrations')
          .selectAll()
          .where('tenant_id', '=', tenantId)
          .orderBy('scheme')
          .orderBy('version')
          .execute(),
      )
      return rows.map((row) => ({
        scheme: row.scheme,
        version: row.version,
        state: row.state,
        entityId: row.entity_id,
        keyOwner: row.key_owner,
        keyId: row.key_id,
        otherKeyId: row.other_key_id,
        submittedAt: row.submitted_at,
        activeAt: row.active_at,
      }))
    },
    forget: () => remembered.clear(),
  }
}

/** Whose key a registration's row means. */
export function ownerOf(kind: 'aggregator' | 'tenant', tenantId: string): KeyOwner {
  return kind === 'aggregator' ? { kind } : { kind, tenantId }
}

/** The entityID under the public full aggregator, which is also where its metadata lies (Avviso 19). */
export function aggregatedEntityId(loginUrl: string, ipaCode: string): string {
  return new URL(`/pub-ag-full/${encodeURIComponent(ipaCode)}`, loginUrl).href
}

/** The addresses that a registration announces: one consumer for all tenants, a logout of each tenant's own. */
export function serviceAddresses(loginUrl: string, scheme: string, tenant: Pick<Tenant, 'slug'>) {
  return {
    assertionConsumerUrl: new URL(`/${scheme}/acs`, loginUrl).href,
    // A logout names no tenant but by the address it comes to.
    logoutUrl: new URL(`/${scheme}/slo/${tenant.slug}`, loginUrl).href,
  }
}

/** Where an entity's own pages are reached. */
export function originOf({ host }: Pick<Tenant, 'host'>, publicUrl: string): string {
  return host === null ? publicUrl : `https://${host}`
}
