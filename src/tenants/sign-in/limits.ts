export type Face = 'portal' | 'app' | 'office'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/**
 * How long a session lives without being used, and in all. A browser may stand in a library, and the office shows other
 * people's data. The app's token is short and never extended: a refresh token brings the next one.
 */
const LIMITS: Record<Face, { readonly idleMs: number; readonly absoluteMs: number }> = {
  portal: { idleMs: HOUR_MS, absoluteMs: 12 * HOUR_MS },
  office: { idleMs: 30 * MINUTE_MS, absoluteMs: 10 * HOUR_MS },
  app: { idleMs: HOUR_MS, absoluteMs: HOUR_MS },
}

/** Use is noted this seldom: a write for every request would cost more than the session is worth. */
export const NOTED_EVERY_MS = 5 * MINUTE_MS

/** What a session that began now has to live without being used, in milliseconds. */
export function idleMs(face: Face): number {
  return LIMITS[face].idleMs
}

/** When a session ends that began and was last used at these instants. */
export function endOf(face: Face, beganAt: Date, usedAt: Date): Date {
  const { idleMs: idle, absoluteMs } = LIMITS[face]
  return new Date(Math.min(usedAt.getTime() + idle, beganAt.getTime() + absoluteMs))
}

/** An app stays signed in while it is used within this time, and at most that long in all. */
export const REFRESH_IDLE_MS = 60 * 24 * HOUR_MS
export const REFRESH_ABSOLUTE_MS = 365 * 24 * HOUR_MS

/** When a refresh token ends that is issued now, to a family that began then. */
export function refreshEndOf(beganAt: Date, now: Date): Date {
  return new Date(Math.min(now.getTime() + REFRESH_IDLE_MS, beganAt.getTime() + REFRESH_ABSOLUTE_MS))
}
