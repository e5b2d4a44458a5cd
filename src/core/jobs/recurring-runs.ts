import type { Db } from '../db/connect.ts'

/** How recurring work went when it last ran. */
export interface RecurringRun {
  readonly job: string
  readonly ranAt: Date
  /** The last time that it failed; null when it never has. */
  readonly failedAt: Date | null
  readonly error: string | null
}

/** Notes that recurring work has run. `error` names no person, and is left out where it went well. */
export async function noteRun(db: Db, job: string, now: Date, error?: string): Promise<void> {
  const failure = error === undefined ? {} : { failed_at: now, error: error.slice(0, 500) }
  await db
    .insertInto('recurring_runs')
    .values({ job, ran_at: now, failed_at: null, error: null, ...failure })
    .onConflict((conflict) => conflict.column('job').doUpdateSet({ ran_at: now, ...failure }))
    .execute()
}

/** All recurring work that has ever run, by name. */
export async function listRuns(db: Db): Promise<RecurringRun[]> {
  const rows = await db.selectFrom('recurring_runs').selectAll().orderBy('job').execute()
  return rows.map(({ job, ran_at, failed_at, error }) => ({
    job,
    ranAt: ran_at,
    failedAt: failed_at,
    error,
  }))
}
