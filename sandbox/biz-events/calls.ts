import { createHash, randomUUID } from 'node:crypto'
import type { BizEventsLimit } from '../options.ts'
import type { Collection, Store, StoredRecord } from '../state/store.ts'

/** One call that was let through or turned away. Keys are kept as digests. */
export interface Call extends StoredRecord {
  readonly subscription: string
  readonly path: string
  readonly status: number
}

/** The call log and the limit of each subscription: so many calls in so long, by the sandbox's clock (protocol §5). */
export class Calls {
  readonly #calls: Collection<Call>
  readonly #limit: BizEventsLimit
  readonly #now: () => Date

  constructor(store: Store, limit: BizEventsLimit, now: () => Date) {
    this.#calls = store.collection<Call>('biz-events-calls', { most: 2_000 })
    this.#limit = limit
    this.#now = now
  }

  /** The calls, oldest first. */
  all(): Call[] {
    return this.#calls.all()
  }

  /** Seconds until this subscription may call again; 0 when it may now. A call turned away does not count. */
  waitSeconds(key: string): number {
    const now = this.#now().getTime()
    const counted = this.#calls
      .all()
      .filter(
        (call) =>
          call.subscription === digestOf(key) &&
          call.status !== 429 &&
          Date.parse(call.createdAt) > now - this.#limit.windowMs,
      )
    const oldest = counted.at(-this.#limit.mostCalls)
    if (!oldest) return 0
    return Math.max(1, Math.ceil((Date.parse(oldest.createdAt) + this.#limit.windowMs - now) / 1000))
  }

  /** Writes a call down. */
  note(key: string, path: string, status: number): void {
    const createdAt = this.#now().toISOString()
    this.#calls.put({ id: randomUUID(), createdAt, subscription: digestOf(key), path, status })
  }
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12)
}
