import { Worker } from 'node:worker_threads'
import { DomainError, UpstreamError } from '../errors.ts'
import type { LeafletDocument } from './leaflet-data.ts'
import type { NoticeDocument } from './notice-data.ts'
import type { ReceiptDocument } from './receipt-data.ts'

/** What the worker is asked for. */
export type Job =
  | { readonly kind: 'notice'; readonly data: NoticeDocument }
  | { readonly kind: 'receipt'; readonly data: ReceiptDocument }
  | { readonly kind: 'leaflet'; readonly data: LeafletDocument }
  | { readonly kind: 'warm-up' }

/** What it answers. */
export type Answer = { readonly pdf: Uint8Array<ArrayBuffer> } | { readonly failure: Error }

/** Prints documents as PDF files, one at a time, in a thread of their own. */
export interface DocumentRenderer {
  notice(data: NoticeDocument): Promise<Uint8Array>
  receipt(data: ReceiptDocument): Promise<Uint8Array>
  leaflet(data: LeafletDocument): Promise<Uint8Array>
  /** Starts the thread and prints a specimen of each kind, so that the first real document is no slower than others. */
  warmUp(): Promise<void>
  /** Refuses what waits and what comes, lets the document in the press finish, and ends the thread. */
  close(): Promise<void>
}

interface Waiting {
  readonly job: Job
  readonly resolve: (pdf: Uint8Array) => void
  readonly reject: (error: Error) => void
}

/** Jobs that may wait; a document takes about 20 ms, so these are done in some seconds. */
const WAITING_MAX = 500

const RENDER_TIMEOUT_MS = 15_000

/**
 * Starts a renderer; its thread begins with the first job. A job's promise rejects with
 * - the worker's own error where the document cannot be printed: another try will not help;
 * - UpstreamError, retryable, where the thread crashed or took too long: a new one serves the next job;
 * - DomainError `service.overloaded` where too many jobs wait.
 * @param options.timeoutMs how long one document may take, the start of the thread included
 * @param options.workerUrl the thread's module
 */
export function createDocumentRenderer(
  options: { timeoutMs?: number; workerUrl?: URL } = {},
): DocumentRenderer {
  const { timeoutMs = RENDER_TIMEOUT_MS, workerUrl = new URL('worker.ts', import.meta.url) } = options
  const waiting: Waiting[] = []
  let worker: Worker | undefined
  let closed = false
  let running: Promise<void> | undefined

  function submit(job: Job): Promise<Uint8Array> {
    if (closed) return Promise.reject(interrupted('the document renderer is closed'))
    if (waiting.length >= WAITING_MAX) return Promise.reject(new DomainError('service.overloaded'))
    return new Promise((resolve, reject) => {
      waiting.push({ job, resolve, reject })
      running ??= work()
    })
  }

  async function work(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      try {
        next.resolve(await press(next.job))
      } catch (error) {
        next.reject(error as Error)
      }
    }
    // Cleared in the same turn that found nothing waiting, or a job submitted in between would wait for ever.
    running = undefined
  }

  /** One job in the worker: whichever comes first of its answer, its end, and the time limit. */
  async function press(job: Job): Promise<Uint8Array> {
    const current = (worker ??= startWorker())
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const timer = setTimeout(
      () => reject(interrupted(`a document took longer than ${timeoutMs} ms`)),
      timeoutMs,
    )
    const crash = (cause: unknown) => reject(interrupted('the document thread failed', cause))
    const exit = (code: number) => reject(interrupted(`the document thread ended with code ${code}`))
    current.once('message', resolve).once('error', crash).once('exit', exit)
    // A thread at rest keeps no process alive; one with work does.
    current.ref()
    try {
      current.postMessage(job, [])
      const answer = await promise
      if ('failure' in answer) throw answer.failure
      return answer.pdf
    } catch (error) {
      if (error instanceof UpstreamError) await discard(current)
      throw error
    } finally {
      clearTimeout(timer)
      current.off('message', resolve).off('error', crash).off('exit', exit)
      current.unref()
    }
  }

  function startWorker(): Worker {
    // React in production mode, and nothing else of our environment: a thread that draws needs no secrets.
    const started = new Worker(workerUrl, { env: { NODE_ENV: 'production' }, execArgv: [] })
    // A thread that dies at rest harms nobody: it is reported, and the next job starts another.
    started.on('error', (error) => {
      if (!running) process.emitWarning(error as Error)
    })
    started.on('exit', () => {
      if (worker === started) worker = undefined
    })
    return started
  }

  async function discard(broken: Worker): Promise<void> {
    if (worker === broken) worker = undefined
    await broken.terminate()
  }

  return {
    notice: (data) => submit({ kind: 'notice', data }),
    receipt: (data) => submit({ kind: 'receipt', data }),
    leaflet: (data) => submit({ kind: 'leaflet', data }),
    async warmUp() {
      await submit({ kind: 'warm-up' })
    },
    async close() {
      closed = true
      for (const { reject } of waiting.splice(0)) reject(interrupted('the document renderer is closing'))
      await running
      if (worker) await discard(worker)
    },
  }
}

function interrupted(message: string, cause?: unknown): UpstreamError {
  return new UpstreamError(message, { retryable: true, cause })
}
