import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import type { Collection, Store, StoredRecord } from '../state/store.ts'
import { readJson } from './request.ts'

const failureSchema = z.strictObject({
  /** Every call is answered with this HTTP status. */
  status: z.int().min(400).max(599).optional(),
  /** Every call is held so long first. Alone it means "slow": the call is then served, whoever still listens. */
  timeoutMs: z.int().min(1).max(120_000).optional(),
  /** Every call is answered 200 with something that is no JSON. */
  garbage: z.boolean().optional(),
  /** For so many calls; without it until told otherwise. */
  times: z.int().min(1).max(1_000).optional(),
})

/** An order to fail; null or an empty order is the return to good behaviour. */
export const failureOrderSchema = z.union([failureSchema, z.null()])

export type Failure = z.infer<typeof failureSchema>

interface Standing extends StoredRecord {
  readonly failure: Failure
}

/** The order to fail of one outside service, kept across restarts. */
export class Outage {
  readonly #standing: Collection<Standing>
  readonly #service: string
  readonly #now: () => Date

  constructor(store: Store, service: string, now: () => Date) {
    this.#standing = store.collection<Standing>('outages', { most: 50 })
    this.#service = service
    this.#now = now
  }

  /** The order in force; null when the service works. */
  current(): Failure | null {
    return this.#standing.get(this.#service)?.failure ?? null
  }

  /** Gives an order, or takes it back with null. */
  order(failure: Failure | null): void {
    const says = failure && (failure.status ?? failure.timeoutMs ?? (failure.garbage || undefined))
    if (!failure || says === undefined) this.#standing.delete(this.#service)
    else this.#standing.put({ id: this.#service, createdAt: this.#now().toISOString(), failure })
  }

  /** The order for one call; uses up one of its times. */
  take(): Failure | null {
    const failure = this.current()
    if (failure?.times !== undefined) {
      this.order(failure.times > 1 ? { ...failure, times: failure.times - 1 } : null)
    }
    return failure
  }
}

/** Stands before a service and fails in its place when told to; `body` is the service's own form of an error. */
export function outageGate(
  outage: Outage,
  body: (status: number) => object = (status) => ({
    type: 'about:blank',
    title: 'Ordered failure',
    status,
    detail: 'The sandbox was told to fail here',
  }),
): MiddlewareHandler {
  return async (c, next) => {
    const failure = outage.take()
    if (!failure) return next()
    if (failure.timeoutMs !== undefined) await sleep(failure.timeoutMs, undefined, { ref: false })
    if (failure.garbage) return c.body('<html>bad gateway', 200, { 'content-type': 'application/json' })
    if (failure.status === undefined) return next()
    return c.json(body(failure.status), failure.status as ContentfulStatusCode)
  }
}

/** GET and PUT of a service's order to fail, mounted at `/failure` below its JSON API. */
export function outageApi(outage: Outage): Hono {
  const app = new Hono()
  const current = (c: Context) => c.json({ failure: outage.current() })
  app.get('/', current)
  app.put('/', async (c) => {
    outage.order(await readJson(c, failureOrderSchema))
    return current(c)
  })
  return app
}
