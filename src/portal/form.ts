import { DomainError } from '#core/errors.ts'
import type { Payer } from '#core/channel.ts'
import { isLanguage } from '#core/i18n.ts'
import type { SignedIn } from '#tenants/sign-in/sessions.ts'
import type { PortalContext } from './context.ts'

/**
 * The fields of a posted form, as text. A field that comes twice or as a file, or holds a control character, is of a
 * form that we did not make: all our fields are one line.
 * @throws DomainError request.malformed
 */
export async function formFields(context: PortalContext): Promise<Record<string, string>> {
  const type = context.req.header('content-type') ?? ''
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type))
    throw new DomainError('request.malformed')
  const body = await context.req.parseBody({ all: true }).catch(() => {
    throw new DomainError('request.malformed')
  })
  for (const value of Object.values(body)) {
    if (typeof value !== 'string' || /\p{Cc}/u.test(value)) throw new DomainError('request.malformed')
  }
  return body as Record<string, string>
}

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
