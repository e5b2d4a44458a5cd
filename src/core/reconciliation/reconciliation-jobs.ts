import { z } from 'zod'
import { romeDate } from '../clock.ts'
import { inTenant } from '../db/tenant.ts'
import { DomainError } from '../errors.ts'
import { defineJob, type Job, type RecurringJob } from '../jobs/job.ts'
import { enqueue } from '../jobs/outbox.ts'
import type { Services } from '../services.ts'
import type { ReceiptSource, ReportingSource } from './ports.ts'
import { pullFlows, type PullOutcome } from './pull.ts'
import { reconcileTenant, type ReconcileOutcome } from './reconcile.ts'
import { recoverReceipts } from './recover.ts'

/** The third parties that reconciliation asks. */
export interface ReconciliationSources {
  reporting: ReportingSource
  receipts: ReceiptSource
}

const PULL_JOB = 'fdr.pull'

/**
 * Reads what was published for an entity and brings its reconciliation up to date. The second happens also when the
 * first fails: time alone makes a flow late.
 * @throws UpstreamError when the list of flows cannot be read, or a flow of it
 */
export async function pullAndReconcile(
  services: Services,
  { reporting }: Pick<ReconciliationSources, 'reporting'>,
  tenantId: string,
): Promise<PullOutcome & ReconcileOutcome> {
  const tenant = await services.tenants.byId(tenantId)
  if (!tenant) throw new DomainError('tenant.unknown')
  const pulled = await pullFlows(services, reporting, tenant).then(
    (outcome) => ({ outcome }),
    (error: unknown) => ({ error }),
  )
  const reconciled = await reconcileTenant(services.db, tenantId, services.clock.now())
  if ('error' in pulled) throw pulled.error
  return { ...pulled.outcome, ...reconciled }
}

/** Reads one entity's flows; asked for once a day. A service that is away is asked again until the next day's turn. */
export function reconciliationJobs(services: Services, sources: ReconciliationSources): Job[] {
  return [
    defineJob({
      name: PULL_JOB,
      lane: 'outside',
      data: z.object({ tenantId: z.uuid() }),
      patienceHours: 20,
      async run({ tenantId }) {
        const outcome = await pullAndReconcile(services, sources, tenantId)
        services.log.info({ tenantId, ...outcome, settledCents: Number(outcome.settledCents) }, 'flows read')
        if (outcome.failed > 0) throw new Error(`${outcome.failed} flows could not be read`)
      },
    }),
  ]
}

/** Asks for the day's reading of every entity that takes money, and for the receipts that are missing. */
export function reconciliationUpkeep(services: Services, sources: ReconciliationSources): RecurringJob[] {
  return [
    {
      name: 'fdr.ask',
      lane: 'upkeep',
      every: { cron: '0 15 6 * * *' },
      run: async () => void (await askForPulls(services)),
    },
    {
      name: 'receipt.recover',
      lane: 'outside',
      every: { minutes: 5 },
      async run() {
        const outcome = await recoverReceipts(services, sources.receipts)
        if (outcome.calls > 0) services.log.info(outcome, 'missing receipts asked for')
      },
    },
  ]
}

/** One reading an entity and Rome day, however many processes ask. A suspended entity's money still arrives. */
export async function askForPulls({ relay, db, clock, config, nudge }: Services): Promise<number> {
  const now = clock.now()
  // What a rehearsal pays stands in no flow of the real pagoPA; locally the simulated one publishes it.
  const rehearses = config.NODE_ENV === 'production' ? [] : (['rehearsal'] as const)
  const tenants = await relay
    .selectFrom('tenants')
    .select('id')
    .where('state', 'in', ['live', 'suspended', ...rehearses])
    .orderBy('id')
    .execute()
  for (const { id: tenantId } of tenants) {
    const dedupeKey = `${PULL_JOB} ${romeDate(now)}`
    await inTenant(db, tenantId, (tx) =>
      enqueue(tx, { tenantId, job: PULL_JOB, data: { tenantId }, dedupeKey }, now),
    )
  }
  nudge()
  return tenants.length
}
