import type { RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import type { TenantState } from '#core/db/schema.ts'
import { policiesSchema } from '#core/tenant.ts'

/** An entity as who runs the installation sees it: no family's data, no amounts. */
export interface EntityLine {
  readonly name: string
  readonly slug: string
  readonly state: TenantState
  readonly activationCode: string
  /** The last day on which its parents sign in with a password. */
  readonly passwordUntil: RomeDate | null
}

/** All entities of the installation by name. */
export async function listEntities(db: Db): Promise<EntityLine[]> {
  const rows = await db
    .selectFrom('tenants')
    .select(['name', 'slug', 'state', 'activation_code', 'policies'])
    .orderBy('name')
    .orderBy('slug')
    .execute()
  return rows.map(({ name, slug, state, activation_code, policies }) => ({
    name,
    slug,
    state,
    activationCode: activation_code,
    passwordUntil: policiesSchema.parse(policies).passwordLoginUntil,
  }))
}
