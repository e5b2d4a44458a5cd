import { createChannels } from './channels/index.ts'
import type { Clock } from './core/clock.ts'
import { demonstrationClock } from './core/moved-clock.ts'
import { systemClock } from './core/clock.ts'
import type { Config } from './core/config.ts'
import { armCrashPoint } from './core/crash-point.ts'
import { connect, openPool } from './core/db/connect.ts'
import { migrate } from './core/db/migrate.ts'
import { createDocumentRenderer } from './core/documents/render.ts'
import { openQueues, type Queues } from './core/jobs/queue.ts'
import { startRelay, type Relay } from './core/jobs/relay.ts'
import { upkeepJobs } from './core/jobs/upkeep.ts'
import { startWorkers } from './core/jobs/workers.ts'
import { createLog, type Log } from './core/log.ts'
import { createMailer } from './core/mail.ts'
import { createMetrics } from './core/metrics.ts'
import { receiptJobs } from './core/receipts/receipt-jobs.ts'
import {
  reconciliationJobs,
  reconciliationUpkeep,
  type ReconciliationSources,
} from './core/reconciliation/reconciliation-jobs.ts'
import { UpstreamError } from './core/errors.ts'
import type { Services } from './core/services.ts'
import { loadTemplates, type Templates } from './core/templates.ts'
import type { Tenant } from './core/tenant.ts'
import { announceJob, type PositionArchive } from './core/top-ups/announce.ts'
import { createEventRecorder } from './core/top-ups/timeline.ts'
import { assertMasterKeyFits, createVault } from './core/vault.ts'
import { introduceToSandbox } from './local/introduce.ts'
import { createPositionArchive } from './pagopa/aca.ts'
import { createReceiptSource } from './pagopa/biz-events.ts'
import { createCheckoutClient, type CheckoutClient } from './pagopa/checkout.ts'
import { createReportingSource } from './pagopa/fdr.ts'
import { dietUpkeep } from './meals/diet-upkeep.ts'
import { mealJobs, mealUpkeep } from './meals/meal-jobs.ts'
import { noticeScheme } from './pagopa/notice-scheme.ts'
import { createAttempts, type Attempts } from './tenants/sign-in/attempts.ts'
import { IMPORT_KINDS } from './meals/import-kinds.ts'
import { importJobs, importUpkeep } from './tenants/imports/import-jobs.ts'
import { emailAddressJobs } from './tenants/people/email-jobs.ts'
import { passwordUpkeep } from './tenants/sign-in/password-end.ts'
import { passwordJobs } from './tenants/sign-in/password-jobs.ts'
import { createCashier, type Cashier } from './tenants/cashier.ts'
import { enrolmentLetterJob } from './tenants/people/enrolment-letters.ts'
import { householdJobs } from './tenants/people/household-jobs.ts'
import { mergedWalletUpkeep } from './tenants/people/merge-children.ts'
import { priceUpkeep } from './tenants/people/refresh-prices.ts'
import { renewalLetterJob, renewalUpkeep } from './tenants/onboarding/renewal.ts'
import { createTenantRegistry, type TenantRegistry } from './tenants/registry.ts'
import { createSessions, type Sessions } from './tenants/sign-in/sessions.ts'
import { openIdentity, type IdentityHouse } from './tenants/identity/open.ts'
import { staffInvitationJob } from './tenants/staff/letter.ts'
import { tokenUpkeep } from './tenants/staff/token-upkeep.ts'
import { linkedLetterJob } from './tenants/people/linked-letter.ts'

/** Everything wired together, before any face is put on it. */
export interface House {
  readonly services: Services
  readonly registry: TenantRegistry
  readonly sessions: Sessions
  readonly cashier: Cashier
  readonly attempts: Attempts
  /** SPID and CIE. */
  readonly identity: IdentityHouse
  readonly queues: Queues
  /** pagoPA's flows and lost receipts, for whoever asks at once instead of by job. */
  readonly sources: ReconciliationSources
  /** What entities in rehearsal talk to instead of pagoPA. */
  readonly rehearsal: RehearsalWorld
  /** Starts the relay and the workers of this process. */
  startWorking(options?: { intervalMs?: number; trustMs?: number }): Promise<void>
  close(): Promise<void>
}

/**
 * Builds the house: database, services, channels, queues. What `options` hold is given by tests alone.
 * @throws ConfigError for a MASTER_KEY that is not the database's, and what openIdentity throws
 */
