import { checkLedger } from '../ledger/check.ts'
import type { Services } from '../services.ts'
import { expireTopUps } from '../top-ups/close.ts'
import type { RecurringJob } from './job.ts'
import { purgeDone } from './outbox.ts'

const OUTBOX_KEPT_MS = 14 * 86_400_000

/** The installation's recurring work. */
export function upkeepJobs(services: Services, deleteExpiredSessions: () => Promise<void>): RecurringJob[] {
  const { relay, db, clock, log } = services
  return [
    {
      name: 'top-up.expire',
      lane: 'upkeep',
      every: { minutes: 1 },
      async run() {
        const closed = await expireTopUps(relay, db, clock.now())
        if (closed > 0) log.info({ closed }, 'top-ups expired')
      },
    },
    {
      name: 'ledger.check',
      lane: 'upkeep',
      every: { cron: '0 30 2 * * *' },
      run: async () => {
        const broken = await checkEveryLedger(services)
        if (broken > 0)
          throw new Error(`${broken} rules of the ledger are broken: run "npm run cli -- ledger check"`)
      },
    },
    {
      name: 'session.purge',
      lane: 'upkeep',
      every: { minutes: 60 },
      async run() {
        await deleteExpiredSessions()
        await relay.deleteFrom('idempotency_keys').where('expires_at', '<=', clock.now()).execute()
      },
    },
    {
      name: 'outbox.purge',
      lane: 'upkeep',
      every: { cron: '0 0 3 * * *' },
      async run() {
        const before = new Date(clock.now().getTime() - OUTBOX_KEPT_MS)
        let purged: number
        do purged = await purgeDone(relay, before)
        while (purged > 0)
      },
    },
  ]
}

/** Checks every tenant's ledger and logs what is wrong. Answers how many rules are broken in all. */
export async function checkEveryLedger({
  db,
  relay,
  log,
}: Pick<Services, 'db' | 'relay' | 'log'>): Promise<number> {
  let broken = 0
  for (const { id, slug } of await relay
    .selectFrom('tenants')
    .select(['id', 'slug'])
    .orderBy('slug')
    .execute()) {
    for (const violation of await checkLedger(db, id)) {
      broken++
      log.error({ tenant: slug, ...violation }, 'a rule of the ledger is broken')
    }
  }
  return broken
}
