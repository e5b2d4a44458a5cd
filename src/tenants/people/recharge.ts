import { sql } from 'kysely'
import { romeDate, type RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import { enqueue } from '#core/jobs/outbox.ts'
import { schoolYearOf } from './school-year.ts'

/** Brings the charges of days that are past to what has changed since: src/meals does it. */
export const RECHARGE_JOB = 'meals.recharge'

/** Children of one piece of work. */
const CHUNK = 500

/** What a change touches: whose meals, and on which days, both ends included. */
export interface Recharge {
  readonly childIds: readonly string[]
  /** All services when left out. */
  readonly category?: string
  /** The beginning of the school year when left out; never earlier than that. */
  readonly from?: RomeDate | null
  /** Without an end when left out. */
  readonly until?: RomeDate | null
}

/**
 * Asks, in the transaction that changes what a price rests on, for the charges of the days that the change touches. It
 * reaches back to the beginning of the school year (decision 0021); what only concerns days to come asks for nothing.
 */
export async function askForRecharge(
  tx: Tx,
  tenantId: string,
  { childIds, category, from, until }: Recharge,
  now: Date,
): Promise<void> {
  const today = romeDate(now)
  const first = firstRechargedDay(today)
  const span = { from: from && from > first ? from : first, until: until && until < today ? until : today }
  if (span.from > span.until) return
  for (let start = 0; start < childIds.length; start += CHUNK) {
    const { rows } = await sql<{ child_id: string }>`
      select distinct child_id from attendance
      where tenant_id = ${tenantId} and child_id = any (${childIds.slice(start, start + CHUNK)}::uuid[])
        and day between ${span.from} and ${span.until}`.execute(tx)
    if (rows.length === 0) continue
    const data = { tenantId, category, ...span, childIds: rows.map((row) => row.child_id) }
    await enqueue(tx, { tenantId, job: RECHARGE_JOB, data }, now)
  }
}

/** The first day whose charges a change still reaches: accounts of a school year that has ended stay as they are. */
export function firstRechargedDay(today: RomeDate): RomeDate {
  return `${schoolYearOf(today).slice(0, 4)}-08-01`
}
