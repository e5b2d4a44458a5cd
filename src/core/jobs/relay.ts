import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import type { Log } from '../log.ts'
import type { Job } from './job.ts'
import type { Queues } from './queue.ts'

const BATCH = 200
/** Tries inside the queue, with growing pauses: 1, 2, 4 … seconds. */
export const QUEUE_ATTEMPTS = 6

export interface Relay {
  /** Looks at once, without waiting for the next round. */
  nudge(): void
  stop(): Promise<void>
}

export interface RelayOptions {
  relay: Db
  queues: Queues
  jobs: readonly Job[]
  clock: Clock
  log: Log
  intervalMs?: number
  /** How long the queue is trusted with a job before the relay looks whether it still has it. */
  trustMs?: number
}

interface DueRow {
  id: string
  job: string
  data: unknown
  attempt: number
  due_at: Date
}

/**
 * Hands due outbox rows to the queue until they are done. The queue may lose everything at any moment: a row that
 * is not done when its time of trust ends is added again, under a new job id, unless the queue still holds it.
 */
export function startRelay(options: RelayOptions): Relay {
  const { relay, queues, jobs, clock, log, intervalMs = 500, trustMs = 10_000 } = options
  const lanes = new Map(jobs.map((job) => [job.name, queues.lanes[job.lane]]))
  const state = { stopped: false }
  let again = false
  let wake = () => {}
  const jobId = (row: Pick<DueRow, 'job' | 'id'>, attempt: number) => `${row.job}-${row.id}-${attempt}`

  async function isHeld(row: DueRow, now: Date): Promise<boolean> {
    if (row.attempt === 0) return false
    const job = await lanes.get(row.job)!.getJob(jobId(row, row.attempt))
    const state = await job?.getState()
    if (!job || state === 'completed' || state === 'failed' || state === 'unknown') return false
    // The queue waits by its own clock. What is due by ours, which a demonstration may have moved, waits no longer.
    if (state === 'delayed' && job.attemptsMade === 0 && row.due_at <= now) await job.promote()
    return true
  }

  async function relayTenant(tenantId: string): Promise<number> {
    const now = clock.now()
    const names = [...lanes.keys()]
    const claimed = await sql<DueRow>`
      update outbox set trusted_until = greatest(due_at, ${now}::timestamptz) + ${`${trustMs} milliseconds`}::interval
      where tenant_id = ${tenantId} and id in (
        select id from outbox where tenant_id = ${tenantId} and done_at is null and parked_at is null
          and trusted_until <= ${now} and job = any (${names}) order by trusted_until limit ${BATCH} for update skip locked)
      returning id, job, data, attempt, due_at`.execute(relay)
    for (const row of claimed.rows) {
      if (await isHeld(row, now)) continue
      const attempt = row.attempt + 1
      await sql`update outbox set attempt = ${attempt} where tenant_id = ${tenantId} and id = ${row.id}`.execute(
        relay,
      )
      await lanes.get(row.job)!.add(
        row.job,
        { outboxId: row.id, tenantId, data: row.data },
        {
          jobId: jobId(row, attempt),
          delay: Math.max(0, row.due_at.getTime() - now.getTime()),
          attempts: QUEUE_ATTEMPTS,
          backoff: { type: 'exponential', delay: 1000 },
          removeOnComplete: true,
          removeOnFail: { age: 7 * 86_400 },
        },
      )
    }
    return claimed.rows.length
  }

  async function round(): Promise<void> {
    const due = await sql<{ tenant_id: string }>`
      select distinct tenant_id from outbox
      where done_at is null and parked_at is null and trusted_until <= ${clock.now()} limit 500`.execute(
      relay,
    )
    for (const { tenant_id: tenantId } of due.rows) {
      if (state.stopped) return
      if ((await relayTenant(tenantId)) === BATCH) again = true
    }
  }

  async function loop(): Promise<void> {
    while (!state.stopped) {
      again = false
      try {
        await round()
      } catch (error) {
        // The database or the queue is away: the rows wait, the next round tries again.
        log.warn({ error }, 'relay round failed')
      }
      if (again || state.stopped) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, intervalMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  const running = loop()
  return {
    nudge() {
      again = true
      wake()
    },
    async stop() {
      state.stopped = true
      wake()
      await running
    },
  }
}
