import type { Clock } from '#core/clock.ts'
import { DomainError, type FaultCode } from '#core/errors.ts'
import { createRateLimiter } from '#core/rate-limit.ts'

/** Slows down guessing: of passwords, of the codes that schools give out, and of those on receipts. */
export interface Attempts {
  /**
   * Does something that a wrong guess fails. Counted before, so that guesses sent together do not slip through; only
   * wrong ones stay counted.
   * @param who whose secret is guessed, and from where
   * @throws DomainError request.too_many with the seconds to wait, and what the work throws
   */
  guess<Result>(who: string, work: () => Promise<Result>): Promise<Result>
}

const WRONG_A_MINUTE = 10
const WRONG: readonly FaultCode[] = ['sign_in.wrong', 'enrolment.unknown_code', 'verification.unknown']

/** Ten wrong guesses a minute, in this process. */
export function createAttempts(clock: Clock): Attempts {
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
        if (!(error instanceof DomainError && WRONG.includes(error.code))) limiter.giveBack(who)
        throw error
      }
    },
  }
}
