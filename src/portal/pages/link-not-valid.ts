import { DomainError } from '#core/errors.ts'
import { remoteAddress } from '#core/remote-address.ts'
import type { PortalContext, PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { LinkNotValidView } from '../views/passwords.ts'

/**
 * Does something with the code of a link out of an e-mail, slowed down for who guesses. A link that opens nothing any more
 * is a plain page with a way to another one.
 */
export async function withLink(
  parts: PortalParts,
  context: PortalContext,
  kind: LinkNotValidView['kind'],
  work: () => Promise<Response>,
): Promise<Response> {
  const guesser = { secret: 'link', address: remoteAddress(context) } as const
  try {
    return await parts.attempts.guess(context.var.tenant.id, guesser, work)
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'link.not_valid') throw error
    return page(parts, context, 'link-not-valid', { ...frame(parts, context, null), kind }, 404)
  }
}
