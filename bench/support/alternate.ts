import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from '../row.ts'

/** Medians of alternated slices; the ratio is the median of the pairs' ratios, not the ratio of the medians. */
export interface Comparison {
  readonly ours: number
  readonly anchor: number
  readonly ratio: number
}

/** How many pairs of slices a figure rests on. */
export function roundsOf({ smoke }: Pick<Bench, 'smoke'>): number {
  return smoke ? 1 : 5
}

/**
 * Measures ours and the anchor in turns, so that whatever else the machine does hits both. Who goes first changes
 * from pair to pair: tables grow and caches warm for both alike.
 * @param ours a slice that answers with a rate or a time, as `anchor` does in the same unit
 */
export async function alternate(
  bench: Pick<Bench, 'smoke' | 'signal'>,
  ours: () => Promise<number>,
  anchor: () => Promise<number>,
): Promise<Comparison> {
  const pairs: { ours: number; anchor: number }[] = []
  for (let round = 0; round < roundsOf(bench); round++) {
    const figures: Partial<Record<'ours' | 'anchor', number>> = {}
    for (const side of round % 2 === 0 ? (['ours', 'anchor'] as const) : (['anchor', 'ours'] as const)) {
      bench.signal.throwIfAborted()
      figures[side] = await (side === 'ours' ? ours : anchor)()
      await sleep(100)
    }
    pairs.push(figures as { ours: number; anchor: number })
  }
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    anchor: median(pairs.map((pair) => pair.anchor)),
    ratio: median(pairs.map((pair) => pair.ours / pair.anchor)),
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

/** `12,345/s`, for the column of absolute numbers. */
export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')}/s`
}

/** `1.24 ms`. */
export function milliseconds(value: number): string {
  return `${value.toPrecision(3)} ms`
}
