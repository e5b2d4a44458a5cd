import type { Tx } from '#core/db/tenant.ts'

/** The kinds of day that a service's calendar and prices name: "Pranzo al sacco", "Rientro". */
export async function dayTypesOf(tx: Tx, tenantId: string, category: string): Promise<string[]> {
  const periods = await tx
    .selectFrom('service_periods')
    .select('day_type')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where('category', '=', category)
    .where('day_type', '<>', '')
    .execute()
  const prices = await tx
    .selectFrom('tariff_prices as c')
    .innerJoin('tariff_plans as p', (join) =>
      join.onRef('p.tenant_id', '=', 'c.tenant_id').onRef('p.id', '=', 'c.plan_id'),
    )
    .select('c.day_type')
    .distinct()
    .where('c.tenant_id', '=', tenantId)
    .where('p.category', '=', category)
    .where('c.day_type', 'is not', null)
    .execute()
  return [...new Set([...periods, ...prices].map((row) => row.day_type!))].toSorted()
}
