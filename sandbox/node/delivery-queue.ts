import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Timings } from '../options.ts'
import type { Collection, Store } from '../state/store.ts'
import { readAnswer } from './answer.ts'
import { Violation } from './answer-grammar.ts'
import { stateAfter } from './delivery.ts'
import type { Attempt, Delivery } from './delivery.ts'
import type { EcLine, Exchange } from './ec-line.ts'
import type { Operation } from './operations.ts'

/** What a caller decides about a new delivery. */
export type DeliveryOrder = Omit<Delivery, 'id' | 'createdAt' | 'state' | 'attempts' | 'nextAttemptAt'> & {
  readonly delayMs: number
  /** Keeps it without ever sending it. */
  readonly isDropped?: boolean
  /** The copies leave together with the first one instead of after its answer. */
  readonly isParallel?: boolean
}

/** Sends receipts until each is answered, however often the creditor fails; survives a restart with the store. */
export class DeliveryQueue {
  readonly #deliveries: Collection<Delivery>
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #running = new Map<string, Promise<void>>()
  readonly #attempted = new EventEmitter()
  readonly #line: EcLine
  readonly #timings: Timings
  readonly #now: () => Date
  readonly #endpointOf: (creditorId: string) => string | undefined
  readonly #onChange: (delivery: Delivery) => void
  #closed = false

  /**
   * `endpointOf` gives a creditor's address of today: a receipt may outlive the one it started with. `onChange` hears
   * of every new state.
   */
  constructor(parts: {
    store: Store
    line: EcLine
    timings: Timings
    now: () => Date
    endpointOf: (creditorId: string) => string | undefined
    onChange: (delivery: Delivery) => void
  }) {
    const { store, line, timings, now, endpointOf, onChange } = parts
    this.#endpointOf = endpointOf
    this.#onChange = onChange
    this.#deliveries = store.collection<Delivery>('deliveries', {
      most: 3_000,
      holds: (delivery) => delivery.state === 'pending',
    })
    this.#line = line
    this.#timings = timings
    this.#now = now
  }

  /** Takes up what an earlier run left unfinished. */
  resume(): void {
    for (const delivery of this.#deliveries.all()) if (delivery.state === 'pending') this.#schedule(delivery)
  }

  /** All deliveries, oldest first. */
  all(): Delivery[] {
    return this.#deliveries.all()
  }

  get(id: string): Delivery | undefined {
    return this.#deliveries.get(id)
  }

  /** Stores a receipt and schedules its first try; one that is dropped is only stored. */
  add({ delayMs, isDropped = false, isParallel = false, ...order }: DeliveryOrder): Delivery {
    const now = this.#now()
    const first = isParallel ? { ...order, duplicatesLeft: 0 } : order
    const delivery = this.#put({
      ...first,
      id: randomUUID(),
      createdAt: now.toISOString(),
      state: isDropped ? 'dropped' : 'pending',
      attempts: [],
      ...(isDropped ? {} : { nextAttemptAt: new Date(now.getTime() + delayMs).toISOString() }),
    })
    if (!isDropped) this.#schedule(delivery)
    if (isParallel) this.#addCopies(order, delayMs)
    return delivery
  }

  /** Asks for one more try now, as after a support ticket; undefined when the id is unknown. */
  retry(id: string): Delivery | undefined {
    const delivery = this.#deliveries.get(id)
    if (!delivery) return undefined
    const due = this.#put({
      ...delivery,
      state: 'pending',
      nextAttemptAt: this.#now().toISOString(),
    })
    this.#schedule(due)
    return due
  }

  /** Waits until the delivery has had its next attempt, `patienceMs` at most; answers how it then stands. */
  async nextAttempt(delivery: Delivery, patienceMs: number): Promise<Delivery> {
    const current = () => this.#deliveries.get(delivery.id) ?? delivery
    if (delivery.state === 'dropped' || current().attempts.length > delivery.attempts.length) return current()
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, patienceMs)
    this.#attempted.once(delivery.id, resolve)
    await promise
    clearTimeout(timer)
    this.#attempted.off(delivery.id, resolve)
    return current()
  }

  /** Stops trying and waits for the tries under way. Pending receipts stay stored. */
  async close(): Promise<void> {
    this.#closed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    await Promise.all(this.#running.values())
  }

  #schedule(delivery: Delivery): void {
    if (this.#closed) return
    clearTimeout(this.#timers.get(delivery.id))
    const waitMs = Math.max(0, Date.parse(delivery.nextAttemptAt ?? '') - this.#now().getTime())
    const timer = setTimeout(() => {
      this.#timers.delete(delivery.id)
      if (this.#running.has(delivery.id)) return
      const run = this.#attempt(delivery.id).finally(() => this.#running.delete(delivery.id))
      this.#running.set(delivery.id, run)
    }, waitMs)
    this.#timers.set(delivery.id, timer)
  }

  async #attempt(id: string): Promise<void> {
    const delivery = this.#deliveries.get(id)
    if (!delivery) return
    const at = this.#now().toISOString()
    const { operation, request } = delivery
    const endpoint = this.#endpointOf(delivery.creditorId) ?? delivery.endpoint
    const exchange = await this.#line.call(endpoint, operation, request, this.#timings.receiptTimeoutMs)
    const attempt: Attempt = {
      at,
      durationMs: exchange.durationMs,
      ...(orderedResult(delivery) ?? judge(operation, exchange)),
    }
    const { nextAttemptAt: _, ...rest } = delivery
    const state = stateAfter(delivery, attempt.result, this.#timings.retryDelaysMs)
    const pauseMs = this.#timings.retryDelaysMs[delivery.attempts.length] ?? 0
    const next = new Date(this.#now().getTime() + pauseMs).toISOString()
    const after = this.#put({
      ...rest,
      state,
      duplicatesLeft: 0,
      attempts: [...delivery.attempts, attempt],
      ...(state === 'pending' ? { nextAttemptAt: next } : {}),
    })
    if (state === 'pending') this.#schedule(after)
    this.#attempted.emit(id)
    this.#addCopies(rest, 0)
  }

  #addCopies(order: Omit<DeliveryOrder, 'delayMs'>, delayMs: number): void {
    const copy = { ...order, delayMs, duplicatesLeft: 0, loseFirstAnswer: false, garbleFirstAnswer: false }
    for (let count = 0; count < order.duplicatesLeft; count++) this.add(copy)
  }

  #put(delivery: Delivery): Delivery {
    this.#deliveries.put(delivery)
    this.#onChange(delivery)
    return delivery
  }
}

