import {
  createPostgresBackend,
  Queue,
  runMigrations,
  Worker,
  withBackend,
  type PostgresConnectionOptions,
  type Processor,
} from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Config } from '../config.ts'
import { KEEP_ALIVE_AFTER_MS, outliveCuts } from '../db/connect.ts'
import { LANES, type Lane } from './job.ts'

/** What travels through a queue: where the outbox row is, and the job's own data. */
export interface Envelope {
  outboxId?: string
  tenantId?: string
  data: unknown
}

/** The queues of all lanes on one backend. */
export interface Queues {
  readonly backend: 'redis' | 'postgres'
  readonly lanes: Readonly<Record<Lane, Queue<Envelope>>>
  /**
   * Makes a worker of one lane, which takes jobs as soon as it is told to `run`.
   * @throws the database's error when the queue lies in PostgreSQL and that is away
   */
  work(lane: Lane, processor: Processor<Envelope>, concurrency: number): Promise<Worker<Envelope>>
  /** True when the backend answers. */
  isReachable(): Promise<boolean>
  close(): Promise<void>
}

const PREFIX = 'borsellino'
/**
 * How soon things are taken up again, where the library's own minutes and quarters of a minute are too long: a job
 * whose process has died is seen after two looks, and a worker that lost its connection tries again within a second.
 */
const RECOVERY = { lockDuration: 4_000, stalledInterval: 3_000, maxStalledCount: 5, runRetryDelay: 1_000 }
const SCHEMA = 'bullmq'

/**
 * Opens the queues on Redis where REDIS_URL is set, else on PostgreSQL.
 * @throws the database's error when that is away
 */
export async function openQueues(config: Pick<Config, 'REDIS_URL' | 'QUEUE_DATABASE_URL'>): Promise<Queues> {
  return config.REDIS_URL ? redisQueues(config.REDIS_URL) : postgresQueues(config.QUEUE_DATABASE_URL!)
}

function redisQueues(url: string): Queues {
  // Workers block on Redis and must wait for it for ever; adding a job should fail soon instead, since the outbox keeps it.
  const workerConnection = new Redis(url, { maxRetriesPerRequest: null })
  const connection = new Redis(url, { maxRetriesPerRequest: 2, enableOfflineQueue: true })
  const workers: Worker<Envelope>[] = []
  for (const client of [workerConnection, connection]) client.on('error', ignoreConnectionLoss)
  const lanes = perLane((lane) => quiet(new Queue<Envelope>(lane, { connection, prefix: PREFIX })))
  return {
    backend: 'redis',
    lanes,
    async work(lane, processor, concurrency) {
      const worker = new Worker<Envelope>(lane, processor, {
        connection: workerConnection,
        prefix: PREFIX,
        concurrency,
        autorun: false,
        ...RECOVERY,
      })
      workers.push(quiet(worker))
      return worker
    },
    isReachable: () => answers(connection.ping()),
    async close() {
      await closeAll(workers, lanes)
      workerConnection.disconnect()
      connection.disconnect()
    },
  }
}

async function postgresQueues(url: string): Promise<Queues> {
  // Each worker holds one connection for LISTEN for ever; the rest serve ordinary queries.
  const pool = new pg.Pool({
    connectionString: url,
    max: LANES.length * 2 + 10,
    options: `-c search_path=${SCHEMA}`,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
  })
  pool.setMaxListeners(0)
  outliveCuts(pool)
  const client = await pool.connect()
  try {
    await runMigrations(client, SCHEMA)
  } finally {
    client.release()
  }
  const backend = withBackend(createPostgresBackend)
  const connection = pool as unknown as PostgresConnectionOptions
  const workers: Worker<Envelope>[] = []
  const lanes = perLane((lane) =>
    quiet(new backend.Queue<Envelope>(lane, { connection }) as unknown as Queue<Envelope>),
  )
  // The library looks at the schema once and keeps what came of it for good: a queue whose look was cut short would
  // refuse every job, and a running worker ask again for ever without letting anything else of its process happen.
  try {
    await Promise.all(Object.values(lanes).map((queue) => queue.waitUntilReady()))
  } catch (error) {
    await pool.end()
    throw error
  }
  return {
    backend: 'postgres',
    lanes,
    async work(lane, processor, concurrency) {
      const made: unknown = new backend.Worker<Envelope>(lane, processor, {
        connection,
        concurrency,
        autorun: false,
        ...RECOVERY,
      })
      const worker = quiet(made as Worker<Envelope>)
      try {
        await worker.waitUntilReady()
      } catch (error) {
        await worker.close()
        throw error
      }
      workers.push(worker)
      return worker
    },
    isReachable: () => answers(pool.query('select 1')),
    async close() {
      await closeAll(workers, lanes)
      await pool.end()
    },
  }
}

function perLane<Value>(make: (lane: Lane) => Value): Record<Lane, Value> {
  return Object.fromEntries(LANES.map((lane) => [lane, make(lane)])) as Record<Lane, Value>
}

/** Both drivers connect again by themselves; what was lost meanwhile is in the outbox, and /readyz tells. */
function ignoreConnectionLoss(): void {}

function quiet<Emitter extends { on(event: 'error', listener: () => void): unknown }>(
  emitter: Emitter,
): Emitter {
  emitter.on('error', ignoreConnectionLoss)
  return emitter
}

async function answers(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => true,
    () => false,
  )
}

async function closeAll(
  workers: readonly Worker<Envelope>[],
  lanes: Readonly<Record<Lane, Queue<Envelope>>>,
): Promise<void> {
  await Promise.all(workers.map((worker) => worker.close()))
  await Promise.all(Object.values(lanes).map((queue) => queue.close()))
}