export async function openHouse(
  config: Config,
  options: { clock?: Clock; templates?: Templates; log?: Log } = {},
): Promise<House> {
  const log = options.log ?? createLog(config.LOG_LEVEL)
  if (config.OWNER_DATABASE_URL) {
    const applied = await migrate(config.OWNER_DATABASE_URL)
    if (applied.length > 0) log.info({ applied }, 'database migrated')
  }
  if (config.NODE_ENV !== 'production' && config.CRASH_POINT) armCrashPoint(config.CRASH_POINT)
  const pool = openPool(config.DATABASE_URL, { max: config.DATABASE_POOL, prepare: config.DATABASE_PREPARE })
  const db = connect(config.DATABASE_URL, { max: config.DATABASE_POOL })
  const relay = connect(config.RELAY_DATABASE_URL, { max: 3 })
  const disconnect = () => Promise.all([pool.end({ timeout: 5 }), db.destroy(), relay.destroy()])
  const vault = createVault(db, config.MASTER_KEY)
  await assertMasterKeyFits(relay, vault).catch(async (error: unknown) => {
    await disconnect()
    throw error
  })
  const moved = config.NODE_ENV === 'production' || options.clock ? undefined : demonstrationClock(db)
  const clock = options.clock ?? moved?.clock ?? systemClock
  const registry = createTenantRegistry(db)
  const checkout = createCheckoutClient({
    baseUrl: config.CHECKOUT_URL,
    subscriptionKey: config.CHECKOUT_SUBSCRIPTION_KEY,
    timeoutMs: 4_000,
  })
  const archive = createPositionArchive({
    baseUrl: config.ACA_URL,
    subscriptionKey: config.ACA_SUBSCRIPTION_KEY,
    timeoutMs: 8_000,
  })
  const rehearsal = rehearsalWorld(config, { checkout, archive })
  const channels = createChannels({ checkout, rehearsalCheckout: rehearsal.checkout })
  const sources: ReconciliationSources = {
    reporting: createReportingSource({
      baseUrl: config.FDR_URL,
      subscriptionKey: config.FDR_SUBSCRIPTION_KEY,
      timeoutMs: 20_000,
    }),
    receipts: createReceiptSource({
      baseUrl: config.BIZ_EVENTS_URL,
      subscriptionKey: config.BIZ_EVENTS_SUBSCRIPTION_KEY,
      timeoutMs: 10_000,
    }),
  }
  const queues = await openQueues(config)
  const working: { relay?: Relay; stopLooking?: () => void } = {}
  const services: Services = {
    config,
    clock,
    log,
    metrics: createMetrics(),
    pool,
    db,
    relay,
    vault,
    tenants: registry,
    scheme: noticeScheme,
    documents: createDocumentRenderer(),
    mail: createMailer(config.SMTP_URL, config.MAIL_FROM),
    templates: options.templates ?? loadTemplates(),
    events: createEventRecorder(db, clock, log),
    channelLabel: (id, language) => channels.find((channel) => channel.id === id)?.label[language] ?? id,
    nudge: () => working.relay?.nudge(),
  }
  const sessions = createSessions(pool, db, relay, clock)
  const cashier = createCashier(services, registry, channels)
  const identity = await openIdentity(services)
  return {
    services,
    registry,
    sessions,
    cashier,
    identity,
    attempts: createAttempts(services),
    queues,
    sources,
    rehearsal,
    async startWorking(pace = {}) {
      const jobs = [
        ...receiptJobs(services),
        announceJob(services, archive, rehearsal.archive),
        ...reconciliationJobs(services, sources),
        linkedLetterJob(services),
        ...passwordJobs(services),
        ...emailAddressJobs(services),
        ...householdJobs(services),
        renewalLetterJob(services),
        staffInvitationJob(services),
        ...importJobs(services, IMPORT_KINDS),
        enrolmentLetterJob(services),
        ...mealJobs(services),
        ...cashier.jobs,
      ]
      const recurring = [
        ...upkeepJobs(services, () => sessions.deleteExpired()),
        ...reconciliationUpkeep(services, sources),
        ...identity.recurring,
        ...passwordUpkeep(services),
        ...importUpkeep(services),
        priceUpkeep(services),
        mergedWalletUpkeep(services),
        renewalUpkeep(services),
        ...mealUpkeep(services),
        dietUpkeep(services),
        tokenUpkeep(services),
      ]
      const onOutcome = (job: string, outcome: string) => services.metrics.jobs.inc({ job, outcome })
      working.stopLooking = await startWorkers({ db, queues, jobs, recurring, clock, log, onOutcome })
      working.relay = startRelay({ relay, queues, jobs, clock, log, ...pace })
    },
    async close() {
      moved?.stop()
      working.stopLooking?.()
      await working.relay?.stop()
      await queues.close()
      await services.events.stop()
      await services.documents.close()
      services.mail.close()
      await disconnect()
    },
  }
}

/** The outside world as entities in rehearsal meet it: a sandbox, never the real one. */
export interface RehearsalWorld {
  readonly checkout: CheckoutClient
  readonly archive: PositionArchive
  /** Where the sandbox's pages are; null where no entity can rehearse. */
  readonly sandboxUrl: string | null
  /** Tells the sandbox of an entity, as a creditor is registered with pagoPA. @throws Error when it does not answer */
  introduce(tenant: Tenant): Promise<void>
}

/**
 * The world of rehearsals: the sandbox that the operator names; without one, outside production, the one that everything else
 * talks to as well. In production without one nothing is asked of anybody.
 * @param real what entities that are live talk to
 */
function rehearsalWorld(
  config: Config,
  real: { checkout: CheckoutClient; archive: PositionArchive },
): RehearsalWorld {
  const url = config.REHEARSAL_SANDBOX_URL ?? config.SANDBOX_URL ?? null
  const introduce = async (tenant: Tenant) => {
    if (url === null) throw nobody()
    await introduceToSandbox(url, tenant, { people: [], paymentCodes: [] })
  }
  if (config.REHEARSAL_SANDBOX_URL === undefined)
    return config.NODE_ENV === 'production'
      ? { checkout: { postCart: refuse }, archive: { announce: refuse }, sandboxUrl: null, introduce }
      : { ...real, sandboxUrl: url, introduce }
  const base = config.REHEARSAL_SANDBOX_URL.replace(/\/*$/, '')
  const subscriptionKey = 'rehearsal'
  return {
    checkout: createCheckoutClient({ baseUrl: `${base}/checkout/ec/v2`, subscriptionKey, timeoutMs: 4_000 }),
    archive: createPositionArchive({ baseUrl: `${base}/aca/v1`, subscriptionKey, timeoutMs: 8_000 }),
    sandboxUrl: base,
    introduce,
  }
}

function nobody(): UpstreamError {
  return new UpstreamError('no sandbox is named for rehearsals (REHEARSAL_SANDBOX_URL)', { retryable: false })
}

function refuse(): Promise<never> {
  return Promise.reject(nobody())
}
