import type { TopUpState } from '../db/schema.ts'
import type { TopUp } from './top-up.ts'

/** How long after Checkout's return we still expect the receipt any moment; a token lives half an hour. */
const AWAITED_MS = 30 * 60_000

/** Where a top-up stands for who asks now, which its stored state alone does not tell. */
export interface Standing {
  /** The stored state, except that an open one whose time is over counts as expired already. */
  state: TopUpState
  /** How the last attempt online of an open one stands: its receipt is awaited, or it came to nothing. */
  onlineAttempt: 'awaited' | 'failed' | undefined
}

/** Where a top-up stands at this instant. */
export function standingOf(topUp: TopUp, now: Date): Standing {
  if (topUp.state !== 'open') return { state: topUp.state, onlineAttempt: undefined }
  if (topUp.expiresAt <= now) return { state: 'expired', onlineAttempt: undefined }
  return { state: 'open', onlineAttempt: attemptOf(topUp, now) }
}

function attemptOf({ returnedAs, returnedAt }: TopUp, now: Date): Standing['onlineAttempt'] {
  if (returnedAs === 'errore' || returnedAs === 'annullato') return 'failed'
  const awaited = returnedAt !== undefined && now.getTime() - returnedAt.getTime() < AWAITED_MS
  return awaited ? 'awaited' : undefined
}
