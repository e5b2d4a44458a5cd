import { readFileSync } from 'node:fs'
import { openPool } from '#core/db/connect.ts'
import { WITHOUT_PGBENCH, type Bench, type Metric, type Row } from '../row.ts'
import { alternate, perSecond } from '../support/alternate.ts'
import { pgbench, timesEachFor } from '../support/pgbench.ts'
import { KIND, populate, prepareModel, type Population } from '../support/population.ts'

const ACCOUNTS = 1000
const POPULATION: Population = { firstTenant: 1, tenants: 1, walletsPerTenant: ACCOUNTS, firstWallet: 1 }

/** A transfer between two accounts, ours and theirs, over and over. */
interface Scenario {
  readonly name: string
  readonly clients: number
  readonly ours: string
  readonly anchor: string
}

/**
 * P3: one transfer through our ledger's function against one through pgledger, in one PostgreSQL. Both book two
 * lines and keep the balance after each; ours also locks nothing for an account that all families share.
 */
export const peerLedger: Row = {
  id: 'P3',
  title: 'ledger transfers/s',
  anchor: 'pgledger',
  goal: { atLeast: 2 },
  async measure(bench) {
    if (!bench.pgbenchIsInstalled) return WITHOUT_PGBENCH
    if (bench.pgledgerFiles.length === 0) return { notRun: 'name its SQL with --pgledger (bench/README.md)' }
    const database = await bench.cluster.createDatabase()
    const peer = await bench.cluster.createBareDatabase()
    try {
      await prepareModel(database)
      await populate(database, POPULATION)
      await loadPeer(peer.url, bench.pgledgerFiles)
      await database.filler`vacuum analyze`
      const metrics: Metric[] = []
      for (const scenario of SCENARIOS)
        metrics.push(await compare(bench, scenario, { ours: database.urls.app, anchor: peer.url }))
      return { metrics }
    } finally {
      await database.drop()
      await peer.drop()
    }
  },
}

/** Their schema and accounts, with ids of the length that theirs have, which a script can compute. */
async function loadPeer(url: string, files: readonly string[]): Promise<void> {
  const peer = openPool(url, { max: 1 })
  try {
    for (const file of files) await peer.unsafe(readFileSync(file, 'utf8'))
    await peer`select pgledger_create_account('account ' || n, 'EUR') from generate_series(1, ${ACCOUNTS}::bigint) n`
    await peer`update pgledger_accounts set id = 'pgla_' || lpad(substr(name, 9), 26, '0')`
    await peer`vacuum analyze`
  } finally {
    await peer.end({ timeout: 1 })
  }
}

const ANY_TWO = `\\set a random(1, ${ACCOUNTS})\n\\set b 1 + (:a + random(0, ${ACCOUNTS - 2})) % ${ACCOUNTS}\n`
const ANY_AND_FIRST = `\\set a random(2, ${ACCOUNTS})\n\\set b 1\n`
const FIRST_TWO = `\\set a 1\n\\set b 2\n`
const OURS = `select ledger_open_balance(bench_id(${KIND.tenant}, 1), uuidv7(), bench_id(${KIND.wallet}, :a), 1234, uuidv7()::text, now(), now());\n`
const THEIRS = `select id from pgledger_create_transfer('pgla_' || lpad(:a::text, 26, '0'), 'pgla_' || lpad(:b::text, 26, '0'), 12.34);\n`

/** The second account of ours is always the entity's own, shared by all wallets: there is no balance row to lock. */
const SCENARIOS: readonly Scenario[] = [
  { name: 'any two of 1000 accounts', clients: 1, ours: ANY_TWO + OURS, anchor: ANY_TWO + THEIRS },
  { name: 'any two of 1000 accounts', clients: 8, ours: ANY_TWO + OURS, anchor: ANY_TWO + THEIRS },
  { name: 'one hot shared account', clients: 8, ours: ANY_AND_FIRST + OURS, anchor: ANY_AND_FIRST + THEIRS },
  { name: 'one hot wallet', clients: 8, ours: FIRST_TWO + OURS, anchor: FIRST_TWO + THEIRS },
]

async function compare(
  bench: Bench,
  { name, clients, ...scripts }: Scenario,
  urls: { ours: string; anchor: string },
): Promise<Metric> {
  const run = (side: 'ours' | 'anchor', timesEach: number) =>
    pgbench({ url: urls[side], script: scripts[side], clients, timesEach, signal: bench.signal })
  const sized = (side: 'ours' | 'anchor') =>
    timesEachFor(bench.smoke ? 0.2 : 0.8, clients, (times) => run(side, times))
  const times = { ours: await sized('ours'), anchor: await sized('anchor') }
  await bench.cluster.settleDown()
  const { ours, anchor, ratio } = await alternate(
    bench,
    () => run('ours', times.ours),
    () => run('anchor', times.anchor),
  )
  return {
    name: `transfers/s, ${name}, c=${clients}`,
    ratio,
    goal: peerLedger.goal,
    ours: perSecond(ours),
    anchor: perSecond(anchor),
  }
}
