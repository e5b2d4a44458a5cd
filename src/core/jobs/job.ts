import type { z } from 'zod'

/** Kinds of work that must not wait for one another: each lane is a queue with its own workers. */
export const LANES = ['documents', 'imports', 'mail', 'outside', 'upkeep'] as const
export type Lane = (typeof LANES)[number]

/**
 * A kind of work by name. Data carry ids, never a person's data. Delivery is at least once: `run` may come twice,
 * also at the same time, and must end in the same state.
 */
export interface Job<Data = unknown> {
  readonly name: string
  readonly lane: Lane
  readonly data: z.ZodType<Data>
  /**
   * For how long a third party that fails is asked again, ever more rarely, before the work is set aside for a person.
   * Left out: the queue's own tries, about a minute.
   */
  readonly patienceHours?: number
  run(data: Data): Promise<void>
}

/** Work that comes back by itself, for the whole installation. */
export interface RecurringJob {
  readonly name: string
  readonly lane: Lane
  readonly every: { readonly minutes: number } | { readonly cron: string }
  run(): Promise<void>
}

/** Keeps the data's type inside the definition and lets lists of jobs forget it. */
export function defineJob<Data>(job: Job<Data>): Job {
  return { ...job, run: (data) => job.run(data as Data) }
}
