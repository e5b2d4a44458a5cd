import { romeInstant, type RomeDate } from '#core/clock.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { openPool, type Pool } from '#core/db/connect.ts'
import { chargeDay } from '../../src/meals/charges.ts'
import type { Row } from '../row.ts'
import { alternate, milliseconds } from '../support/alternate.ts'
import type { BenchDatabase } from '../support/cluster.ts'
import { closeLists, mealDay, openCanteen } from '../support/meal-days.ts'
import { benchId, KIND, populate, prepareModel, type Population } from '../support/population.ts'

const [OURS, BARE, NEIGHBOUR] = [1, 2, 3]
const CHUNK = 5_000
/** As many as the product charges an entity's parts over. */
const CONNECTIONS = 2
const WRITTEN = ['wallets', 'attendance', 'attendance_lists', 'ledger_postings', 'meal_charges'] as const

/**
 * P11: a day's meals of every child of one entity, from closed lists to moved balances: the product finds who ate,
 * works out each price (bands of income, exemptions, kinds of day), compares with what was charged before and books.
 * The anchor is told all that. As a superuser, so without policies, it writes the same rows of another entity into the
 * same tables (the batch, a posting for each meal, the charge, the wallet), under the same keys, checks and indexes, one
 * transaction for each 5,000, from arrays that lie ready in the database: whom to charge how much, and the batch's
 * text. Wallets, postings and charges are one statement of it, so that nothing is read twice; like any ledger it locks
 * the wallets in order and has to ask them for their balances. Both commit durably, over two connections each.
 */
export const mealCharges: Row = {
  id: 'P11',
  title: 'meal charges of 50k children',
  anchor: 'bare unnest SQL',
  goal: { atLeast: 0.8 },
  async measure(bench) {
    const children = bench.smoke ? 1_000 : 50_000
    const population: Population = { firstTenant: 1, tenants: 2, walletsPerTenant: children, firstWallet: 1 }
    const database = await bench.cluster.createDatabase()
    const bare = openPool(superuserUrl(database), { max: CONNECTIONS })
    try {
      await prepareModel(database)
      await populate(database, population)
      await openCanteen(database.filler, { population, tenant: OURS })
      await openCanteen(database.filler, { population, tenant: BARE })
      await chargeNeighbour(database, 1 + 2 * children)
      // Vacuum comes between slices too, not inside one of them by chance; before a day begins, so that its rows are as new
      // to the planner as those of a day that was just handed in.
      for (const table of WRITTEN)
        await database.filler.unsafe(`alter table ${table} set (autovacuum_enabled = off)`)
      const days = { ours: 0, bare: 0 }
      const ours = async () => {
        const day = mealDay(days.ours++)
        await database.filler`vacuum analyze`
        await closeLists(database.filler, { population, tenant: OURS }, day)
        await bench.cluster.settleDown()
        return children / (await charge(database, OURS, day, children))
      }
      const anchor = async () => {
        const day = mealDay(days.bare++)
        await database.filler`vacuum analyze`
        await stage(database.filler, day)
        await bench.cluster.settleDown()
        return children / (await chargeBare(bare, children))
      }
      for (const warmUp of [ours, anchor]) await warmUp()
      const result = await alternate(bench, ours, anchor)
      await assertSound(database)
      const perDay = (rate: number) => `${milliseconds((children / rate) * 1000)} a day`
      const { goal } = mealCharges
      const name = `a day of ${children.toLocaleString('en')} children of one entity, meals/s`
      return {
        metrics: [
          { name, ratio: result.ratio, goal, ours: perDay(result.ours), anchor: perDay(result.anchor) },
        ],
      }
    } finally {
      await bare.end({ timeout: 1 })
      await database.drop()
    }
  },
}

function superuserUrl({ filler }: BenchDatabase): string {
  const { user, pass, host, port, database } = filler.options
  return `postgres://${user}:${pass ?? ''}@${host[0]}:${port[0]}/${database}`
}

/** Seconds of the product's own run. @throws unless every child was charged */
async function charge(
  { db }: BenchDatabase,
  tenant: number,
  day: RomeDate,
  children: number,
): Promise<number> {
  const started = performance.now()
  const clock = { now: () => new Date() }
  const tenantId = benchId(KIND.tenant, tenant)
  const outcome = await chargeDay({ db, clock }, tenantId, { category: 'REFEZIONE', day }, { kind: 'system' })
  const took = performance.now() - started
  if (outcome.charged !== children || outcome.problems !== 0)
    throw new Error(`${children} children, ${JSON.stringify(outcome)}`)
  return took / 1000
}

/**
 * Charges some children of an entity behind the two: the last rows of an index are written faster than all others, and
 * the anchor's would be the last.
 */
