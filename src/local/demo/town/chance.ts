import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Choices that look like chance and are the same each time for the same seed. */
export interface Chance {
  /** A whole number between the two, both included. */
  between(lowest: number, highest: number): number
  /** True in so many of a hundred cases. */
  percent(share: number): boolean
  pick<Item>(items: readonly Item[]): Item
  /** One of the keys, each as often as its weight says. */
  weighed<Key extends string>(weights: Readonly<Record<Key, number>>): Key
}

/** @param seed any whole number */
export function createChance(seed: number): Chance {
  const generator = xoroshiro128plus(seed)
  const between = (lowest: number, highest: number) => uniformInt(generator, lowest, highest)
  return {
    between,
    percent: (share) => between(0, 99) < share,
    pick: (items) => items[between(0, items.length - 1)]!,
    weighed(weights) {
      const entries = Object.entries(weights) as [keyof typeof weights, number][]
      let left = between(
        1,
        entries.reduce((sum, [, weight]) => sum + weight, 0),
      )
      return entries.find(([, weight]) => (left -= weight) <= 0)![0]
    },
  }
}
