import type { MiddlewareHandler } from 'hono'
import { DomainError } from '#core/errors.ts'
import type { Clock } from '#core/clock.ts'
import { createRateLimiter } from '#core/rate-limit.ts'
import { remoteAddress } from '#core/remote-address.ts'
import type { ApiEnv } from './context.ts'

/** Generous for a person with an app, tight for a program in a loop. */
const REQUESTS_A_MINUTE = 600

/** Counts the requests of each parent and machine, and of each address where nobody is signed in, and says how many are left. */
export function limitRequests(clock: Clock): MiddlewareHandler<ApiEnv> {
  const limiter = createRateLimiter(clock, REQUESTS_A_MINUTE)
  return async (context, next) => {
    const { caller, machine } = context.var
    const who = caller
      ? `account ${caller.viewer.accountId}`
      : machine
        ? `token ${machine.machine.tokenId}`
        : `address ${remoteAddress(context)}`
    const { allowed, limit, remaining, resetSeconds } = limiter.take(who)
    context.header('ratelimit-limit', String(limit))
    context.header('ratelimit-remaining', String(remaining))
    context.header('ratelimit-reset', String(resetSeconds))
    if (!allowed) throw new DomainError('request.too_many', { seconds: resetSeconds })
    await next()
  }
}
