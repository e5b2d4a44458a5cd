import type { Clock } from '../clock.ts'
import { romeDate, startOfRomeDay } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import type { TopUpStep } from '../db/schema.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import { translator, type Language } from '../i18n.ts'
import { newId } from '../ids.ts'
import type { Log } from '../log.ts'
import { settlementOf } from '../reconciliation/summary.ts'
import type { TopUp } from './top-up.ts'

/** The steps that a payment can take, in the order in which they usually follow each other. */
export const TIMELINE_STEPS = [
  'created',
  'announced',
  'notice-emailed',
  'checkout-opened',
  'verified',
  'activated',
  'paid',
  'receipt',
  'credited',
  'paid-again',
  'returned',
  'cancelled',
  'expired',
  'copy-available',
  'settled',
] as const

/** Who can tell us of a step. */
export const TIMELINE_SOURCES = [
  'parent',
  'borsellino',
  'node',
  'psp',
  'checkout',
  'archive',
  'biz-events',
  'bank',
] as const
export type TimelineSource = (typeof TIMELINE_SOURCES)[number]

/**
 * One step of a payment: "dov'è il mio pagamento?". Portal, app and staff show the same steps; the messages
 * `timeline.<step>` and `timeline.source.<source>` word them.
 */
export interface TimelineStep {
  step: (typeof TIMELINE_STEPS)[number]
  at: Date
  source: TimelineSource
}

/** A step in the words of a language, as pages show it (templates/partials/timeline.hbs). */
export interface WordedStep {
  step: TimelineStep['step']
  label: string
  at: Date
  source: string
}

/** The steps in words. */
export function wordTimeline(steps: readonly TimelineStep[], language: Language): WordedStep[] {
  const t = translator(language)
  const key = (word: string) => word.replaceAll('-', '_')
  return steps.map(({ step, at, source }) => ({
    step,
    label: t(`timeline.${key(step)}`),
    at,
    source: t(`timeline.source.${key(source)}`),
  }))
}

/** A notice can be read at PSPs any number of times: the latest tell enough. */
const EVENTS_MAX = 500

type ToldTopUp = Pick<TopUp, 'id' | 'createdAt' | 'accountId'>

/** Every step of a top-up in the order in which it happened. */
export async function timelineOf(
  db: Db,
  tenantId: string,
  topUp: ToldTopUp,
  now: Date,
): Promise<TimelineStep[]> {
  return (await timelinesOf(db, tenantId, [topUp], now)).get(topUp.id)!
}

/** Every step of each of some top-ups, by their ids; as many queries for a page of them as for one. */
export async function timelinesOf(
  db: Db,
  tenantId: string,
  topUps: readonly ToldTopUp[],
  now: Date,
): Promise<ReadonlyMap<string, TimelineStep[]>> {
  if (topUps.length === 0) return new Map()
  const ids = topUps.map(({ id }) => id)
  return inTenant(db, tenantId, async (tx) => {
    const events = await tx
      .selectFrom('top_up_events')
      .select(['top_up_id', 'step', 'source', 'at'])
      .where('tenant_id', '=', tenantId)
      .where('top_up_id', 'in', ids)
      .orderBy('at', 'desc')
      .limit(EVENTS_MAX * ids.length)
      .execute()
    const told = Map.groupBy(
      [
        ...(await announcements(tx, tenantId, ids)),
        ...events.map(({ top_up_id, ...step }) => ({ topUpId: top_up_id, ...step })),
        ...(await receiptSteps(tx, tenantId, ids, now)),
      ],
      ({ topUpId }) => topUpId,
    )
    return new Map(topUps.map((topUp) => [topUp.id, inOrder(topUp, told.get(topUp.id) ?? [])]))
  })
}

type StepOf = TimelineStep & { topUpId: string }

function inOrder({ createdAt, accountId }: ToldTopUp, steps: readonly StepOf[]): TimelineStep[] {
  // A PSP tells whole seconds: within one, the order of things decides.
  const second = (at: Date) => Math.floor(at.getTime() / 1000)
  const created: TimelineStep = { step: 'created', at: createdAt, source: accountId ? 'parent' : 'psp' }
  return [created, ...steps.map(({ step, at, source }) => ({ step, at, source }))].toSorted(
    (a, b) => second(a.at) - second(b.at) || TIMELINE_STEPS.indexOf(a.step) - TIMELINE_STEPS.indexOf(b.step),
  )
}

async function announcements(tx: Tx, tenantId: string, ids: readonly string[]): Promise<StepOf[]> {
  const rows = await tx
    .selectFrom('announcements')
    .select(['top_up_id', 'first_announced_at'])
    .where('tenant_id', '=', tenantId)
    .where('top_up_id', 'in', ids)
    .execute()
  return rows.map((row) => ({
    topUpId: row.top_up_id,
    step: 'announced',
    at: row.first_announced_at,
    source: 'archive',
  }))
}

async function receiptSteps(
  tx: Tx,
  tenantId: string,
  topUpIds: readonly string[],
  now: Date,
): Promise<StepOf[]> {
  const receipts = await tx
    .selectFrom('receipts')
    .select(['id', 'top_up_id', 'disposition', 'version', 'paid_at', 'arrived_at', 'copy_available_on'])
    .where('tenant_id', '=', tenantId)
    .where('top_up_id', 'in', topUpIds)
    .execute()
  const ids = receipts.map(({ id }) => id)
  const settled = await settlementOf(tx, tenantId, ids)
  return receipts.flatMap((receipt): StepOf[] => {
    const { paid_at: paidAt, arrived_at: arrivedAt, copy_available_on: copyOn, disposition } = receipt
    const topUpId = receipt.top_up_id!
    const told = {
      topUpId,
      at: arrivedAt,
      source: receipt.version === 'BIZ' ? 'biz-events' : 'node',
    } as const
    const at = settled.get(receipt.id)?.settledAt
    const inBank: StepOf[] = at ? [{ topUpId, step: 'settled', at, source: 'bank' }] : []
    if (disposition !== 'credited')
      return [{ ...told, step: disposition === 'suspense-paid-twice' ? 'paid-again' : 'receipt' }, ...inBank]
    const steps: StepOf[] = [
      { ...told, step: 'receipt' },
      { topUpId, step: 'credited', at: arrivedAt, source: 'borsellino' },
      ...inBank,
    ]
    if (paidAt) steps.push({ topUpId, step: 'paid', at: paidAt, source: 'psp' })
    if (romeDate(now) >= copyOn)
      steps.push({ topUpId, step: 'copy-available', at: startOfRomeDay(copyOn), source: 'borsellino' })
    return steps
  })
}

/** Something that happened to a top-up outside a transaction of ours. */
export interface Occurrence {
  tenantId: string
  topUpId: string
  step: TopUpStep
  source: TimelineSource
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
