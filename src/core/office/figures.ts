import { sql } from 'kysely'
import { addDays, romeDate, startOfRomeDay, type RomeDate } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import { cents, signedCents, type Cents, type SignedCents } from '../money.ts'

/** Upper bounds of the groups in which credits are counted, in cents; the last group has none. */
export const CREDIT_BOUNDS = [0n, 1_000n, 2_500n, 5_000n, 10_000n] as const

/** How many weeks of top-ups are drawn, the present one included. */
export const WEEKS = 12

/** Where the money came from: a channel's id, or the entity's own desk. */
export const TILL_SOURCE = 'till'

/** How the credit of all families stands, without closed wallets. */
export interface CreditFigures {
  wallets: number
  totalCents: SignedCents
  /** What families owe, not more than 0. */
  debtCents: SignedCents
  /** Wallets in each group: below 0, then up to each bound of {@link CREDIT_BOUNDS} but the first, then above. */
  groups: readonly number[]
}

/** What came in during one week through one channel. */
export interface WeekOfTopUps {
  /** The Monday. */
  week: RomeDate
  source: string
  count: number
  cents: Cents
}

/** Meals of a Rome day that are charged and not taken back, those that cost nothing among them. */
export async function mealsOn(db: Db, tenantId: string, day: RomeDate): Promise<number> {
  const { meals } = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('meal_charges')
      .select((select) => select.fn.countAll<bigint>().as('meals'))
      .where('tenant_id', '=', tenantId)
      .where('day', '=', day)
      .where('reversed_at', 'is', null)
      .executeTakeFirstOrThrow(),
  )
  return Number(meals)
}

/** The credit of all families: one look at every wallet. */
export async function creditFigures(db: Db, tenantId: string): Promise<CreditFigures> {
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<{ bucket: number; wallets: bigint; total: bigint }>`
      select width_bucket(balance_cents, ${BOUNDS}) as bucket, count(*) as wallets, sum(balance_cents)::bigint as total
      from wallets where tenant_id = ${tenantId} and state <> 'closed' group by 1`.execute(tx),
  )
  const groups = Array.from({ length: CREDIT_BOUNDS.length + 1 }, () => 0)
  for (const { bucket, wallets } of rows) groups[bucket] = Number(wallets)
  return {
    wallets: groups.reduce((sum, count) => sum + count, 0),
    totalCents: signedCents(rows.reduce((sum, { total }) => sum + total, 0n)),
    debtCents: signedCents(rows.find(({ bucket }) => bucket === 0)?.total ?? 0n),
    groups,
  }
}

const BOUNDS = sql.raw(`array[${CREDIT_BOUNDS.join(', ')}]::bigint[]`)

/** What came in during the last weeks, by week (from Monday, in Rome) and source; weeks without anything are left out. */
export async function topUpWeeks(db: Db, tenantId: string, now: Date): Promise<WeekOfTopUps[]> {
  const from = startOfRomeDay(firstWeek(now))
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<{ week: RomeDate; source: string; count: bigint; cents: bigint }>`
      select date_trunc('week', came.at at time zone 'Europe/Rome')::date as week, came.source, count(*) as count,
        sum(came.amount)::bigint as cents
      from (
        select r.arrived_at as at, t.channel_id as source, r.our_amount_cents as amount
        from receipts r
        join top_ups t on t.tenant_id = r.tenant_id and t.id = r.top_up_id
        where r.tenant_id = ${tenantId} and r.disposition = 'credited' and r.arrived_at >= ${from}
        union all
        select e.recorded_at, ${TILL_SOURCE}, e.amount_cents from till_entries e
        where e.tenant_id = ${tenantId} and e.reversed_at is null and e.recorded_at >= ${from}
      ) came
      group by 1, 2 order by 1, 2`.execute(tx),
  )
  return rows.map(({ week, source, count, cents: sum }) => ({
    week,
    source,
    count: Number(count),
    cents: cents(sum),
  }))
}

/** The Monday with which the weeks begin that are drawn. */
export function firstWeek(now: Date): RomeDate {
  const today = romeDate(now)
  const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7
  return addDays(today, -weekday - 7 * (WEEKS - 1))
}

