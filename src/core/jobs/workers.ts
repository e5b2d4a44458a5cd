import { UnrecoverableError, type Job as QueueJob, type Worker } from 'bullmq'
import type { Clock } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import { DomainError, UpstreamError } from '../errors.ts'
import type { Log } from '../log.ts'
import { LANES, type Job, type Lane, type RecurringJob } from './job.ts'
import { isDone, markDone, park, putOff } from './outbox.ts'
import type { Envelope, Queues } from './queue.ts'
import { noteRun } from './recurring-runs.ts'

export interface WorkersOptions {
  db: Db
  queues: Queues
  jobs: readonly Job[]
  recurring: readonly RecurringJob[]
  clock: Clock
  log: Log
  onOutcome?: (job: string, outcome: 'done' | 'failed' | 'parked') => void
}

const CONCURRENCY: Record<Lane, number> = { documents: 2, imports: 1, mail: 4, outside: 4, upkeep: 2 }

/** How often the recurring jobs are looked for: a queue may lose them at any moment. */
const LOOK_FOR_SCHEDULERS_MS = 60_000

/**
 * Starts the workers of every lane and writes the recurring jobs into their queue, again whenever it has lost them.
 * Refuses a job that is declared twice.
 * @returns what stops looking; the queues close their workers themselves
 * @throws as Queues.work does; lanes before the one that failed may be at work then
 */
export async function startWorkers(options: WorkersOptions): Promise<() => void> {
  const { queues, jobs, recurring, log } = options
  const names = [...jobs, ...recurring].map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw new Error(`job ${twice} is declared twice`)
  for (const lane of LANES) {
    const worker = await queues.work(lane, (queueJob) => process(queueJob, options), CONCURRENCY[lane])
    parkFinalFailures(worker, options)
    worker.run().catch((error: unknown) => log.error({ error, lane }, 'a lane has no worker'))
  }
  for (const job of recurring) await schedule(queues, job)
  const timer = setInterval(() => {
    for (const job of recurring) {
      rescheduleLost(queues, job).catch((error: unknown) =>
        log.warn({ error, job: job.name }, 'queue is away'),
      )
    }
  }, LOOK_FOR_SCHEDULERS_MS).unref()
  return () => clearInterval(timer)
}

async function rescheduleLost(queues: Queues, job: RecurringJob): Promise<void> {
  if ((await queues.lanes[job.lane].getJobScheduler(job.name)) === undefined) await schedule(queues, job)
}

async function schedule(queues: Queues, { name, lane, every }: RecurringJob): Promise<void> {
  const pattern =
    'cron' in every ? { pattern: every.cron, tz: 'Europe/Rome' } : { every: every.minutes * 60_000 }
  await queues.lanes[lane].upsertJobScheduler(name, pattern, {
    name,
    data: { data: {} },
    opts: { removeOnComplete: true, removeOnFail: { age: 7 * 86_400 } },
  })
}

async function process(queueJob: QueueJob<Envelope>, options: WorkersOptions): Promise<void> {
  const { db, jobs, recurring, clock, onOutcome } = options
  const { outboxId, tenantId, data } = queueJob.data
  const periodic = recurring.find(({ name }) => name === queueJob.name)
  if (periodic) {
    await runPeriodic(periodic, options)
    return onOutcome?.(periodic.name, 'done')
  }
  const job = jobs.find(({ name }) => name === queueJob.name)
  if (!job || !outboxId || !tenantId) throw new UnrecoverableError(`no job ${queueJob.name} here`)
  if (await isDone(db, tenantId, outboxId)) return
  try {
    await job.run(job.data.parse(data))
  } catch (error) {
    const final = error instanceof DomainError || (error instanceof UpstreamError && !error.retryable)
    if (final) throw new UnrecoverableError(error.message)
    throw error
  }
  await markDone(db, tenantId, outboxId, clock.now())
  onOutcome?.(job.name, 'done')
}

/** How it went is noted for whoever runs the installation. */
async function runPeriodic(periodic: RecurringJob, { db, clock, log }: WorkersOptions): Promise<void> {
  try {
    await periodic.run()
    await noteRun(db, periodic.name, clock.now())
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'
    await noteRun(db, periodic.name, clock.now(), reason).catch((problem: unknown) =>
      log.warn({ error: problem, job: periodic.name }, 'a run could not be noted'),
    )
    throw error
  }
}

function parkFinalFailures(worker: Worker<Envelope>, options: WorkersOptions): void {
  worker.on('failed', (queueJob, error) => {
    if (!queueJob) return
    const { name, attemptsMade, opts } = queueJob
    const { outboxId, tenantId } = queueJob.data
    const final = error instanceof UnrecoverableError || attemptsMade >= (opts.attempts ?? 1)
    options.log[final ? 'error' : 'warn'](
      { job: name, outboxId, tenantId, attemptsMade, error },
      'job failed',
    )
    if (!final || !outboxId || !tenantId) return options.onOutcome?.(name, final ? 'parked' : 'failed')
    setAside(name, { tenantId, outboxId }, error, options).catch((problem: unknown) => {
      // The relay will find the row again when its time of trust ends, and the next failure parks it.
      options.log.error({ job: name, outboxId, error: problem }, 'job could not be parked')
    })
  })
}

/** After the queue's last try: put off while the job's patience lasts, else parked. */
async function setAside(
  name: string,
  { tenantId, outboxId }: { tenantId: string; outboxId: string },
  error: Error,
  { db, jobs, clock, onOutcome }: WorkersOptions,
): Promise<void> {
  const reason = `${error.name}: ${error.message}`
  const patience = jobs.find((job) => job.name === name)?.patienceHours
  const canWait = patience !== undefined && !(error instanceof UnrecoverableError)
  if (canWait && (await putOff(db, tenantId, outboxId, reason, patience, clock.now())))
    return onOutcome?.(name, 'failed')
  await park(db, tenantId, outboxId, reason, clock.now())
  onOutcome?.(name, 'parked')
}
