import { sql } from 'kysely'
import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'

/** A guardian's account, as the office looks for it: to help somebody in who stands at the desk. */
export interface FoundGuardian {
  readonly accountId: string
  readonly name: string
  /** Of those whom it lists, so that the right one of two namesakes is found. */
  readonly children: readonly string[]
  readonly hasPassword: boolean
  /** Since when they sign in with SPID or CIE; null while they never have. */
  readonly identitySince: Date | null
}

interface Row {
  id: string
  first_name: string
  last_name: string
  children: string[] | null
  has_password: boolean
  identity_linked_at: Date | null
}

const FOUND_MAX = 20

/** The accounts whose names begin as typed, in either order, or whose user name or e-mail address it is. */
export async function guardiansNamed(db: Db, tenantId: string, typed: string): Promise<FoundGuardian[]> {
  const exact = typed.trim().toLowerCase()
  if (exact === '') return []
  return inTenant(db, tenantId, async (tx) => {
    const { rows } = await sql<Row>`
      select a.id, a.first_name, a.last_name, a.identity_linked_at, p.username is not null as has_password,
        (select array_agg(c.first_name || ' ' || c.last_name order by c.first_name, c.id)
         from guardianships g join children c on c.tenant_id = g.tenant_id and c.id = g.child_id
         where g.tenant_id = a.tenant_id and g.account_id = a.id) as children
      from accounts a
      left join passwords p on p.tenant_id = a.tenant_id and p.account_id = a.id
      where a.tenant_id = ${tenantId} and a.kind = 'guardian' and a.disabled_at is null and (
        p.username = ${exact} or lower(a.email) = ${exact}
        or (folded_name(${typed}) <> '' and (
          starts_with(folded_name(a.last_name) || folded_name(a.first_name), folded_name(${typed}))
          or starts_with(folded_name(a.first_name) || folded_name(a.last_name), folded_name(${typed})))))
      order by a.last_name, a.first_name, a.id limit ${FOUND_MAX}`.execute(tx)
    return rows.map((row) => ({
      accountId: row.id,
      name: `${row.first_name} ${row.last_name}`,
      children: row.children ?? [],
      hasPassword: row.has_password,
      identitySince: row.identity_linked_at,
    }))
  })
}
