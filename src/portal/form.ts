import { DomainError } from '#core/errors.ts'
import type { Payer } from '#core/channel.ts'
import { isLanguage } from '#core/i18n.ts'
import type { SignedIn } from '#tenants/sign-in/sessions.ts'
import type { PortalContext } from './context.ts'

/** The signed-in parent. @throws DomainError sign_in.required, which a page answers with the sign-in form */
export function viewerOf(context: PortalContext): SignedIn {
  const { viewer } = context.var
  if (!viewer || viewer.kind !== 'guardian') throw new DomainError('sign_in.required')
  return viewer
}

/** The signed-in parent as the one who pays. */
export function payerOf(context: PortalContext): Payer {
  const { accountId, email, language } = viewerOf(context)
  return { accountId, email, language: isLanguage(language) ? language : 'it' }
}