async function chargeNeighbour(database: BenchDatabase, firstWallet: number): Promise<void> {
  const population = { firstTenant: NEIGHBOUR, tenants: 1, walletsPerTenant: 10, firstWallet }
  await populate(database, population)
  await openCanteen(database.filler, { population, tenant: NEIGHBOUR })
  await closeLists(database.filler, { population, tenant: NEIGHBOUR }, mealDay(0))
  await charge(database, NEIGHBOUR, mealDay(0), 10)
}

/** Lays the anchor's rows ready, as arrays of a chunk each. */
async function stage(filler: Pool, day: RomeDate): Promise<void> {
  const tenant = benchId(KIND.tenant, BARE)
  await filler`drop table if exists bench_chunks`
  await filler`create table bench_chunks as
    select chunk, uuidv7() as id, array_agg(wallet_id order by wallet_id) as wallet_ids,
      array_agg(child_id order by wallet_id) as child_ids, array_agg(price order by wallet_id) as amounts, sum(price)::bigint as total,
      convert_to('meal|' || ${day} || '/REFEZIONE/' || uuidv7() || '|2026-11-23T12:00:00.000000Z'
        || string_agg('|wallet:' || wallet_id || ':-' || price, '' order by wallet_id) || '|meals-income::' || sum(price), 'UTF8') as content,
      min(plan_id::text)::uuid as plan_id
    from (
      select (row_number() over (order by w.id) - 1) / ${CHUNK} as chunk, w.id as wallet_id, w.child_id,
        m.price_cents as price, m.plan_id
      from wallets w
      join meal_prices(${tenant}, 'REFEZIONE', ${day}, '2026/2027', (select array_agg(child_id) from wallets where tenant_id = ${tenant})) m
        on m.child_id = w.child_id
      where w.tenant_id = ${tenant}) s
    group by chunk`
  await filler`analyze bench_chunks`
  stagedDay = day
}
let stagedDay: RomeDate = ''

/** Seconds of the bare statements. */
async function chargeBare(bare: Pool, children: number): Promise<number> {
  const tenant = benchId(KIND.tenant, BARE)
  const at = romeInstant(`${stagedDay}T12:00:00`)
  const started = performance.now()
  const chunks = Array.from({ length: Math.ceil(children / CHUNK) }, (_, chunk) => chunk)
  const write = (chunk: number) =>
    bare.begin(async (sql) => {
      await sql`select count(*) from (
        select from wallets w join (select unnest(wallet_ids) as id from bench_chunks where chunk = ${chunk}) m on m.id = w.id
        where w.tenant_id = ${tenant} order by w.id for update of w) locked`
      await sql`insert into ledger_transactions (tenant_id, id, kind, reference, occurred_at, booked_at, content)
        select ${tenant}, id, 'meal', ${stagedDay} || '/REFEZIONE/' || id, ${at}, now(), content from bench_chunks where chunk = ${chunk}`
      await sql`with moved as (
          update wallets w set balance_cents = w.balance_cents - m.amount, movements = w.movements + 1
          from bench_chunks c, unnest(c.wallet_ids, c.child_ids, c.amounts) with ordinality m (wallet_id, child_id, amount, line)
          where c.chunk = ${chunk} and w.tenant_id = ${tenant} and w.id = m.wallet_id
          returning c.id as transaction_id, c.plan_id, m.line, m.child_id, w.id, m.amount, w.movements, w.balance_cents
        ), posted as (
          insert into ledger_postings (tenant_id, transaction_id, line, account, wallet_id, amount_cents, movement, balance_after_cents)
          select ${tenant}, transaction_id, line, 'wallet', id, -amount, movements, balance_cents from moved
        )
        insert into meal_charges (tenant_id, day, category, child_id, revision, wallet_id, amount_cents, transaction_id, movement, plan_id, attendance_revision, charged_at)
        select ${tenant}, ${stagedDay}, 'REFEZIONE', child_id, 1, id, amount, transaction_id, movements, plan_id, 1, now() from moved`
      await sql`insert into ledger_postings (tenant_id, transaction_id, line, account, amount_cents)
        select ${tenant}, id, cardinality(wallet_ids) + 1, 'meals-income', total from bench_chunks where chunk = ${chunk}`
    })
  // The pool hands out its connections in turn.
  await Promise.all(chunks.map(write))
  const took = (performance.now() - started) / 1000
  const [row] = await bare<[{ meals: bigint }]>`
    select count(*) as meals from meal_charges where tenant_id = ${tenant} and day = ${stagedDay}`
  if (Number(row.meals) !== children)
    throw new Error(`${children} children, ${row.meals} charged by the anchor`)
  return took
}

/** @throws when the ledger's own check finds anything in either entity: then the two did not write the same */
async function assertSound({ db }: BenchDatabase): Promise<void> {
  for (const tenant of [OURS, BARE]) {
    const [violation] = await checkLedger(db, benchId(KIND.tenant, tenant))
    if (violation)
      throw new Error(`the charges of entity ${tenant} break ${violation.invariant}: ${violation.detail}`)
  }
}