/** A child whose credit is below the entity's threshold. */
export interface LowCredit {
  childId: string
  walletId: string
  childName: string
  place: string
  category: string
  balanceCents: SignedCents
  /** Whole meals that it still pays; undefined without a price. */
  mealsLeft: number | undefined
}

export interface LowCreditKey {
  balanceCents: bigint
  walletId: string
}

/** From when on credit is low: meals at the price of the child's enrolment in a school year (`2026/2027`). */
export interface LowCreditRule {
  meals: number
  schoolYear: string
}

/** How many wallets in use are below the threshold, debts of children without an enrolment among them. */
export async function countLowCredits(db: Db, tenantId: string, rule: LowCreditRule): Promise<number> {
  const { rows } = await inTenant(db, tenantId, (tx) =>
    sql<{ low: bigint }>`select count(*) as low ${lowWallets(tenantId, rule)}`.execute(tx),
  )
  return Number(rows[0]!.low)
}

/** A page of them, the deepest first. */
export async function lowCreditsPage(
  db: Db,
  tenantId: string,
  rule: LowCreditRule,
  { after, limit = 25 }: { after?: LowCreditKey | undefined; limit?: number } = {},
): Promise<{ items: LowCredit[]; next: LowCreditKey | undefined }> {
  const rows = await inTenant(db, tenantId, (tx) => lowRows(tx, tenantId, rule, after, limit + 1))
  const items = rows.slice(0, limit).map((row) => ({
    childId: row.child_id,
    walletId: row.id,
    childName: `${row.first_name} ${row.last_name}`,
    place: [row.school, row.class_name].filter(Boolean).join(', '),
    category: row.label,
    balanceCents: signedCents(row.balance_cents),
    mealsLeft: mealsLeft(row.balance_cents, row.tariff_cents),
  }))
  const last = items.at(-1)
  const next =
    rows.length > limit && last ? { balanceCents: last.balanceCents, walletId: last.walletId } : undefined
  return { items, next }
}

interface LowRow {
  id: string
  child_id: string
  balance_cents: bigint
  tariff_cents: bigint | null
  first_name: string
  last_name: string
  school: string
  class_name: string
  label: string
}

async function lowRows(
  tx: Tx,
  tenantId: string,
  rule: LowCreditRule,
  after: LowCreditKey | undefined,
  limit: number,
): Promise<LowRow[]> {
  const { rows } = await sql<LowRow>`
    select low.*, k.first_name, k.last_name, k.school, k.class_name, s.label
    from (
      select w.id, w.child_id, w.category, w.balance_cents, e.tariff_cents ${lowWallets(tenantId, rule)}
        and (${after?.walletId ?? null}::uuid is null
          or (w.balance_cents, w.id) > (${after?.balanceCents ?? null}::bigint, ${after?.walletId ?? null}::uuid))
      order by w.balance_cents, w.id limit ${limit}) low
    join children k on k.tenant_id = ${tenantId} and k.id = low.child_id
    join service_categories s on s.tenant_id = ${tenantId} and s.code = low.category
    order by low.balance_cents, low.id`.execute(tx)
  return rows
}

const lowWallets = (tenantId: string, { meals, schoolYear }: LowCreditRule) => sql`
  from wallets w
  left join enrolments e on e.tenant_id = w.tenant_id and e.child_id = w.child_id and e.category = w.category
    and e.school_year = ${schoolYear}
  where w.tenant_id = ${tenantId} and w.state = 'active' and w.balance_cents < coalesce(e.tariff_cents * ${meals}, 0)
    -- Whoever has enough at the highest price needs no look at the own one.
    and w.balance_cents < coalesce((select max(p.tariff_cents) * ${meals} from enrolments p
      where p.tenant_id = ${tenantId} and p.school_year = ${schoolYear}), 0)`

function mealsLeft(balanceCents: bigint, tariffCents: bigint | null): number | undefined {
  if (!tariffCents) return undefined
  return balanceCents > 0n ? Number(balanceCents / tariffCents) : 0
}
