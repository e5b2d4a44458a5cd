import type { Db } from '../db/connect.ts'
import { inTenant } from '../db/tenant.ts'

/** First and last name of one account of the entity; undefined when there is none. */
export async function personName(db: Db, tenantId: string, accountId: string): Promise<string | undefined> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('accounts')
      .select(['first_name', 'last_name'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', accountId)
      .executeTakeFirst(),
  )
  return row && `${row.first_name} ${row.last_name}`
}
