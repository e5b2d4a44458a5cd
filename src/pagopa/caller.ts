import type { IncomingMessage } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import type { Config } from '#core/config.ts'
import { forwardedAddress, peerAddress } from '#core/remote-address.ts'
import type { Services } from '#core/services.ts'

/** What keeps a caller out. */
type Refusal = 'peer' | 'certificate' | 'subject' | 'address'

/**
 * Which world a caller belongs to: the real Node's, or the sandbox's that entities in rehearsal pay to. `any` where nobody is
 * asked who they are, which is never so in production.
 */
export type World = 'node' | 'rehearsal' | 'any'

/** What a request that was let in knows of its caller. */
export interface CallerEnv {
  Variables: { world: World }
}

/**
 * Lets pagoPA's Node in, beside it the rehearsals' sandbox where one is named, and nobody else. Mutual TLS ends at a proxy, which says in two headers whether it verified a
 * client certificate and whose it is; they are believed from the configured proxies alone, as the connection itself
 * tells them. Without pinned subjects, which production does not start without, everybody may call.
 * A refusal reads nothing of the body, stores nothing, and does not say what was missing: the log does.
 */
export function authenticateCaller({ config, log, metrics }: Services): MiddlewareHandler<CallerEnv> {
  return async (context, next) => {
    context.set('world', config.PAGOPA_SUBJECTS ? 'node' : 'any')
    if (!config.PAGOPA_SUBJECTS) return next()
    const reason = refusalOf(config, context)
    if (!reason) return next()
    if (isRehearsalCaller(config, context)) {
      context.set('world', 'rehearsal')
      return next()
    }
    metrics.refusedCallers.inc({ reason })
    // A verified subject that is not pinned may be the Node's next certificate: whoever pins it must see it.
    const subject = reason === 'subject' ? onlyHeader(context, config.PAGOPA_SUBJECT_HEADER) : undefined
    const seen = reason === 'address' ? forwardedAddress(context) : undefined
    log.warn({ reason, peer: peerAddress(context), seen, subject }, 'a caller was not let in as the Node')
    // What is still being sent is not waited for.
    context.header('connection', 'close')
    return context.text('forbidden\n', 403)
  }
}

/** Everything is looked at before anything is decided: how long it takes does not tell what was wrong. */
function refusalOf(config: Config, context: Context): Refusal | undefined {
  const subject = onlyHeader(context, config.PAGOPA_SUBJECT_HEADER) ?? ''
  const isProxy = config.PAGOPA_PROXIES?.has(peerAddress(context)) ?? false
  const isVerified = onlyHeader(context, config.PAGOPA_VERIFIED_HEADER) === 'SUCCESS'
  const isPinned = config.PAGOPA_SUBJECTS?.accept(subject) ?? false
  const isListed = config.PAGOPA_ADDRESSES?.has(forwardedAddress(context)) ?? true
  if (!isProxy) return 'peer'
  if (!isVerified) return 'certificate'
  if (!isPinned) return 'subject'
  return isListed ? undefined : 'address'
}

/** The sandbox comes through the same proxy with a certificate of its own; whose address it has matters to nobody. */
function isRehearsalCaller(config: Config, context: Context): boolean {
  const subject = onlyHeader(context, config.PAGOPA_SUBJECT_HEADER) ?? ''
  const isProxy = config.PAGOPA_PROXIES?.has(peerAddress(context)) ?? false
  const isVerified = onlyHeader(context, config.PAGOPA_VERIFIED_HEADER) === 'SUCCESS'
  return isProxy && isVerified && (config.REHEARSAL_SUBJECTS?.accept(subject) ?? false)
}

/** A header that came exactly once: a second one would be joined to it, and nobody could tell who wrote which. */
function onlyHeader({ env }: Context, name: string): string | undefined {
  const { incoming } = env as { incoming?: IncomingMessage }
  const [value, ...more] = incoming?.headersDistinct[name] ?? []
  return more.length === 0 ? value : undefined
}
