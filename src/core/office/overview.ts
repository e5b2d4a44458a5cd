import { sql } from 'kysely'
import { romeDate, startOfRomeDay } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import { inTenant } from '../db/tenant.ts'
import { cents, type Cents } from '../money.ts'

/** Work that keeps failing, or that was given up until a person looks. */
export interface FailingWork {
  job: string
  count: number
  parked: number
  /** When the oldest of them was asked for. */
  since: Date
}

/** What the office should know first thing in the morning, as far as it is about money that comes in. */
export interface MoneyOverview {
  /** Receipts that arrived on this Rome day and were booked. */
  todayCount: number
  todayCents: Cents
  /** Top-ups that were asked for, can still be paid and are not. */
  waitingCount: number
  waitingCents: Cents
  lastFlow: { id: string; flowId: string; pspName: string; flowDate: Date } | undefined
  failing: readonly FailingWork[]
}

/** The overview of one entity's payments. */
export async function moneyOverview(db: Db, tenantId: string, now: Date): Promise<MoneyOverview> {
  return inTenant(db, tenantId, async (tx) => {
    const { rows } = await sql<NumbersRow>`
      select today.*, waiting.*
      from (
        select count(*) as today_count, coalesce(sum(our_amount_cents), 0)::bigint as today_cents
        from receipts where tenant_id = ${tenantId} and ledger_transaction_id is not null
          and arrived_at >= ${startOfRomeDay(romeDate(now))}) today,
        (select count(*) as waiting_count, coalesce(sum(amount_cents), 0)::bigint as waiting_cents
        from top_ups where tenant_id = ${tenantId} and state = 'open' and expires_at > ${now}) waiting`.execute(
      tx,
    )
    const flow = await tx
      .selectFrom('fdr_flows')
      .select(['id', 'flow_id', 'psp_name', 'flow_date'])
      .where('tenant_id', '=', tenantId)
      .where('state', '=', 'current')
      .orderBy('flow_date', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
    const failing = await sql<FailingRow>`
      select job, count(*) as count, count(parked_at) as parked, min(created_at) as since
      from outbox
      where tenant_id = ${tenantId} and done_at is null and (last_error is not null or parked_at is not null)
      group by job order by since`.execute(tx)
    const row = rows[0]!
    return {
      todayCount: Number(row.today_count),
      todayCents: cents(row.today_cents),
      waitingCount: Number(row.waiting_count),
      waitingCents: cents(row.waiting_cents),
      lastFlow: flow && {
        id: flow.id,
        flowId: flow.flow_id,
        pspName: flow.psp_name,
        flowDate: flow.flow_date,
      },
      failing: failing.rows.map(({ job, count, parked, since }) => ({
        job,
        count: Number(count),
        parked: Number(parked),
        since,
      })),
    }
  })
}

interface NumbersRow {
  today_count: bigint
  today_cents: bigint
  waiting_count: bigint
  waiting_cents: bigint
}

interface FailingRow {
  job: string
  count: bigint
  parked: bigint
  since: Date
}
