import { remoteAddress } from '#core/remote-address.ts'
import { checkCredentials, passwordGuesser } from '#tenants/sign-in/sign-in.ts'
import type { PageContext, PageParts } from './context.ts'
import type { CookieFace } from './session-cookie.ts'

/**
 * Whose the fields `username` and `password` of a posted form are, slowed down for who guesses.
 * @returns the account's id
 * @throws DomainError as checkCredentials(), request.too_many
 */
export async function accountOfForm(
  { services, attempts }: PageParts,
  context: PageContext,
  fields: Readonly<Record<string, string>>,
  face: CookieFace,
): Promise<string> {
  const { tenant } = context.var
  const credentials = { username: fields.username ?? '', password: fields.password ?? '' }
  // The same name at another face is the same guess: nobody gets twice as many.
  const guesser = passwordGuesser(credentials.username, remoteAddress(context))
  return attempts.guess(tenant.id, guesser, () =>
    checkCredentials(services.db, tenant, credentials, face, services.clock.now()),
  )
}

/** Longer than any path of ours. */
const NEXT_MAX = 2000

/**
 * Where to go after sign-in: only a path of this very face. A link from outside must not lead elsewhere, nor hold what
 * neither a header nor the database takes.
 */
export function safeNext(base: string, next: string | undefined): string {
  const isOurs = next !== undefined && next.length <= NEXT_MAX && next.startsWith(`${base}/`)
  return isOurs && !/[\p{Cc}\\]|\/\//u.test(next) ? next : `${base}/`
}
