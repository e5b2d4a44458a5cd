import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:http'
import type { Bench, Row } from '../row.ts'
import { milliseconds } from '../support/alternate.ts'
import { callOnSchedule, type Call } from '../support/call-on-schedule.ts'
import type { BenchDatabase } from '../support/cluster.ts'
import { questionMessage } from '../support/question-message.ts'
import { populate, prepareModel, walletAt, type Population } from '../support/population.ts'
import { receiptMessage } from '../support/receipt-message.ts'
import { settlementsOf } from '../support/settlements.ts'
import { startServer } from '../support/start-server.ts'

const CALLS_A_SECOND = 50
const WITHIN_MS = 200
const POPULATION: Population = { firstTenant: 1, tenants: 100, walletsPerTenant: 10, firstWallet: 1 }

/**
 * P17: pagoPA's service level while copies of receipts are printed: 50 calls a second (verify, get and receipts in
 * turn) come on a fixed schedule, whether or not earlier ones were answered, to one process that serves and works
 * (ROLE=all) and has more receipts to print than it can print meanwhile. Time counts from when a call was due.
 */
export const nodeWhilePrinting: Row = {
  id: 'P17',
  title: 'Node calls answered within 200 ms while PDFs render',
  anchor: 'a schedule of 50 calls/s',
  goal: { atLeast: 0.98 },
  async measure(bench) {
    const seconds = bench.smoke ? 2 : 20
    const calls = CALLS_A_SECOND * seconds
    const backlog = bench.smoke ? 20 : 1_500
    const database = await bench.cluster.createDatabase()
    const archive = await listenAsArchive()
    try {
      await prepareModel(database)
      await populate(database, POPULATION)
      const settlements = settlementsOf(database, POPULATION)
      await settlements.provide(backlog + calls)
      const port = (archive.address() as AddressInfo).port
      const quiet = await startServer(database.urls, bench.signal)
      const first = settlements.take(backlog)
      await callOnSchedule(quiet.port, 500, range(first, backlog).map(receiptCall), bench.signal)
      await quiet.stop()
      await bench.cluster.settleDown()
      const server = await startServer(database.urls, bench.signal, {
        BENCH_WORKS: 'true',
        ACA_URL: `http://127.0.0.1:${port}/`,
      })
      try {
        const start = settlements.take(calls)
        const times = await callOnSchedule(
          server.port,
          CALLS_A_SECOND,
          range(start, calls).map((running, turn) => callOf(running, turn)),
          bench.signal,
        )
        const printed = await countCopies(database)
        return outcome(times, printed, backlog, bench)
      } finally {
        await server.stop()
      }
    } finally {
      archive.close()
      await database.drop()
    }
  },
}

/** The three kinds of calls in turn; each receipt is the receipt of a notice that nobody else asks about. */
function callOf(running: number, turn: number): Call {
  if (turn % 3 === 2) return receiptCall(running)
  const { tenant } = walletAt(POPULATION, running)
  const operation = turn % 3 === 0 ? 'paVerifyPaymentNotice' : 'paGetPaymentV2'
  return { operation, body: questionMessage(operation, tenant, running) }
}

function receiptCall(running: number): Call {
  const { tenant } = walletAt(POPULATION, running)
  return { operation: 'paSendRTV2', body: receiptMessage(tenant, running) }
}

function outcome(times_ms: readonly number[], printed: number, backlog: number, { smoke }: Bench) {
  if (!smoke && printed >= backlog)
    throw new Error(
      `all ${printed} copies were printed before the calls were over: nothing was measured against`,
    )
  const sorted = times_ms.toSorted((a, b) => a - b)
  const slowest = sorted.at(-1)!
  const median = sorted[Math.floor(sorted.length / 2)]!
  const share = sorted.filter((time) => time <= WITHIN_MS).length / sorted.length
  const told = `median ${milliseconds(median)}, slowest ${milliseconds(slowest)}`
  const against = `${times_ms.length} calls, ${printed} PDFs printed meanwhile`
  return {
    metrics: [
      {
        name: nodeWhilePrinting.title,
        ratio: share,
        goal: nodeWhilePrinting.goal,
        ours: told,
        anchor: against,
      },
      {
        name: 'slowest of them, in parts of 2 s',
        ratio: slowest / 2_000,
        goal: { atMost: 1 },
        ours: milliseconds(slowest),
        anchor: '2 s, the service level',
      },
    ],
  }
}

async function countCopies({ filler }: BenchDatabase): Promise<number> {
  const [row] = await filler<[{ copies: bigint }]>`select count(*) as copies from receipt_copies`
  return Number(row.copies)
}

/** Takes every announcement at once: what the archive costs is not measured here. */
async function listenAsArchive(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume()
    request.once('end', () => response.end('{}'))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return server
}

function range(start: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => start + index)
}
