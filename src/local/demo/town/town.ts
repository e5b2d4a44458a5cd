import { addDays, romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { invariant } from '#core/errors.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { lastDayOfSchoolYear } from '#tenants/people/school-year.ts'
import { refreshPrices } from '#tenants/people/refresh-prices.ts'
import { writeMenus } from '../menus.ts'
import { writeSettlements } from '../settlements.ts'
import { createChance } from './chance.ts'
import { writeDiets } from './diets.ts'
import { liveSince } from './live.ts'
import { peopleOf } from './people.ts'
import { writeRules } from './rules.ts'
import { schoolYears, settleIn } from './settle-in.ts'

/** How large a town is wanted, and of how many days it is to be told. */
export interface TownOptions {
  readonly children: number
  /** Any whole number: the same one makes the same town. */
  readonly seed: number
  readonly days: number
  readonly onDay?: (day: string) => void
}

/** Whether the entity has prices of its own already: a second town would be laid over the first. */
export async function isInhabited({ db }: Services, tenantId: string): Promise<boolean> {
  const plan = await inTenant(db, tenantId, (tx) =>
    tx.selectFrom('tariff_plans').select('id').where('tenant_id', '=', tenantId).limit(1).executeTakeFirst(),
  )
  return plan !== undefined
}

/** Fills an entity without prices with a town: schools, families, prices, and what happened up to yesterday. */
export async function buildTown(
  services: Services,
  tenant: Tenant,
  { children, seed, days, onDay }: TownOptions,
): Promise<{ families: number; meals: number; payments: number }> {
  const today = romeDate(services.clock.now())
  invariant(!(await isInhabited(services, tenant.id)), 'a town is built where there is none')
  const chance = createChance(seed)
  const families = peopleOf(chance, children)
  const residents = await settleIn(services, tenant.id, families, today)
  await writeRules(services, tenant.id, schoolYears(today))
  // What an ordinary day costs follows incomes and siblings every night: nobody shall wait for the first one.
  await inTenant(services.db, tenant.id, (tx) => refreshPrices(tx, tenant.id, today))
  const first = addDays(today, -days)
  const told = { first, last: lastDayOfSchoolYear(today) }
  await inTenant(services.db, tenant.id, (tx) => writeMenus(tx, tenant.id, told, services.clock.now()))
  const lived = await liveSince(services, tenant, residents, chance, { first, ...(onDay ? { onDay } : {}) })
  await writeDiets(services, tenant.id, residents, chance)
  await writeSettlements(services, tenant, 1)
  return { families: families.length, ...lived }
}
