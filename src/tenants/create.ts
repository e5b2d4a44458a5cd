import { randomInt } from 'node:crypto'
import { z } from 'zod'
import type { Db } from '#core/db/connect.ts'
import { inTenant, sqlState, UNIQUE_VIOLATION, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import {
  brandingSchema,
  creditorSchema,
  draftCreditorSchema,
  mayLackAccount,
  policiesSchema,
} from '#core/tenant.ts'
import type { Vault } from '#core/vault.ts'

/** What a new entity must bring. The rest has defaults that it can change later. */
const tenantShape = z.strictObject({
  /** A draft prepares itself in its office, and its account may be missing until it takes money. */
  state: z.enum(['draft', 'live']).default('live'),
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
  creditor: draftCreditorSchema,
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

export const newTenantSchema = tenantShape.refine(
  ({ state, creditor }) => mayLackAccount(state) || creditorSchema.safeParse(creditor).success,
  { path: ['creditor', 'iban'], error: 'is missing' },
)
export type NewTenant = z.input<typeof newTenantSchema>

/** Slugs that are pages of the installation itself. */
const RESERVED_SLUGS: readonly string[] = [
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
  'logo',
  // A page of the operators beside the entities' own.
  'nuovo',
]

/** How often another activation code is tried where a fresh one is taken: of ten digits hardly ever once. */
const CODES_TRIED = 5

export interface CreateOptions {
  /** What else belongs to the same transaction. */
  readonly also?: (tx: Tx, tenantId: string) => Promise<void>
  /** Where fresh activation codes come from; tests alone say. */
  readonly newCode?: () => string
}

/**
 * Takes an entity aboard, live or as a draft, with its keys, categories and channels, all or nothing.
 * @throws DomainError tenant.conflict, with the `field` that is taken: slug, activation_code, segregation_code (with its
 *   creditor), ipa_code, service_subject_id
 */
export async function createTenant(
  db: Db,
  vault: Vault,
  input: NewTenant,
  now: Date,
  { also, newCode = newActivationCode }: CreateOptions = {},
): Promise<{ id: string; activationCode: string }> {
  const tenant = newTenantSchema.parse(input)
  if (RESERVED_SLUGS.includes(tenant.slug)) throw conflict(tenant, 'slug')
  for (let tries = 1; ; tries++) {
    const activationCode = tenant.activationCode ?? newCode()
    try {
      return await insertTenant(db, vault, { ...tenant, activationCode }, now, also)
    } catch (error) {
      if (sqlState(error) !== UNIQUE_VIOLATION) throw error
      const field = await takenField(db, { ...tenant, activationCode })
      const another = field === 'activation_code' && tenant.activationCode === undefined
      if (!another || tries === CODES_TRIED) throw conflict(tenant, field)
    }
  }
}

type Checked = z.output<typeof newTenantSchema> & { activationCode: string }
type Unique = 'slug' | 'activation_code' | 'segregation_code' | 'ipa_code' | 'service_subject_id'

function conflict({ slug }: { slug: string }, field: Unique): DomainError {
  return new DomainError('tenant.conflict', { slug, field })
}

/** Which of the names that belong to one entity alone another one has. */
async function takenField(db: Db, tenant: Checked): Promise<Unique> {
  const rows = await db
    .selectFrom('tenants')
    .select(['slug', 'activation_code', 'ipa_code', 'creditor_fiscal_code', 'segregation_code'])
    .where((where) =>
      where.or([
        where('slug', '=', tenant.slug),
        where('activation_code', '=', tenant.activationCode),
        ...(tenant.ipaCode === undefined ? [] : [where('ipa_code', '=', tenant.ipaCode)]),
        where('creditor_fiscal_code', '=', tenant.creditorFiscalCode),
      ]),
    )
    .execute()
  if (rows.some((row) => row.slug === tenant.slug)) return 'slug'
  if (rows.some((row) => row.segregation_code === tenant.segregationCode && isOf(tenant, row)))
    return 'segregation_code'
  if (rows.some((row) => row.ipa_code !== null && row.ipa_code === tenant.ipaCode)) return 'ipa_code'
  return rows.some((row) => row.activation_code === tenant.activationCode)
    ? 'activation_code'
    : 'service_subject_id'
}

function isOf({ creditorFiscalCode }: Checked, row: { creditor_fiscal_code: string }): boolean {
  return row.creditor_fiscal_code === creditorFiscalCode
}

function insertTenant(
  db: Db,
  vault: Vault,
  tenant: Checked,
  now: Date,
  also: CreateOptions['also'],
): Promise<{ id: string; activationCode: string }> {
  const id = newId()
  return inTenant(db, id, async (tx) => {
    await tx
      .insertInto('tenants')
      .values({
        id,
        slug: tenant.slug,
        activation_code: tenant.activationCode,
        name: tenant.name,
        host: null,
        ipa_code: tenant.ipaCode ?? null,
        state: tenant.state,
        state_since: now,
        live_since: tenant.state === 'live' ? now : null,
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
    await also?.(tx, id)
    return { id, activationCode: tenant.activationCode }
  })
}

/** Ten digits without a leading zero, so that nobody loses one in a spreadsheet. */
function newActivationCode(): string {
  return String(randomInt(1_000_000_000, 10_000_000_000))
}
