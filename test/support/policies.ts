import { addDays, romeDate } from '#core/clock.ts'
import { policiesSchema } from '#core/tenant.ts'
import type { TestHouse } from './house.ts'

/** Sets the last day of an entity's passwords, as its office would: so many days from the clock's, before it if negative. */
export async function endPasswords(
  { house, clock, database }: TestHouse,
  slug: string,
  inDays: number,
): Promise<void> {
  const tenant = (await house.registry.bySlug(slug))!
  const passwordLoginUntil = addDays(romeDate(clock.now()), inDays)
  await database.owner
    .updateTable('tenants')
    .set({ policies: JSON.stringify(policiesSchema.parse({ ...tenant.policies, passwordLoginUntil })) })
    .where('id', '=', tenant.id)
    .execute()
  house.registry.forget()
}
