import type { Cluster } from './support/cluster.ts'

/** What a row is given to measure with. */
export interface Bench {
  readonly cluster: Cluster
  readonly pgbenchIsInstalled: boolean
  /** The peer ledger's SQL files, in the order to load them; empty when none were named. */
  readonly pgledgerFiles: readonly string[]
  /** True for a quick look whether everything works; its figures mean nothing. */
  readonly smoke: boolean
  /** Aborted when the run is interrupted: rows stop at the next slice. */
  readonly signal: AbortSignal
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number }

/** One figure of a row: a ratio taken in one interleaved run, and the numbers behind it as information. */
export interface Metric {
  readonly name: string
  readonly ratio: number
  readonly goal: Goal
  /** Our absolute number and the anchor's, with their units. */
  readonly ours: string
  readonly anchor: string
}

/** A row's figures, or why it could not be measured here. */
export type Outcome = { readonly metrics: readonly Metric[] } | { readonly notRun: string }

/** A line of questions to the same part of the product. */
export interface Row {
  /** As the goals are numbered: P1, P2 … */
  readonly id: string
  readonly title: string
  /** What the ratio is taken against. */
  readonly anchor: string
  readonly goal: Goal
  measure(bench: Bench): Promise<Outcome>
}

/** What rows without pgbench answer. */
export const WITHOUT_PGBENCH: Outcome = { notRun: 'pgbench is not installed' }

export function isMet(ratio: number, goal: Goal): boolean {
  return 'atLeast' in goal ? ratio >= goal.atLeast : ratio <= goal.atMost
}
