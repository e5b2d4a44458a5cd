import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { Db } from '#core/db/connect.ts'
import type { Database } from '#core/db/schema.ts'
import { inTenant } from '#core/db/tenant.ts'
import {
  brandingSchema,
  creditorSchema,
  draftCreditorSchema,
  mayLackAccount,
  policiesSchema,
  type Tenant,
  type TenantDirectory,
} from '#core/tenant.ts'

type Row = Selectable<Database['tenants']>

/** The entities of this installation, looked up by what the outside knows of them. */
export interface TenantRegistry extends TenantDirectory {
  bySlug(slug: string): Promise<Tenant | undefined>
  byActivationCode(code: string): Promise<Tenant | undefined>
  /** By the code in the national index of public bodies (IPA). */
  byIpaCode(code: string): Promise<Tenant | undefined>
  /** Entities that families know, whose name contains the words: for the first page. */
  search(words: string, limit?: number): Promise<Tenant[]>
  /** The entity's settings of a channel; undefined when it is not enabled. */
  channelSettings(tenantId: string, channelId: string): Promise<{ settings: unknown } | undefined>
  /** Forgets what is remembered, so that a change shows at once in this process. */
  forget(): void
}

/** How long a remembered entity is taken as it is: a change made elsewhere shows after that. */
const REMEMBER_MS = 10_000
/** What was not found may have come aboard since. */
const REMEMBER_NOTHING_MS = 1_000

/**
 * Reads entities as they are asked for and remembers them shortly: time to start does not grow with their number,
 * and a hot path costs no query.
 */
export function createTenantRegistry(db: Db, now: () => number = Date.now): TenantRegistry {
  const remembered = new Map<string, { value: Promise<unknown>; until: number }>()

  function remember<Value>(key: string, load: () => Promise<Value>): Promise<Value> {
    const known = remembered.get(key)
    if (known && known.until > now()) return known.value as Promise<Value>
    const value = load()
    if (remembered.size > 50_000) remembered.clear()
    remembered.set(key, { value, until: now() + REMEMBER_MS })
    value.then(
      (found) => {
        const entry = remembered.get(key)
        if (entry && isNothing(found)) entry.until = now() + REMEMBER_NOTHING_MS
      },
      () => remembered.delete(key),
    )
    return value
  }

  const one = (column: 'id' | 'slug' | 'activation_code' | 'ipa_code', value: string) =>
    remember(`${column} ${value}`, async () => {
      const row = await db.selectFrom('tenants').selectAll().where(column, '=', value).executeTakeFirst()
      return row && toTenant(row)
    })
  const ofCreditor = (fiscalCode: string) =>
    remember(`creditor ${fiscalCode}`, async () => {
      const rows = await db
        .selectFrom('tenants')
        .selectAll()
        .where('creditor_fiscal_code', '=', fiscalCode)
        .execute()
      return rows.map(toTenant)
    })

  return {
    byId: (id) => one('id', id),
    // What no slug can be is asked of nobody.
    bySlug: async (slug) => (/^[a-z0-9-]{2,40}$/.test(slug) ? one('slug', slug) : undefined),
    byActivationCode: (code) => one('activation_code', code),
    byIpaCode: (code) => one('ipa_code', code),
    ofCreditor,
    byCreditor: async (fiscalCode, segregationCode) =>
      (await ofCreditor(fiscalCode)).find((tenant) => tenant.segregationCode === segregationCode),
    byServiceSubject: async (fiscalCode, subjectId) =>
      (await ofCreditor(fiscalCode)).find((tenant) => tenant.serviceSubjectId === subjectId),
    async search(words, limit = 10) {
      const pattern = `%${words
        .replace(/\p{Cc}/gu, ' ')
        .trim()
        .replace(/[\\%_]/g, String.raw`\$&`)}%`
      const rows = await db
        .selectFrom('tenants')
        .selectAll()
        .where('state', 'in', ['live', 'suspended'])
        .where('name', 'ilike', pattern)
        .orderBy('name')
        .limit(limit)
        .execute()
      return rows.map(toTenant)
    },
    channelSettings: (tenantId, channelId) =>
      remember(`channel ${tenantId} ${channelId}`, async () => {
        const row = await inTenant(db, tenantId, (tx) =>
          tx
            .selectFrom('tenant_channels')
            .select(['settings', 'enabled'])
            .where('tenant_id', '=', tenantId)
            .where('channel_id', '=', channelId)
            .executeTakeFirst(),
        )
        return row?.enabled ? { settings: row.settings } : undefined
      }),
    forget: () => remembered.clear(),
  }
}

function isNothing(found: unknown): boolean {
  return found === undefined || (Array.isArray(found) && found.length === 0)
}

const decided = z.object({ branding: brandingSchema, policies: policiesSchema })

/** An entity as its row tells it. @throws ZodError where the row holds what no entity of its state may have */
export function toTenant(row: Row): Tenant {
  const { branding, policies } = decided.parse(row)
  const creditor = (mayLackAccount(row.state) ? draftCreditorSchema : creditorSchema).parse(row.creditor)
  return Object.freeze({
    id: row.id,
    slug: row.slug,
    activationCode: row.activation_code,
    host: row.host,
    name: row.name,
    ipaCode: row.ipa_code,
    state: row.state,
    stateReason: row.state_reason,
    liveSince: row.live_since,
    creditorFiscalCode: row.creditor_fiscal_code,
    segregationCode: row.segregation_code,
    serviceId: row.service_id,
    serviceSubjectId: row.service_subject_id,
    creditor,
    branding,
    policies,
  })
}
