import { WITHOUT_PGBENCH, type Bench, type Metric, type Row } from '../row.ts'
import { alternate, perSecond, roundsOf } from '../support/alternate.ts'
import type { BenchDatabase } from '../support/cluster.ts'
import { pgbench, timesEachFor } from '../support/pgbench.ts'
import { KIND, populate, prepareModel, walletsOf, type Population } from '../support/population.ts'
import { settleDirectly, settlementsOf, type Settlements } from '../support/settlements.ts'
import { fillStatements } from '../support/statements.ts'

const CLIENTS = 8
/** Families of both installations together with their statements: a page of movements for one wallet in so many. */
const FAMILIES = 50_000
const EVERY_WALLET = 10
const MOVEMENTS = 26

/** An installation of so many tenants, among which the same families, statements and open notices are spread. */
interface Installation {
  readonly database: BenchDatabase
  readonly population: Population
  readonly settlements: Settlements
}

/**
 * P7: the same call in an installation of 10,000 entities and in one of 10. Both hold the same families, so that
 * the ratio tells what tenants cost, and not what rows cost that fit no cache (bench/README.md).
 */
export const manyTenants: Row = {
  id: 'P7',
  title: 'reads and settlements with 10,000 tenants',
  anchor: 'with 10 tenants',
  goal: { atLeast: 0.9 },
  async measure(bench) {
    if (!bench.pgbenchIsInstalled) return WITHOUT_PGBENCH
    const installations: Installation[] = []
    try {
      const families = bench.smoke ? 5_000 : FAMILIES
      for (const tenants of [bench.smoke ? 1_000 : 10_000, 10])
        installations.push(await install(bench, tenants, families / tenants))
      const [large, small] = installations as [Installation, Installation]
      const metrics: Metric[] = []
      for (const [name, script] of Object.entries(READS)) {
        const rate = (side: Installation, timesEach: number) => read(bench, side, script, timesEach)
        metrics.push(await compare(bench, name, large, small, rate))
      }
      metrics.push(await compareSettlements(bench, large, small))
      return { metrics }
    } finally {
      for (const { database } of installations) await database.drop()
    }
  },
}

async function install(bench: Bench, tenants: number, walletsPerTenant: number): Promise<Installation> {
  const database = await bench.cluster.createDatabase()
  const population: Population = { firstTenant: 1, tenants, walletsPerTenant, firstWallet: 1 }
  await prepareModel(database)
  await populate(database, population)
  await fillStatements(database.filler, {
    firstWallet: 1,
    everyWallet: EVERY_WALLET,
    lastWallet: walletsOf(population),
    entries: MOVEMENTS,
  })
  const settlements = settlementsOf(database, population)
  await settlements.provide(walletsOf(population))
  await database.filler`vacuum analyze`
  return { database, population, settlements }
}

/** The hot reads, of one of the wallets with a statement: the `:place`-th of tenant `:t`, counted from 0. */
const READS = {
  find_notice: `select * from find_notice(bench_id(${KIND.tenant}, :t), '301' || lpad(:place::text, 15, '0'))`,
  wallets_of_guardian: `select * from wallets_of_guardian(bench_id(${KIND.tenant}, :t), bench_id(${KIND.account}, :place + 1), now())`,
  movements_page: `select * from movements_page(bench_id(${KIND.tenant}, :t), bench_id(${KIND.wallet}, :place + 1), 9007199254740991, 26)`,
}

function read(bench: Bench, { database, population }: Installation, select: string, timesEach: number) {
  const places = `\\set place random(0, :statements - 1) * ${EVERY_WALLET}\n\\set t 1 + :place / :per_tenant\n`
  return pgbench({
    url: database.urls.app,
    script: `${places}${select};\n`,
    clients: CLIENTS,
    timesEach,
    variables: {
      statements: walletsOf(population) / EVERY_WALLET,
      per_tenant: population.walletsPerTenant,
    },
    signal: bench.signal,
  })
}

async function compareSettlements(bench: Bench, large: Installation, small: Installation): Promise<Metric> {
  const settle = async ({ database, settlements }: Installation, timesEach: number) =>
    settleDirectly(database.urls.app, settlements, { clients: CLIENTS, timesEach, signal: bench.signal })
  const metric = await compare(bench, 'settle_receipt', large, small, settle, async (timesEach, rounds) => {
    for (const { settlements } of [large, small]) await settlements.provide(CLIENTS * timesEach * rounds)
  })
  for (const { settlements } of [large, small]) await settlements.assertAllCredited()
  return metric
}

async function compare(
  bench: Bench,
  call: string,
  large: Installation,
  small: Installation,
  rate: (side: Installation, timesEach: number) => Promise<number>,
  prepare: (timesEach: number, rounds: number) => Promise<void> = async () => {},
): Promise<Metric> {
  const timesEach = await timesEachFor(bench.smoke ? 0.2 : 0.8, CLIENTS, async (times) => {
    await prepare(times, 1)
    await rate(small, times)
    return rate(large, times)
  })
  await prepare(timesEach, roundsOf(bench))
  await bench.cluster.settleDown()
  const { ours, anchor, ratio } = await alternate(
    bench,
    () => rate(large, timesEach),
    () => rate(small, timesEach),
  )
  const tenants = large.population.tenants.toLocaleString('en')
  const name = `${call}/s with ${tenants} tenants, c=${CLIENTS}`
  return { name, ratio, goal: manyTenants.goal, ours: perSecond(ours), anchor: perSecond(anchor) }
}
