import type { Clock } from './clock.ts'

/** What a caller may still do within the window. */
export interface Allowance {
  allowed: boolean
  limit: number
  remaining: number
  /** Whole seconds until the count begins anew, at least 1. */
  resetSeconds: number
}

/** Counts what callers do within fixed windows of time, in this process. */
export interface RateLimiter {
  /** Counts one more for this key, and says whether it is still within the limit. */
  take(key: string): Allowance
  /** Takes one count back: what was counted turned out not to matter. */
  giveBack(key: string): void
}

/** More keys than this within one window are a flood: the oldest are forgotten, so that memory stays bounded. */
const KEYS_MAX = 100_000

/** A limiter of `limit` counts a key in each window; all keys share the windows' beginnings. */
export function createRateLimiter(clock: Clock, limit: number, windowMs = 60_000): RateLimiter {
  let window = Number.NaN
  const counts = new Map<string, number>()
  return {
    take(key) {
      const now = clock.now().getTime()
      const current = Math.floor(now / windowMs)
      if (current !== window) {
        counts.clear()
        window = current
      }
      const count = (counts.get(key) ?? 0) + 1
      if (count === 1 && counts.size >= KEYS_MAX) counts.delete(counts.keys().next().value!)
      counts.set(key, count)
      return {
        allowed: count <= limit,
        limit,
        remaining: Math.max(0, limit - count),
        resetSeconds: Math.max(1, Math.ceil(((current + 1) * windowMs - now) / 1000)),
      }
    },
    giveBack(key) {
      const count = counts.get(key)
      if (count !== undefined) counts.set(key, Math.max(0, count - 1))
    },
  }
}
