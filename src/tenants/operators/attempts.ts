import type { Clock } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { createRateLimiter } from '#core/rate-limit.ts'
import { WRONG_GUESSES } from '../sign-in/attempts.ts'

const WRONG_A_MINUTE = 10

/** Slows down who guesses at the installation's own door. */
export interface OperatorAttempts {
  /**
   * Does something that a wrong guess fails. Counted before, so that guesses sent together do not slip through; only
   * wrong ones stay counted.
   * @param who whose secret is guessed, and from where
   * @throws DomainError request.too_many with the seconds to wait, and what the work throws
   */
  guess<Result>(who: string, work: () => Promise<Result>): Promise<Result>
}

/**
 * Ten wrong guesses a minute, in this process. An entity's are counted in the database, under the entity's keys; operators
 * belong to none, there are few of them, and each has a second factor.
 */
export function createOperatorAttempts(clock: Clock): OperatorAttempts {
  const limiter = createRateLimiter(clock, WRONG_A_MINUTE)
  return {
    async guess(who, work) {
      const { allowed, resetSeconds } = limiter.take(who)
      if (!allowed) throw new DomainError('request.too_many', { seconds: resetSeconds })
      try {
        const result = await work()
        limiter.giveBack(who)
        return result
      } catch (error) {
        if (!(error instanceof DomainError && WRONG_GUESSES.includes(error.code))) limiter.giveBack(who)
        throw error
      }
    },
  }
}
