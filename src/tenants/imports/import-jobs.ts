import { sql } from 'kysely'
import { z } from 'zod'
import { defineJob, type Job, type RecurringJob } from '#core/jobs/job.ts'
import type { Services } from '#core/services.ts'
import { CHECK_JOB, RUN_JOB } from './decide.ts'
import type { ImportKind } from './kind.ts'
import { checkImport, runImport } from './run.ts'

/** How long a file is kept: long enough to look into a mistake that a family reports. */
export const FILE_KEPT_DAYS = 30

/** The dry run and the writing of files, each a job: both take longer than anybody waits for a page. */
export function importJobs(services: Services, kinds: readonly ImportKind[]): Job[] {
  const data = z.object({ tenantId: z.uuid(), importId: z.uuid() })
  return [
    defineJob({
      name: CHECK_JOB,
      lane: 'imports',
      data,
      run: ({ tenantId, importId }) => checkImport(services, kinds, tenantId, importId),
    }),
    defineJob({
      name: RUN_JOB,
      lane: 'imports',
      data,
      run: ({ tenantId, importId }) => runImport(services, kinds, tenantId, importId),
    }),
  ]
}

/** Forgets files and what was found in them after their days. */
export function importUpkeep(services: Services): RecurringJob[] {
  return [
    {
      name: 'import.purge',
      lane: 'upkeep',
      every: { cron: '0 45 3 * * *' },
      async run() {
        const purged = await purgeImports(services)
        if (purged > 0) services.log.info({ purged }, 'imported files are no longer kept')
      },
    },
  ]
}

/** Answers how many files were forgotten. One that is being written waits for the next day. */
export async function purgeImports({ relay, clock }: Pick<Services, 'relay' | 'clock'>): Promise<number> {
  const before = new Date(clock.now().getTime() - FILE_KEPT_DAYS * 86_400_000)
  const result = await sql`update imports set file_sealed = null, columns_sealed = null, result_sealed = null,
      report_sealed = null, state = case when state in ('done', 'withdrawn') then state else 'expired' end
    where uploaded_at < ${before} and file_sealed is not null and state <> 'running'`.execute(relay)
  return Number(result.numAffectedRows ?? 0n)
}
