import { sql, type RawBuilder } from 'kysely'
import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import type { ChildDetails } from './child-requests.ts'

/** A child of the entity, as its office looks for it. */
export interface FoundChild {
  id: string
  firstName: string
  lastName: string
  school: string
  className: string
  /** How it was found: nothing is surer than the fiscal code. */
  by: 'fiscal-code' | 'name'
}

interface Row {
  id: string
  first_name: string
  last_name: string
  school: string
  class_name: string
  same_code: boolean
}

const FOUND_MAX = 20

/** The children that a request may mean: by the fiscal code, then by both names, accents and capitals aside. */
export async function childrenLike(
  db: Db,
  tenantId: string,
  {
    details,
    fiscalCodeHash,
  }: { details: Pick<ChildDetails, 'firstName' | 'lastName'>; fiscalCodeHash: Buffer | null },
): Promise<FoundChild[]> {
  const { firstName, lastName } = details
  return inTenant(db, tenantId, async (tx) => {
    const { rows } = await sql<Row>`
      select id, first_name, last_name, school, class_name, fiscal_code_hash is not distinct from ${fiscalCodeHash} and fiscal_code_hash is not null as same_code
      from children
      where tenant_id = ${tenantId} and merged_into is null and (
        fiscal_code_hash = ${fiscalCodeHash}
        or last_first = folded_name(${lastName}) || folded_name(${firstName}))
      order by same_code desc, last_name, first_name, id limit ${FOUND_MAX}`.execute(tx)
    return rows.map(toFound)
  })
}

/** The children whose family name begins as typed, or family name and first name after it. */
export async function childrenNamed(db: Db, tenantId: string, typed: string): Promise<FoundChild[]> {
  if (typed.trim() === '') return []
  return inTenant(db, tenantId, async (tx) => {
    const { rows } = await sql<Row>`
      select id, first_name, last_name, school, class_name, false as same_code
      from children
      where tenant_id = ${tenantId} and merged_into is null and ${namedLike(typed)}
      order by last_name, first_name, id limit ${FOUND_MAX}`.execute(tx)
    return rows.map(toFound)
  })
}

/** A condition on `children`: one of their names, or both in either order, begin as typed. A range, for the indexes. */
export function namedLike(typed: string): RawBuilder<boolean> {
  const [from, to] = [sql`folded_name(${typed})`, sql`folded_name(${typed}) || chr(1114111)`]
  return sql<boolean>`folded_name(${typed}) <> ''
    and ((last_first >= ${from} and last_first < ${to}) or (first_last >= ${from} and first_last < ${to}))`
}

function toFound(row: Row): FoundChild {
  return {
    id: row.id,
    firstName: row.first_name,
    lastName: row.last_name,
    school: row.school,
    className: row.class_name,
    by: row.same_code ? 'fiscal-code' : 'name',
  }
}
