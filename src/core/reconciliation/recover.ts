import { sql } from 'kysely'
import { UpstreamError } from '../errors.ts'
import { inTenant } from '../db/tenant.ts'
import { keepUnroutedReceipt, settleInRehearsal, settleReceipt } from '../receipts/settle.ts'
import { isRehearsing } from '../tenant.ts'
import type { Services } from '../services.ts'
import type { FetchedReceipt, ReceiptSource } from './ports.ts'
import { reconcileTenant } from './reconcile.ts'

const HOUR_MS = 3_600_000
/** What biz-events allows a subscription in any 60 minutes (protocol §5); asking in a loop is forbidden. */
export const CALLS_PER_HOUR = 10
/** Pauses between the tries of one line, in hours; the last one repeats. */
const PAUSES_HOURS = [1, 3, 6, 12, 24] as const
/** Asked for at least so long, and so often, before it is given up. */
const PATIENCE_MS = 15 * 24 * HOUR_MS
const TRIES_MIN = 8

interface Wanted {
  tenantId: string
  iuv: string
  iur: string
  tries: number
  wantedSince: Date
  nextTryAt: Date
}

type RecoveryServices = Pick<
  Services,
  'db' | 'relay' | 'pool' | 'clock' | 'log' | 'tenants' | 'metrics' | 'nudge'
>

/**
 * Asks for receipts that flows name and that never came, as many as the budget of calls allows now, in turn among the
 * entities. What is found is stored and booked like any late receipt, and the entity is reconciled anew.
 * @returns how many calls were made and how many receipts were found
 */
export async function recoverReceipts(
  services: RecoveryServices,
  source: ReceiptSource,
): Promise<{ calls: number; found: number }> {
  const { db, clock } = services
  const touched = new Set<string>()
  const outcome = { calls: 0, found: 0 }
  for (const wanted of await dueRecoveries(services)) {
    if (!(await claim(services, wanted))) continue
    if (!(await takeCall(services, source.budget))) {
      await putBack(services, wanted)
      break
    }
    outcome.calls++
    const answer = await ask(services, source, wanted)
    if (answer === 'stop') break
    if (answer === 'found') {
      outcome.found++
      touched.add(wanted.tenantId)
    }
  }
  for (const tenantId of touched) await reconcileTenant(db, tenantId, clock.now())
  if (touched.size > 0) services.nudge()
  return outcome
}

/**
 * The next lines to ask for: each entity's longest due first, those entities first that were asked for longest ago.
 * As many as one budget, since no more can be asked for.
 */
async function dueRecoveries({ relay, clock }: RecoveryServices): Promise<Wanted[]> {
  const { rows } = await sql<{
    tenant_id: string
    iuv: string
    iur: string
    tries: number
    wanted_since: Date
    next_try_at: Date
  }>`
    select due.* from (
      select w.*, row_number() over (partition by w.tenant_id order by w.next_try_at, w.iuv, w.iur) as turn
      from receipt_recoveries w where w.state = 'wanted' and w.next_try_at <= ${clock.now()}
    ) due
    left join (select tenant_id, max(last_tried_at) as last from receipt_recoveries group by tenant_id) asked
      on asked.tenant_id = due.tenant_id
    order by due.turn, asked.last nulls first, due.next_try_at limit ${CALLS_PER_HOUR}`.execute(relay)
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    iuv: row.iuv,
    iur: row.iur,
    tries: row.tries,
    wantedSince: row.wanted_since,
    nextTryAt: row.next_try_at,
  }))
}

/** Takes the line away from every other process for a while; false when one was faster. */
async function claim({ db, clock }: RecoveryServices, wanted: Wanted): Promise<boolean> {
  const until = new Date(clock.now().getTime() + HOUR_MS / 6)
  const { numUpdatedRows } = await inTenant(db, wanted.tenantId, (tx) =>
    tx
      .updateTable('receipt_recoveries')
      .set({ next_try_at: until })
      .where('tenant_id', '=', wanted.tenantId)
      .where('iuv', '=', wanted.iuv)
      .where('iur', '=', wanted.iur)
      .where('state', '=', 'wanted')
      .where('next_try_at', '<=', clock.now())
      .executeTakeFirst(),
  )
  return numUpdatedRows === 1n
}

