import { sql, type RawBuilder } from 'kysely'
import type { RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import { namedLike } from './find-children.ts'

/** Which children a list shows. Everything but the last three is of the school year. */
export interface ChildFilter {
  readonly schoolYear: string
  readonly schoolId?: string | undefined
  readonly classId?: string | undefined
  readonly category?: string | undefined
  readonly without?: 'class' | 'guardian' | 'service' | undefined
  /** What somebody typed of the names. */
  readonly name?: string | undefined
  /** A keyed hash of the fiscal code. */
  readonly fiscalCodeHash?: Buffer | undefined
}

/** A child in the office's list. */
export interface ListedChild {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  /** Of the school year; undefined while it is in no class. */
  readonly className: string | undefined
  readonly schoolName: string | undefined
  readonly guardians: number
  /** The services that it is in, by their codes; ended ones are left out. */
  readonly services: readonly string[]
}

interface Row {
  id: string
  first_name: string
  last_name: string
  class_name: string | null
  school_name: string | null
  guardians: bigint
  services: string[] | null
}

export const CHILDREN_PAGE = 50

/**
 * A page of the entity's children in the order of their names.
 * @param after the last child of the page before: an id, since names do not stand in addresses
 * @param today decides which services have ended
 */
export async function listChildren(
  db: Db,
  tenantId: string,
  filter: ChildFilter,
  today: RomeDate,
  after?: string,
): Promise<{ children: ListedChild[]; next: string | undefined }> {
  const beyond = after
    ? sql`and (k.last_first, k.id) > ((select last_first from children where tenant_id = ${tenantId} and id = ${after}), ${after})`
    : sql``
  return inTenant(db, tenantId, async (tx) => {
    // The page is found first; what a row tells of classes, guardians and services is read for its rows alone.
    const { rows } = await sql<Row>`
      select k.id, k.first_name, k.last_name, c.name as class_name, s.name as school_name,
        (select count(*) from guardianships g where g.tenant_id = ${tenantId} and g.child_id = k.id) as guardians,
        (select array_agg(e.category order by e.category) from enrolments e
         where e.tenant_id = ${tenantId} and e.child_id = k.id and e.school_year = ${filter.schoolYear}
           and (e.ends_on is null or e.ends_on >= ${today})) as services
      from (
        select k.id, k.first_name, k.last_name, k.last_first from children k
        where k.tenant_id = ${tenantId} and k.merged_into is null ${sql.join(conditions(tenantId, filter, today), sql` `)} ${beyond}
        order by k.last_first, k.id limit ${CHILDREN_PAGE + 1}
      ) k
      left join placements p on p.tenant_id = ${tenantId} and p.child_id = k.id and p.school_year = ${filter.schoolYear}
        and p.left_on is null
      left join classes c on c.tenant_id = ${tenantId} and c.id = p.class_id
      left join schools s on s.tenant_id = ${tenantId} and s.id = c.school_id
      order by k.last_first, k.id`.execute(tx)
    const shown = rows.slice(0, CHILDREN_PAGE)
    return { children: shown.map(toListed), next: rows.length > CHILDREN_PAGE ? shown.at(-1)!.id : undefined }
  })
}

/** How many children the entity has in all. */
export async function countChildren(db: Db, tenantId: string): Promise<number> {
  const { count } = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('children')
      .select((select) => select.fn.countAll<bigint>().as('count'))
      .where('tenant_id', '=', tenantId)
      .where('merged_into', 'is', null)
      .executeTakeFirstOrThrow(),
  )
  return Number(count)
}

function conditions(tenantId: string, filter: ChildFilter, today: RomeDate): RawBuilder<unknown>[] {
  const { schoolYear, schoolId, classId, category, without, name, fiscalCodeHash } = filter
  const placed = sql`select from placements p where p.tenant_id = ${tenantId} and p.child_id = k.id and p.school_year = ${schoolYear}
    and p.left_on is null`
  const enrolled = sql`select from enrolments e where e.tenant_id = ${tenantId} and e.child_id = k.id
    and e.school_year = ${schoolYear} and (e.ends_on is null or e.ends_on >= ${today})`
  const found: RawBuilder<unknown>[] = []
  if (classId) found.push(sql`and exists (${placed} and p.class_id = ${classId})`)
  else if (schoolId)
    found.push(sql`and k.id in (
      select p.child_id from classes c join placements p on p.tenant_id = ${tenantId} and p.class_id = c.id and p.left_on is null
      where c.tenant_id = ${tenantId} and c.school_id = ${schoolId} and c.school_year = ${schoolYear})`)
  if (category) found.push(sql`and exists (${enrolled} and e.category = ${category})`)
  if (without === 'class') found.push(sql`and not exists (${placed})`)
  if (without === 'service') found.push(sql`and not exists (${enrolled})`)
  if (without === 'guardian')
    found.push(
      sql`and not exists (select from guardianships g where g.tenant_id = ${tenantId} and g.child_id = k.id)`,
    )
  if (name !== undefined) found.push(sql`and ${namedLike(name)}`)
  if (fiscalCodeHash) found.push(sql`and k.fiscal_code_hash = ${fiscalCodeHash}`)
  return found.length > 0 ? found : [sql``]
}

function toListed(row: Row): ListedChild {
  return {
    id: row.id,
    firstName: row.first_name,
    lastName: row.last_name,
    className: row.class_name ?? undefined,
    schoolName: row.school_name ?? undefined,
    guardians: Number(row.guardians),
    services: row.services ?? [],
  }
}
