import { connect as dial, createServer, type AddressInfo, type Socket } from 'node:net'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { connect } from '../db/connect.ts'
import { testDatabase } from '../../../test/support/database.ts'
import { until } from '../../../test/support/process.ts'
import { openQueues } from './queue.ts'

/* The queue in PostgreSQL outlives what happens to its connections. */

const database = await testDatabase()
const superuser = connect(database.adminUrl, { max: 1 })
afterAll(() => superuser.destroy())

/** How PostgreSQL says that a connection is open and idle (message flow of its protocol, ReadyForQuery). */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])

const network = await openNetwork(database.urls.queue)
const queues = await openQueues({ QUEUE_DATABASE_URL: network.url })
afterAll(async () => {
  await queues.close()
  network.close()
})

test('a connection that is cut in the moment in which it opens costs nothing but itself', async () => {
  // Nothing is open: whoever asks next has to knock.
  await until(async () => (await cutAll()) === 0)
  network.holdNew()
  const done: unknown[] = []
  const work = () => queues.work('mail', async ({ data }) => void done.push(data.data), 1)
  const refusal = work().then(
    () => 'it opened',
    (error: Error) => error.message,
  )
  await until(() => network.held() > 0)
  // What was held comes in one piece with the server's last words: nobody could have begun to listen in between.
  await cutAll()
  await until(() => network.flushed() > 0)
  expect(await refusal).toMatch(/connection/i)
  network.pass()
  const worker = await work()
  void worker.run()
  await queues.lanes.mail.add('job', { data: 'done all the same' })
  await until(() => done.length > 0)
  expect(done).toEqual(['done all the same'])
})

async function cutAll(): Promise<number> {
  const { rows } = await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and usename like '%queue'`.execute(superuser)
  return rows.length
}

/** A network before a server that can hold back what new connections hear once they are open, until the server hangs up. */
async function openNetwork(target: string) {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const count = { held: 0, flushed: 0 }
  let isHolding = false
  const server = createServer((client) => {
    const upstream = dial(Number(port), hostname)
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => socket.destroy()))
    const mayHold = isHolding
    let kept: Buffer | undefined
    client.pipe(upstream)
    upstream.on('data', (chunk: Buffer) => {
      if (kept === undefined && !(mayHold && chunk.includes(READY))) return void client.write(chunk)
      if (kept === undefined) count.held++
      kept = Buffer.concat([kept ?? Buffer.alloc(0), chunk])
    })
    upstream.once('close', () => {
      if (kept) count.flushed++
      client.end(kept ?? '')
    })
    client.once('close', () => upstream.destroy())
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    holdNew: () => void (isHolding = true),
    pass: () => void (isHolding = false),
    held: () => count.held,
    flushed: () => count.flushed,
    close() {
      sockets.forEach((socket) => socket.destroy())
      server.close()
    },
  }
}
