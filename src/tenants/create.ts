import { randomInt } from 'node:crypto'
import { z } from 'zod'
import type { Db } from '#core/db/connect.ts'
import { inTenant, sqlState, UNIQUE_VIOLATION } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import { brandingSchema, creditorSchema, policiesSchema } from '#core/tenant.ts'
import type { Vault } from '#core/vault.ts'

/** What a new entity must bring. The rest has defaults that it can change later. */
export const newTenantSchema = z.strictObject({
  slug: z.string().regex(/^[a-z0-9][a-z0-9-]{1,39}$/),
  name: z.string().min(1).max(100),
  activationCode: z
    .string()
    .regex(/^\d{10}$/)
    .optional(),
  ipaCode: z.string().min(1).max(20).optional(),
  creditorFiscalCode: z.string().regex(/^\d{11}$/),
  segregationCode: z.string().regex(/^\d{2}$/),
  serviceId: z.string().length(5).optional(),
  serviceSubjectId: z.string().length(5).optional(),
  creditor: creditorSchema,
  branding: brandingSchema,
  policies: policiesSchema,
  categories: z
    .array(
      z.strictObject({
        code: z.string().regex(/^[A-Z0-9_]{2,20}$/),
        label: z.string().min(1).max(60),
        paymentDescription: z.string().min(1).max(90),
        taxonomyCode: z.string().min(1).max(140),
      }),
    )
    .min(1),
  /** Channel id → its settings, checked by the channel's own schema before they come here. */
  channels: z.record(z.string(), z.unknown()),
})
export type NewTenant = z.input<typeof newTenantSchema>

/** Slugs that are pages of the installation itself. */
const RESERVED_SLUGS = [
  'api',
  'app',
  'webhooks',
  'gestione',
  'assets',
  'theme',
  'r',
  'livez',
  'readyz',
  'metrics',
  'status',
  'pub-ag-full',
  'spid',
  'cie',
]

/**
 * Takes an entity aboard, live, with its keys, categories and channels, all or nothing.
 * @throws DomainError tenant.conflict when its slug, activation code, creditor + segregation code or service is taken
 */
export async function createTenant(
  db: Db,
  vault: Vault,
  input: NewTenant,
  now: Date,
): Promise<{ id: string; activationCode: string }> {
  const tenant = newTenantSchema.parse(input)
  if (RESERVED_SLUGS.includes(tenant.slug)) throw new DomainError('tenant.conflict', { slug: tenant.slug })
  const id = newId()
  const activationCode = tenant.activationCode ?? newActivationCode()
  try {
    await inTenant(db, id, async (tx) => {
      await tx
        .insertInto('tenants')
        .values({
          id,
          slug: tenant.slug,
          activation_code: activationCode,
          name: tenant.name,
          host: null,
          ipa_code: tenant.ipaCode ?? null,
          state: 'live',
          creditor_fiscal_code: tenant.creditorFiscalCode,
          segregation_code: tenant.segregationCode,
          service_id: tenant.serviceId ?? null,
          service_subject_id: tenant.serviceSubjectId ?? null,
          creditor: tenant.creditor,
          branding: tenant.branding,
          policies: tenant.policies,
        })
        .execute()
      await vault.createKeys(tx, id, now)
      const categories = tenant.categories.map(({ code, label, paymentDescription, taxonomyCode }) => ({
        tenant_id: id,
        code,
        label,
        payment_description: paymentDescription,
        taxonomy_code: taxonomyCode,
      }))
      await tx.insertInto('service_categories').values(categories).execute()
      const channels = Object.entries(tenant.channels).map(([channelId, settings]) => ({
        tenant_id: id,
        channel_id: channelId,
        settings,
      }))
      if (channels.length > 0) await tx.insertInto('tenant_channels').values(channels).execute()
    })
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new DomainError('tenant.conflict', { slug: tenant.slug })
    throw error
  }
  return { id, activationCode }
}

/** Ten digits without a leading zero, so that nobody loses one in a spreadsheet. */
function newActivationCode(): string {
  return String(randomInt(1_000_000_000, 10_000_000_000))
}
