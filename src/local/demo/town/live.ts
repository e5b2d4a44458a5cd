import { sql } from 'kysely'
import { addDays, romeDate, romeInstant, type RomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { cents, type Cents } from '#core/money.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { createCart, recordReturn } from '#core/top-ups/carts.ts'
import { expireTopUpsOf } from '#core/top-ups/close.ts'
import { openTopUps } from '#core/top-ups/open.ts'
import { chargeDay } from '#meals/charges.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { payAsPsp } from '../pay.ts'
import { isCanteenDay } from './calendar.ts'
import type { Chance } from './chance.ts'
import { holdWork, releaseWork } from './past-work.ts'
import type { Habit } from './people.ts'
import type { Resident } from './settle-in.ts'

const CATEGORY = 'REFEZIONE'
const ROWS_PER_STATEMENT = 1_000
/** So many payments at a time: the pool has more connections. */
const AT_ONCE = 6
/** After so many payments what they ask of the workers is kept from them. */
const HELD_AT_ONCE = 10 * AT_ONCE

/** Below how much credit a family tops up, and on how many of a hundred days it remembers to. */
const HABITS: Readonly<Record<Habit, { belowCents: bigint; percent: number }>> = {
  careful: { belowCents: 1_500n, percent: 60 },
  late: { belowCents: -1_000n, percent: 20 },
  indebted: { belowCents: -6_000n, percent: 3 },
}

/**
 * Lets the town's families live from a day until yesterday: who is there eats, the day is charged, and who is running
 * out of credit tops up. Everything goes through the doors of real life, in its order.
 * @returns what happened, in numbers
 */
export async function liveSince(
  services: Services,
  tenant: Tenant,
  residents: readonly Resident[],
  chance: Chance,
  { first, onDay }: { first: RomeDate; onDay?: (day: RomeDate) => void },
): Promise<{ meals: number; payments: number }> {
  const today = romeDate(services.clock.now())
  const done = { meals: 0, payments: 0 }
  for (let day = first; day < today; day = addDays(day, 1)) {
    onDay?.(day)
    done.payments += await topUp(services, tenant, residents, chance, day)
    if (!isCanteenDay(day)) continue
    await attend(services, tenant.id, residents, chance, day)
    const at = romeInstant(`${day}T14:00:00`)
    const outcome = await chargeDay(
      { ...services, clock: { now: () => at } },
      tenant.id,
      { category: CATEGORY, day },
      { kind: 'system' },
    )
    done.meals += outcome.charged
  }
  await expireTopUpsOf(services.db, tenant.id, services.clock.now())
  await releaseWork(services, tenant.id)
  return done
}

/** The lists of all classes, closed by noon. */
async function attend(
  { db }: Services,
  tenantId: string,
  residents: readonly Resident[],
  chance: Chance,
  day: RomeDate,
): Promise<void> {
  const at = romeInstant(`${day}T10:30:00`)
  const weekday = (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7
  const rows = residents.flatMap(({ childId, child, classIds }) => {
    const classId = classIds.get(schoolYearOf(day))
    if (classId === undefined) return []
    const isThere = ((child.weekdays >> weekday) & 1) === 1 && chance.percent(child.presence)
    return [
      {
        tenant_id: tenantId,
        day,
        category: CATEGORY,
        child_id: childId,
        state: isThere ? ('present' as const) : ('absent' as const),
        class_id: classId,
        source: 'class' as const,
        recorded_at: at,
        recorded_by: null,
      },
    ]
  })
  const lists = [...new Set(rows.map(({ class_id }) => class_id))].map((classId) => ({
    tenant_id: tenantId,
    category: CATEGORY,
    day,
    class_id: classId,
    state: 'closed' as const,
    saved_at: at,
    saved_by: null,
  }))
  await inTenant(db, tenantId, async (tx) => {
    for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT)
      await tx
        .insertInto('attendance')
        .values(rows.slice(start, start + ROWS_PER_STATEMENT))
        .execute()
    // The class of a child who was here before the town has its list already.
    if (lists.length > 0)
      await tx
        .insertInto('attendance_lists')
        .values(lists)
        .onConflict((conflict) =>
          conflict.columns(['tenant_id', 'category', 'day', 'class_id']).doUpdateSet((set) => ({
            state: 'closed' as const,
            revision: sql<number>`attendance_lists.revision + 1`,
            saved_at: set.ref('excluded.saved_at'),
          })),
        )
        .execute()
  })
}

async function topUp(
  services: Services,
  tenant: Tenant,
  residents: readonly Resident[],
  chance: Chance,
  day: RomeDate,
): Promise<number> {
  const balances = await balancesOf(services, tenant.id)
  const wanted = residents.flatMap((resident) => {
    const { belowCents, percent } = HABITS[resident.family.habit]
    // Nobody tops up for a child that is not at school in that year.
    if (!resident.classIds.has(schoolYearOf(day))) return []
    if (balances.get(resident.walletId)! >= belowCents || !chance.percent(percent)) return []
    const minute = chance.between(0, 14 * 60)
    return [
      {
        resident,
        amountCents: cents(BigInt(chance.pick([5_000, 8_000, 10_000, 10_000, 15_000]))),
        at: new Date(romeInstant(`${day}T07:00:00`).getTime() + minute * 60_000),
        // A notice that stays in a drawer expires.
        isPaid: chance.percent(96),
        number: chance.between(0, 2),
      },
    ]
  })
  for (let start = 0; start < wanted.length; start += AT_ONCE) {
    await Promise.all(wanted.slice(start, start + AT_ONCE).map((one) => pay(services, tenant, one)))
    if (start % HELD_AT_ONCE === 0) await holdWork(services, tenant.id)
  }
  return wanted.filter(({ isPaid }) => isPaid).length
}

async function balancesOf({ db }: Services, tenantId: string): Promise<Map<string, bigint>> {
  const rows = await inTenant(db, tenantId, (tx) =>
    tx.selectFrom('wallets').select(['id', 'balance_cents']).where('tenant_id', '=', tenantId).execute(),
  )
  return new Map(rows.map(({ id, balance_cents }) => [id, balance_cents]))
}

interface WantedTopUp {
  resident: Resident
  amountCents: Cents
  at: Date
  isPaid: boolean
  number: number
}

async function pay(
  services: Services,
  tenant: Tenant,
  { resident, amountCents, at, isPaid, number }: WantedTopUp,
): Promise<void> {
  const { db, scheme } = services
  const { channelId } = resident.family
  const isAtCounter = channelId === 'puntolis-qr'
  const draft = {
    walletId: resident.walletId,
    amountCents,
    ...(isAtCounter ? {} : { accountId: resident.accountId }),
  }
  const validity = isAtCounter ? { validMinutes: 60 } : { validDays: tenant.policies.noticeValidityDays }
  const [opened] = await openTopUps(db, scheme, tenant, [draft], { channelId, ...validity }, at)
  if (channelId === 'pagopa-online') {
    const cart = await createCart(db, tenant.id, [opened!.id], resident.accountId, at)
    await recordReturn(db, cart.token, isPaid ? 'ok' : 'errore', new Date(at.getTime() + 90_000))
  }
  if (isPaid) await payAsPsp(services, tenant, opened!, new Date(at.getTime() + 120_000), number)
}
