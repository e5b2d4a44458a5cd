import type { Tx } from '#core/db/tenant.ts'

/** How many children each class of a school year has, by the class's id. */
export async function childrenOfClasses(
  tx: Tx,
  tenantId: string,
  schoolYear: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx
    .selectFrom('placements')
    .select(['class_id', (select) => select.fn.countAll<bigint>().as('children')])
    .where('tenant_id', '=', tenantId)
    .where('school_year', '=', schoolYear)
    .where('left_on', 'is', null)
    .groupBy('class_id')
    .execute()
  return new Map(rows.map(({ class_id, children }) => [class_id, Number(children)]))
}
