import type { z } from 'zod'

/** Kinds of work that must not wait for one another: each lane is a queue with its own workers. */
export const LANES = ['documents', 'mail', 'upkeep'] as const
export type Lane = (typeof LANES)[number]

/**
 * A kind of work by name. Data carry ids, never a person's data. Delivery is at least once: `run` may come twice,
 * also at the same time, and must end in the same state.
 */
export interface Job<Data = unknown> {
  readonly name: string
  readonly lane: Lane
  readonly data: z.ZodType<Data>
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
