import type { Db } from './db/connect.ts'
import type { LogoKind } from './db/onboarding-tables.ts'
import { inTenant } from './db/tenant.ts'
import type { Tenant } from './tenant.ts'

/** A picture that was judged and cleaned when it was handed in. */
export interface CleanLogo {
  readonly kind: LogoKind
  readonly bytes: Buffer
}

/** The entity's own picture, for pages and documents; undefined where the shield stands in for it. */
export async function readLogo(
  db: Db,
  { id, branding }: Pick<Tenant, 'id' | 'branding'>,
): Promise<CleanLogo | undefined> {
  const { logo } = branding
  if (!logo) return undefined
  const row = await inTenant(db, id, (tx) =>
    tx
      .selectFrom('tenant_logos')
      .select(['kind', 'content'])
      .where('tenant_id', '=', id)
      .where('hash', '=', logo.hash)
      .executeTakeFirst(),
  )
  return row && { kind: row.kind, bytes: row.content }
}
