import type { Clock } from '../clock.ts'
import { romeDate, startOfRomeDay } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import type { TopUpStep } from '../db/schema.ts'
import { inTenant } from '../db/tenant.ts'
import { newId } from '../ids.ts'
import type { Log } from '../log.ts'
import type { TopUp } from './top-up.ts'

/** One step of a payment: "dov'è il mio pagamento?". `label` keys are `timeline.<step>` of the catalogue. */
export interface TimelineStep {
  step: TopUpStep | 'created' | 'paid' | 'receipt' | 'credited' | 'copy-available'
  at: Date
  /** Who told us: parent, borsellino, node, psp. */
  source: string
}

/** How the steps of a payment follow each other. */
const ORDER: readonly TimelineStep['step'][] = [
  'created',
  'notice-emailed',
  'verified',
  'activated',
  'paid',
  'receipt',
  'credited',
  'returned',
  'cancelled',
  'expired',
  'copy-available',
]

/** Every step of a top-up in the order in which it happened. */
export async function timelineOf(db: Db, tenantId: string, topUp: TopUp, now: Date): Promise<TimelineStep[]> {
  const events = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('top_up_events')
      .select(['step', 'source', 'at'])
      .where('tenant_id', '=', tenantId)
      .where('top_up_id', '=', topUp.id)
      .orderBy('at')
      .execute(),
  )
  const steps: TimelineStep[] = [
    { step: 'created', at: topUp.createdAt, source: topUp.accountId ? 'parent' : 'psp' },
    ...events,
    ...receiptSteps(topUp, now),
  ]
  // A PSP tells whole seconds: within one, the order of things decides.
  const second = (at: Date) => Math.floor(at.getTime() / 1000)
  return steps.toSorted(
    (a, b) => second(a.at) - second(b.at) || ORDER.indexOf(a.step) - ORDER.indexOf(b.step),
  )
}

function receiptSteps({ receipt }: TopUp, now: Date): TimelineStep[] {
  if (!receipt) return []
  const steps: TimelineStep[] = [
    ...(receipt.paidAt ? [{ step: 'paid', at: receipt.paidAt, source: 'psp' } as const] : []),
    { step: 'receipt', at: receipt.arrivedAt, source: 'node' },
    { step: 'credited', at: receipt.arrivedAt, source: 'borsellino' },
  ]
  if (romeDate(now) < receipt.copyAvailableOn) return steps
  return [
    ...steps,
    { step: 'copy-available', at: startOfRomeDay(receipt.copyAvailableOn), source: 'borsellino' },
  ]
}

/** Something that happened to a top-up outside a transaction of ours. */
export interface Occurrence {
  tenantId: string
  topUpId: string
  step: TopUpStep
  source: string
}

export interface EventRecorder {
  /** Notes an event; it is written shortly after, so that the Node's reads stay pure reads and fast. */
  note(occurrence: Occurrence): void
  /** Writes what is waiting. */
  flush(): Promise<void>
  stop(): Promise<void>
}

const WAITING_MAX = 10_000

/**
 * Writes noted events in batches, one transaction per tenant. They inform, they decide nothing: under pressure the
 * oldest are dropped, and what a crash loses is a line of a timeline.
 */
export function createEventRecorder(db: Db, clock: Clock, log: Log, intervalMs = 200): EventRecorder {
  let waiting: (Occurrence & { at: Date })[] = []
  async function flush(): Promise<void> {
    const batch = waiting
    waiting = []
    for (const [tenantId, events] of Map.groupBy(batch, (event) => event.tenantId)) {
      const rows = events.map(({ topUpId, step, source, at }) => ({
        tenant_id: tenantId,
        top_up_id: topUpId,
        id: newId(),
        step,
        source,
        at,
      }))
      await inTenant(db, tenantId, (tx) => tx.insertInto('top_up_events').values(rows).execute())
    }
  }
  const write = () =>
    flush().catch((error: unknown) => log.warn({ error }, 'timeline events were not written'))
  const timer = setInterval(() => void write(), intervalMs)
  return {
    note(occurrence) {
      if (waiting.length >= WAITING_MAX) waiting.shift()
      waiting.push({ ...occurrence, at: clock.now() })
    },
    flush,
    async stop() {
      clearInterval(timer)
      await write()
    },
  }
}