async function takeCall({ db, clock }: RecoveryServices, budget: string): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select take_call(${budget}, ${CALLS_PER_HOUR}, interval '60 minutes', ${clock.now()}) as taken`.execute(
    db,
  )
  return rows[0]!.taken
}

async function ask(
  services: RecoveryServices,
  source: ReceiptSource,
  wanted: Wanted,
): Promise<'found' | 'next' | 'stop'> {
  const tenant = await services.tenants.byId(wanted.tenantId)
  if (!tenant) return 'next'
  const { creditorFiscalCode } = tenant
  let answer: FetchedReceipt
  try {
    answer = await source.fetchReceipt({ creditorFiscalCode, iuv: wanted.iuv, iur: wanted.iur })
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    services.log.warn({ tenant: tenant.slug, error }, 'a receipt could not be asked for')
    // A key that is refused is refused for every line: nothing more is asked until people have mended it.
    const isRefused = error.status === 401 || error.status === 403
    if (isRefused) await pause(services, source.budget)
    await (isRefused ? putBack(services, wanted) : tryLater(services, wanted, error.message))
    return isRefused ? 'stop' : 'next'
  }
  if (answer.kind === 'too-many') {
    await pause(services, source.budget)
    await putBack(services, wanted)
    return 'stop'
  }
  if (answer.kind === 'not-there') {
    await tryLater(services, wanted, 'not there (HTTP 404)')
    return 'next'
  }
  await book(services, wanted, answer)
  return 'found'
}

/** Somebody else uses up the subscription: it is left alone for the hour that its counting takes. */
async function pause({ db, clock, log }: RecoveryServices, budget: string): Promise<void> {
  log.warn({ budget }, 'calls are paused for an hour')
  const until = new Date(clock.now().getTime() + HOUR_MS)
  await sql`select pause_calls(${budget}, ${until}) as x`.execute(db)
}

async function book(
  services: RecoveryServices,
  wanted: Wanted,
  { facts, raw }: Extract<FetchedReceipt, { kind: 'found' }>,
): Promise<void> {
  const { pool, clock, tenants, metrics, log } = services
  const own = facts.fiscalCode === facts.idPa
  // Where a receipt of the Node would go: to who manages the notice; another entity's notice to who asked for it.
  const tenant = own
    ? await tenants.byCreditor(facts.idPa, facts.noticeNumber.slice(1, 3))
    : await tenants.byId(wanted.tenantId)
  const now = clock.now()
  if (tenant) {
    const { receiptCopyDelayDays: copyDelayDays } = tenant.policies
    const settlement = { role: own ? 'creditor' : 'secondary', facts, raw, copyDelayDays } as const
    const settle = isRehearsing(tenant) ? settleInRehearsal : settleReceipt
    const disposition = await settle(pool, tenant.id, settlement, now)
    metrics.receipts.inc({ disposition })
  } else {
    const { idPa, fiscalCode, receiptId } = facts
    await keepUnroutedReceipt(
      pool,
      { idPa, fiscalCode, receiptId, reason: 'recovered for nobody here', raw },
      now,
    )
    log.error({ idPa }, 'a receipt was recovered that no entity here can take')
  }
  await update(services, wanted, {
    state: 'found',
    tries: wanted.tries + 1,
    last_tried_at: now,
    ended_at: now,
    last_error: null,
  })
}

async function tryLater(services: RecoveryServices, wanted: Wanted, reason: string): Promise<void> {
  const now = services.clock.now()
  const tries = wanted.tries + 1
  const hours = PAUSES_HOURS[Math.min(tries, PAUSES_HOURS.length) - 1]!
  const tried = { tries, last_tried_at: now, last_error: reason.slice(0, 500) }
  const isOver = tries >= TRIES_MIN && now.getTime() - wanted.wantedSince.getTime() >= PATIENCE_MS
  await update(
    services,
    wanted,
    isOver
      ? { ...tried, state: 'given-up', ended_at: now }
      : { ...tried, next_try_at: new Date(now.getTime() + hours * HOUR_MS) },
  )
}

/** As if it had not been claimed: no call was made for it, or none that counts. */
function putBack(services: RecoveryServices, wanted: Wanted): Promise<void> {
  return update(services, wanted, { next_try_at: wanted.nextTryAt })
}

interface Change {
  state?: 'found' | 'given-up'
  tries?: number
  next_try_at?: Date
  last_tried_at?: Date
  ended_at?: Date
  last_error?: string | null
}

async function update({ db }: RecoveryServices, wanted: Wanted, change: Change): Promise<void> {
  await inTenant(db, wanted.tenantId, (tx) =>
    tx
      .updateTable('receipt_recoveries')
      .set(change)
      .where('tenant_id', '=', wanted.tenantId)
      .where('iuv', '=', wanted.iuv)
      .where('iur', '=', wanted.iur)
      .where('state', '=', 'wanted')
      .execute(),
  )
}
