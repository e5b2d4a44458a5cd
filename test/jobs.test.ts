import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { defineJob } from '#core/jobs/job.ts'
import { enqueue, listFailing, replayParked, type OutboxEntry } from '#core/jobs/outbox.ts'
import { openQueues, type Queues } from '#core/jobs/queue.ts'
import { startRelay, type Relay } from '#core/jobs/relay.ts'
import { startWorkers } from '#core/jobs/workers.ts'
import { createLog } from '#core/log.ts'
import { bareTenant } from './support/entities.ts'
import { testDatabase } from './support/database.ts'
import { redisIsInstalled, startRedis } from './support/redis.ts'
import { until } from './support/process.ts'

const database = await testDatabase()
const log = createLog(process.env.TEST_LOG ?? 'silent')
const backends = redisIsInstalled ? ['redis', 'postgres'] : ['postgres']

describe.each(backends)('jobs on %s', (backend) => {
  const ran: string[] = []
  let failures = 0
  let queues: Queues
  let relay: Relay
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined

  const note = defineJob({
    name: 'test.note',
    lane: 'documents',
    data: z.object({ what: z.string() }),
    async run({ what }) {
      if (what === 'refused') throw new DomainError('top_up.not_found')
      if (what === 'flaky' && failures++ === 0) throw new Error('first try fails')
      ran.push(what)
    },
  })

  beforeAll(async () => {
    redis = backend === 'redis' ? await startRedis() : undefined
    queues = await openQueues({ REDIS_URL: redis?.url, QUEUE_DATABASE_URL: database.urls.queue })
    await startWorkers({ db: database.app, queues, jobs: [note], recurring: [], clock: systemClock, log })
    relay = startRelay({
      relay: database.relay,
      queues,
      jobs: [note],
      clock: systemClock,
      log,
      intervalMs: 50,
      trustMs: 2_000,
    })
  })
  afterAll(async () => {
    await relay.stop()
    await queues.close()
    await redis?.stop()
  })

  async function post(what: string, more: Partial<OutboxEntry> = {}): Promise<string> {
    const { id } = await bareTenant(database.app)
    const entry = { tenantId: id, job: note.name, data: { what }, ...more }
    await inTenant(database.app, id, (tx) => enqueue(tx, entry, new Date()))
    return id
  }
  const isDone = async (tenantId: string) => {
    const rows = await inTenant(database.app, tenantId, (tx) =>
      tx.selectFrom('outbox').select('done_at').where('tenant_id', '=', tenantId).execute(),
    )
    return rows.every((row) => row.done_at !== null)
  }

  test('run on the backend that was asked for', () => expect(queues.backend).toBe(backend))

  test('what a transaction asked for is done, and marked done', async () => {
    const tenantId = await post('plain')
    await until(() => isDone(tenantId))
    expect(ran.filter((one) => one === 'plain')).toHaveLength(1)
  })

  test('what a rolled-back transaction asked for is never done', async () => {
    const { id } = await bareTenant(database.app)
    const rolledBack = inTenant(database.app, id, async (tx) => {
      await enqueue(tx, { tenantId: id, job: note.name, data: { what: 'undone' } }, new Date())
      throw new Error('stop')
    })
    await expect(rolledBack).rejects.toThrow('stop')
    const after = await post('after')
    await until(() => isDone(after))
    expect(ran).not.toContain('undone')
  })

  test('a failing job is tried again by itself', async () => {
    failures = 0
    const tenantId = await post('flaky')
    await until(() => isDone(tenantId))
    expect(ran.filter((one) => one === 'flaky')).toHaveLength(1)
  })

  test('a job that can never succeed is parked, seen, and replayed by a person', async () => {
    const tenantId = await post('refused')
    const mine = async () =>
      (await listFailing(database.relay)).filter((entry) => entry.tenantId === tenantId)
    await until(async () => (await mine()).length === 1)
    const [entry] = await mine()
    expect(entry).toMatchObject({
      job: 'test.note',
      attempt: 1,
      lastError: expect.stringContaining('top_up.not_found') as string,
    })
    expect(await replayParked(database.relay, new Date(), entry!.id)).toBe(1)
    await until(async () => (await mine())[0]?.attempt === 2)
  })

  test('entries with one key are one entry', async () => {
    const { id } = await bareTenant(database.app)
    for (const what of ['first', 'second']) {
      const entry = { tenantId: id, job: note.name, data: { what }, dedupeKey: 'same' }
      await inTenant(database.app, id, (tx) => enqueue(tx, entry, new Date()))
    }
    await until(() => isDone(id))
    expect(ran.filter((one) => one === 'first' || one === 'second')).toEqual(['first'])
    ran.length = 0
  })

  test('a job due later runs later, and not before', async () => {
    const dueAt = new Date(Date.now() + 1200)
    const tenantId = await post('later', { dueAt })
    await sleep(500)
    expect(ran).not.toContain('later')
    await until(() => isDone(tenantId))
    expect(Date.now()).toBeGreaterThanOrEqual(dueAt.getTime())
  })

  test('a queue that loses everything loses no work', async () => {
    await queues.lanes.documents.pause()
    const tenantId = await post('lost')
    const [row] = await inTenant(database.app, tenantId, (tx) =>
      tx.selectFrom('outbox').select('id').where('tenant_id', '=', tenantId).execute(),
    )
    await until(async () => (await queues.lanes.documents.getJob(`test.note-${row!.id}-1`)) !== undefined)
    await (redis ? redis.flush() : queues.lanes.documents.obliterate({ force: true }))
    await queues.lanes.documents.resume()
    // The time of trust must pass before the relay looks again.
    await until(() => isDone(tenantId))
    expect(ran.filter((one) => one === 'lost')).toHaveLength(1)
  })
})

test('an unknown shape of data is refused before the job runs', () => {
  const job = defineJob({ name: 'x', lane: 'mail', data: z.object({ id: z.uuid() }), run: async () => {} })
  expect(job.data.safeParse({ id: 'no' }).success).toBe(false)
})
