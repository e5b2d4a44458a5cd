import { checkLedger } from '#core/ledger/check.ts'
import { movementsPage } from '#core/ledger/movements.ts'
import { walletsOfGuardian } from '../../src/tenants/people/wallets.ts'
import type { Row } from '../row.ts'
import { alternate, milliseconds } from '../support/alternate.ts'
import type { BenchDatabase } from '../support/cluster.ts'
import { benchId, KIND, populate, prepareModel, type Population } from '../support/population.ts'
import { fillStatements } from '../support/statements.ts'

const [LONG, SHORT] = [1, 2]
const TENANT = benchId(KIND.tenant, 1)
const POPULATION: Population = { firstTenant: 1, tenants: 1, walletsPerTenant: 2, firstWallet: LONG }

/**
 * P8: what a parent sees first, the balance and the newest page of movements, through the product's own functions,
 * for a wallet with a million entries and for one with ten in the same tables. A sum or an offset would be linear.
 */
export const longStatement: Row = {
  id: 'P8',
  title: 'time at 1M entries in one wallet',
  anchor: 'at 10 entries',
  goal: { atMost: 1.5 },
  async measure(bench) {
    const database = await bench.cluster.createDatabase()
    try {
      await prepareModel(database)
      await populate(database, POPULATION)
      const entries = bench.smoke ? 20_000 : 1_000_000
      const fill = (wallet: number, entries: number) =>
        fillStatements(database.filler, { firstWallet: wallet, everyWallet: 1, lastWallet: wallet, entries })
      await fill(SHORT, 10)
      await assertSound(database)
      await fill(LONG, entries)
      await database.filler`vacuum analyze`
      await bench.cluster.settleDown()
      const show = showerOf(database)
      const slice = (wallet: number) => async () => {
        const times = bench.smoke ? 50 : 1000
        const started = performance.now()
        for (let count = 0; count < times; count++) await show(wallet)
        return (performance.now() - started) / times
      }
      const [long, short] = [slice(LONG), slice(SHORT)]
      for (const warmUp of [long, short]) await warmUp()
      const { ratio, ours, anchor } = await alternate(bench, long, short)
      const name = `balance and first statement page, at ${entries.toLocaleString('en')} entries`
      const { goal } = longStatement
      return { metrics: [{ name, ratio, goal, ours: milliseconds(ours), anchor: milliseconds(anchor) }] }
    } finally {
      await database.drop()
    }
  },
}

/** @throws when the ledger's own check says that it would not have written such a statement */
async function assertSound({ db }: BenchDatabase): Promise<void> {
  const violations = await checkLedger(db, TENANT)
  if (violations.length > 0) throw new Error(`the filled ledger breaks ${violations[0]!.invariant}`)
}

/** Reads what stands on the first screens of a wallet, one after the other. */
function showerOf({ app, db }: BenchDatabase): (wallet: number) => Promise<void> {
  return async (wallet) => {
    const walletId = benchId(KIND.wallet, wallet)
    const wallets = await walletsOfGuardian(app, TENANT, benchId(KIND.account, wallet))
    const page = await movementsPage(db, TENANT, walletId, {})
    const newest = page.items[0]
    if (wallets[0]?.id !== walletId || !newest || newest.balanceAfterCents !== wallets[0].balanceCents)
      throw new Error('balance and statement do not agree')
  }
}
