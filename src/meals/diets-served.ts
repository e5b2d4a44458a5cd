import { sql } from 'kysely'
import type { RomeDate } from '#core/clock.ts'
import type { DietKind } from '#core/db/diet-tables.ts'
import type { Tx } from '#core/db/tenant.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import type { MealDay } from './charges.ts'
import { inDietOrder } from './diet-kinds.ts'

/** What some children of a class eat instead of the common menu: a child with two diets is one meal with both. */
export interface DietMeals {
  readonly kinds: readonly DietKind[]
  readonly meals: number
}

/** Which diets the children of a class have on a day, by child: what serving demands, and no more. */
export async function dietsOfClass(
  tx: Tx,
  tenantId: string,
  day: RomeDate,
  childIds: readonly string[],
): Promise<ReadonlyMap<string, readonly DietKind[]>> {
  if (childIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('diets')
    .select(['child_id', 'kind'])
    .where('tenant_id', '=', tenantId)
    .where('child_id', 'in', childIds)
    .where('valid_from', '<=', day)
    .where('valid_until', '>=', day)
    .execute()
  const byChild = Map.groupBy(rows, ({ child_id }) => child_id)
  return new Map([...byChild].map(([childId, own]) => [childId, inDietOrder(own.map(({ kind }) => kind))]))
}

/** How many of each diet the classes get on a day, by class; who is known to be absent gets none. Numbers, never names. */
export async function dietMeals(
  tx: Tx,
  tenantId: string,
  { category, day }: MealDay,
): Promise<ReadonlyMap<string, readonly DietMeals[]>> {
  const { rows } = await sql<{ class_id: string; kinds: DietKind[]; meals: bigint }>`
    select k.class_id, k.kinds, count(*) as meals
    from (
      select p.class_id, d.child_id, array_agg(distinct d.kind) as kinds
      from diets d
      join placements p on p.tenant_id = d.tenant_id and p.child_id = d.child_id and p.school_year = ${schoolYearOf(day)}
        and (p.left_on is null or p.left_on > ${day})
      join enrolments e on e.tenant_id = p.tenant_id and e.child_id = p.child_id and e.school_year = p.school_year
        and e.category = ${category} and (e.starts_on is null or e.starts_on <= ${day}) and (e.ends_on is null or e.ends_on >= ${day})
      left join attendance a on a.tenant_id = d.tenant_id and a.child_id = d.child_id and a.category = ${category} and a.day = ${day}
      where d.tenant_id = ${tenantId} and d.valid_from <= ${day} and d.valid_until >= ${day} and a.state is distinct from 'absent'
      group by p.class_id, d.child_id
    ) k
    group by k.class_id, k.kinds`.execute(tx)
  const byClass = new Map<string, DietMeals[]>()
  for (const { class_id, kinds, meals } of rows)
    byClass.set(class_id, [
      ...(byClass.get(class_id) ?? []),
      { kinds: inDietOrder(kinds), meals: Number(meals) },
    ])
  return byClass
}

/** Adds up the same diets of several classes; the most frequent first. */
export function addUpDiets(all: readonly DietMeals[]): DietMeals[] {
  const sums = new Map<string, DietMeals>()
  for (const { kinds, meals } of all) {
    const key = kinds.join(' ')
    sums.set(key, { kinds, meals: (sums.get(key)?.meals ?? 0) + meals })
  }
  return [...sums].toSorted(([a, x], [b, y]) => y.meals - x.meals || a.localeCompare(b)).map(([, sum]) => sum)
}
