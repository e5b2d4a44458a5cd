import { readOptions, USAGE, type Options } from './options.ts'
import type { Bench, Row } from './row.ts'
import { receiptsOverHttp } from './rows/p1-receipts-over-http.ts'
import { hotTenant } from './rows/p2-hot-tenant.ts'
import { peerLedger } from './rows/p3-peer-ledger.ts'
import { manyTenants } from './rows/p7-many-tenants.ts'
import { longStatement } from './rows/p8-long-statement.ts'
import { noticePdf } from './rows/p9-notice-pdf.ts'
import { mealCharges } from './rows/p11-meal-charges.ts'
import { nodeWhilePrinting } from './rows/p17-node-while-printing.ts'
import { reconciliation } from './rows/p13-reconciliation.ts'
import { importOfFamilies } from './rows/p19-import.ts'
import { signInTiming } from './rows/p18-sign-in-timing.ts'
import { startCluster, type Cluster } from './support/cluster.ts'
import { describeMachine } from './support/machine.ts'
import { pgbenchIsInstalled } from './support/pgbench.ts'
import { table, type Result } from './table.ts'

const ROWS: readonly Row[] = [
  receiptsOverHttp,
  hotTenant,
  peerLedger,
  manyTenants,
  longStatement,
  noticePdf,
  mealCharges,
  nodeWhilePrinting,
  reconciliation,
  signInTiming,
  importOfFamilies,
]

// A missed goal is a figure, not a failure; a row that breaks, or a wrong option, is.
process.exitCode = await main()

async function main(): Promise<number> {
  let options: Options
  try {
    const ids = ROWS.map(({ id }) => id)
    options = readOptions(process.argv.slice(2), ids)
  } catch (error) {
    console.error(`${messageOf(error)}\n${USAGE}`)
    return 2
  }
  const interruption = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interruption.abort())
  const cluster = await startCluster()
  try {
    const machine = await describeMachine(cluster, { measureFsync: !options.smoke })
    console.log(machine)
    console.log(
      options.smoke
        ? 'Smoke run: it shows that the rows work; its figures mean nothing.\n'
        : 'Ratios are medians of 5 alternated slices of one run; absolute numbers are this machine in this minute.\n',
    )
    const results = await measureRows(options, cluster, interruption.signal)
    console.log(table(results))
    if (interruption.signal.aborted) return 130
    return results.some(({ outcome }) => 'broke' in outcome) ? 1 : 0
  } finally {
    await cluster.stop()
  }
}

async function measureRows(options: Options, cluster: Cluster, signal: AbortSignal): Promise<Result[]> {
  const { smoke, pgledgerFiles, only } = options
  const bench: Bench = { cluster, smoke, signal, pgledgerFiles, pgbenchIsInstalled: pgbenchIsInstalled() }
  const results: Result[] = []
  for (const row of ROWS.filter(({ id }) => only.length === 0 || only.includes(id))) {
    const started = performance.now()
    process.stderr.write(`${row.id} ${row.title}, against ${row.anchor} … `)
    try {
      results.push({ row, outcome: await row.measure(bench) })
    } catch (error) {
      results.push({ row, outcome: { broke: messageOf(error) } })
    }
    process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0)} s\n`)
    if (signal.aborted) break
  }
  return results
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0]! : String(error)
}