/** What was ordered for the first answer, in place of what it says. */
function orderedResult(delivery: Delivery): Pick<Attempt, 'result' | 'reason'> | undefined {
  if (delivery.attempts.length > 0) return undefined
  if (delivery.loseFirstAnswer) return { result: 'answer-lost' }
  return delivery.garbleFirstAnswer
    ? { result: 'malformed', reason: 'ordered: the answer counts as malformed' }
    : undefined
}

/** Reads a creditor's answer to a receipt as the Node does. */
function judge(operation: Operation, exchange: Exchange): Omit<Attempt, 'at' | 'durationMs'> {
  if (exchange.kind === 'timeout') return { result: 'timeout' }
  if (exchange.kind === 'unreachable') return { result: 'unreachable', reason: exchange.reason }
  const httpStatus = exchange.status
  if (httpStatus !== 200) return { result: 'http-error', httpStatus }
  try {
    const answer = readAnswer(operation, exchange.body)
    if (answer.outcome === 'OK') return { result: 'ok', httpStatus }
    const { faultCode, faultString, description } = answer.fault
    // The creditor already has this receipt: an answer of ours was lost, and all is well.
    const result = faultCode === 'PAA_RECEIPT_DUPLICATA' ? 'duplicate' : 'ko'
    return {
      result,
      httpStatus,
      faultCode,
      faultString,
      ...(description === undefined ? {} : { description }),
    }
  } catch (error) {
    if (error instanceof Violation) return { result: 'malformed', httpStatus, reason: error.message }
    throw error
  }
}
