import type { Clock } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { createRateLimiter, type RateLimiter } from '#core/rate-limit.ts'
import { networkOf } from '#core/remote-address.ts'
import { ACCOUNT, ADDRESS, PAIR, WRONG_GUESSES } from '../sign-in/attempts.ts'

/** Longer than any user name: what is typed beyond it tells no two names apart, and fills no memory. */
const NAME_COUNTED = 64

/** Whose secret is guessed: a password from somewhere, or a code by who has shown an operator's password. */
export type OperatorGuesser =
  | {
      readonly secret: 'password'
      /** As it was typed. */
      readonly username: string
      /** As remoteAddress() tells it; of an IPv6 address its network counts. */
      readonly address: string
    }
  | { readonly secret: 'code'; readonly operatorId: string }

/** Slows down who guesses at the installation's own door. */
export interface OperatorAttempts {
  /**
   * Does something that a wrong guess fails. Counted before, so that guesses sent together do not slip through; only
   * wrong ones stay counted.
   * @throws DomainError request.too_many with the seconds to wait, and what the work throws
   */
  guess<Result>(guesser: OperatorGuesser, work: () => Promise<Result>): Promise<Result>
}

interface Counter {
  readonly limiter: RateLimiter
  readonly who: string
}

/**
 * The bounds of an entity's doors, in this process: ten wrong guesses a minute at one name from one network, a hundred an
 * hour at one name from anywhere, sixty a minute from one network at any name; ten codes a minute. An entity's are counted
 * in the database, under the entity's keys; operators belong to none, there are few of them, and each has a second factor.
 */
export function createOperatorAttempts(clock: Clock): OperatorAttempts {
  const [pairs, names, networks, codes] = [PAIR, ACCOUNT, ADDRESS, PAIR].map(({ most, windowMs }) =>
    createRateLimiter(clock, most, windowMs),
  ) as [RateLimiter, RateLimiter, RateLimiter, RateLimiter]

  /** The narrowest first. */
  function countersOf(guesser: OperatorGuesser): Counter[] {
    if (guesser.secret === 'code') return [{ limiter: codes, who: guesser.operatorId }]
    const name = guesser.username.trim().toLowerCase().slice(0, NAME_COUNTED)
    const network = networkOf(guesser.address)
    return [
      { limiter: pairs, who: `${network} ${name}` },
      { limiter: names, who: name },
      { limiter: networks, who: network },
    ]
  }

  return {
    async guess(guesser, work) {
      const counters = countersOf(guesser)
      const takeBack = () => counters.forEach(({ limiter, who }) => limiter.giveBack(who))
      const full = counters.map(({ limiter, who }) => limiter.take(who)).filter(({ allowed }) => !allowed)
      if (full.length > 0) {
        // In every counter or in none: who is held back by the narrow one fills no wide one that others share.
        takeBack()
        throw new DomainError('request.too_many', {
          seconds: Math.max(...full.map(({ resetSeconds }) => resetSeconds)),
        })
      }
      try {
        const result = await work()
        takeBack()
        return result
      } catch (error) {
        if (!(error instanceof DomainError && WRONG_GUESSES.includes(error.code))) takeBack()
        throw error
      }
    },
  }
}
