import { audit } from '#core/audit.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { isTaxonomyCode } from './preflight.ts'
import { fingerprint, settledOf } from './settled.ts'

/** A service that families top up: what it is called, what stands on its payments, and what it is in pagoPA's taxonomy. */
export interface Category {
  readonly code: string
  readonly label: string
  readonly paymentDescription: string
  readonly taxonomyCode: string
}

export interface CategoriesState {
  readonly categories: readonly Category[]
  /** Names this very state. */
  readonly version: string
}

/** Keys under `onboarding.problem`, by field. */
export type CategoryProblems = Readonly<Partial<Record<keyof Category, string>>>

/** The entity's services by code. */
export function readCategories(db: Db, tenantId: string): Promise<CategoriesState> {
  return inTenant(db, tenantId, (tx) => read(tx, tenantId))
}

async function read(tx: Tx, tenantId: string): Promise<CategoriesState> {
  const rows = await tx
    .selectFrom('service_categories')
    .select(['code', 'label', 'payment_description', 'taxonomy_code'])
    .where('tenant_id', '=', tenantId)
    .orderBy('code')
    .execute()
  const categories = rows.map(({ code, label, payment_description, taxonomy_code }) => ({
    code,
    label,
    paymentDescription: payment_description,
    taxonomyCode: taxonomy_code,
  }))
  return { categories, version: fingerprint(categories) }
}

/** What is wrong with a service as it was typed. */
export function categoryProblems({
  code,
  label,
  paymentDescription,
  taxonomyCode,
}: Category): CategoryProblems {
  return {
    ...(!/^[A-Z0-9_]{2,20}$/.test(code) && { code: 'category_code' }),
    ...((label === '' || label.length > 60) && { label: label === '' ? 'missing' : 'too_long' }),
    ...((paymentDescription === '' || paymentDescription.length > 90) && {
      paymentDescription: paymentDescription === '' ? 'missing' : 'too_long',
    }),
    ...(!isTaxonomyCode(taxonomyCode) && { taxonomyCode: 'taxonomy' }),
  }
}

/**
 * Adds a service or changes the one of the same code. Payments that are under way keep what they were opened with.
 * @returns `conflict` where the list is not the one that was seen
 */
export async function saveCategory(
  db: Db,
  tenantId: string,
  category: Category,
  { seen, accountId }: { seen: string; accountId: string },
  now: Date,
): Promise<'saved' | 'conflict'> {
  return inTenant(db, tenantId, async (tx) => {
    await settledOf(tx, tenantId, { lock: true })
    const { categories, version } = await read(tx, tenantId)
    if (version !== seen) return 'conflict'
    const { code, label, paymentDescription, taxonomyCode } = category
    const values = { label, payment_description: paymentDescription, taxonomy_code: taxonomyCode }
    await tx
      .insertInto('service_categories')
      .values({ tenant_id: tenantId, code, ...values })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'code']).doUpdateSet(values))
      .execute()
    const before = categories.find((one) => one.code === code)
    const facts = (['label', 'paymentDescription', 'taxonomyCode'] as const)
      .filter((name) => before?.[name] !== category[name])
      .flatMap((name) => [
        [`${name}.before`, before?.[name] ?? null],
        [`${name}.after`, category[name]],
      ])
    const details = { category: code, ...(Object.fromEntries(facts) as Record<string, string | null>) }
    const actor = { kind: 'staff', id: accountId } as const
    const subject = { kind: 'tenant', id: tenantId } as const
    await audit(tx, tenantId, { actor, action: 'settings.category_changed', subject, details }, now)
    return 'saved'
  })
}
