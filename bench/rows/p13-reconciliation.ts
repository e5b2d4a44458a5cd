import { sql } from 'kysely'
import { newId } from '#core/ids.ts'
import type { Bench, Row } from '../row.ts'
import { alternate, milliseconds } from '../support/alternate.ts'
import type { BenchDatabase } from '../support/cluster.ts'
import { fillFlow, flowRowId, PLANTED, type FilledFlow } from '../support/flows.ts'
import { benchId, KIND, populate, prepareModel } from '../support/population.ts'

const TENANT = 1

/**
 * P13: a reporting flow of 100,000 lines, and one of 10,000, matched to as many receipts by the product's own function,
 * differences and all. What the run found is checked after each slice: every planted difference, and no other.
 */
export const reconciliation: Row = {
  id: 'P13',
  title: 'reconciliation of 100k lines',
  anchor: 'of 10k',
  goal: { atMost: 11 },
  async measure(bench) {
    const unit = bench.smoke ? 200 : 10_000
    const sides = [await side(bench, unit * 10), await side(bench, unit)] as const
    try {
      await bench.cluster.settleDown()
      const [large, small] = sides.map(({ database, flow }) => async () => {
        const took = await reconcile(database, flow)
        await undo(database, flow)
        return took
      }) as [() => Promise<number>, () => Promise<number>]
      for (const warmUp of [large, small]) await warmUp()
      const { ratio, ours, anchor } = await alternate(bench, large, small)
      const { goal } = reconciliation
      const name = `a flow of ${(unit * 10).toLocaleString('en')} lines against one of ${unit.toLocaleString('en')}`
      return { metrics: [{ name, ratio, goal, ours: milliseconds(ours), anchor: milliseconds(anchor) }] }
    } finally {
      for (const { database } of sides) await database.drop()
    }
  },
}

/** A database of its own for each side: a small flow among a large one's receipts would be slower than it is. */
async function side(
  { cluster }: Bench,
  lines: number,
): Promise<{ database: BenchDatabase; flow: FilledFlow }> {
  const database = await cluster.createDatabase()
  await prepareModel(database)
  await populate(database, { firstTenant: TENANT, tenants: 1, walletsPerTenant: 1, firstWallet: 1 })
  const flow = { tenant: TENANT, number: 1, first: 100, lines }
  await fillFlow(database.filler, flow)
  await database.filler`vacuum analyze`
  return { database, flow }
}

/** @throws when the differences are not exactly the planted ones */
async function reconcile({ db, filler }: BenchDatabase, flow: FilledFlow): Promise<number> {
  const tenantId = benchId(KIND.tenant, flow.tenant)
  const started = performance.now()
  await sql`select reconcile_flow(${tenantId}, ${flowRowId(flow)}, ${newId()}, now()) as x`.execute(db)
  const took = performance.now() - started
  const found = await filler<{ kind: string; count: bigint }[]>`
    select kind, count(*) as count from reconciliation_differences
    where flow_id = ${flowRowId(flow)} and state = 'open' group by kind`
  const counts = Object.fromEntries(found.map(({ kind, count }) => [kind, Number(count)]))
  const wanted = Object.fromEntries(Object.keys(PLANTED).map((kind) => [kind, flow.lines / 100]))
  for (const kind of new Set([...Object.keys(counts), ...Object.keys(wanted)]))
    if (counts[kind] !== wanted[kind])
      throw new Error(`${kind}: ${counts[kind] ?? 0} found, ${wanted[kind] ?? 0} planted`)
  return took
}

/** As if the flow had just been read, the dead rows of the run cleared away. */
async function undo({ filler }: BenchDatabase, flow: FilledFlow): Promise<void> {
  const id = flowRowId(flow)
  await filler`delete from reconciliation_differences where flow_id = ${id}`
  await filler`delete from receipt_recoveries where flow_id = ${id}`
  await filler`update fdr_lines set receipt_row_id = null, matched_by = null where flow_id = ${id}`
  await filler`vacuum analyze fdr_lines, reconciliation_differences, receipt_recoveries`
}
