import { WITHOUT_PGBENCH, type Row } from '../row.ts'
import { alternate, perSecond, roundsOf } from '../support/alternate.ts'
import { timesEachFor } from '../support/pgbench.ts'
import { populate, prepareModel, walletAt, type Population } from '../support/population.ts'
import { sendReceipts } from '../support/send-receipts.ts'
import { settleDirectly, settlementsOf } from '../support/settlements.ts'
import { startServer } from '../support/start-server.ts'

const CLIENTS = 32
const POPULATION: Population = { firstTenant: 1, tenants: 1000, walletsPerTenant: 1, firstWallet: 1 }

/**
 * P1: what all of Node.js costs a receipt, from the socket to the SQL function: HTTP, SOAP, the schema, routing, the
 * driver. The anchor is that same function, called by PostgreSQL's own load generator.
 */
export const receiptsOverHttp: Row = {
  id: 'P1',
  title: 'paSendRTV2/s over HTTP, c=32',
  anchor: 'pgbench calling settle_receipt',
  goal: { atLeast: 0.5 },
  async measure(bench) {
    if (!bench.pgbenchIsInstalled) return WITHOUT_PGBENCH
    const { signal } = bench
    const database = await bench.cluster.createDatabase()
    try {
      await prepareModel(database)
      await populate(database, POPULATION)
      const settlements = settlementsOf(database, POPULATION)
      const server = await startServer(database.urls, signal)
      try {
        const directly = (timesEach: number) =>
          settleDirectly(database.urls.app, settlements, { clients: CLIENTS, timesEach, signal })
        const overHttp = (timesEach: number) => {
          const start = settlements.take(CLIENTS * timesEach)
          const target = (n: number) => ({
            running: start + n,
            tenant: walletAt(POPULATION, start + n).tenant,
          })
          return sendReceipts({ port: server.port, connections: CLIENTS, timesEach, target, signal })
        }
        const sized = (side: typeof directly) =>
          timesEachFor(bench.smoke ? 0.3 : 2.5, CLIENTS, async (times) => {
            await settlements.provide(CLIENTS * times)
            return side(times)
          })
        const times = { directly: await sized(directly), overHttp: await sized(overHttp) }
        await settlements.provide(CLIENTS * (times.directly + times.overHttp) * roundsOf(bench))
        await database.filler`vacuum analyze`
        await bench.cluster.settleDown()
        const { ours, anchor, ratio } = await alternate(
          bench,
          () => overHttp(times.overHttp),
          () => directly(times.directly),
        )
        await settlements.assertAllCredited()
        const { title: name, goal } = receiptsOverHttp
        return { metrics: [{ name, ratio, goal, ours: perSecond(ours), anchor: perSecond(anchor) }] }
      } finally {
        await server.stop()
      }
    } finally {
      await database.drop()
    }
  },
}
