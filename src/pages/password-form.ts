import { remoteAddress } from '#core/remote-address.ts'
import { signInWithPassword } from '#tenants/sign-in/sign-in.ts'
import type { PageContext, PageParts } from './context.ts'
import { keepSession, type CookieFace } from './session-cookie.ts'

/**
 * Signs in with the fields `username` and `password` of a posted form, slowed down for who guesses, and gives the
 * browser its session.
 * @throws DomainError as signInWithPassword(), request.too_many
 */
export async function signInByForm(
  { services, sessions, attempts }: PageParts,
  context: PageContext,
  fields: Readonly<Record<string, string>>,
  face: CookieFace,
): Promise<void> {
  const { tenant } = context.var
  const credentials = { username: fields.username ?? '', password: fields.password ?? '' }
  // The same name at another face is the same guess: nobody gets twice as many.
  const who = `${tenant.id} ${credentials.username.trim().toLowerCase()} ${remoteAddress(context)}`
  const session = await attempts.guess(who, () =>
    signInWithPassword({ db: services.db, sessions }, tenant, credentials, face, services.clock.now()),
  )
  keepSession(context, face, services.config, session.token)
}

/** Where to go after sign-in: only a path of this very face. A link from outside must not lead elsewhere. */
export function safeNext(base: string, next: string | undefined): string {
  const isOurs = next !== undefined && next.startsWith(`${base}/`) && !/[\\\r\n]|\/\//.test(next)
  return isOurs ? next : `${base}/`
}
