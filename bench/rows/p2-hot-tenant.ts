import { WITHOUT_PGBENCH, type Row } from '../row.ts'
import { alternate, perSecond, roundsOf } from '../support/alternate.ts'
import { timesEachFor } from '../support/pgbench.ts'
import { populate, prepareModel, type Population } from '../support/population.ts'
import { settleDirectly, settlementsOf } from '../support/settlements.ts'

const CLIENTS = 32
const WALLETS = 1000
const SPREAD: Population = { firstTenant: 1, tenants: WALLETS, walletsPerTenant: 1, firstWallet: 1 }
const HOT: Population = {
  firstTenant: WALLETS + 1,
  tenants: 1,
  walletsPerTenant: WALLETS,
  firstWallet: WALLETS + 1,
}

/**
 * P2: one busy entity against a thousand quiet ones. Both sides have 1000 wallets, so the only difference is what
 * the settlements of one tenant share. Nothing they share may make them wait for each other.
 */
export const hotTenant: Row = {
  id: 'P2',
  title: 'settlements/s on one hot tenant, c=32',
  anchor: 'the same spread over 1000 tenants',
  goal: { atLeast: 0.9 },
  async measure(bench) {
    if (!bench.pgbenchIsInstalled) return WITHOUT_PGBENCH
    const database = await bench.cluster.createDatabase()
    try {
      await prepareModel(database)
      const [hot, spread] = [HOT, SPREAD].map((population) => settlementsOf(database, population)) as [
        ReturnType<typeof settlementsOf>,
        ReturnType<typeof settlementsOf>,
      ]
      for (const { population } of [hot, spread]) await populate(database, population)
      const settle = (side: typeof hot, timesEach: number) =>
        settleDirectly(database.urls.app, side, { clients: CLIENTS, timesEach, signal: bench.signal })
      const timesEach = await timesEachFor(bench.smoke ? 0.3 : 2.5, CLIENTS, async (times) => {
        for (const side of [hot, spread]) await side.provide(CLIENTS * times)
        await settle(hot, times)
        return settle(spread, times)
      })
      for (const side of [hot, spread]) await side.provide(CLIENTS * timesEach * roundsOf(bench))
      await database.filler`vacuum analyze`
      await bench.cluster.settleDown()
      const { ours, anchor, ratio } = await alternate(
        bench,
        () => settle(hot, timesEach),
        () => settle(spread, timesEach),
      )
      for (const side of [hot, spread]) await side.assertAllCredited()
      return {
        metrics: [
          {
            name: hotTenant.title,
            ratio,
            goal: hotTenant.goal,
            ours: perSecond(ours),
            anchor: perSecond(anchor),
          },
        ],
      }
    } finally {
      await database.drop()
    }
  },
}
